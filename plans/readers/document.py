"""The one entry: a file's bytes, whatever kind they are of, into a grid."""

from dataclasses import replace
from pathlib import Path

from plans.grid import Doubt, Grid
from plans.readers.kinds import DOC, ENDINGS, TEXT, ZIP, kind_of
from plans.readers.limits import MIB, MOST_BYTES, MOST_TEXT_BYTES
from plans.readers.office import to_docx
from plans.readers.refused import Refused
from plans.readers.text import read_text
from plans.readers.words import REFUSALS
from plans.readers.worker import read_in_child
from plans.unreadable import Unreadable


def read_grid(data: bytes, name: str = "") -> Grid:
    """`name` is only looked at to say that its ending is wrong. Raises Unreadable."""
    try:
        return _read(data, name)
    except Refused as refused:
        raise Unreadable(REFUSALS[refused.code].format(**refused.fields)) from refused


def bytes_of(file: Path) -> bytes:
    """As much of a file as tells whether it is too large: the rest of a huge one is never loaded."""
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def _read(data: bytes, name: str) -> Grid:
    if len(data) > MOST_BYTES:
        raise Refused("too-large", most=MOST_BYTES // MIB)
    if not data.strip():
        raise Refused("empty")
    kind = kind_of(data)
    if kind == TEXT:
        # In this process: it is bounded first, and nothing but Python's own codecs and patterns that cannot
        # backtrack is run over it. The sample is read in a hundredth of the time that a child takes to start.
        if len(data) > MOST_TEXT_BYTES:
            raise Refused("too-large", most=MOST_TEXT_BYTES // MIB)
        return _named(read_text(data), kind, name)
    if kind == DOC:
        return _named(read_in_child(ZIP, to_docx(data))[1], kind, name)
    kind, grid = read_in_child(kind, data)
    return _named(grid, kind, name)


def _named(grid: Grid, kind: str, name: str) -> Grid:
    """With a note where the file's ending says something else."""
    ending = Path(name).suffix.lstrip(".").lower()
    if ending in ENDINGS[kind]:
        return grid
    doubt = Doubt("ending-wrong", (1, 1), {"ending": ending[:10], "kind": kind})
    return replace(grid, doubts=(doubt, *grid.doubts))
