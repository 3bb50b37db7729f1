"""Uploads on their way: what has come of a file so far, in a local folder, until it is whole.

Nothing in here is evidence. A file that is whole is taken in like any other (`Intake.take`), and what lay here is
dropped. The folder may be emptied at any time: what was on its way then begins anew.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from evidence.refusal import Refusal

# An upload of which nothing has come for so long is given up.
STALE = timedelta(days=1)
# What a browser sends at once of a larger file, in bytes: a broken line costs no more than this.
PIECE = 2 << 20
CHUNK = 1 << 16  # bytes; what has come of a broken line is kept in steps of this
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class OutOfStep(Exception):
    """What was sent does not go on where the file ends."""


class Busy(Exception):
    """Another request is writing to this upload."""


@dataclass(frozen=True)
class Upload:
    """One file on its way. `owner` says whose it is and for what; `size` is what was announced, in bytes."""

    token: str
    owner: str
    name: str
    size: int


class Coming:
    """The uploads below `folder`. `most_bytes` is the largest that one may be, `most_each` all of one person's."""

    def __init__(self, folder: Path, most_bytes: int, most_each: int):
        self.folder, self.most_bytes, self.most_each = folder, most_bytes, most_each

    def begin(self, person: int, owner: str, name: str, size: int, now: datetime) -> Upload:
        """Make room for a file of `size` bytes. Raises Refusal where it is empty or too large, or where too much of
        this person's is on its way already."""
        if size <= 0:
            raise Refusal("empty")
        if size > self.most_bytes:
            raise Refusal("too-large", most=self.most_bytes // 2**20)
        self.give_up(now)
        own = self.folder / str(person)
        if size + sum(known.size for _, known in self._in(own)) > self.most_each:
            raise Refusal("unfinished", most=self.most_each // 2**20)
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        upload = Upload(secrets.token_urlsafe(32), owner, name, size)
        self._part(person, upload.token).touch(mode=0o600)
        note = self._note(person, upload.token)
        note.with_suffix(".new").write_text(json.dumps({"owner": owner, "name": name, "size": size}), encoding="utf-8")
        note.with_suffix(".new").rename(note)
        return upload

    def find(self, person: int, owner: str, token: str) -> Upload | None:
        """The upload of that token, where it is this person's, for this purpose."""
        if not _TOKEN.fullmatch(token):
            return None
        found = _read(self._note(person, token))
        return found if found is not None and found.owner == owner else None

    @contextmanager
    def held(self, person: int, upload: Upload) -> Iterator[BinaryIO]:
        """The file as far as it has come, for this request alone. Raises Busy, and FileNotFoundError if it is gone."""
        with self._part(person, upload.token).open("r+b") as part:
            try:
                fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy() from None
            yield part

    def drop(self, person: int, upload: Upload) -> None:
        """It is taken in, or will never be."""
        self._note(person, upload.token).unlink(missing_ok=True)
        self._part(person, upload.token).unlink(missing_ok=True)

    def give_up(self, now: datetime) -> None:
        """Take away what nobody has gone on with."""
        for file in self.folder.glob("*/*"):
            try:
                if now.timestamp() - file.stat().st_mtime > STALE.total_seconds():
                    part = file.with_suffix(".part")
                    if part == file or not part.exists():
                        file.with_suffix(".json").unlink(missing_ok=True)
                        file.unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # another process was first

    def _in(self, own: Path) -> Iterator[tuple[Path, Upload]]:
        for note in own.glob("*.json"):
            if (known := _read(note)) is not None:
                yield note, known

    def _part(self, person: int, token: str) -> Path:
        return self.folder / str(person) / f"{token}.part"

    def _note(self, person: int, token: str) -> Path:
        return self.folder / str(person) / f"{token}.json"


def offset_of(part: BinaryIO) -> int:
    """How much has come, in bytes."""
    return part.seek(0, os.SEEK_END)


def go_on(part: BinaryIO, upload: Upload, offset: int, source: BinaryIO) -> int:
    """Add what `source` gives, from `offset` on; how much there is now. What came before a line broke stays.

    Raises OutOfStep where `offset` is not where the file ends, and where more comes than was announced.
    """
    there = offset_of(part)
    if offset != there:
        raise OutOfStep()
    try:
        while chunk := source.read(CHUNK):
            if there + len(chunk) > upload.size:
                raise OutOfStep()
            part.write(chunk)
            there += len(chunk)
    finally:
        part.flush()
        os.fsync(part.fileno())
    return there


def _read(note: Path) -> Upload | None:
    try:
        return Upload(note.stem, **json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
