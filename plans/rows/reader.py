"""From a grid to raw tasks: headers, action areas, broken and further rows, and everything that is no table."""

from collections.abc import Mapping

from plans.columns.header import Columns, continues_header, is_header, read_columns
from plans.columns.roles import SEATS, Role
from plans.findings import Findings, clipped
from plans.grid import Cell, Grid, Paragraph, Row
from plans.readers.pace import Paced, unpaced
from plans.rows.joining import Joiner
from plans.rows.kinds import (
    is_area,
    is_heading,
    is_label,
    is_note,
    is_numeral,
    is_serial,
    is_total,
)
from plans.rows.raw import Table
from plans.rows.task_rows import TaskRows


class RowReader:
    """Goes through a grid once; the columns of the last header hold until the next, or a table that does not fit."""

    def __init__(self, findings: Findings, mapping: Mapping[str, str] | None = None, pace: Paced = unpaced):
        self.findings, self.pace = findings, pace
        self.mapping = mapping or {}
        self.table = Table()
        self.area = ""
        self.columns: Columns | None = None
        self.under = 0  # the table whose header gave the columns
        self.apart = False  # text stands between the last table and this one
        self.header: list[Row] = []  # rows of a header whose end has not been seen
        self.heading: Paragraph | None = None  # may be the area of the table that follows
        self.sheets: list[Paragraph] = []  # the names of a workbook's sheets
        self.sheet = ""  # the one that is being read, where there are several
        self.rows = TaskRows(findings, self.table)
        self.joiner = Joiner(findings, self._whole)

    def read(self, grid: Grid) -> Table:
        self.sheets = [block for block in grid.blocks if isinstance(block, Paragraph) and _names_a_sheet(block, grid)]
        for number, block in enumerate(grid.blocks, 1):
            self.pace("sorting", number, len(grid.blocks))
            if isinstance(block, Paragraph):
                self._end_header()
                self._outside(block)
                self.apart = True
            else:
                self._row(block)
                self.apart = self.apart and block.table != self.under
        self._end_header()
        self.joiner.give_up()
        return self.table

    def _outside(self, paragraph: Paragraph) -> None:
        """Text between tables; the names of several sheets are areas, and a single one may be the plan's title."""
        if paragraph not in self.sheets:
            self._paragraph(paragraph)
            return
        self.columns = None
        self.sheet = paragraph.text if len(self.sheets) > 1 else ""
        if len(self.sheets) == 1:
            self.table.sheet = paragraph.text

    def _paragraph(self, paragraph: Paragraph) -> None:
        self.table.texts.append(paragraph)
        if self.columns is None and not self.table.headers:
            self.table.preamble.append(paragraph)
        elif is_area(paragraph.text) and self.under == 0 and self.columns is not None:
            self._begin_area(paragraph.text)
        else:
            self.table.notes.append(paragraph)
        if is_area(paragraph.text) and "。" not in paragraph.text.rstrip("。") or is_heading(paragraph.text):
            self.heading = paragraph
        elif not is_label(paragraph.text) and not is_note(paragraph.text):
            self.heading = None

    def _row(self, row: Row) -> None:
        if self.header:
            if row.table == self.header[0].table and continues_header(row, self.header):
                self.header.append(row)
                return
            self._end_header()
        if is_header(row, self.columns if row.table == self.under else None):
            self.joiner.give_up()
            self.header = [row]
        elif self.columns is not None and self._fits(row):
            self.under = row.table
            self._body(row)
        elif row.table == 0 and len(row.filled) == 1 and is_area(row.filled[0].text):
            self._begin_area("".join(row.filled[0].text.split("\n")))
        else:
            self._layout(row)

    def _fits(self, row: Row) -> bool:
        """A table without a header of its own goes on with the one before where its rows look like that one's."""
        if row.table == self.under:
            return True
        if len(row.cells) != self.columns.count:
            return False
        serial = self.columns.place(Role.SERIAL)
        if len(row.filled) == 1:
            return is_area(row.filled[0].text)
        return is_serial(row.cells[serial]) if serial is not None else not self.apart

    def _layout(self, row: Row) -> None:
        """A table that only lays out the page is text."""
        for cell in row.filled:
            for line in cell.text.split("\n"):
                if line.strip():
                    self._paragraph(Paragraph(line.strip(), cell.lines))

    def _end_header(self) -> None:
        if not self.header:
            return
        rows, self.header = self.header, []
        columns = read_columns(rows, self.mapping)
        if columns is None:
            self._no_plan(rows)
            return
        first = rows[0]
        lines = first.lines[0], rows[-1].lines[1]
        for row in rows:
            self.table.header_words += [Paragraph(cell.text, cell.lines) for cell in row.filled]
        if self.columns is not None and first.table == self.under:
            self.findings.add("header-repeated" if columns == self.columns else "header-changed", first.lines)
        elif columns not in self.table.headers:
            for name in columns.unknown:
                self.findings.add("column-unknown", lines, header=clipped(name), words=name)
            for name in columns.guessed:
                self.findings.add("column-guessed", lines, header=clipped(name), words=name)
        if first.table and first.table != self.under:
            self._take_heading()
        self.columns, self.under = columns, first.table
        self.table.headers.append(columns)

    def _no_plan(self, rows: list[Row]) -> None:
        if rows[0].table != 0:
            self.columns = None
        for row in rows:
            self._layout(row)

    def _take_heading(self) -> None:
        """The line before a table is its area where it is numbered, or where a table went before."""
        heading, self.heading = self.heading, None
        if self.sheet:
            self.area = self.sheet
        elif heading is None or not is_area(heading.text) and not self.table.tasks:
            self.area = ""
        else:
            self.area = heading.text.rstrip("。")
            if heading in self.table.notes:
                self.table.notes.remove(heading)

    def _begin_area(self, title: str) -> None:
        self.joiner.give_up()
        self.area = title

    def _body(self, row: Row) -> None:
        if row.table == 0:
            if len(row.filled) == 1 and is_area(row.filled[0].text):
                self._begin_area("".join(row.filled[0].text.split("\n")))
            else:
                self.joiner.take(row, self.columns)
        elif row.filled and not self._between(row):
            self._whole(row)

    def _between(self, row: Row) -> bool:
        """Whether the row is no task but an area's heading, a note, or a total; taken as such."""
        cells = row.filled
        if is_total(row):
            self.findings.add("row-total", row.lines, text=clipped(" ".join(cell.text for cell in cells)))
            return True
        text = "".join(cells[0].text.split())
        if len(cells) == 1:
            return self._alone(row, cells[0], text)
        serial = self.columns.place(Role.SERIAL)
        if serial is None or len(cells) > 2 or cells[0] != row.cells[serial] or not is_numeral(cells[0]):
            return False
        if cells[1] in [row.cells[place] for place in self.columns.places(*SEATS, Role.PERIOD, Role.DEADLINE)] and (
            not _wide(row, cells[1])
        ):
            return False
        self._begin_area(f"{text.rstrip('、.．')}{'' if text[-1] in '）)' else '、'}{''.join(cells[1].text.split())}")
        return True

    def _alone(self, row: Row, cell: Cell, text: str) -> bool:
        serial = self.columns.place(Role.SERIAL)
        if is_note(text):
            self._note(cell)
        elif is_area(text) or _wide(row, cell) and is_heading(text) and not is_serial(cell):
            self._begin_area(text)
        elif _wide(row, cell):
            self._note(cell)
        elif serial is not None and cell == row.cells[serial] and is_heading(text) and not is_serial(cell):
            self._begin_area(text)
        else:
            return is_serial(cell)  # a form's empty row
        return True

    def _note(self, cell: Cell) -> None:
        paragraph = Paragraph(cell.text, cell.lines)
        self.table.texts.append(paragraph)
        self.table.notes.append(paragraph)

    def _whole(self, row: Row) -> None:
        self.rows.take(row, self.columns, self.area)


def _names_a_sheet(paragraph: Paragraph, grid: Grid) -> bool:
    return grid.place_of(paragraph.lines).zh.startswith("工作表「")


def _wide(row: Row, cell: Cell) -> bool:
    """Merged over the better part of the row."""
    places = sum(other.span == cell.span for other in row.cells) if cell.span is not None else 1
    return places > 1 and 2 * places >= len(row.cells)
