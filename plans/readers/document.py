"""The one entry: a file's bytes, whatever kind they are of, into a grid."""

import io
import zipfile

from plans.grid import Grid
from plans.readers.docx import read_docx
from plans.readers.html import read_html
from plans.readers.text import read_text
from plans.readers.xlsx import read_xlsx


def read_grid(data: bytes, name: str = "") -> Grid:
    """Raises Unreadable."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())

            def part(name):
                return archive.read(name) if name in names else None

            if "xl/workbook.xml" in names:
                return read_xlsx(part, "xl/workbook.xml")
            return read_docx(
                part("word/document.xml"), part("word/styles.xml"), part("word/numbering.xml"), [],
            )
    if b"<html" in data[:2000].lower():
        return read_html(data)
    return read_text(data)
