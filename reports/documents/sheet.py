"""督办单.docx: a supervision sheet as it was issued, laid out as official documents are, and no draft."""

from io import BytesIO

from models import SupervisionSheet
from reports.documents.blocks import Table, text
from reports.documents.official import TITLE, TITLE_SIZE, centred, official_page, signed
from reports.documents.pen import HEI, SIZE, Pen
from reports.documents.taken import day_said
from workflow.calendar import local_day

HEADS, WIDTHS = ("督办节点", "进度要求", "期限"), (46, 70, 40)


def write_sheet(sheet: SupervisionSheet) -> bytes:
    """The sheet as a .docx."""
    document = official_page()
    pen = Pen(document)

    def line():
        return document.add_paragraph()

    centred(pen, line(), "督办单", TITLE, TITLE_SIZE)
    centred(pen, line(), sheet.named, HEI, SIZE)
    line()
    centred(pen, line(), sheet.title, HEI, SIZE)
    line()
    pen.write(line(), text("{units}：", units="、".join(it.unit.name for it in sheet.supervisions)), indent=0)
    for said in sheet.words.splitlines():
        pen.write(line(), text("{said}", said=said.strip()))
    pen.write(line(), text("请于{day}前书面答复。", day=day_said(sheet.due)))
    rows = tuple((it.title, it.requirement, day_said(it.due) or "未定") for it in sheet.items)
    pen.write(line(), Table(HEADS, rows, WIDTHS))
    line()
    signed(pen, document, sheet.unit.name, day_said(local_day(sheet.issued_at)))
    written = BytesIO()
    document.save(written)
    return written.getvalue()
