"""The layout of official documents (GB/T 9704): A4, 22 lines of 28 characters in 仿宋 3 号, headings, page numbers.

`Pen` puts blocks into any document, ours or a committee's own; `write_official` is ours. What has a form of its own,
as a supervision sheet, takes the page, `centred` and `signed` from here.
"""

import copy
from datetime import date
from io import BytesIO
from math import floor

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from reports.documents.blocks import BODY, ORIGINS, Block, Chart, Paper, Part, Table, Text
from reports.documents.chart import draw
from reports.documents.taken import day_said

TOP, LEFT, WIDE, HIGH = 37, 28, 156, 225  # millimetres: upper and inner margin, and the field of type
LINES, CHARACTERS = 22, 28
SIZE, TITLE_SIZE, NUMBER_SIZE, TABLE_SIZE = 16, 22, 14, 10.5  # points: 3 号, 2 号, 4 号, 5 号
FANGSONG, HEI, KAI, TITLE, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"
HEADINGS = {1: HEI, 2: KAI, 3: FANGSONG}
SOURCE = ORIGINS  # the style of the marks that lead there: in Word all of them can be chosen and deleted at once
PADDING = 28  # twentieths of a point, above and below what a cell says
SHORT = 8  # characters: a column of no more is centred
NUMERALS = "一二三四五六七八九十"
MARK = "稿"


def write_official(paper: Paper) -> bytes:
    """The document as a .docx, marked as a draft."""
    document = official_page(MARK)
    pen = Pen(document)
    pen.line(document.add_paragraph(), "内部稿，未经审定，不得外发", KAI, NUMBER_SIZE, indent=0)
    centred(pen, document.add_paragraph(), paper.title, TITLE, TITLE_SIZE)
    centred(pen, document.add_paragraph(), f"（{MARK}）", KAI, SIZE)
    document.add_paragraph()
    for place, (name, blocks) in enumerate(paper.sections.items()):
        for block in (Text((Part(f"{NUMERALS[place]}、{name}"),), 1), *blocks):
            pen.write(document.add_paragraph(), block)
    _closing(pen, document, paper)
    for place, (title, blocks) in enumerate(paper.annexes, 1):
        head = document.add_paragraph()
        head.paragraph_format.page_break_before = True
        pen.line(head, f"附件{place}", HEI, indent=0)
        centred(pen, document.add_paragraph(), title, TITLE, 18)
        for block in blocks:
            pen.write(document.add_paragraph(), block)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _closing(pen: "Pen", document, paper: Paper) -> None:
    """The list of annexes, whose document it is, its day, and what it was taken with."""
    document.add_paragraph()
    for place, (title, _blocks) in enumerate(paper.annexes, 1):
        pen.line(document.add_paragraph(), ("附件：" if place == 1 else "　　　") + f"{place}．{title}", FANGSONG)
    document.add_paragraph()
    signed(pen, document, paper.taken.actor.unit_name or "（发文单位）", paper.taken.day.today)
    document.add_paragraph()
    for said in paper.taken.lines:
        pen.line(document.add_paragraph(), said, FANGSONG, size=12)


def signed(pen: "Pen", document, unit: str, day: date) -> None:
    """Whose document it is, and its day, four characters in from the right."""
    for said in (unit, day_said(day)):
        paragraph = document.add_paragraph()
        pen.line(paragraph, said, FANGSONG, indent=0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(4 * SIZE)
        paragraph.paragraph_format.keep_with_next = said == unit  # never on two pages


def centred(pen: "Pen", paragraph: Paragraph, words: str, font: str, size: float) -> None:
    """A line of a title."""
    pen.line(paragraph, words, font, size, indent=0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if size > SIZE:
        paragraph.paragraph_format.line_spacing = Pt(size * 1.45)


class Pen:
    """Writes blocks into paragraphs of one document."""

    def __init__(self, document, sources: bool = True):
        self.document, self.sources, self.charts = document, sources, 0
        if SOURCE not in document.styles:
            style = document.styles.add_style(SOURCE, 2)  # of characters
            style.font.superscript = True

    def write(self, paragraph: Paragraph, block: Block, like=None, indent: int = 2) -> None:
        """Put `block` in the place of an empty paragraph; `like` is a run whose looks a text takes over.

        A text's first line is indented by so many characters, unless it takes over other looks.
        """
        match block:
            case Text():
                self._text(paragraph, block, like, indent)
            case Table():
                self._table(paragraph, block)
            case Chart():
                self.charts += 1
                paragraph.paragraph_format.first_line_indent = 0
                _flat(paragraph)
                draw(paragraph, block, self.charts)

    def line(self, paragraph: Paragraph, words: str, font: str, size: float = SIZE, indent: int = 2) -> None:
        run = paragraph.add_run(words)
        dress(run, font, size)
        _indent(paragraph, indent)

    def _text(self, paragraph: Paragraph, block: Text, like, indent: int) -> None:
        font = HEADINGS.get(block.level, FANGSONG)
        for part in block.parts:
            run = paragraph.add_run(part.said)
            if like is not None and like.rPr is not None:
                run._r.insert(0, copy.deepcopy(like.rPr))
            if like is None or block.level != BODY:
                dress(run, font, SIZE if like is None else None)
            if part.source and self.sources:
                paragraph.add_run(f"〔{part.source}〕").style = SOURCE
        if like is None:
            _indent(paragraph, indent)
        if block.level != BODY:
            paragraph.paragraph_format.keep_with_next = True

    def _table(self, paragraph: Paragraph, block: Table) -> None:
        table = self.document.add_table(1 + len(block.rows), len(block.heads))
        table.autofit = False
        _bordered(table)
        whole = sum(block.widths)
        widths = [Mm(WIDE * width / whole) for width in block.widths]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        short = [all(len(said) <= SHORT for said in column) for column in zip(*block.rows, strict=True)]
        grid = table._tbl.tr_lst  # by its elements: python-docx looks every cell up from the beginning
        for row, texts in zip(grid, (block.heads, *block.rows), strict=True):
            head = row is grid[0]
            row.get_or_add_trPr().append(OxmlElement("w:tblHeader" if head else "w:cantSplit"))
            for place, (cell, said) in enumerate(zip(row.tc_lst, texts, strict=True)):
                cell.width = widths[place]
                paragraph_in = Paragraph(cell.p_lst[0], table)
                self._cell(paragraph_in, said, HEI if head else SONG)
                if head or short[place]:
                    paragraph_in.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph._p.addprevious(table._tbl)
        _flat(paragraph)
        if not block.rows:
            self.line(paragraph, "（无）", FANGSONG, 12, indent=0)

    def _cell(self, paragraph: Paragraph, said: str, font: str) -> None:
        _flat(paragraph)
        dress(paragraph.add_run(said), font, TABLE_SIZE)


def dress(run, font: str, size: float | None) -> None:
    """Set a run's font for Chinese and for Latin, and its size."""
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), font)
    if size:
        run.font.size = Pt(size)


def _indent(paragraph: Paragraph, characters: int) -> None:
    """The first line's indent in characters, so that it follows the font."""
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(100 * characters))
    indent.set(qn("w:firstLine"), str(20 * SIZE * characters))


def _flat(paragraph: Paragraph) -> None:
    """As high as its content: tables and charts do not keep to the lines of the grid."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties = paragraph._p.get_or_add_pPr()
    properties.append(snap)
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.paragraph_format.first_line_indent = 0


def _bordered(table) -> None:
    """Lines around every cell, and a little room within."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(PADDING))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def official_page(mark: str = ""):
    """An empty document with the page, its grid of lines and characters, numbers below (— 1 —), and above its mark."""
    document = Document()
    style = document.styles["Normal"]
    style.font.size = Pt(SIZE)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), FANGSONG)
    # A line of 28 is a little narrower than 28 characters of this size. A grid of characters would say so too, but
    # LibreOffice, and what is built on it, gives each character two places in one that is narrower than the font.
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), str(floor((Mm(WIDE).pt / CHARACTERS - SIZE) * 20)))
    style.element.rPr.append(closer)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(TOP), Mm(297 - TOP - HIGH)
    page.left_margin, page.right_margin = Mm(LEFT), Mm(210 - LEFT - WIDE)
    page.footer_distance = Mm(23)  # the number stands 7 mm below the field of type
    grid = page._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        page._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(int(Mm(HIGH).pt * 20 / LINES)))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((page.footer, WD_ALIGN_PARAGRAPH.RIGHT), (page.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        _numbered(footer.paragraphs[0], side)
    for header in (page.header, page.even_page_header) if mark else ():
        dress(header.paragraphs[0].add_run(mark), HEI, NUMBER_SIZE)
        header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    return document


def _numbered(paragraph: Paragraph, side) -> None:
    paragraph.alignment = side
    _flat(paragraph)
    for words in ("— ", None, " —"):
        run = paragraph.add_run(words or "")
        dress(run, SONG, NUMBER_SIZE)
        if words is None:
            _page_field(run)
    if side == WD_ALIGN_PARAGRAPH.RIGHT:  # one character in from the edge
        paragraph.paragraph_format.right_indent = Pt(NUMBER_SIZE)
    else:
        paragraph.paragraph_format.left_indent = Pt(NUMBER_SIZE)


def _page_field(run) -> None:
    for kind in ("begin", None, "end"):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = "PAGE"
        run._r.append(part)
