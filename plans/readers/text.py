"""Plain text: cells a line each, tab- or comma-separated rows, or prose.

A table comes out of a word processor as text with one cell a line: a tab begins a cell, and what follows without
one continues it. A blank line parts rows, but it also occurs inside them; putting such rows together again is for
those who know the columns.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

from plans.grid import Cell, Doubt, Grid, Paragraph, Row
from plans.readers.building import UNSEEN, unseen_doubt
from plans.readers.limits import MOST_CHARACTERS, MOST_LINES, MOST_PLACES
from plans.readers.refused import Refused
from plans.readers.separated import read_separated, separator_of

# As editors count lines. What word processors put inside a cell (vertical tab, U+2028) begins none.
_LINE_END = re.compile(r"\r\n|\n|\r")
_BREAK = re.compile("[\n\v\f\x85\u2028\u2029]")
_UNREAD = "\ufffd"  # stands for bytes that mean nothing
# What a Chinese text is made of: a guess at its encoding gives little else where it is right.
_USUAL = re.compile(r"[\s!-~\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2010-\u203b]")


def read_text(data: bytes) -> Grid:
    """Raises Refused for what is no text."""
    text, unread = decode(data)
    if not text.strip():
        raise Refused("empty")
    separator = separator_of(text)
    if text.count(separator or "\t") > MOST_PLACES or text.count("\n") + text.count("\r") > MOST_LINES:
        raise Refused("too-many-cells", most=MOST_PLACES)
    first = [Doubt("bytes-unread", (1, 1), {"count": unread})] if unread else []
    if separator:
        grid = read_separated(text, separator)
        return replace(grid, doubts=(*first, *grid.doubts))
    lines = _LINE_END.split(text)
    doubts = first + list(_without_unseen(lines))
    return Grid(tuple(_blocks(lines)), tuple(lines), doubts=tuple(doubts))


def decode(data: bytes) -> tuple[str, int]:
    """The text, and how many signs of it could not be read. Raises Refused.

    UTF-8 or UTF-16 by their marks, else UTF-8, else GB18030, else UTF-16 without a mark. A file of one encoding with
    a few damaged bytes is read as that: in another it would be a text of other words.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _checked(_decoded(data, encoding) or _refuse())
    if b"\x00" in data:
        return _checked((_unmarked_utf16(data), 0))
    return _decoded(data, "utf-8") or _decoded(data, "gb18030") or _refuse()


def _decoded(data: bytes, encoding: str) -> tuple[str, int] | None:
    """None where more than a few bytes are not of the encoding."""
    text = data.decode(encoding, "replace")
    unread = text.count(_UNREAD)
    return (text, unread) if unread * 200 <= len(text) or unread == 1 and len(text) > 100 else None


def _refuse() -> NoReturn:
    raise Refused("not-text")


def _checked(found: tuple[str, int]) -> tuple[str, int]:
    if "\x00" in found[0]:
        raise Refused("nul-bytes")
    return found


def _unmarked_utf16(data: bytes) -> str:
    """A text in one of its two orders, if that gives what a Chinese text is made of."""
    for encoding in ("utf-16-le", "utf-16-be"):
        head = data[:4096].decode(encoding, "ignore")
        if len(data) % 2 == 0 and len(_USUAL.findall(head)) > 0.9 * len(head):
            return data.decode(encoding, "replace")
    without, _ = decode(data.replace(b"\x00", b""))  # refuses what is no text without them either
    raise Refused("nul-bytes" if without.strip() else "not-text")


def _without_unseen(lines: list[str]) -> Iterator[Doubt]:
    """Take out, in place, what nobody can see; say where it stood."""
    for number, line in enumerate(lines, 1):
        found = UNSEEN.findall(line)
        if found:
            lines[number - 1] = UNSEEN.sub("", line)
            yield unseen_doubt(found, (number, number))


class _OpenCell:
    """A cell to which lines are still added."""

    def __init__(self, text: str, line: int):
        self.first = self.last = line
        self.parts: list[str] = []
        self.length = 0
        self.add(text, line)

    def add(self, text: str, line: int) -> None:
        self.parts.append(text)
        self.length += len(text)
        self.last = line
        _check_length(self.length, self.first)

    def closed(self) -> Cell:
        lines = (part.strip() for part in _BREAK.split("\n".join(self.parts)))
        return Cell("\n".join(line for line in lines if line), (self.first, self.last))


def _blocks(lines: list[str]) -> Iterator[Row | Paragraph]:
    """Rows are runs of cells without a blank line between them; all else is paragraphs."""
    cells: list[_OpenCell] = []
    for number, line in enumerate(lines, 1):
        before, *pieces = line.split("\t")
        if before.strip() and not cells and not any(piece.strip() for piece in pieces):
            _check_length(len(line), number)
            yield Paragraph(line.strip(), (number, number))
            continue
        if before.strip():
            if cells:
                cells[-1].add(before, number)
            else:
                cells.append(_OpenCell(before, number))
        cells += [_OpenCell(piece, number) for piece in pieces]
        if not line.strip() and not pieces and cells:
            yield _row(cells)
            cells = []
    if cells:
        yield _row(cells)


def _row(cells: list[_OpenCell]) -> Row:
    return Row(tuple(cell.closed() for cell in cells))


def _check_length(length: int, line: int) -> None:
    if length > MOST_CHARACTERS:
        raise Refused("line-too-long", line=line, most=MOST_CHARACTERS)
