"""Word documents (.docx): what is printed, in its order, with merged cells as they are merged.

Read from the XML itself: the libraries for it lose tracked insertions, read hidden text as text, know nothing of
automatic numbers, and hold the whole document in memory.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from plans.grid import Grid, Place
from plans.readers.building import GridBuilder, OpenCell
from plans.readers.container import Container, note_container
from plans.readers.limits import MOST_COLUMNS
from plans.readers.numbering import Numbering, is_on
from plans.readers.pace import Paced
from plans.readers.refused import Refused
from plans.readers.stress import is_colour, is_heavy_font, stressed
from plans.readers.xml import MC, M, W, events, forget

_TBL, _TR, _TC, _P, _BOX, _FALLBACK = W + "tbl", W + "tr", W + "tc", W + "p", W + "txbxContent", MC + "Fallback"
_RPR, _VANISH, _STYLE, _STRIKES = W + "rPr", W + "vanish", W + "rStyle", (W + "strike", W + "dstrike")
_TCPR, _SPAN, _DOWN, _RIGHT = W + "tcPr", W + "gridSpan", W + "vMerge", W + "hMerge"
_STRESSED = W + "b", W + "color", W + "rFonts"
_VAL, _RUNS, _TEXTS = W + "val", (W + "r", M + "r"), (W + "t", M + "t")
_PICTURES = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip", "{urn:schemas-microsoft-com:vml}imagedata",
)
_EMBEDDED = (W + "altChunk", W + "subDoc")
_DROPPED = {W + name for name in ("del", "moveFrom")}
_ADDED = {W + name for name in ("ins", "moveTo")}
# What holds runs or paragraphs and is not seen itself.
_WRAPPERS = {
    W + name for name in (
        "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "ruby", "rubyBase", "dir", "bdo",
    )
} | {MC + "AlternateContent", MC + "Choice", M + "oMath", M + "oMathPara"}
_SIGNS = {W + "tab": " ", W + "ptab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


def read_docx(container: Container, pace: Paced) -> Grid:
    """The main part, then its footnotes and endnotes."""
    parts = {kind: target for kind, target in container.related(container.main).values()}
    styles, lists = (container.open(parts.get(kind, "")) for kind in ("styles", "numbering"))
    reader = _Reader(GridBuilder(pace), Numbering(styles, lists))
    note_container(container, reader.builder)
    reader.read(container.open(container.main))
    for kind in ("footnotes", "endnotes"):
        part = container.open(parts.get(kind, ""))
        if part is not None:
            reader.read(part)
    if reader.pictures:
        reader.builder.doubt_at("pictures-unread", (1, 1), count=reader.pictures)
    return reader.builder.finish()


class _Reader:
    def __init__(self, builder: GridBuilder, numbering: Numbering):
        self.builder = builder
        self.numbering = numbering
        self.paragraphs = self.pictures = 0
        self.runs: list[tuple[str, bool]] = []  # of the cell that is read, with whether they stand out
        self.table: _Table | None = None  # whose rows are coming
        self.holds_tables = False  # within the cells of the row that is coming

    def read(self, part: BinaryIO) -> None:
        """Tables row by row, all else paragraph by paragraph.

        What stands within a cell comes with its row, and what a newer Word draws comes again, for older ones, as
        Fallback: that is passed over.
        """
        for _, element in events(part, (_TBL, _TR, _P, _FALLBACK, *_EMBEDDED, *_PICTURES)):
            holder = next(element.iterancestors(_TC, _FALLBACK), None)
            if element.tag == _FALLBACK:
                element.clear(keep_tail=True)
            elif holder is None:
                self._outside(element)
            elif holder.tag == _TC:
                self._inside(element.tag)

    def _outside(self, element: etree._Element) -> None:
        """What is not within a cell: rows, paragraphs, and the end of a table."""
        if element.tag == _TR:
            if self.table is None:
                self.table = _Table(self)
            self.table.row(element, self.holds_tables)
            self.holds_tables = False
        elif element.tag == _TBL:
            self.table = None
        elif element.tag == _P:
            self._paragraph(element)
        elif element.tag in _EMBEDDED:
            self.builder.doubt("parts-unread")
            return
        else:
            self.pictures += 1
            return
        forget(element)

    def _inside(self, tag: str) -> None:
        """What is met within a cell of the row that is to come."""
        if tag == _TBL:
            self.holds_tables = True
        elif tag in _EMBEDDED:
            self.builder.doubt("parts-unread")
        elif tag in _PICTURES:
            self.builder.doubt("picture-in-table")

    def _paragraph(self, element: etree._Element) -> None:
        self.paragraphs += 1
        self.runs = []
        place = Place(f"第{self.paragraphs}段", f"paragraph {self.paragraphs}")
        self.builder.paragraph(self.text(element), place)

    def text(self, paragraph: etree._Element) -> str:
        """A paragraph as it is printed, its automatic number first."""
        return self.numbering.of(paragraph) + "".join(self._inline(paragraph))

    def _inline(self, element: etree._Element) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in _RUNS:
                yield from self._run(child)
            elif tag in _DROPPED:
                self.doubt_about("text-deleted", child)
            elif tag in _ADDED:
                self.doubt_about("text-inserted", child)
                yield from self._inline(child)
            elif tag in _WRAPPERS:
                yield from self._inline(child)

    def doubt_about(self, code: str, element: etree._Element) -> None:
        text = "".join(element.itertext(W + "t", W + "delText"))
        if text.strip():
            self.builder.doubt(code, text=_clipped(text))

    def _run(self, run: etree._Element) -> Iterator[str]:
        stands_out = False
        for child in run:
            tag = child.tag
            if tag in _TEXTS:
                self.runs.append((child.text or "", stands_out))
                yield child.text or ""
            elif tag == _RPR:  # comes first
                of = _by_tag(child, _VANISH, _STYLE, *_STRIKES, *_STRESSED)
                if of and self._is_hidden(run, of):
                    return
                stands_out = bool(of) and _stands_out(of)
            elif tag in _SIGNS:
                yield _SIGNS[tag]
            elif tag == W + "sym":
                yield _symbol(child)
            elif tag in _WRAPPERS:
                yield from self._inline(child)

    def _is_hidden(self, run: etree._Element, of: dict[str, etree._Element]) -> bool:
        """By its own properties, else by its style's. What is struck through is seen, and said."""
        own, style = of.get(_VANISH), of.get(_STYLE)
        hidden = is_on(own) if own is not None else style is not None and style.get(_VAL) in self.numbering.hidden
        if hidden:
            self.doubt_about("text-hidden", run)
        elif any(is_on(of.get(strike)) for strike in _STRIKES):
            self.doubt_about("text-struck", run)
        return hidden

    def cell(self, element: etree._Element) -> OpenCell:
        """The paragraphs of a cell, and of tables within it, each on its line."""
        self.runs = []
        text = "\n".join([self.text(paragraph) for paragraph in element.iter(_P)])
        return self.builder.cell(text, stressed(self.runs))

    def layout(self, element: etree._Element) -> None:
        """A cell that only holds the page: its paragraphs, and its tables as tables."""
        for child in element:
            if child.tag == _P:
                self._paragraph(child)
            elif child.tag == _TBL:
                table = _Table(self)
                for row in child.iterchildren(_TR):
                    table.row(row)
            elif child.tag in _WRAPPERS or child.tag in _ADDED:
                self.layout(child)


class _Table:
    """A table of the document while its rows come."""

    def __init__(self, reader: _Reader):
        self.reader = reader
        self.number = 0
        self.rows = 0
        self.open: dict[int, OpenCell] = {}  # column → the cell merged downwards there

    def row(self, tr: etree._Element, holds_tables: bool = False) -> None:
        builder = self.reader.builder
        properties = _by_tag(next(tr.iterchildren(W + "trPr"), None))
        if W + "del" in properties:
            self.reader.doubt_about("row-deleted", tr)
            return
        if W + "ins" in properties:
            self.reader.doubt_about("row-inserted", tr)
        inside = list(_cells(tr))
        if holds_tables:
            if len(inside) == 1:
                self.reader.layout(inside[0])
                self.number = 0  # what follows it is a table of its own
                return
            builder.doubt("table-within")
        if not self.number:
            self.number, self.rows = builder.begin_table(), 0
        self.rows += 1
        cells = [builder.cell("") for _ in range(_number(properties.get(W + "gridBefore"), 0))]
        for tc in inside:
            cells += self._covered(tc, cells)
        cells += [builder.cell("") for _ in range(_number(properties.get(W + "gridAfter"), 0))]
        if cells:
            builder.row(cells, Place(f"表{self.number}第{self.rows}行", f"table {self.number}, row {self.rows}"))

    def _covered(self, tc: etree._Element, before: list[OpenCell]) -> list[OpenCell]:
        """The cell, once for each column that it covers; the one above or before where it is merged with it."""
        properties = _by_tag(next(tc.iterchildren(_TCPR), None), _SPAN, _DOWN, _RIGHT)
        width = _number(properties.get(_SPAN), 1)
        column = len(before)
        if before and _goes_on(properties.get(_RIGHT)):  # an older way of merging
            return [before[-1]] * width
        merge = properties.get(_DOWN)
        if _goes_on(merge) and column in self.open:
            self.reader.doubt_about("text-hidden", tc)  # Word prints nothing of a cell that is merged away
            return [self.open[column]] * width
        cell = self.reader.cell(tc)
        self.open.pop(column, None)
        if merge is not None:
            self.open[column] = cell
        return [cell] * width


def _stands_out(of: dict[str, etree._Element]) -> bool:
    """Bold, in a colour, or in the font that is used for bold."""
    bold, colour, fonts = (of.get(tag) for tag in _STRESSED)
    return (
        is_on(bold) or colour is not None and is_colour(colour.get(_VAL))
        or fonts is not None and is_heavy_font(fonts.get(W + "eastAsia"))
    )


def _goes_on(merge: etree._Element | None) -> bool:
    return merge is not None and merge.get(_VAL) != "restart"


def _by_tag(element: etree._Element | None, *tags: str) -> dict[str, etree._Element]:
    """Its children of these kinds: the many others that Word writes are not looked at."""
    return {} if element is None else {child.tag: child for child in element.iterchildren(*tags)}


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == _TC:
            yield child
        elif child.tag in _WRAPPERS or child.tag in _ADDED:
            yield from _cells(child)


def _number(element: etree._Element | None, otherwise: int) -> int:
    """The count that an element states. Raises Refused where it is beyond any table."""
    value = "" if element is None else element.get(W + "val", "")
    if not value.isascii() or not value.isdecimal():
        return otherwise
    if len(value) > 6 or int(value) > MOST_COLUMNS:
        raise Refused("too-wide", table="?", most=MOST_COLUMNS)
    return int(value)


def _symbol(element: etree._Element) -> str:
    """A sign by its number in a font; the builder says what it was read as."""
    number = element.get(W + "char", "")
    return chr(int(number, 16) | 0xF000) if re.fullmatch("[0-9A-Fa-f]{2,4}", number) else ""


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
