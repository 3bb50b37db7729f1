"""Workbooks (.xlsx): every sheet as a table, its cells as they are displayed.

Read from the XML itself, as a stream: a cell's reference is looked at before anything is made for it, and the
number formats are needed to print 0.97 as the 97% that a person sees.
"""

from dataclasses import dataclass, field
from typing import BinaryIO

from lxml import etree

from plans.grid import Grid
from plans.readers.building import GridBuilder
from plans.readers.container import Container, note_container
from plans.readers.limits import MOST_COLUMNS, MOST_TEXT
from plans.readers.numbers import displayed
from plans.readers.pace import Paced
from plans.readers.refused import Refused
from plans.readers.sheets import Sheet, area, column_name, reference, write_sheet
from plans.readers.stress import is_colour, is_heavy_font, stressed
from plans.readers.xml import R, S, events, forget

_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}


@dataclass
class _Book:
    """What the cells refer to."""

    strings: list[str] = field(default_factory=list)
    formats: list[str | int] = field(default_factory=list)  # of each style: its format, or a built-in number
    since_1904: bool = False


def read_xlsx(container: Container, pace: Paced) -> Grid:
    """Every sheet that is shown, in the order of the workbook."""
    related = container.related(container.main)
    parts = {kind: target for kind, target in related.values()}
    book = _Book(
        _strings(container.open(parts.get("sharedStrings", ""))), _formats(container.open(parts.get("styles", ""))),
    )
    builder = GridBuilder(pace)
    note_container(container, builder)
    sheets = []
    for _, element in events(container.open(container.main), (S + "workbookPr", S + "sheet")):
        if element.tag == S + "workbookPr":
            book.since_1904 = element.get("date1904") in ("1", "true")
        else:
            sheets.append((element.get("name", ""), element.get("state", "visible"), element.get(R + "id", "")))
    for name, state, key in sheets:
        kind, target = related.get(key, ("", ""))
        if kind != "worksheet":
            continue
        part = container.open(target)
        if part is None:
            raise Refused("damaged")
        reader = _Reader(book, builder, name)
        sheet = reader.read(part)
        if state != "visible":
            if sheet.cells:
                builder.doubt("sheet-hidden", name=name)
            continue
        write_sheet(builder, name, sheet)
    return builder.finish()


def _strings(part: BinaryIO | None) -> list[str]:
    found, length = [], 0
    if part is not None:
        for _, element in events(part, (S + "si",)):
            found.append(_rich(element))
            length += len(found[-1])
            if length > MOST_TEXT:
                raise Refused("too-much-text", most=MOST_TEXT)
            forget(element)
    return found


class _Rich(str):
    """Text of several inks."""

    stressed: tuple[str, ...] = ()


def _rich(element: etree._Element | None) -> str:
    """Text in its pieces, without the reading aids above it."""
    if element is None:
        return ""
    pieces = [t for t in element.iter(S + "t") if t.getparent().tag != S + "rPh"]
    text = "".join(t.text or "" for t in pieces)
    found = stressed((t.text or "", _stands_out(t.getparent().find(S + "rPr"))) for t in pieces) if pieces[1:] else ()
    if found:
        text = _Rich(text)
        text.stressed = found
    return text


def _stands_out(properties: etree._Element | None) -> bool:
    """Bold, in a colour (of a theme, all but its first two are), or in the font that is used for bold."""
    if properties is None:
        return False
    bold, colour, font = (properties.find(S + name) for name in ("b", "color", "rFont"))
    return (
        bold is not None and bold.get("val", "1") not in ("0", "false")
        or colour is not None and (is_colour(colour.get("rgb")) or _whole(colour.get("theme")) > 1)
        or font is not None and is_heavy_font(font.get("val"))
    )


def _formats(part: BinaryIO | None) -> list[str | int]:
    own: dict[int, str] = {}
    found: list[str | int] = []
    if part is not None:
        for _, element in events(part, (S + "numFmt", S + "cellXfs")):
            if element.tag == S + "numFmt":
                own[_whole(element.get("numFmtId"))] = element.get("formatCode", "")
            else:
                for style in element.findall(S + "xf"):
                    number = _whole(style.get("numFmtId"))
                    found.append(own.get(number, number))
    return found


class _Reader:
    """One sheet."""

    def __init__(self, book: _Book, builder: GridBuilder, name: str):
        self.book = book
        self.builder = builder
        self.name = name
        self.sheet = Sheet()
        self.row = self.column = 0
        self.formulas = 0

    def read(self, part: BinaryIO) -> Sheet:
        for _, element in events(part, (S + "col", S + "row", S + "mergeCell")):
            if element.tag == S + "row":
                self._row(element)
                forget(element)
            elif element.tag == S + "col":
                self._columns(element)
            else:
                self.sheet.merge(area(element.get("ref", "")))
                forget(element)
        if self.formulas:
            self.builder.doubt("formula-values", sheet=self.name, count=self.formulas)
        return self.sheet

    def _row(self, element: etree._Element) -> None:
        self.row = _whole(element.get("r")) or self.row + 1
        self.column = 0
        if element.get("hidden") in ("1", "true") or element.get("ht") == "0":
            self.sheet.hidden_rows.add(self.row)
        for cell in element.iterchildren(S + "c"):
            self._cell(cell)

    def _columns(self, element: etree._Element) -> None:
        if element.get("hidden") in ("1", "true"):
            first, last = _whole(element.get("min")), _whole(element.get("max"))
            self.sheet.hidden_columns |= set(range(first, min(last, MOST_COLUMNS) + 1))

    def _cell(self, element: etree._Element) -> None:
        self.column += 1
        at = element.get("r")
        if at:
            self.row, self.column = reference(at)
        if len(element):
            text = self._text(element)
            if text.strip():
                self.sheet.put(self.row, self.column, text, getattr(text, "stressed", ()))

    def _text(self, element: etree._Element) -> str:
        kind = element.get("t", "n")
        if kind == "inlineStr":
            return _rich(element.find(S + "is"))
        value = element.findtext(S + "v")
        if element.find(S + "f") is not None:
            self.formulas += 1
            if not value:
                self.builder.doubt("formula-empty", cell=f"{self.name}!{column_name(self.column)}{self.row}")
        return self._shown(kind, value, element) if value else ""

    def _shown(self, kind: str, value: str, element: etree._Element) -> str:
        if kind == "s":
            index = _whole(value)
            if not value.strip().isdecimal() or index >= len(self.book.strings):
                raise Refused("damaged")
            return self.book.strings[index]
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind == "d":
            return value.partition("T")[0]
        if kind in ("str", "e"):
            if value in _ERRORS:
                self.builder.doubt("cell-error", cell=f"{self.name}!{column_name(self.column)}{self.row}", text=value)
            return value
        return displayed(value, self._format(element), self.book.since_1904)

    def _format(self, element: etree._Element) -> str | int:
        style = _whole(element.get("s"))
        return self.book.formats[style] if style < len(self.book.formats) else 0


def _whole(value: str | None) -> int:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0
