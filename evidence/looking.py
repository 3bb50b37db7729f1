"""Asking the child process (evidence/child) about a file: what it is, what it shows, and what a photograph states.

The child gets the file and nothing else, and its answer is believed only as far as it is well formed.
"""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

from evidence.refusal import CHILD_CODES, Refusal
from evidence.store import CHUNK

CHILD = Path(__file__).resolve().parent / "child"
PATIENCE = 40  # seconds; the child's own limit is on the processor's time
WORDS_PATIENCE = 10  # seconds: nobody waits long for what is only there to be found by
AT_ONCE = threading.BoundedSemaphore(2)  # children of one server process: each may take a gigabyte
MOST_SAID = 10_000  # bytes of one line of the answer
JPEG = b"\xff\xd8\xff"
OPEN_XML = "application/vnd.openxmlformats-officedocument"
# What is taken: by extension, which is also what the child calls it.
KINDS = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg",
    "docx": f"{OPEN_XML}.wordprocessingml.document", "xlsx": f"{OPEN_XML}.spreadsheetml.sheet",
    "doc": "application/msword", "xls": "application/vnd.ms-excel",
}


@dataclass(frozen=True)
class Look:
    """What a file shows. `pages` of a PDF; `taken_at` has a zone only where the photograph states one."""

    picture: bool = False
    pages: int = 0
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def tells(self) -> bool:
        """Whether it says when or where it was taken."""
        return self.taken_at is not None or self.latitude is not None

    def to_json(self) -> dict[str, Any]:
        return {
            "picture": self.picture, "pages": self.pages, "latitude": self.latitude, "longitude": self.longitude,
            "taken_at": self.taken_at.isoformat() if self.taken_at else None,
        }

    @classmethod
    def from_json(cls, said: Any, picture: bool | None = None) -> "Look":
        """As far as it makes sense; the rest is left out."""
        said = said if isinstance(said, dict) else {}
        latitude, longitude = _within(said.get("latitude"), 90), _within(said.get("longitude"), 180)
        placed = latitude is not None and longitude is not None
        pages = said.get("pages")
        return cls(
            bool(said.get("picture")) if picture is None else picture,
            pages if isinstance(pages, int) and 0 < pages < 100_000 else 0,
            _time(said.get("taken_at")),
            latitude if placed else None, longitude if placed else None,
        )


@dataclass(frozen=True)
class Looked:
    """The child's whole answer; `jpeg` is empty where nothing can be shown."""

    extension: str
    media_type: str
    look: Look
    jpeg: bytes


def look_at(file: BinaryIO) -> Looked:
    """What a real file (see `real_file`) is. Raises Refusal where it is of no kind that is taken."""
    said, _, rest = _ask(file, "look").partition(b"\n")
    first = _read(said)
    if isinstance(code := first.get("refused"), str) and code in CHILD_CODES:
        raise Refusal(code)
    kind = str(first.get("kind"))
    if kind not in KINDS:
        raise Refusal("damaged")  # what kills the child is nothing that a person could open either
    said, _, jpeg = rest.partition(b"\n")
    shown = jpeg.startswith(JPEG)
    return Looked(kind, KINDS[kind], Look.from_json(_read(said).get("details"), shown), jpeg if shown else b"")


def page_of(file: BinaryIO, number: int) -> bytes:
    """One page of a PDF as a JPEG; empty where it cannot be drawn."""
    drawn = _ask(file, "page", str(number))
    return drawn if drawn.startswith(JPEG) else b""


def strip_off(file: BinaryIO) -> bytes:
    """The picture without place, time and whatever else it states. Raises Refusal where that fails."""
    made = _ask(file, "strip")
    if not made:
        raise Refusal("not-stripped")
    return made


def words_in(file: BinaryIO) -> str | None:
    """The words of a document; None where they could not be read (in time)."""
    said, _, words = _ask(file, "words", patience=WORDS_PATIENCE).partition(b"\n")
    return words.decode("utf-8", "replace").replace("\x00", "") if said == b"words" else None


@contextmanager
def real_file(content: BinaryIO) -> Iterator[BinaryIO]:
    """`content` from where it stands, as a file without a name that a process can be given; gone at the end."""
    with tempfile.TemporaryFile() as file:
        copyfileobj(content, file, CHUNK)
        file.flush()
        file.seek(0)
        yield file


def _ask(file: BinaryIO, *what: str, patience: float | None = None) -> bytes:
    file.seek(0)
    with AT_ONCE, tempfile.TemporaryFile() as answer:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(CHILD), *what], stdin=file, stdout=answer, stderr=subprocess.DEVNULL,
                timeout=patience or PATIENCE, check=False, cwd="/", env={"LANG": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired:
            return b""
        finally:
            file.seek(0)
        answer.seek(0)
        if done.returncode == 0:
            return answer.read()
        # Of a child that failed half-way only a whole line can be used, and `look` alone answers in lines.
        return answer.readline(MOST_SAID) if what == ("look",) else b""


def _read(line: bytes) -> dict[str, Any]:
    if len(line) > MOST_SAID:
        return {}
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _within(value: Any, most: int) -> float | None:
    return float(value) if isinstance(value, int | float) and -most <= value <= most else None


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
