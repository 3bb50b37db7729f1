"""The layout of official documents (GB/T 9704): A4, 22 lines of 28 characters in 仿宋 3 号, headings, page numbers.

What has a form of its own, as a supervision sheet, takes the page, `centred` and `signed` from here.
"""

from collections.abc import Sequence
from io import BytesIO
from math import floor

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from reports.documents.blocks import Part, Text
from reports.documents.paper import ISSUED, ISSUER, Paper
from reports.documents.pen import FANGSONG, HEI, KAI, SIZE, SONG, WIDE, Pen, dress, flat

TOP, LEFT, HIGH = 37, 28, 225  # millimetres: upper and inner margin, and the height of the field of type
LINES, CHARACTERS = 22, 28
TITLE_SIZE, NUMBER_SIZE = 22, 14  # points: 2 号, 4 号
TITLE = "方正小标宋简体"
NUMERALS = "一二三四五六七八九十"
MARK = "稿"
AFTER_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")  # of what a style says of letters


def write_official(paper: Paper, lines: Sequence[str] | None = None) -> bytes:
    """The document as a .docx, marked as a draft. `lines` at its end say what it was taken with, unless it knows."""
    document = official_page(MARK)
    pen = Pen(document)
    pen.line(document.add_paragraph(), "内部稿，未经审定，不得外发", KAI, NUMBER_SIZE, indent=0)
    centred(pen, document.add_paragraph(), paper.title, TITLE, TITLE_SIZE)
    centred(pen, document.add_paragraph(), f"（{MARK}）", KAI, SIZE)
    document.add_paragraph()
    for place, (name, blocks) in enumerate(paper.sections.items()):
        for block in (Text((Part(f"{NUMERALS[place]}、{name}"),), 1), *blocks):
            pen.write(document.add_paragraph(), block)
    _closing(pen, document, paper, paper.taken.lines if lines is None else lines)
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


def _closing(pen: Pen, document, paper: Paper, lines: Sequence[str]) -> None:
    """The list of annexes, whose document it is, its day, and what it was taken with."""
    document.add_paragraph()
    for place, (title, _blocks) in enumerate(paper.annexes, 1):
        pen.line(document.add_paragraph(), ("附件：" if place == 1 else "　　　") + f"{place}．{title}", FANGSONG)
    document.add_paragraph()
    signed(pen, document, paper.words[ISSUER] or "（发文单位）", paper.words[ISSUED])
    document.add_paragraph()
    for said in lines:
        pen.line(document.add_paragraph(), said, FANGSONG, size=12)


def signed(pen: Pen, document, unit: str, day: str) -> None:
    """Whose document it is, and its day, four characters in from the right."""
    for said in (unit, day):
        paragraph = document.add_paragraph()
        pen.line(paragraph, said, FANGSONG, indent=0)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(4 * SIZE)
        paragraph.paragraph_format.keep_with_next = said == unit  # never on two pages


def centred(pen: Pen, paragraph: Paragraph, words: str, font: str, size: float) -> None:
    """A line of a title."""
    pen.line(paragraph, words, font, size, indent=0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if size > SIZE:
        paragraph.paragraph_format.line_spacing = Pt(size * 1.45)


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
    style.element.rPr.insert_element_before(closer, *AFTER_SPACING)
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
    flat(paragraph)
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
