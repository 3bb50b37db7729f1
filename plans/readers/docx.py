"""Word documents (.docx): what is printed, in its order, with merged cells as they are merged.

Read from the XML itself: the libraries for it lose tracked insertions, read hidden text as text, know nothing of
automatic numbers, and hold the whole document in memory.
"""

from collections.abc import Callable, Iterator

from lxml import etree

from plans.grid import Grid, Place
from plans.readers.building import GridBuilder, OpenCell
from plans.readers.limits import MOST_COLUMNS
from plans.readers.numbering import Numbering
from plans.readers.refused import Refused
from plans.readers.xml import MC, W, M, events, forget

_TBL, _TR, _TC, _P, _BOX, _FALLBACK = W + "tbl", W + "tr", W + "tc", W + "p", W + "txbxContent", MC + "Fallback"
_DROPPED = {W + name for name in ("del", "moveFrom")}
_ADDED = {W + name for name in ("ins", "moveTo")}
# What holds runs or paragraphs and is not seen itself.
_WRAPPERS = {
    W + name for name in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "ruby", "rubyBase", "dir", "bdo")
} | {MC + "AlternateContent", MC + "Choice", M + "oMath", M + "oMathPara"}
_SIGNS = {W + "tab": " ", W + "ptab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


def read_docx(document: bytes, styles: bytes | None, numbering: bytes | None, notes: list[bytes]) -> Grid:
    """The main part, with the parts that number its paragraphs, and its footnotes and endnotes."""
    reader = _Reader(GridBuilder(), Numbering(styles, numbering))
    reader.read(document)
    for part in notes:
        reader.read(part)
    return reader.builder.finish()


class _Reader:
    def __init__(self, builder: GridBuilder, numbering: Numbering):
        self.builder = builder
        self.numbering = numbering
        self.paragraphs = 0

    def read(self, part: bytes) -> None:
        """Tables row by row, all else paragraph by paragraph.

        A table within a cell comes with its row, and what a newer Word draws comes again, for older ones, as
        Fallback: that is passed over.
        """
        tables: list[_Table] = []
        fallback = 0
        for when, element in events(part, (_TBL, _TR, _P, _FALLBACK), ("start", "end")):
            tag = element.tag
            if tag == _FALLBACK:
                fallback += 1 if when == "start" else -1
                if when == "end":
                    element.clear(keep_tail=True)
            elif fallback:
                continue
            elif tag == _TBL:
                if when == "start":
                    tables.append(_Table(self))
                else:
                    tables.pop()
                    if not tables:
                        forget(element)
            elif when == "end" and tag == _TR and len(tables) == 1:
                tables[0].row(element)
                forget(element)
            elif when == "end" and tag == _P and not tables:
                self._paragraph(element)
                forget(element)

    def _paragraph(self, element: etree._Element) -> None:
        self.paragraphs += 1
        place = Place(f"第{self.paragraphs}段", f"paragraph {self.paragraphs}")
        self.builder.paragraph(self.text(element), place)

    def text(self, paragraph: etree._Element) -> str:
        """A paragraph as it is printed, its automatic number first."""
        return self.numbering.of(paragraph) + "".join(self._inline(paragraph))

    def _inline(self, element: etree._Element) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in (W + "r", M + "r"):
                yield from self._run(child)
            elif tag in _DROPPED:
                self._tracked("text-deleted", child)
            elif tag in _ADDED:
                self._tracked("text-inserted", child)
                yield from self._inline(child)
            elif tag in _WRAPPERS:
                yield from self._inline(child)

    def _tracked(self, code: str, element: etree._Element) -> None:
        text = "".join(element.itertext(W + "t", W + "delText"))
        if text.strip():
            self.builder.doubt(code, text=_clipped(text))

    def _run(self, run: etree._Element) -> Iterator[str]:
        if _is_on(run.find(f"{W}rPr/{W}vanish")):
            text = "".join(run.itertext(W + "t"))
            if text.strip():
                self.builder.doubt("text-hidden", text=_clipped(text))
            return
        for child in run:
            if child.tag in (W + "t", M + "t"):
                yield child.text or ""
            elif child.tag in _SIGNS:
                yield _SIGNS[child.tag]
            elif child.tag in _WRAPPERS:
                yield from self._inline(child)

    def cell_text(self, cell: etree._Element) -> str:
        """The paragraphs of a cell, and of tables within it, each on its line."""
        return "\n".join(self.text(paragraph) for paragraph in cell.iter(_P) if not _in_fallback(paragraph))


class _Table:
    """A table of the document while its rows come."""

    def __init__(self, reader: _Reader):
        self.reader = reader
        self.number = 0
        self.rows = 0
        self.open: dict[int, OpenCell] = {}  # column → the cell merged downwards there

    def row(self, tr: etree._Element) -> None:
        builder = self.reader.builder
        if tr.find(f"{W}trPr/{W}del") is not None:
            self.reader._tracked("row-deleted", tr)
            return
        if tr.find(f"{W}trPr/{W}ins") is not None:
            self.reader._tracked("row-inserted", tr)
        self.number = self.number or builder.begin_table()
        self.rows += 1
        cells = [builder.cell("") for _ in range(_number(tr.find(f"{W}trPr/{W}gridBefore"), 0))]
        for tc in _cells(tr):
            cells += self._covered(tc, len(cells))
        cells += [builder.cell("") for _ in range(_number(tr.find(f"{W}trPr/{W}gridAfter"), 0))]
        if cells:
            builder.row(cells, Place(f"表{self.number}第{self.rows}行", f"table {self.number}, row {self.rows}"))

    def _covered(self, tc: etree._Element, column: int) -> list[OpenCell]:
        """The cell, once for each column that it covers; the one above where it is merged with it."""
        width = _number(tc.find(f"{W}tcPr/{W}gridSpan"), 1)
        merge = tc.find(f"{W}tcPr/{W}vMerge")
        if merge is not None and merge.get(W + "val") != "restart" and column in self.open:
            cell = self.open[column]
        else:
            cell = self.reader.builder.cell(self.reader.cell_text(tc))
            self.open.pop(column, None)
            if merge is not None:
                self.open[column] = cell
        return [cell] * width


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


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and element.get(W + "val", "1") not in ("0", "false", "off")


def _in_fallback(element: etree._Element) -> bool:
    return next(element.iterancestors(_FALLBACK), None) is not None


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
