"""The child process that parses a committee's template: which places it has, or the same filled in.

It gets neither our environment nor the ledger, and imports nothing of them: it begins in a fraction of a second.
"""

import copy
import io
import json
import re
import sys
from collections.abc import Iterator

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from reports.documents.blocks import BODY, ORIGINS, Block, Text, as_block
from reports.documents.pen import Pen

PLACE = re.compile(r"\{\{\s*([^{}]{1,40}?)\s*\}\}")


def _places(data: bytes) -> bytes:
    document = Document(io.BytesIO(data))
    found = [name for paragraph in _paragraphs(document) for name in PLACE.findall(paragraph.text)]
    return json.dumps(sorted(set(found))).encode()


def _fill(data: bytes) -> bytes:
    line, _, content = data.partition(b"\n")
    plain, document = json.loads(line), Document(io.BytesIO(content))
    blocks = {name: [as_block(it) for it in found] for name, found in plain["blocks"].items()}
    found = {name for paragraph in _paragraphs(document) for name in PLACE.findall(paragraph.text)}
    pen = Pen(document, sources=ORIGINS in found)  # marks that lead nowhere would only puzzle
    for paragraph in list(_paragraphs(document)):
        alone = PLACE.fullmatch(paragraph.text.strip())
        if alone and alone[1] in blocks:
            _put(pen, paragraph, blocks[alone[1]])
        elif PLACE.search(paragraph.text):
            _words(paragraph, plain["words"] | {name: _plainly(found) for name, found in blocks.items()})
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _put(pen: Pen, paragraph: Paragraph, blocks: list[Block]) -> None:
    """Blocks in the place of a paragraph, texts with its looks."""
    like = copy.deepcopy(paragraph.runs[0]._r) if paragraph.runs else None
    for block in blocks:
        made = copy.deepcopy(paragraph._p)
        for child in list(made):
            if not child.tag.endswith("}pPr"):
                made.remove(child)
        paragraph._p.addprevious(made)
        pen.write(Paragraph(made, paragraph._parent), block, like)
    paragraph._p.getparent().remove(paragraph._p)


def _plainly(blocks: list[Block]) -> str:
    """Texts as words within a line, where a part stands in one."""
    return "".join(part.said for it in blocks if isinstance(it, Text) and it.level == BODY for part in it.parts)


def _words(paragraph: Paragraph, words: dict[str, str]) -> None:
    """Words in places within a line, each in the looks of the place's first letter: Word cuts a place into runs."""
    found = PLACE.search(paragraph.text)
    while found:
        begins = 0
        for run_ in paragraph.runs:
            text = run_.text
            ends = begins + len(text)
            if ends > found.start() and begins < found.end():
                head, tail = text[: max(0, found.start() - begins)], text[max(0, found.end() - begins):]
                run_.text = head + (words.get(found[1], "") if begins <= found.start() else "") + tail
            begins = ends
        before = paragraph.text
        found = PLACE.search(before, found.start() + len(words.get(found[1], "")))


def _paragraphs(document) -> Iterator[Paragraph]:
    """Every paragraph: of the body, its tables, and what stands above and below the pages."""
    parts = [document]
    for section in document.sections:
        parts += [
            section.header, section.footer, section.even_page_header, section.even_page_footer,
            section.first_page_header, section.first_page_footer,
        ]
    for part in parts:
        if not getattr(part, "is_linked_to_previous", False):
            yield from _within(part)


def _within(part) -> Iterator[Paragraph]:
    for it in part.iter_inner_content():
        if isinstance(it, Table):
            for cell in {id(cell._tc): cell for row in it.rows for cell in row.cells}.values():
                yield from _within(cell)
        else:
            yield it


if __name__ == "__main__":
    work = {"places": _places, "fill": _fill}[sys.argv[1]]
    sys.stdout.buffer.write(work(sys.stdin.buffer.read()))
