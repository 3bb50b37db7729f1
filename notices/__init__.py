"""How notices leave the ledger: by mail and web hook, at once or in a digest. What is told is workflow's to say."""
