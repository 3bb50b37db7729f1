"""Evidence files: taking them in, judging what they are, keeping them by their content."""

from evidence.intake import Taken, take
from evidence.links import check_link
from evidence.refusal import Refusal
from evidence.store import FolderStore, Missing, Store, store_for

__all__ = ["FolderStore", "Missing", "Refusal", "Store", "Taken", "check_link", "store_for", "take"]
