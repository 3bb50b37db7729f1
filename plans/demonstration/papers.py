"""Small real files of the kinds that units send in, made from words. The same words give the same bytes."""

import io
import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import xlsxwriter
from docx import Document
from fpdf import FPDF
from PIL import Image, ImageDraw

from settings import ROOT

FONT = ROOT / "reports" / "documents" / "fonts" / "NotoSerifSC-GB2312.woff"
WIDE, HIGH = 480, 320  # of a picture
HORIZON = 190


Table = tuple[Sequence[str], Sequence[str]]


def paper(kind: str, title: str, lines: Sequence[str], table: Table, at: datetime) -> bytes:
    """A file of `kind` (docx, pdf, xlsx, jpg or png) that says this; `table` is heads and the items of its rows."""
    return _MADE[kind](title, lines, table, at)


def _docx(title: str, lines: Sequence[str], table, at: datetime) -> bytes:
    document = Document()
    document.core_properties.modified = at.replace(tzinfo=None)
    document.add_heading(title, 1)
    for line in lines:
        document.add_paragraph(line)
    heads, items = table
    made = document.add_table(1 + len(items), len(heads), "Table Grid")
    for row, texts in zip(made.rows, (heads, *_rows(items, at)), strict=True):
        for cell, said in zip(row.cells, texts, strict=True):
            cell.text = str(said)
    written = io.BytesIO()
    document.save(written)
    return _at_no_time(written.getvalue())


def _at_no_time(archive: bytes) -> bytes:
    """The same archive without the moment at which it was packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename), old.read(part), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _pdf(title: str, lines: Sequence[str], _table, at: datetime) -> bytes:
    pdf = FPDF(format="A4")
    pdf.set_creation_date(at)
    pdf.add_font("song", "", FONT)
    pdf.add_page()
    pdf.set_font("song", size=18)
    pdf.multi_cell(0, 12, title, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("song", size=12)
    for line in lines:
        pdf.ln(4)
        pdf.multi_cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _xlsx(title: str, _lines, table, at: datetime) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"created": at.astimezone(UTC).replace(tzinfo=None)})
        sheet, heads = book.add_worksheet("明细"), table[0]
        sheet.write_string(0, 0, title)
        for place, row in enumerate((heads, *_rows(table[1], at)), 2):
            sheet.write_row(place, 0, row)
    return written.getvalue()


def _rows(items: Sequence[str], at: datetime) -> list[tuple]:
    return [(n, item, f"{at.year}年{max(1, at.month - len(items) + n)}月", "") for n, item in enumerate(items, 1)]


def _picture(form: str) -> Callable[..., bytes]:
    """A landscape: sky, hills, fields; which, the title decides."""

    def draw(title: str, lines: Sequence[str], _table, at: datetime) -> bytes:
        luck = random.Random(f"{title}{lines}{at}")
        picture = Image.new("RGB", (WIDE, HIGH), (150 + luck.randrange(60), 190 + luck.randrange(40), 235))
        brush = ImageDraw.Draw(picture)
        for depth in range(3):
            green = (60 + 30 * depth, 110 + 25 * depth, 60 + luck.randrange(30))
            peaks = [(x, HORIZON + 25 * depth - luck.randrange(70 - 20 * depth)) for x in range(0, WIDE + 60, 60)]
            brush.polygon([(0, HIGH), *peaks, (WIDE, HIGH)], fill=green)
        for _house in range(luck.randrange(2, 6)):
            x, y = luck.randrange(20, WIDE - 60), luck.randrange(HORIZON + 40, HIGH - 40)
            brush.rectangle((x, y, x + 34, y + 24), fill=(225, 220, 210))
            brush.polygon([(x - 4, y), (x + 17, y - 14), (x + 38, y)], fill=(150, 60, 45))
        written = io.BytesIO()
        picture.save(written, form)
        return written.getvalue()

    return draw


_MADE = {"docx": _docx, "pdf": _pdf, "xlsx": _xlsx, "jpg": _picture("JPEG"), "png": _picture("PNG")}
