"""Pages as saved from a government site: what is seen of them, tables that only lay out the page taken apart."""

import re
from codecs import lookup
from collections import deque
from collections.abc import Iterator

from lxml import etree, html

from plans.grid import Grid, Place
from plans.readers.building import GridBuilder, OpenCell
from plans.readers.limits import MOST_COLUMNS
from plans.readers.pace import Paced
from plans.readers.refused import Refused
from plans.readers.stress import is_colour, is_heavy_font, stressed

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,40})""", re.IGNORECASE)
_UNSEEN = {
    "script", "style", "noscript", "template", "head", "select", "canvas", "iframe", "svg", "object", "audio", "video",
    "textarea", "button", "input",
}
_LINES = {
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "caption", "body", "html",
}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PARAGRAPHS_OF_PAGE, _TEXT_OF_PAGE = 8, 2_000
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*(rgba?\([^)]{5,40}\)|#?\w{3,20})", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def read_html(data: bytes, pace: Paced) -> Grid:
    text = decode(data)
    if not text.strip():
        raise Refused("empty")
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(_without_declaration(text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Refused("damaged") from error
    reader = _Reader(GridBuilder(pace))
    reader.read(root)
    unread = text.count("\ufffd")
    if unread:
        reader.builder.doubt_at("bytes-unread", (1, 1), count=unread)
    return reader.builder.finish()


def decode(data: bytes) -> str:
    """By its mark, by what the page says, else UTF-8, else GB18030 (of which GB2312 and GBK are parts)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    found = _CHARSET.search(data[:8192])
    said = found[1].decode("ascii").lower() if found else "utf-8"
    for encoding in ("gb18030" if said.startswith("gb") else said, "utf-8", "gb18030"):
        try:
            lookup(encoding)
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode(said if said in ("utf-8", "big5") else "gb18030", "replace")


def _without_declaration(text: str) -> str:
    """lxml takes no text that still declares the encoding of its bytes."""
    return re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)


class _Reader:
    """Goes through the page once. Text gathers in `line` until something begins or ends a line."""

    def __init__(self, builder: GridBuilder):
        self.builder = builder
        self.line: list[str] = []
        self.paragraphs = 0

    def read(self, root: etree._Element) -> None:
        self._walk(root)
        self._end_line()

    def _walk(self, element: etree._Element) -> None:
        if not _is_seen(element):
            self._note_hidden(element, "page-hidden")
            return
        if element.tag == "table" and not _is_layout(element):
            self._end_line()
            self._table(element)
            return
        breaks = element.tag in _LINES or element.tag == "br"
        if breaks:
            self._end_line()
        self.line.append(element.text or "")
        for child in element:
            self._walk(child)
            self.line.append(child.tail or "")
        if breaks:
            self._end_line()

    def _end_line(self) -> None:
        text = _BLANKS.sub(" ", "".join(self.line)).strip()
        self.line = []
        if text:
            self.paragraphs += 1
            self.builder.paragraph(text, Place(f"第{self.paragraphs}段", f"paragraph {self.paragraphs}"))

    def _note_hidden(self, element: etree._Element, code: str) -> None:
        if isinstance(element.tag, str) and element.tag not in _UNSEEN:
            text = _BLANKS.sub(" ", "".join(element.itertext())).strip()
            if text:
                self.builder.doubt(code, text=text[:40])

    def _table(self, table: etree._Element) -> None:
        rows = [row for row in _rows(table) if self._is_read(row)]
        caption = table.find("caption")
        if caption is not None:
            self._walk(caption)
        grid = self._laid_out(rows)
        if not any(grid):
            return
        number = self.builder.begin_table()
        for count, cells in enumerate(grid, 1):
            if cells:
                self.builder.row(cells, Place(f"表{number}第{count}行", f"table {number}, row {count}"))

    def _is_read(self, element: etree._Element) -> bool:
        if _is_seen(element):
            return True
        self._note_hidden(element, "text-hidden")
        return False

    def _laid_out(self, rows: list[etree._Element]) -> list[list[OpenCell]]:
        """Each cell in every place that it covers, as browsers lay a table out."""
        taken: dict[int, tuple[OpenCell, int]] = {}  # column → the cell from above, and how many rows it still covers
        grid = []
        for at, row in enumerate(rows):
            cells: list[OpenCell] = []
            waiting = deque(cell for cell in row if cell.tag in ("td", "th") and self._is_read(cell))
            while waiting or max(taken, default=-1) >= len(cells):
                column = len(cells)
                if column >= MOST_COLUMNS:
                    raise Refused("too-wide", table=self.builder.tables + 1, most=MOST_COLUMNS)
                if column in taken:
                    cell, left = taken.pop(column)
                    cells.append(cell)
                    if left > 1:
                        taken[column] = (cell, left - 1)
                elif waiting:
                    self._lay(waiting.popleft(), cells, taken, len(rows) - at)
                else:
                    cells.append(self.builder.cell(""))
            grid.append(cells)
        return grid

    def _lay(self, element, cells: list[OpenCell], taken: dict[int, tuple[OpenCell, int]], rows_left: int) -> None:
        """A cell from its column on, as far as nothing from above stands in its way."""
        cell = self._cell(element)
        height = min(_count(element.get("rowspan")) or rows_left, rows_left)
        for _ in range(min(_count(element.get("colspan")) or 1, MOST_COLUMNS + 1)):
            column = len(cells)
            if column in taken:
                break
            if height > 1:
                taken[column] = (cell, height - 1)
            cells.append(cell)

    def _cell(self, element: etree._Element) -> OpenCell:
        runs = list(self._runs(element, False))
        text = "".join(text for text, _ in runs)
        return self.builder.cell("\n".join(_BLANKS.sub(" ", line) for line in text.split("\v")), stressed(
            (_BLANKS.sub(" ", text), stands_out) for text, stands_out in runs
        ))

    def _runs(self, element: etree._Element, within: bool) -> Iterator[tuple[str, bool]]:
        """What is seen of an element, each stretch with whether it stands out."""
        if not self._is_read(element):
            return
        stands_out = within or _stands_out(element)
        breaks = element.tag in _LINES or element.tag == "br"
        if breaks:
            yield "\v", stands_out
        yield element.text or "", stands_out
        for child in element:
            yield from self._runs(child, stands_out)
            yield child.tail or "", stands_out
        if breaks:
            yield "\v", stands_out


def _stands_out(element: etree._Element) -> bool:
    style = element.get("style", "")
    colour = _COLOUR.search(style)
    return (
        element.tag in ("b", "strong") or bool(_BOLD.search(style)) or is_heavy_font(style if "family" in style else "")
        or is_colour(colour[1] if colour else element.get("color"))
    )


def _is_seen(element: etree._Element) -> bool:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or element.get("hidden") is not None:
        return False
    return not _HIDDEN.search(element.get("style", ""))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """Its own rows, not those of tables within it."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _is_layout(table: etree._Element) -> bool:
    """It only holds the page: most of its text stands in tables within it, or in one cell, or no row has two cells."""
    inner = [other for other in table.iter("table") if other is not table]
    outermost = [other for other in inner if next(other.iterancestors("table")) is table]
    within = sum(_length(other) for other in outermost)
    if within * 2 > _length(table):
        return True
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in _rows(table)]
    return all(len(cells) < 2 for cells in rows) or any(_holds_a_page(cell) for cells in rows for cell in cells)


def _holds_a_page(cell: etree._Element) -> bool:
    """More paragraphs, and more text, than a cell of a plan has."""
    paragraphs = sum(1 for _ in cell.iter("p", "div", "br"))
    return paragraphs >= _PARAGRAPHS_OF_PAGE and _length(cell) > _TEXT_OF_PAGE


def _length(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _count(value: str | None) -> int | None:
    """A span as written: 1 where it is none, None for 0 (to the end)."""
    digits = (value or "1").strip()
    if not digits.isascii() or not digits.isdecimal():
        return 1
    if len(digits) > 7:
        return MOST_COLUMNS + 1
    return int(digits) or None
