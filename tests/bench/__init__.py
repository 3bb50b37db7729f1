"""`make bench`: what the ledger costs, as ratios measured in one run. No test asserts a time."""
