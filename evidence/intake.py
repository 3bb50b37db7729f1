"""Taking one uploaded file in: measured, judged, named, kept."""

import os
from dataclasses import dataclass
from typing import BinaryIO

from evidence.kinds import kind_of
from evidence.names import safe_name
from evidence.refusal import Refusal
from evidence.store import Store
from models import Words

EMPTY = Words("文件是空的。", "The file is empty.")
TOO_LARGE = Words("单个文件不得超过 {most} MB。", "A file may have at most {most} MB.")


@dataclass(frozen=True)
class Taken:
    """A file that the store now has. `size` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


def take(content: BinaryIO, name: str, store: Store, most_bytes: int) -> Taken:
    """Keep a seekable upload. Raises Refusal where it is empty, too large, or of no kind that is taken."""
    size = content.seek(0, os.SEEK_END)
    if size == 0:
        raise Refusal("empty", EMPTY)
    if size > most_bytes:
        raise Refusal("too-large", TOO_LARGE.format(most=most_bytes // 2**20))
    kind = kind_of(content)
    sha256, kept = store.put(content)
    return Taken(safe_name(name, kind.extension), kind.media_type, kept, sha256)
