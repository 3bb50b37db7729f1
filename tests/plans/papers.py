"""Tables with merged cells, written down once and made into a file of every kind; and the seed's table as one."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape

import xlsxwriter
import xlwt

from plans.grid import Grid, Paragraph, Row
from plans.readers.document import read_grid
from tests.plans.seed import SAMPLE


@dataclass(frozen=True)
class Spot:
    """A cell, and the rows and columns that it covers (from 0)."""

    row: int
    column: int
    text: str
    height: int = 1
    width: int = 1


@dataclass
class Paper:
    """Paragraphs, and a table under them."""

    paragraphs: list[str] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    @property
    def height(self) -> int:
        return max(spot.row + spot.height for spot in self.spots)

    @property
    def width(self) -> int:
        return max(spot.column + spot.width for spot in self.spots)

    def matrix(self) -> list[list[Spot | None]]:
        """What stands in every place of the table."""
        width = self.width
        places: list[list[Spot | None]] = [[None] * width for _ in range(self.height)]
        for spot in self.spots:
            for row in range(spot.row, spot.row + spot.height):
                for column in range(spot.column, spot.column + spot.width):
                    assert places[row][column] is None, "two cells in one place"
                    places[row][column] = spot
        return places


# What a grid should hold: the text of every place, and which places are one cell.
Seen = list[list[tuple[str, int | None]]]


def expected_of(paper: Paper) -> Seen:
    numbers: dict[Spot, int] = {}
    rows = []
    for row in paper.matrix():
        rows.append([
            (spot.text if spot else "", numbers.setdefault(spot, len(numbers)) if spot and _is_merged(spot) else None)
            for spot in row
        ])
    return rows


def seen_in(grid: Grid, table: int = 1) -> Seen:
    """The same of a grid that was read, its areas numbered by their order."""
    numbers: dict[int, int] = {}
    return [
        [
            (cell.text, None if cell.span is None else numbers.setdefault(cell.span, len(numbers)))
            for cell in row.cells
        ]
        for row in grid.blocks if isinstance(row, Row) and row.table == table
    ]


def paragraphs_of(grid: Grid) -> list[str]:
    return [block.text for block in grid.blocks if isinstance(block, Paragraph)]


def _is_merged(spot: Spot) -> bool:
    return spot.height > 1 or spot.width > 1


@cache
def seed_paper() -> Paper:
    """The sample as a word processor had it before it became text: broken rows whole, merged cells merged."""
    grid = read_grid(SAMPLE.read_bytes(), SAMPLE.name)
    paper = Paper([block.text for block in grid.blocks[:3]])
    for at, texts in enumerate(_whole_rows(grid)):
        if len(texts) == 1:
            paper.spots.append(Spot(at, 0, texts[0], width=7))
        elif len(texts) == 5:  # the head: its years stand in the row below
            serial, title, content, progress, units = texts
            paper.spots += [Spot(at, n, text, height=2) for n, text in ((0, serial), (1, title), (2, content), (6, units))]
            paper.spots.append(Spot(at, 3, progress, width=3))
        elif texts[3] == "2018年":
            paper.spots += [Spot(at, n, texts[n]) for n in (3, 4, 5)]
        elif not texts[0]:  # a second line of contents: serial, title and units go on from the row above
            above = {spot.column: spot for spot in paper.spots if spot.row == at - 1}
            for column in (0, 1, 6):
                old = above[column]
                paper.spots[paper.spots.index(old)] = Spot(old.row, column, old.text, height=2)
            paper.spots += [Spot(at, n, texts[n]) for n in (2, 3, 4, 5)]
        else:
            paper.spots += [Spot(at, n, text) for n, text in enumerate(texts)]
    return paper


def _whole_rows(grid: Grid) -> Iterator[list[str]]:
    """Rows that blank lines had broken, joined: a serial alone, or three cells, waits for the rest."""
    waiting: list[str] = []
    for block in grid.blocks[3:]:
        if isinstance(block, Paragraph):
            yield [block.text]
            continue
        texts = waiting + [cell.text for cell in block.cells]
        if len(texts) == 1 and texts[0].isdecimal() or len(texts) == 3:
            waiting = texts
        elif any(texts):
            waiting = []
            yield texts


# --- Word ---

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word_paragraph(text: str) -> str:
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(line) for line in text.split("\n"))
    return f'<w:p><w:r><w:t xml:space="preserve">{lines}</w:t></w:r></w:p>'


def word_table(paper: Paper) -> str:
    rows = []
    for at, row in enumerate(paper.matrix()):
        cells, column = [], 0
        while column < len(row):
            spot = row[column] or Spot(at, column, "")
            span = f'<w:gridSpan w:val="{spot.width}"/>' if spot.width > 1 else ""
            merge = "" if spot.height == 1 else '<w:vMerge w:val="restart"/>' if spot.row == at else "<w:vMerge/>"
            text = "".join(map(word_paragraph, spot.text.split("\n"))) if spot.row == at else "<w:p/>"
            cells.append(f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{text}</w:tc>")
            column += spot.width
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * paper.width}</w:tblGrid>{''.join(rows)}</w:tbl>"


def docx(
    body: str, *, parts: dict[str, str | bytes] | None = None, relations: str = "", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A Word document of the XML of its body; `parts` are added or put in the place of the usual ones."""
    kinds = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes"}
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
        for n, (name, kind) in enumerate(kinds.items()) if parts and f"word/{name}.xml" in parts
    )
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlform'
        'ats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/'
        f'document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{links}{relations}</Relationships>',
        "word/document.xml": f"<w:document {_W}><w:body>{body}<w:sectPr/></w:body></w:document>",
        **(parts or {}),
    }, method)


def zipped(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def to_docx(paper: Paper) -> bytes:
    return docx("".join(map(word_paragraph, paper.paragraphs)) + word_table(paper))


# --- Workbooks: the paragraphs are rows above the table ---


def to_xlsx(paper: Paper) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": True})
    sheet = book.add_worksheet()
    for spot in _with_paragraphs(paper):
        if _is_merged(spot):
            last = spot.row + spot.height - 1, spot.column + spot.width - 1
            sheet.merge_range(spot.row, spot.column, *last, "")
        sheet.write(spot.row, spot.column, spot.text)
    book.close()
    return out.getvalue()


def to_xls(paper: Paper) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for spot in _with_paragraphs(paper):
        last = spot.row + spot.height - 1, spot.column + spot.width - 1
        value = int(spot.text) if spot.text.isdecimal() else spot.text
        sheet.write_merge(spot.row, last[0], spot.column, last[1], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def to_csv(paper: Paper, separator: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """Without merged cells, which it cannot say: their text stands in their first place alone."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([text] for text in paper.paragraphs)
    for at, row in enumerate(paper.matrix()):
        firsts = (spot and (spot.row, spot.column) == (at, column) for column, spot in enumerate(row))
        writer.writerow([spot.text if first else "" for spot, first in zip(row, firsts, strict=True)])
    return out.getvalue().encode(encoding)


def _with_paragraphs(paper: Paper) -> list[Spot]:
    """All spots of the sheet; a paragraph's cell goes over the whole table."""
    down = len(paper.paragraphs)
    above = [Spot(n, 0, text, width=paper.width) for n, text in enumerate(paper.paragraphs)]
    return above + [
        Spot(spot.row + down, spot.column, spot.text, spot.height, spot.width) for spot in paper.spots
    ]


# --- Pages ---


def html_table(paper: Paper, attributes: str = "") -> str:
    rows = []
    for at, row in enumerate(paper.matrix()):
        cells = []
        for column, spot in enumerate(row):
            if spot is None:
                cells.append("<td></td>")
            elif (spot.row, spot.column) == (at, column):
                text = "<br>".join(escape(line) for line in spot.text.split("\n"))
                cells.append(f'<td rowspan="{spot.height}" colspan={spot.width}><p>{text}</p></td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table {attributes}><tbody>{''.join(rows)}</tbody></table>"


def to_html(paper: Paper, encoding: str = "utf-8") -> bytes:
    above = "".join(f"<p>{escape(text)}</p>" for text in paper.paragraphs)
    page = f'<html><head><meta charset="{encoding}"></head><body>{above}{html_table(paper)}</body></html>'
    return page.encode(encoding)
