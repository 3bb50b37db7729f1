"""Workbooks written row by row: memory does not grow with their length, and what people typed is never a formula."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from reports.cells import AS_TEXT, MOST_IN_CELL
from reports.documents.taken import Taken
from workflow.lights import Colour

# Rows go to a temporary file as they are written: each is finished before the next, and so no cell spans several.
STREAMING = AS_TEXT | {"in_memory": False, "constant_memory": True}
CUT = "……（过长，已截断）"
PAPER, HEAD = "#FBF6EA", "#E9E6DF"
COLOURS = {
    Colour.BLUE: "#1F5F9E", Colour.GRAY: "#7A7A7A", Colour.GREEN: "#2E7D4F", Colour.YELLOW: "#A86B00",
    Colour.RED: "#B3261E",
}
# A light is a shape before it is a colour.
SHAPES = {Colour.BLUE: "●", Colour.GRAY: "○", Colour.GREEN: "◐", Colour.YELLOW: "▲", Colour.RED: "◆"}
_TEXT = {
    "font_name": "宋体", "font_size": 10, "text_wrap": True, "valign": "vcenter", "border": 1,
    "border_color": "#C9C4B8",
}
_PLAIN = {"font_name": "微软雅黑", "font_size": 10}
_STYLES = {
    "title": {"font_name": "宋体", "font_size": 16, "bold": True},
    "line": _PLAIN | {"font_color": "#555555"},
    "head": _TEXT | {"bold": True, "align": "center", "bg_color": HEAD},
    "paper": _TEXT | {"bg_color": PAPER},
    "cell": _TEXT | {"font_name": "微软雅黑"},
    "centre": _TEXT | {"font_name": "微软雅黑", "align": "center"},
    "day": _TEXT | {"font_name": "微软雅黑", "align": "center", "num_format": 'yyyy"年"m"月"d"日"'},
    "number": _TEXT | {"font_name": "微软雅黑", "align": "right", "num_format": "#,##0"},
    "points": _TEXT | {"font_name": "微软雅黑", "align": "right", "num_format": "0.00"},
    "share": _TEXT | {"font_name": "微软雅黑", "align": "right", "num_format": '0"%"'},
}

Value = str | int | float | date | None


@dataclass(frozen=True)
class Head:
    """A column's name, how wide it is (characters), in which style its cells are, and what it means."""

    name: str
    width: float
    style: str
    meaning: str = ""


class Book:
    """A workbook under way. `finish` gives the file from its beginning; the caller closes it."""

    def __init__(self, taken: Taken, title: str):
        self.taken, self.title = taken, title
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # handed on by `finish`
        self.made = xlsxwriter.Workbook(self._file, STREAMING)
        self.made.set_properties({
            "title": title, "comments": "\n".join(taken.lines), "created": taken.at.replace(tzinfo=None),
        })
        self.styles = {name: self.made.add_format(style) for name, style in _STYLES.items()}
        for colour, sign in COLOURS.items():
            self.styles[colour] = self.made.add_format(_STYLES["centre"] | {"font_color": sign, "bold": True})

    def sheet(self, name: str, heads: Sequence[Head], title: str, note: str = "") -> "Sheet":
        return Sheet(self, self.made.add_worksheet(name), heads, title, note)

    def finish(self) -> BinaryIO:
        self.made.close()
        self._file.seek(0)
        return self._file


class Sheet:
    """One worksheet from the top: its title, what it was taken with, its head, then rows."""

    def __init__(self, book: Book, made: Worksheet, heads: Sequence[Head], title: str, note: str):
        self.book, self.made, self.heads, self.row = book, made, heads, 0
        for place, head in enumerate(heads):
            made.set_column(place, place, head.width)
        made.set_row(0, 26)
        for place, line in enumerate([title, *book.taken.lines, *([note] if note else [])]):
            if place:
                made.set_row(self.row, 15)  # whatever height its rows have
            made.write_string(self.row, 0, line[:MOST_IN_CELL], book.styles["line" if place else "title"])
            self.row += 1
        self.head_row = self.row
        made.set_row(self.row, 32)
        self.write([head.name for head in heads], ["head"] * len(heads))
        made.freeze_panes(self.row, 0)
        made.set_landscape()
        made.set_paper(9)  # A4
        made.fit_to_pages(1, 0)
        made.repeat_rows(self.head_row)
        made.set_footer("&C— &P —")

    def write(self, values: Iterable[Value], styles: Sequence | None = None, height: float | None = None) -> None:
        """The next row; each value in its column's style, or in those given (None: the column's)."""
        if height:
            self.made.set_row(self.row, height)
        for place, value in enumerate(values):
            style = styles and styles[place] or self.heads[place].style
            self._cell(self.row, place, value, self.book.styles[style])
        self.row += 1

    def _cell(self, row: int, place: int, value: Value, style) -> None:
        if value is None or value == "":
            self.made.write_blank(row, place, None, style)
        elif isinstance(value, str):
            text = value if len(value) <= MOST_IN_CELL else value[: MOST_IN_CELL - len(CUT)] + CUT
            self.made.write_string(row, place, text, style)
        elif isinstance(value, date):
            self.made.write_datetime(row, place, value, style)
        else:
            self.made.write_number(row, place, value, style)

    @property
    def first(self) -> int:
        """The first row below the head."""
        return self.head_row + 1

    def filterable(self) -> None:
        self.made.autofilter(self.head_row, 0, max(self.first, self.row - 1), len(self.heads) - 1)
