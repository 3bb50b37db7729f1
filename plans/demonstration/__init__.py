"""The sample plan to try the ledger with: accounts for all its units, and a year that is played on it (`year.py`)."""

from plans.demonstration.accounts import (
    PASSWORD,
    SAMPLE,
    Shown,
    accounts_to_show,
    create_demonstration,
    fill_if_empty,
    username_of,
)

__all__ = [
    "PASSWORD", "SAMPLE", "Shown", "accounts_to_show", "create_demonstration", "fill_if_empty", "username_of",
]
