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
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from reports.documents.blocks import BODY, ORIGINS, Block, Text, as_block
from reports.documents.pen import Pen

# With the braces of a Chinese keyboard too.
PLACE = re.compile(r"(?:\{\{|｛｛)\s*([^{}｛｝]{1,40}?)\s*(?:\}\}|｝｝)")
BROKEN = re.compile(r".{0,10}(?:\{\{|｛｛|\}\}|｝｝).{0,20}")  # looks like a place, and is none
# What stays of a paragraph whose place is filled by blocks: breaks, pictures, the end of a section.
SECTION = "w:pPr/w:sectPr"
STAYS = f".//w:br | .//w:drawing | .//w:pict | .//w:object | {SECTION}"


def _places(data: bytes) -> bytes:
    """The names of all places, and what looks like a place and is none."""
    texts = [_text(it) for it in _paragraphs(Document(io.BytesIO(data)))]
    known = {name for text in texts for name in PLACE.findall(text)}
    broken = {found.strip() for text in texts for found in BROKEN.findall(PLACE.sub("", text))}
    return json.dumps({"places": sorted(known), "broken": sorted(broken)}).encode()


def _fill(data: bytes) -> bytes:
    line, _, content = data.partition(b"\n")
    plain, document = json.loads(line), Document(io.BytesIO(content))
    blocks = {name: [as_block(it) for it in found] for name, found in plain["blocks"].items()}
    words = plain["words"] | {name: _plainly(found) for name, found in blocks.items()}
    paragraphs = list(_paragraphs(document))
    found = {name for paragraph in paragraphs for name in PLACE.findall(_text(paragraph))}
    pen = Pen(document, sources=ORIGINS in found)  # marks that lead nowhere would only puzzle
    for paragraph in paragraphs:
        alone = PLACE.fullmatch(_text(paragraph).strip())
        if alone and blocks.get(alone[1]):
            _put(pen, paragraph, blocks[alone[1]])
        else:
            _words(paragraph, words)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _put(pen: Pen, paragraph: Paragraph, blocks: list[Block]) -> None:
    """Blocks in the place of a paragraph, texts with its looks."""
    pieces = _pieces(paragraph)
    place = next(it for it in pieces if it.text and it.text.strip())
    like, spot = copy.deepcopy(place.getparent()), paragraph._p
    for it in pieces:
        it.text = ""
    stays = spot.xpath(STAYS)
    if stays and not spot.xpath(SECTION) and _order(spot, stays[0]) < _order(spot, place):
        spot.addnext(OxmlElement("w:p"))  # a break before the place stays before it
        spot = spot.getnext()
    looks = _looks(paragraph)
    for block in blocks:
        made = copy.deepcopy(looks)
        spot.addprevious(made)
        pen.write(Paragraph(made, paragraph._parent), block, like)
        for begun in (looks, spot):  # a new page is begun once
            for again in begun.xpath("w:pPr/w:pageBreakBefore"):
                again.getparent().remove(again)
    if spot is not paragraph._p or not stays:
        spot.getparent().remove(spot)


def _order(within, element) -> int:
    return next(place for place, it in enumerate(within.iter()) if it is element)


def _looks(paragraph: Paragraph):
    """An empty paragraph of the same looks, that ends no section."""
    made = OxmlElement("w:p")
    if paragraph._p.pPr is not None:
        made.append(copy.deepcopy(paragraph._p.pPr))
    for section in made.xpath(SECTION):
        section.getparent().remove(section)
    return made


def _plainly(blocks: list[Block]) -> str:
    """Texts as words within a line, where a part stands in one."""
    return "".join(part.said for it in blocks if isinstance(it, Text) and it.level == BODY for part in it.parts)


def _words(paragraph: Paragraph, words: dict[str, str]) -> None:
    """Words in places within a line, each in the looks of the place's first letter: Word cuts a place into runs.

    Only letters are exchanged, from the last place to the first; whatever else stands in the line stays.
    """
    for found in reversed(list(PLACE.finditer(_text(paragraph)))):
        begins, said = 0, words.get(found[1], "")
        for piece in _pieces(paragraph):
            text = piece.text or ""
            ends = begins + len(text)
            if ends > found.start() and begins < found.end():
                head, tail = text[: max(0, found.start() - begins)], text[max(0, found.end() - begins):]
                piece.text = head + (said if begins <= found.start() else "") + tail
                piece.set(qn("xml:space"), "preserve")
            begins = ends


def _text(paragraph: Paragraph) -> str:
    return "".join(it.text or "" for it in _pieces(paragraph))


def _pieces(paragraph: Paragraph) -> list:
    """The pieces of text in a paragraph: in its runs, its links, its controls, but not in a text box within it."""
    return [it for it in paragraph._p.iter(qn("w:t")) if next(it.iterancestors(qn("w:p"))) is paragraph._p]


def _paragraphs(document) -> Iterator[Paragraph]:
    """Every paragraph: of the body, its tables, controls and text boxes, and what stands above and below the pages."""
    parts = [document._body]
    for section in document.sections:
        parts += [
            section.header, section.footer, section.even_page_header, section.even_page_footer,
            section.first_page_header, section.first_page_footer,
        ]
    for part in parts:
        if not getattr(part, "is_linked_to_previous", False):
            yield from (Paragraph(it, part) for it in part._element.iter(qn("w:p")))


if __name__ == "__main__":
    work = {"places": _places, "fill": _fill}[sys.argv[1]]
    sys.stdout.buffer.write(work(sys.stdin.buffer.read()))
