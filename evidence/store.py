"""Where the bytes are kept: a folder now, an object store later, behind the same four calls.

A file is written before the row that names it. If the transaction then fails, the file is garbage at
most; a row without its file cannot come about.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

CHUNK = 1 << 20  # bytes
_HASH = re.compile(r"[0-9a-f]{64}")


class Missing(LookupError):
    """The store has no such content."""


class Store(Protocol):
    """Content by its SHA-256 (64 hex digits)."""

    def put(self, source: BinaryIO) -> tuple[str, int]:
        """Keep everything that `source` still gives; its hash and its size in bytes."""

    def open(self, sha256: str) -> BinaryIO:
        """The content from its beginning; raises Missing."""

    def exists(self, sha256: str) -> bool: ...


class FolderStore:
    """A local folder; a file's place in it follows from its hash alone, never from a name."""

    def __init__(self, folder: Path):
        self.folder = folder

    def put(self, source: BinaryIO) -> tuple[str, int]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        digest, size = hashlib.sha256(), 0
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".coming-")
        try:
            with os.fdopen(handle, "wb") as target:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            os.chmod(temporary, 0o440)
            place = self._place(digest.hexdigest())
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            os.replace(temporary, place)  # the same content twice is one file
            _sync_folder(place.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError:
            raise Missing(sha256) from None

    def exists(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def _place(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise Missing(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256


def store_for(url: str) -> Store:
    """The store at `url` (EVIDENCE_URL). Raises ValueError for a kind that there is none for."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise ValueError(f"EVIDENCE_URL: file:///folder is understood, not {url!r}")
    return FolderStore(Path(unquote(parts.path)))


def _sync_folder(folder: Path) -> None:
    """The new name itself must survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
