"""The one entry: a file's bytes, whatever kind they are of, into a grid."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from plans.grid import Doubt, Grid
from plans.readers.kinds import DOC, ENDINGS, TEXT, ZIP, kind_of
from plans.readers.limits import MIB, MOST_BYTES, MOST_TEXT_BYTES
from plans.readers.office import to_docx
from plans.readers.pace import Progress, Told, untold
from plans.readers.packing import unpack
from plans.readers.refused import Refused
from plans.readers.text import read_text
from plans.readers.words import REFUSALS
from plans.readers.worker import ask_child
from plans.unreadable import Unreadable


@dataclass(frozen=True)
class Packed:
    """A document that was parsed. `body` is its grid as it came from the child, or a text's own bytes;
    `seconds` the work that it took."""

    kind: str
    body: bytes
    seconds: float = 0.0

    def grid(self, name: str) -> Grid:
        """With a note where the file's ending says something else. Raises Refused."""
        try:
            # Nothing but Python's codecs and patterns that cannot backtrack is run over a text.
            grid = read_text(self.body) if self.kind == TEXT else unpack(json.loads(self.body))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise Refused("damaged") from error
        ending = Path(name).suffix.lstrip(".").lower()
        if ending in ENDINGS[self.kind]:
            return grid
        doubt = Doubt("ending-wrong", (1, 1), {"ending": ending[:10], "kind": self.kind})
        return replace(grid, doubts=(doubt, *grid.doubts))


def read_grid(data: bytes, name: str = "") -> Grid:
    """The grid, put together in this process. `name` is only looked at to say that its ending is wrong.

    Raises Unreadable.
    """
    try:
        return parse(data).grid(name)
    except Refused as refused:
        raise unreadable(refused) from refused


def unreadable(refused: Refused) -> Unreadable:
    return Unreadable(REFUSALS[refused.code].format(**refused.fields))


def bytes_of(file: Path) -> bytes:
    """As much of a file as tells whether it is too large: the rest of a huge one is never loaded."""
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def parse(data: bytes, told: Told = untold) -> Packed:
    """Every kind but text by a child process; nothing of what it answers is looked at here. Raises Refused."""
    if len(data) > MOST_BYTES:
        raise Refused("too-large", most=MOST_BYTES // MIB)
    if not data.strip():
        raise Refused("empty")
    kind = kind_of(data)
    if kind == TEXT:
        if len(data) > MOST_TEXT_BYTES:
            raise Refused("too-large", most=MOST_TEXT_BYTES // MIB)
        return Packed(kind, data)
    if kind == DOC:
        told(Progress("convert", 0))
        return replace(_parsed(ZIP, to_docx(data), told), kind=kind)
    return _parsed(kind, data, told)


def _parsed(kind: str, data: bytes, told: Told) -> Packed:
    head, body = ask_child("plans.readers.child", [kind], data, told)
    try:
        return Packed(str(head["kind"]), body, float(head["seconds"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("damaged") from error
