"""The words of a document, for finding it: of Word and Excel's open kinds, and of PDF with text."""

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

import kinds
import pypdfium2

MOST = 100_000  # characters: some sixty pages
CHUNK = 1 << 16
# Which parts of a container hold words: Word's text with its notes, a workbook's texts and those in its cells.
_PARTS = {
    kinds.DOCX: re.compile(r"word/(document|footnotes|endnotes)\.xml"),
    kinds.XLSX: re.compile(r"xl/(sharedStrings|worksheets/[^/]+)\.xml"),
}
_BREAKS = ("p", "si", "c", "tab", "br", "tc")


def words(content: BinaryIO) -> str:
    """At most MOST characters, in NFKC, a paragraph a line."""
    kind = kinds.kind_of(content)
    if kind == kinds.PDF:
        return _joined(_tidy(_some(_pages(content))))[:MOST]
    if kind in _PARTS:
        return _tidy(_some(_container(content, _PARTS[kind])))[:MOST]
    return ""


def _some(pieces: Iterator[str]) -> str:
    taken, length = [], 0
    for piece in pieces:
        taken.append(piece)
        length += len(piece)
        if length > 2 * MOST:  # blanks go out yet
            break
    return "".join(taken)


def _tidy(text: str) -> str:
    text = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _joined(text: str) -> str:
    """The lines of a page are where the paper ends: a word goes on over them, in Chinese without a blank."""
    return re.sub(r"(?<=[^\x00-\x7f])\s(?=[^\x00-\x7f])", "", text).replace("\n", " ")


def _pages(content: BinaryIO) -> Iterator[str]:
    for page in pypdfium2.PdfDocument(content):
        yield page.get_textpage().get_text_bounded()
        yield "\n"


def _container(content: BinaryIO, wanted: re.Pattern) -> Iterator[str]:
    with zipfile.ZipFile(content) as container:
        for name in container.namelist():
            if wanted.fullmatch(name):
                with container.open(name) as part:
                    yield from _part(part)


def _part(part: BinaryIO) -> Iterator[str]:
    found: list[str] = []
    inside = 0

    def start(name: str, _attributes) -> None:
        nonlocal inside
        inside += _local(name) == "t"

    def end(name: str) -> None:
        nonlocal inside
        inside -= _local(name) == "t"
        if _local(name) in _BREAKS:
            found.append("\n")

    def data(text: str) -> None:
        if inside:
            found.append(text)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = _refuse  # no such document has one; entities could grow without end
    while chunk := part.read(CHUNK):
        parser.Parse(chunk)
        yield "".join(found)
        found.clear()


def _refuse(*_declared) -> None:
    raise kinds.Wrong(kinds.DAMAGED)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
