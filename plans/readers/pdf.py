"""PDF with a text layer: tables by their ruling lines, lines of text put together again, pages joined.

A page knows only signs and lines at their places. What ends with a page is not what ends in the paper: a table,
a row and a merged cell go on, and that they were joined is said.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect

from plans.grid import Grid, Place
from plans.readers.building import GridBuilder, OpenCell
from plans.readers.limits import MOST_PAGES
from plans.readers.pdf_text import Line, has_columns, lines_of, paragraphs_of, unwrapped
from plans.readers.refused import Refused

_RULED = {"vertical_strategy": "lines", "horizontal_strategy": "lines"}
_SNAP = 3  # points by which lines that are one line may differ
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


def read_pdf(data: bytes) -> Grid:
    builder = GridBuilder()
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MOST_PAGES:
                raise Refused("pdf-pages", count=len(document.pages), most=MOST_PAGES)
            pages = [_read(page, builder) for page in document.pages]
    except Exception as error:
        # The library wraps what its parser raises, and not always.
        if PDFPasswordIncorrect in (type(error), *map(type, error.args)):
            raise Refused("encrypted") from error
        raise
    if not any(page.lines or page.tables for page in pages):
        raise Refused("pdf-scanned")
    _Writer(builder).write(_without_margins(pages))
    return builder.finish()


def _read(page: pdfplumber.page.Page, builder: GridBuilder) -> _Page:
    found = _Page(page.page_number, float(page.height))
    signs = [sign for sign in page.chars if sign["upright"]]
    tables = page.find_tables(_RULED | {"explicit_horizontal_lines": _ends_of_rules(page)})
    left = []
    inside: list[list[dict]] = [[] for _ in tables]
    for sign in signs:
        x, y = (sign["x0"] + sign["x1"]) / 2, (sign["top"] + sign["bottom"]) / 2
        for table, its in zip(tables, inside, strict=True):
            x0, top, x1, bottom = table.bbox
            if x0 <= x <= x1 and top <= y <= bottom:
                its.append(sign)
                break
        else:
            left.append(sign)
    found.lines = lines_of(left)
    for table, its in zip(tables, inside, strict=True):
        ruled = _ruled(table, its, builder)
        if ruled.rows and len(ruled.edges) > 2:
            found.tables.append(ruled)
        else:
            found.lines += lines_of(its)  # a frame around words
    _note_unread(page, signs, found, builder)
    page.close()
    return found


def _note_unread(page: pdfplumber.page.Page, signs: list[dict], found: _Page, builder: GridBuilder) -> None:
    if not signs and page.images:
        builder.doubt("page-unread", page=page.page_number)
    turned = "".join(sign["text"] for sign in page.chars if not sign["upright"]).strip()
    if turned:
        builder.doubt("text-turned", page=page.page_number, text=turned[:40])
    if has_columns(found.lines):
        builder.doubt("columns-unruled", page=page.page_number)


def _ends_of_rules(page: pdfplumber.page.Page) -> list[float]:
    """Where the lines between columns begin and end: a row cut by the end of a page is not closed by a line."""
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and edge["height"] > 2 * _SNAP]
    if not upright:
        return []
    return [min(edge["top"] for edge in upright), max(edge["bottom"] for edge in upright)]


def _ruled(table, signs: list[dict], builder: GridBuilder) -> _Ruled:
    """Its cells in every place that they cover."""
    columns = _edges(x for cell in table.cells for x in (cell[0], cell[2]))
    rows = _edges(y for cell in table.cells for y in (cell[1], cell[3]))
    holders: dict[tuple[int, int], list[dict]] = {}
    areas = []
    for x0, top, x1, bottom in table.cells:
        area = (_index(rows, top), _index(rows, bottom), _index(columns, x0), _index(columns, x1))
        held: list[dict] = []
        areas.append((area, held, x1 - x0, x0))
        for row in range(area[0], area[1]):
            for column in range(area[2], area[3]):
                holders[row, column] = held
    for sign in signs:
        at = (
            _between(rows, (sign["top"] + sign["bottom"]) / 2), _between(columns, (sign["x0"] + sign["x1"]) / 2),
        )
        if at in holders:
            holders[at].append(sign)
    places: dict[tuple[int, int], OpenCell] = {}
    for (top, bottom, left, right), held, width, x0 in areas:
        cell = builder.cell(unwrapped(lines_of(held), x0, width))
        places |= {(row, column): cell for row in range(top, bottom) for column in range(left, right)}
    grid = [
        [places.get((row, column)) or builder.cell("") for column in range(len(columns) - 1)]
        for row in range(len(rows) - 1)
    ]
    return _Ruled(table.bbox[1], columns, grid)


def _edges(found: Iterator[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(found):
        if not edges or value - edges[-1] > _SNAP:
            edges.append(value)
    return edges


def _index(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))


def _between(edges: list[float], value: float) -> int:
    return sum(edge <= value for edge in edges) - 1


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
        self.paragraphs = 0
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
            self.paragraphs += 1
            words = Place(f"第{page}页第{self.paragraphs}段", f"page {page}, paragraph {self.paragraphs}")
            self.builder.paragraph(text, words)
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
        return all(abs(a - b - moved) <= 2 * _SNAP for a, b in zip(table.edges, self.edges, strict=True))

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
