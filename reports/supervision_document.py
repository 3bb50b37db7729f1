"""A supervision sheet as a Word document, laid out as official documents are (GB/T 9704)."""

import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from models import SupervisionSheet
from workflow.calendar import local_day
from workflow.notice_kinds import day_words

TOP, LEFT, WIDE, HIGH = 37, 28, 156, 225  # millimetres: upper and left margin, and the field of type
LINES = 22
SIZE, TITLE_SIZE, NUMBER_SIZE, TABLE_SIZE = 16, 22, 14, 10.5  # points: 3 号, 2 号, 4 号, 5 号
FANGSONG, HEI, TITLE, SONG = "仿宋_GB2312", "黑体", "方正小标宋简体", "宋体"
HEADS = (("督办节点", 52), ("进度要求", 74), ("期限", 30))  # with their widths, in millimetres


def write_sheet(sheet: SupervisionSheet) -> bytes:
    """The sheet as it was issued, as a .docx."""
    document = _page()
    _line(document, "督办单", TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, sheet.named, FANGSONG, SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    _line(document, sheet.title, HEI, SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    _line(document, "、".join(it.unit.name for it in sheet.supervisions) + "：")
    for line in sheet.words.splitlines():
        _line(document, line.strip(), indent=2)
    _line(document, f"请于{day_words(sheet.due).zh}前书面答复。", indent=2)
    _table(document, sheet)
    for said in ("", sheet.unit.name, day_words(local_day(sheet.issued_at)).zh):
        signed = _line(document, said, align=WD_ALIGN_PARAGRAPH.RIGHT)
        signed.paragraph_format.right_indent = Pt(4 * SIZE)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _page():
    """An empty document with its page, 22 lines of it, and numbers below: — 1 —."""
    document = Document()
    style = document.styles["Normal"]
    style.font.size = Pt(SIZE)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(TOP), Mm(297 - TOP - HIGH)
    page.left_margin, page.right_margin = Mm(LEFT), Mm(210 - LEFT - WIDE)
    grid = page._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        page._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(int(Mm(HIGH).pt * 20 / LINES)))
    number = page.footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words in ("— ", None, " —"):
        run = number.add_run(words or "")
        _dress(run, SONG, NUMBER_SIZE)
        if words is None:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            run._r.addnext(field)
    return document


def _line(document, words: str, font: str = FANGSONG, size: float = SIZE, align=None, indent: int = 0):
    paragraph = document.add_paragraph()
    _dress(paragraph.add_run(words), font, size)
    paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(indent * SIZE)
    return paragraph


def _table(document, sheet: SupervisionSheet) -> None:
    rows = [[it.title, it.requirement, day_words(it.due).zh if it.due else "未定"] for it in sheet.items]
    table = document.add_table(rows=0, cols=len(HEADS))
    table.style, table.autofit = "Table Grid", False
    for place, texts in enumerate([[head for head, _width in HEADS], *rows]):
        for cell, text, (_head, width) in zip(table.add_row().cells, texts, HEADS, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            _flat(paragraph)
            _dress(paragraph.add_run(text), SONG if place else HEI, TABLE_SIZE)
    for column, (_head, width) in zip(table.columns, HEADS, strict=True):
        column.width = Mm(width)


def _flat(paragraph) -> None:
    """As high as its words: a table does not keep to the lines of the page."""
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(snap)


def _dress(run, font: str, size: float) -> None:
    """Set a run's font for Chinese and for Latin, and its size."""
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), font)
    run.font.size = Pt(size)
