"""The audit trail: a hash chain for each subject, written in the transaction of what it tells of."""
