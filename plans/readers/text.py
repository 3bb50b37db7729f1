"""Plain text with one cell a line: a tab begins a cell, and what follows without one continues it.

This is how a table comes out of a word processor as text. A blank line parts rows, but it also occurs
inside them; putting such rows together again is for those who know the columns.
"""

import re
from collections.abc import Iterator

from models import Words
from plans.grid import Cell, Grid, Paragraph, Row
from plans.unreadable import Unreadable

BINARY = Words("这不是文本文件。", "This is not a text file.")
EMPTY = Words("文件是空的。", "The file is empty.")
TOO_LONG = Words("第 {line} 行起的文字超过 {most} 字，不像任务表。",
                 "The text from line {line} on is longer than {most} characters: this is no table of tasks.")

MOST_CHARACTERS = 20_000  # of one cell or paragraph
# As editors count lines. What word processors put inside a cell (vertical tab, U+2028) begins none.
_LINE_END = re.compile(r"\r\n|\n|\r")
_BREAK = re.compile("[\n\v\f\x85\u2028\u2029]")


def read_text(data: bytes) -> Grid:
    """Raises Unreadable for what is no text."""
    lines = _LINE_END.split(decode(data))
    if not any(line.strip() for line in lines):
        raise Unreadable(EMPTY)
    return Grid(tuple(_blocks(lines)), tuple(lines))


def decode(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8, else GB18030. Raises Unreadable."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\x00" in data:
        raise Unreadable(BINARY)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "gb18030")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(BINARY) from None
    if "\x00" in text:
        raise Unreadable(BINARY)
    return text


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
        raise Unreadable(TOO_LONG.format(line=line, most=MOST_CHARACTERS))
