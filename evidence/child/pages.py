"""Pages of a PDF, drawn. Nothing in it runs: the library is built without a script engine."""

import io
from typing import BinaryIO

import pypdfium2

WIDE, HIGH = 1200, 2400  # pixels, at most
SHARPEST = 3.0  # times 72 dots an inch: a stamp-sized page is not blown up beyond that


def draw(content: BinaryIO, number: int) -> tuple[int, bytes]:
    """How many pages there are, and page `number` (from 1) as a JPEG. Raises where there is none."""
    document = pypdfium2.PdfDocument(content)
    page = document[number - 1]
    scale = min(WIDE / page.get_width(), HIGH / page.get_height(), SHARPEST)
    out = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(out, "JPEG", quality=82)
    return len(document), out.getvalue()
