"""Evidence files: taking them in, judging what they are, keeping them by their content."""

from evidence.address import store_for
from evidence.coming import PIECE, Coming
from evidence.folder import FolderStore
from evidence.intake import Intake, Taken, take
from evidence.links import check_link
from evidence.looking import KINDS, Look
from evidence.pictures import MOST_PAGES, Pictures
from evidence.refusal import Refusal
from evidence.s3 import S3Address, S3Store
from evidence.scan import Scanner, scanner_for
from evidence.store import Kept, Missing, Store, Unavailable
from evidence.words import forget_words, keep_words, read_words

__all__ = [
    "KINDS", "MOST_PAGES", "PIECE", "Coming", "FolderStore", "Intake", "Kept", "Look", "Missing", "Pictures", "Refusal",
    "S3Address", "S3Store", "Scanner", "Store", "Taken", "Unavailable", "check_link", "forget_words", "keep_words",
    "read_words", "scanner_for", "store_for", "take",
]
