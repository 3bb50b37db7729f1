"""Puts blocks into a Word document, ours or a committee's own, in the fonts of official documents (GB/T 9704)."""

import copy

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from reports.documents.blocks import BODY, ORIGINS, Block, Chart, Table, Text
from reports.documents.chart import draw

WIDE = 156  # millimetres: of the field of type
SIZE, TABLE_SIZE = 16, 10.5  # points: 3 号, 5 号
FANGSONG, HEI, KAI, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
HEADINGS = {1: HEI, 2: KAI, 3: FANGSONG}
SOURCE = ORIGINS  # the style of the marks that lead there: in Word all of them can be chosen and deleted at once
PADDING = 28  # twentieths of a point, above and below what a cell says
# What comes after these in their parents: Word takes a document in which the order is another for damaged.
AFTER_SNAP = (
    "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection",
    "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr",
    "w:pPrChange",
)
AFTER_BORDERS = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption", "w:tblDescription")
AFTER_MARGINS = AFTER_BORDERS[3:]
SHORT = 8  # characters: a column of no more is centred


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
                flat(paragraph)
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
        flat(paragraph)
        if not block.rows:
            self.line(paragraph, "（无）", FANGSONG, 12, indent=0)

    def _cell(self, paragraph: Paragraph, said: str, font: str) -> None:
        flat(paragraph)
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


def flat(paragraph: Paragraph) -> None:
    """As high as its content: tables and charts do not keep to the lines of the grid."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties = paragraph._p.get_or_add_pPr()
    for former in properties.findall(snap.tag):
        properties.remove(former)
    properties.insert_element_before(snap, *AFTER_SNAP)
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.paragraph_format.first_line_indent = 0
    properties.ind.set(qn("w:firstLineChars"), "0")  # it would count before the other


def _bordered(table) -> None:
    """Lines around every cell, and a little room within."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.insert_element_before(borders, *AFTER_BORDERS)
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(PADDING))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, *AFTER_MARGINS)
