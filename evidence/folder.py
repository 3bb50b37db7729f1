"""A local folder as the store."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from evidence.store import CHUNK, Kept, Missing, hash_in, place_of

COMING = ".coming-"  # what a broken-off upload leaves begins so


class FolderStore:
    """A local folder; on POSIX, where a rename is whole or not at all."""

    def __init__(self, folder: Path):
        self.folder = folder

    def put(self, source: BinaryIO) -> tuple[str, int]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        digest, size = hashlib.sha256(), 0
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=COMING)
        try:
            with os.fdopen(handle, "wb") as target:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            os.chmod(temporary, 0o440)
            place = self.folder / place_of(digest.hexdigest())
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            os.replace(temporary, place)  # the same content twice is one file
            _sync_folder(place.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def open(self, sha256: str) -> BinaryIO:
        try:
            return (self.folder / place_of(sha256)).open("rb")
        except FileNotFoundError:
            raise Missing(sha256) from None

    def exists(self, sha256: str) -> bool:
        try:
            return (self.folder / place_of(sha256)).is_file()
        except Missing:  # no hash at all
            return False

    def contents(self) -> Iterator[Kept]:
        for folder, _folders, files in os.walk(self.folder):
            for file in files:
                path = Path(folder, file)
                name = path.relative_to(self.folder).as_posix()
                if (sha256 := hash_in(name)) or name.startswith(COMING):
                    found = path.stat()
                    yield Kept(name, sha256, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def remove(self, name: str) -> None:
        if hash_in(name) or (name.startswith(COMING) and "/" not in name):
            (self.folder / name).unlink(missing_ok=True)

    def sign(self, sha256: str, seconds: int, name: str, at: datetime) -> None:
        """A folder has no addresses: the application hands its files out."""


def _sync_folder(folder: Path) -> None:
    """The new name itself must survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
