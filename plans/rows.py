"""From rows to raw tasks: headers, action areas, broken rows put together, further lines of one task."""

import re
from dataclasses import dataclass, field
from unicodedata import normalize

from plans.columns import Columns, is_header, is_years, read_columns
from plans.findings import Findings
from plans.grid import Cell, Grid, Paragraph, Row

# 「一、」「（一）」「第一部分」: how action areas are numbered.
_AREA = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第[一二三四五六七八九十]+[章节部篇])")
_SERIAL = re.compile(r"^[（(]?(?:\d+|[一二三四五六七八九十百]+)[）).．、]?$")


@dataclass
class RawTask:
    """A task as its cells stand: one entry of `lines` for each row it has."""

    serial: str
    area: str
    lines: list[Row]
    serial_cell: Cell

    @property
    def extent(self) -> tuple[int, int]:
        return self.lines[0].lines[0], self.lines[-1].lines[1]


@dataclass
class Table:
    """What was found in the document: the columns, the tasks, and the words before the first header."""

    columns: Columns | None = None
    tasks: list[RawTask] = field(default_factory=list)
    preamble: list[Paragraph] = field(default_factory=list)


class RowReader:
    """Goes through a grid once; the columns of the last header hold until the next."""

    def __init__(self, findings: Findings):
        self.findings = findings
        self.table = Table()
        self.area = ""
        self.header: Row | None = None  # a header whose second row is awaited
        self.pending: Row | None = None  # the beginning of a broken row

    def read(self, grid: Grid) -> Table:
        for block in grid.blocks:
            if isinstance(block, Paragraph):
                self._paragraph(block)
            else:
                self._row(block)
        self._give_up_pending()
        return self.table

    def _paragraph(self, paragraph: Paragraph) -> None:
        if self.table.columns is None:
            self.table.preamble.append(paragraph)
        elif _AREA.match(paragraph.text):
            self._give_up_pending()
            self.area = paragraph.text

    def _row(self, row: Row) -> None:
        if self.header is not None:
            header, self.header = self.header, None
            years = row if is_years(row) else None
            self._take_columns(header, years)
            if years is not None:
                return
        if is_header(row):
            self._give_up_pending()
            self.header = row
        elif row.filled and self.table.columns is not None:
            self._body(row)

    def _take_columns(self, header: Row, years: Row | None) -> None:
        columns = read_columns(header, years)
        if columns is None:
            return
        if self.table.columns is not None:
            self.findings.add("header-repeated", header.lines)
        else:
            for name in columns.unknown:
                self.findings.add("column-unknown", header.lines, header=name)
        self.table.columns = columns

    def _body(self, row: Row) -> None:
        columns = self.table.columns
        if self.pending is None and len(row.filled) == 1 and _AREA.match(row.filled[0].text):
            self.area = "".join(row.filled[0].text.split("\n"))
            return
        if self.pending is not None:
            joined = Row(self.pending.cells + row.cells)
            if len(joined.cells) > columns.count:
                self._give_up_pending()
                joined = row
            elif len(joined.cells) == columns.count:
                self.findings.add("row-broken", joined.lines, joined.cells[columns.serial].plain or None)
            self.pending, row = None, joined
        if len(row.cells) < columns.count:
            self.pending = row
        elif len(row.cells) > columns.count:
            self._wrong_length(row)
        else:
            self._whole(row)

    def _whole(self, row: Row) -> None:
        cell = row.cells[self.table.columns.serial]
        serial = normalize("NFKC", cell.plain)
        if _SERIAL.match(serial):
            self.table.tasks.append(RawTask(serial, self.area, [row], cell))
        elif serial:
            self._wrong_length(row)
        elif self.table.tasks:
            task = self.table.tasks[-1]
            task.lines.append(row)
            self.findings.add("contents-several", row.lines, task.serial)
        else:
            self.findings.add("row-without-task", row.lines)

    def _wrong_length(self, row: Row) -> None:
        self.findings.add("row-length", row.lines, found=len(row.cells), wanted=self.table.columns.count)

    def _give_up_pending(self) -> None:
        if self.pending is not None and self.pending.filled:
            self._wrong_length(self.pending)
        self.pending = None
