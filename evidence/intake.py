"""Taking one uploaded file in: measured, scanned, judged, named, kept, and drawn for showing."""

import os
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO

from evidence.looking import Looked, look_at, real_file, strip_off
from evidence.names import safe_name
from evidence.pictures import Pictures
from evidence.refusal import Refusal
from evidence.scan import NoScanner, Scanner
from evidence.store import Store


@dataclass(frozen=True)
class Taken:
    """A file that the store now has. `size` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Intake:
    """What it takes to take files in. `most_bytes` is the largest that one may be."""

    store: Store
    most_bytes: int
    scanner: Scanner = NoScanner()
    pictures: Pictures | None = None

    def take(self, content: BinaryIO, name: str) -> Taken:
        """Keep a seekable upload. Raises Refusal where it is empty, too large, infected, or of no kind that is taken.

        Nothing of the upload is held in memory beyond a piece of it.
        """
        size = content.seek(0, os.SEEK_END)
        if size == 0:
            raise Refusal("empty")
        if size > self.most_bytes:
            raise Refusal("too-large", most=self.most_bytes // 2**20)
        content.seek(0)
        with real_file(content) as file:
            self.scanner.check(file)
            found = look_at(file)
            sha256, kept = self.store.put(file)
        if self.pictures:
            self.pictures.keep(sha256, found.look, found.jpeg)
        return Taken(safe_name(name, found.extension), found.media_type, kept, sha256)

    def judged(self, content: BinaryIO) -> Looked:
        """What an upload is that is read once and not kept. Raises Refusal as `take` does."""
        with real_file(content) as file:
            self.scanner.check(file)
            return look_at(file)

    def stripped(self, sha256: str, name: str) -> Taken:
        """A copy of a picture that is kept, without what it states about place and time, kept as a file of its own.

        Raises Refusal where that fails, and Missing.
        """
        with self.store.open(sha256) as content, real_file(content) as file:
            made = BytesIO(strip_off(file))
        return replace(self.take(made, name), name=name)


def take(content: BinaryIO, name: str, store: Store, most_bytes: int) -> Taken:
    """`Intake.take` with neither scanner nor pictures."""
    return Intake(store, most_bytes).take(content, name)
