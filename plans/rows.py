"""From rows to raw tasks: headers, action areas, broken rows put together, further lines of one task."""

import re
from dataclasses import dataclass, field
from unicodedata import normalize

from plans.columns import Columns, is_header, is_years, read_columns
from plans.findings import Findings, clipped
from plans.grid import Cell, Grid, Paragraph, Row

# 「一、」「（一）」「第一部分」: how action areas are numbered.
_NUMBER = "[一二三四五六七八九十百]{1,10}"
_AREA = re.compile(rf"^(?:{_NUMBER}、|[（(]{_NUMBER}[）)]|第{_NUMBER}[章节部篇])")
_SERIAL = re.compile(rf"^[（(]?(?:\d{{1,6}}|{_NUMBER})[）).．、]{{0,2}}$")


@dataclass(frozen=True)
class RawLine:
    """One row of a task, with the columns of the header that it stands under."""

    row: Row
    columns: Columns

    def cell(self, column: int | None) -> Cell:
        """The cell in `column`; an empty one where the header has no such column."""
        return self.row.cells[column] if column is not None else Cell("", self.row.lines)

    @property
    def title(self) -> Cell:
        return self.cell(self.columns.title)

    @property
    def content(self) -> Cell:
        return self.cell(self.columns.content)

    @property
    def units(self) -> Cell:
        return self.cell(self.columns.units)

    def year(self, year: int) -> Cell:
        return self.cell(self.columns.years.get(year))


@dataclass
class RawTask:
    """A task as its cells stand: one entry of `lines` for each row it has."""

    serial: str
    area: str
    lines: list[RawLine]
    serial_cell: Cell

    @property
    def extent(self) -> tuple[int, int]:
        return self.lines[0].row.lines[0], self.lines[-1].row.lines[1]

    @property
    def units(self) -> Cell:
        """The units stand in the first row that has any."""
        return next((line.units for line in self.lines if line.units.text), self.lines[0].units)

    @property
    def ordinal(self) -> int | None:
        """The serial's number, None where it is not in digits."""
        digits = normalize("NFKC", self.serial).strip("()., 、")
        return int(digits) if digits.isdecimal() else None


@dataclass
class Table:
    """What was found in the document: the columns, the tasks, and the words before the first header."""

    columns: Columns | None = None
    years: set[int] = field(default_factory=set)
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
        if self.header is not None:
            self._take_columns(self.header, None)
        self._give_up_pending()
        return self.table

    def _paragraph(self, paragraph: Paragraph) -> None:
        if _AREA.match(paragraph.text):
            self._begin_area(paragraph.text)
        elif self.table.columns is None:
            self.table.preamble.append(paragraph)
        else:
            self.findings.add("text-unread", paragraph.lines, text=clipped(paragraph.text))

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
        elif len(row.filled) == 1 and _AREA.match(row.filled[0].text):
            self._begin_area("".join(row.filled[0].text.split("\n")))
        elif self.table.columns is not None:
            self._body(row)
        else:
            self.table.preamble += [Paragraph(cell.text, cell.lines) for cell in row.filled]

    def _begin_area(self, title: str) -> None:
        self._give_up_pending()
        self.area = title

    def _take_columns(self, header: Row, years: Row | None) -> None:
        columns = read_columns(header, years)
        if columns is None:
            return
        if self.table.columns is None:
            for name in columns.unknown:
                self.findings.add("column-unknown", header.lines, header=clipped(name))
        else:
            changed = columns != self.table.columns
            self.findings.add("header-changed" if changed else "header-repeated", header.lines)
        self.table.columns = columns
        self.table.years |= set(columns.years)

    def _body(self, row: Row) -> None:
        if not row.filled and self.pending is None:
            return
        if self.pending is not None:
            row = self._joined(row)
        count = self.table.columns.count
        if len(row.cells) < count:
            self.pending = row
        elif len(row.cells) > count:
            self._wrong_length(row)
        elif row.filled:
            self._whole(row)

    def _joined(self, row: Row) -> Row:
        """`row` with the beginning before it, where the two do not make more than one row."""
        columns = self.table.columns
        joined = Row(self.pending.cells + row.cells)
        if len(joined.cells) > columns.count or self._begins_a_task(self.pending) and self._begins_a_task(row):
            self._give_up_pending()
            return row
        if len(joined.cells) == columns.count:
            self.findings.add("row-broken", joined.lines, joined.cells[columns.serial].plain or None)
        self.pending = None
        return joined

    def _begins_a_task(self, row: Row) -> bool:
        serial = self.table.columns.serial
        return serial < len(row.cells) and _is_serial(row.cells[serial])

    def _whole(self, row: Row) -> None:
        line = RawLine(row, self.table.columns)
        cell = line.cell(line.columns.serial)
        if _is_serial(cell):
            self.table.tasks.append(RawTask(cell.plain, self.area, [line], cell))
        elif cell.plain:
            self.findings.add("serial-unknown", row.lines, text=clipped(cell.plain))
        elif self.table.tasks and self.table.tasks[-1].area == self.area:
            task = self.table.tasks[-1]
            task.lines.append(line)
            self.findings.add("contents-several", row.lines, task.serial)
        else:
            self.findings.add("row-without-task", row.lines)

    def _wrong_length(self, row: Row) -> None:
        self.findings.add("row-length", row.lines, found=len(row.cells), wanted=self.table.columns.count)

    def _give_up_pending(self) -> None:
        if self.pending is not None and self.pending.filled:
            self._wrong_length(self.pending)
        self.pending = None


def _is_serial(cell: Cell) -> bool:
    return bool(_SERIAL.match(normalize("NFKC", cell.plain)))
