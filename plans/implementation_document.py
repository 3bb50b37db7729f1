"""An implementation plan as a Word table that a unit can fill in, and the filled table read back.

The first column is the milestone's number in the ledger: by it a row finds its way home. Columns are found by
their headings, so they may be moved; rows and columns that are not ours are passed over.
"""

import io

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from models import Implementation, Words
from plans.unreadable import Unreadable
from plans.word_tables import read_tables
from workflow.planning import EVIDENCE, HANDLER, LEADER, MEASURES, STEPS, TARGET, Typed

NUMBER = "节点编号"
GIVEN = ("任务", "年度", "进度要求")  # what was published: for reading, never read back
OURS = {asked.label.zh: asked.name for asked in (MEASURES, HANDLER, LEADER, EVIDENCE, TARGET, STEPS)}
SEVERAL = {EVIDENCE.name, STEPS.name}
WIDTHS = (1.4, 3.4, 1.3, 3.4, 4.6, 1.9, 1.9, 3.6, 2.6, 3.6)  # centimetres
ADVICE = "「佐证材料」「时间步骤」每行一条，步骤以日期开头（如 2018年9月30日 完成测绘）。「节点编号」请勿改动。"

NOT_WORD = Words("请上传 Word 文档（.docx）。", "Send a Word document (.docx).")
NO_TABLE = Words(
    "文档中没有实施方案的表格：表头须有「节点编号」和「工作措施」。请使用导出的文档填写。",
    "The document has no table of an implementation plan: its head has 节点编号 and 工作措施. Use the exported one.",
)
NO_NUMBER = Words("表格第 {row} 行的节点编号「{number}」不是数字。", "Row {row}: the number “{number}” is no number.")
TWICE = Words("节点编号 {number} 出现了两次。", "The number {number} stands there twice.")


class WrongDocument(Exception):
    """The document is no filled-in plan; `words` say why."""

    def __init__(self, words: Words):
        super().__init__(words.en)
        self.words = words


def write_document(plan: Implementation) -> bytes:
    """The plan as a .docx: one row a milestone."""
    document = Document()
    style = document.styles["Normal"]
    style.font.size = Pt(10)
    style.font.name = "SimSun"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = Cm(1)
    document.add_heading(f"{plan.unit.name}实施方案", 1)
    document.add_paragraph(plan.plan.title)
    document.add_paragraph(ADVICE)
    table = document.add_table(rows=1, cols=len(WIDTHS))
    table.style = "Table Grid"
    _fill(table.rows[0], [NUMBER, *GIVEN, *OURS])
    for entry in plan.entries:
        milestone = entry.milestone
        _fill(table.add_row(), [
            str(milestone.id), f"{milestone.task.number or ''} {milestone.task.title}".strip(),
            str(milestone.year or ""), milestone.requirement, entry.measures, entry.handler, entry.leader,
            "\n".join(entry.evidence), entry.target, "\n".join(map(step_line, entry.steps)),
        ])
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def read_document(content: bytes) -> dict[int, Typed]:
    """The entries of a filled-in document, by milestone. Raises WrongDocument."""
    try:
        tables = read_tables(content)
    except Unreadable as error:
        raise WrongDocument(error.words) from None
    wanted = {NUMBER, MEASURES.label.zh}
    table = next((table for table in tables if table and wanted <= set(map(_plain, table[0]))), None)
    if table is None:
        raise WrongDocument(NO_TABLE)
    heads = list(map(_plain, table[0]))
    found: dict[int, Typed] = {}
    for place, row in enumerate(table[1:], 2):
        cells = dict(zip(heads, row, strict=False))
        number = cells.get(NUMBER, "").strip()
        if not any(cell.strip() for cell in row):
            continue
        if not (number.isascii() and number.isdecimal()):
            raise WrongDocument(NO_NUMBER.format(row=place, number=number[:20]))
        if int(number) in found:
            raise WrongDocument(TWICE.format(number=number))
        found[int(number)] = Typed(**{
            name: cells.get(head, "").splitlines() if name in SEVERAL else cells.get(head, "")
            for head, name in OURS.items()
        })
    return found


def step_line(step: dict) -> str:
    """A step as a person types it."""
    return f"{step['due']} {step['text']}".strip()


def _plain(text: str) -> str:
    return "".join(text.split())


def _fill(row, texts: list[str]) -> None:
    for cell, text, width in zip(row.cells, texts, WIDTHS, strict=True):
        cell.width = Cm(width)
        cell.text = text
