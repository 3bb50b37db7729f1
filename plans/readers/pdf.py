"""PDF with a text layer: tables by their ruling lines, lines of text put together again, pages joined.

A page knows only signs and lines at their places. What ends with a page is not what ends in the paper: a table,
a row and a merged cell go on, and that they were joined is said.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2.raw import FPDF_ERR_PASSWORD

from plans.grid import Grid, Place
from plans.readers.building import GridBuilder, OpenCell
from plans.readers.limits import MOST_PAGES
from plans.readers.pace import Paced
from plans.readers.pdf_page import Shown, Sign, show
from plans.readers.pdf_rules import SNAP, RuledTable, tables_of
from plans.readers.pdf_text import Line, has_columns, lines_of, paragraphs_of, unwrapped
from plans.readers.refused import Refused

_MARGIN = 0.12  # of a page's height: where its head and foot stand
_PAGE_NUMBER = re.compile(r"^[-—–－·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:[\s/／,，]*(?:共\s*)?\d{1,4}\s*页?)?[-—–－·\s]*$")
_SERIAL_HEADS = ("序号", "编号")


@dataclass
class _Ruled:
    """A table of one page: what stands in each place, and the x of its columns' lines."""

    top: float
    edges: list[float]
    rows: list[list[OpenCell]]


@dataclass
class _Page:
    number: int
    height: float
    lines: list[Line] = field(default_factory=list)
    tables: list[_Ruled] = field(default_factory=list)


def read_pdf(data: bytes, pace: Paced) -> Grid:
    builder = GridBuilder(pace)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise Refused("encrypted" if error.err_code == FPDF_ERR_PASSWORD else "damaged") from error
    if len(document) > MOST_PAGES:
        raise Refused("pdf-pages", count=len(document), most=MOST_PAGES)
    pages = []
    for number in range(len(document)):
        page = document[number]
        pages.append(_read(show(page, number + 1), builder))
        page.close()
    if not any(page.lines or page.tables for page in pages):
        raise Refused("pdf-scanned")
    _Writer(builder).write(_without_margins(pages))
    return builder.finish()


def _read(shown: Shown, builder: GridBuilder) -> _Page:
    found = _Page(shown.number, shown.height)
    tables = tables_of(shown.rules)
    inside: list[list[Sign]] = [[] for _ in tables]
    left = []
    for sign in shown.signs:
        x = (sign.x0 + sign.x1) / 2
        at = next((at for at, table in enumerate(tables) if table.holds(x, sign.middle)), None)
        (left if at is None else inside[at]).append(sign)
    found.lines = lines_of(left)
    for table, its in zip(tables, inside, strict=True):
        if its:
            found.tables.append(_ruled(table, its, builder))
    _note_unread(shown, found, builder)
    return found


def _note_unread(shown: Shown, found: _Page, builder: GridBuilder) -> None:
    if not shown.signs and shown.has_pictures:
        builder.doubt("page-unread", page=shown.number)
    if shown.turned:
        builder.doubt("text-turned", page=shown.number, text=shown.turned[:40])
    if shown.unmapped:
        builder.doubt("signs-unmapped", page=shown.number, count=shown.unmapped)
    if has_columns(found.lines):
        builder.doubt("columns-unruled", page=shown.number)


def _ruled(table: RuledTable, signs: list[Sign], builder: GridBuilder) -> _Ruled:
    """Its cells in every place that they cover."""
    at_place = {
        (row, column): number for number, (top, bottom, left, right) in enumerate(table.cells)
        for row in range(top, bottom) for column in range(left, right)
    }
    held: list[list[Sign]] = [[] for _ in table.cells]
    for sign in signs:
        row, column = _between(table.rows, sign.middle), _between(table.columns, (sign.x0 + sign.x1) / 2)
        held[at_place[row, column]].append(sign)
    cells = []
    for (_, _, left, right), its in zip(table.cells, held, strict=True):
        x0, x1 = table.columns[left], table.columns[right]
        cells.append(builder.cell(unwrapped(lines_of(its), x0, x1 - x0)))
    grid = [
        [cells[at_place[row, column]] for column in range(len(table.columns) - 1)]
        for row in range(len(table.rows) - 1)
    ]
    return _Ruled(table.rows[0], table.columns, grid)


def _between(edges: list[float], value: float) -> int:
    """In which stretch between two edges."""
    return min(max(bisect_right(edges, value) - 1, 0), len(edges) - 2)


def _without_margins(pages: list[_Page]) -> list[_Page]:
    """Without page numbers, and without heads and feet that come again on most pages."""
    margins = [[line for line in page.lines if _in_margin(line, page)] for page in pages]
    repeated = Counter(text for lines in margins for text in {_without_digits(line.text) for line in lines})
    most = max(len(pages) / 2, 1)
    for page, lines in zip(pages, margins, strict=True):
        dropped = {
            line for line in lines
            if _PAGE_NUMBER.match(line.text) or repeated[_without_digits(line.text)] > most
        }
        page.lines = [line for line in page.lines if line not in dropped]
    return pages


def _in_margin(line: Line, page: _Page) -> bool:
    """At the very top or bottom, and apart from other lines."""
    if page.height * _MARGIN < line.bottom and line.top < page.height * (1 - _MARGIN):
        return False
    return not any(
        other.top - line.bottom < 0.9 * line.size and line.top - other.bottom < 0.9 * line.size
        for other in page.lines if other is not line
    )


def _without_digits(text: str) -> str:
    return re.sub(r"\d+", "#", text)


class _Writer:
    """Pages into the grid: tables that go on over pages are one."""

    def __init__(self, builder: GridBuilder):
        self.builder = builder
        self.lines: list[Line] = []  # since the last table, over pages
        self.paragraphs: Counter[int] = Counter()  # of each page
        self.rows: list[tuple[list[OpenCell], Place]] = []  # of the table that may still go on
        self.edges: list[float] = []
        self.noticed: list[tuple[int, str, dict]] = []

    def write(self, pages: list[_Page]) -> None:
        for page in pages:
            for block in _in_order(page):
                if isinstance(block, Line):
                    self._end_table()
                    self.lines.append(block)
                else:
                    self._end_lines()
                    self._table(block, page.number)
        self._end_lines()
        self._end_table()

    def _end_lines(self) -> None:
        for page, text in paragraphs_of(self.lines):
            self.paragraphs[page] += 1
            count = self.paragraphs[page]
            self.builder.paragraph(text, Place(f"第{page}页第{count}段", f"page {page}, paragraph {count}"))
        self.lines = []

    def _table(self, table: _Ruled, page: int) -> None:
        rows = table.rows
        if self.rows and self._goes_on(table):
            rows = self._joined(rows)
        else:
            self._end_table()
            self.edges = table.edges
        for count, row in enumerate(rows, 1):
            self.rows.append((row, Place(f"第{page}页表第{count}行", f"page {page}, table row {count}")))

    def _goes_on(self, table: _Ruled) -> bool:
        """The same columns, as wide as before."""
        if len(table.edges) != len(self.edges):
            return False
        moved = table.edges[0] - self.edges[0]
        return all(abs(a - b - moved) <= 2 * SNAP for a, b in zip(table.edges, self.edges, strict=True))

    def _joined(self, rows: list[list[OpenCell]]) -> list[list[OpenCell]]:
        """The rows of a further page without the head that is repeated, its first one joined where it goes on."""
        heads = 0
        while heads < min(len(rows), len(self.rows)) and _texts(rows[heads]) == _texts(self.rows[heads][0]):
            heads += 1
        rows = rows[heads:]
        if not rows:
            return rows
        last, first = self.rows[-1][0], rows[0]
        serial = self._serial_column()
        if serial is not None and not first[serial].text and any(cell.text for cell in first):
            if _is_one(first):
                return rows
            self._join_row(last, first, rows)
            return rows[1:]
        self._join_merged(last, first, rows)
        return rows

    def _join_row(self, last: list[OpenCell], first: list[OpenCell], rows: list[list[OpenCell]]) -> None:
        for column, (above, below) in enumerate(zip(last, first, strict=True)):
            if below.text and (column == 0 or below is not first[column - 1]):
                above.text = above.text + below.text if above.text else below.text
            for row in rows[1:]:
                if row[column] is below:
                    row[column] = above
        self.noticed.append((len(self.rows) - 1, "row-over-pages", {}))

    def _join_merged(self, last: list[OpenCell], first: list[OpenCell], rows: list[list[OpenCell]]) -> None:
        """A blank cell at the top goes on with the merged one before it, in a column where cells are merged."""
        for column, (above, below) in enumerate(zip(last, first, strict=True)):
            if below.text or not above.text or not self._has_merged(column, rows):
                continue
            for row in rows:
                if row[column] is below:
                    row[column] = above
            self.noticed.append((len(self.rows), "merge-over-pages", {"text": above.text[:40]}))

    def _has_merged(self, column: int, rows: list[list[OpenCell]]) -> bool:
        cells = [row[column] for row, _ in self.rows] + [row[column] for row in rows]
        return any(above is below and above.text for above, below in zip(cells, cells[1:], strict=False))

    def _serial_column(self) -> int | None:
        for row, _ in self.rows[:3]:
            for column, cell in enumerate(row):
                if "".join(cell.text.split()) in _SERIAL_HEADS:
                    return column
        return None

    def _end_table(self) -> None:
        if not self.rows:
            return
        number = self.builder.begin_table()
        for at, (row, place) in enumerate(self.rows):
            for when, code, fields in self.noticed:
                if when == at:
                    self.builder.doubt(code, **fields)
            words = place.zh.replace("表", f"表{number}"), place.en.replace("table", f"table {number}")
            self.builder.row(row, Place(*words))
        self.rows, self.noticed = [], []


def _in_order(page: _Page) -> Iterator[Line | _Ruled]:
    """Lines and tables from the top down."""
    return iter(sorted([*page.lines, *page.tables], key=lambda block: block.top))


def _texts(row: list[OpenCell]) -> list[str]:
    return [cell.text for cell in row]


def _is_one(row: list[OpenCell]) -> bool:
    return all(cell is row[0] for cell in row)
