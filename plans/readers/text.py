"""Plain text with one cell a line: a tab begins a cell, and what follows without one continues it.

This is how a table comes out of a word processor as text. A blank line parts rows, but it also occurs
inside them; putting such rows together again is for those who know the columns.
"""

from models import Words
from plans.grid import Cell, Grid, Paragraph, Row
from plans.unreadable import Unreadable

BINARY = Words("这不是文本文件。", "This is not a text file.")
EMPTY = Words("文件是空的。", "The file is empty.")


def read_text(data: bytes) -> Grid:
    """Raises Unreadable for what is no text."""
    lines = decode(data).splitlines()
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


def _blocks(lines: list[str]):
    """Rows are runs of cells without a blank line between them; all else is paragraphs."""
    cells: list[Cell] = []
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            for piece in line.split("\t")[1:]:
                cells.append(Cell(piece.strip(), (number, number)))
        elif line.strip() and cells:
            last = cells[-1]
            cells[-1] = Cell(f"{last.text}\n{line.strip()}".strip(), (last.lines[0], number))
        else:
            if cells:
                yield Row(tuple(cells))
                cells = []
            if line.strip():
                yield Paragraph(line.strip(), (number, number))
    if cells:
        yield Row(tuple(cells))
