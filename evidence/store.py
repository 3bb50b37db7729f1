"""Where the bytes are kept, whatever keeps them: a folder or an object store, behind the same few calls.

A file is written before the row that names it. If the transaction then fails, the file is garbage at
most; a row without its file cannot come about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

CHUNK = 1 << 20  # bytes
_HASH = re.compile(r"[0-9a-f]{64}")


class Missing(LookupError):
    """The store has no such content."""


class Unavailable(Exception):
    """The store does not answer, or does not let us in. Nothing is known of what it holds."""


@dataclass(frozen=True)
class Kept:
    """One thing that a store holds. `sha256` is None for what a broken-off upload left behind; `size` in bytes."""

    name: str
    sha256: str | None
    size: int
    modified: datetime


class Store(Protocol):
    """Content by its SHA-256 (64 hex digits). Every call may raise Unavailable."""

    def put(self, source: BinaryIO) -> tuple[str, int]:
        """Keep what a seekable `source` still gives, whole or not at all; its hash and its size in bytes.

        Keeping the same content again is one file; an altered one is mended by it.
        """

    def open(self, sha256: str) -> BinaryIO:
        """The content from its beginning, seekable; raises Missing."""

    def exists(self, sha256: str) -> bool: ...

    def contents(self) -> Iterator[Kept]:
        """Everything there is, in no order."""

    def remove(self, name: str) -> None:
        """Take away what `contents` named so; what is gone already is no error."""

    def sign(self, sha256: str, seconds: int, name: str, at: datetime) -> str | None:
        """An address that gives the content as a download called `name`, to anybody, from `at` for so long.

        None where the store has no addresses of its own.
        """


def place_of(sha256: str) -> str:
    """Where content lies, below the store's root: it follows from the hash alone, never from a name."""
    if not _HASH.fullmatch(sha256):
        raise Missing(sha256)
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def hash_in(place: str) -> str | None:
    """The hash of the content that lies at `place`; None where nothing that was put lies so."""
    name = place.rsplit("/", 1)[-1]
    return name if _HASH.fullmatch(name) and place == place_of(name) else None
