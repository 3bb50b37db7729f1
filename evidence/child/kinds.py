"""What a file is, judged by its content: neither its name nor what the browser says is believed."""

import re
import zipfile
from typing import BinaryIO

import puremagic

HEAD = 8192  # bytes looked at for the file's signature
MOST_PARTS = 10_000
MOST_INFLATED = 1 << 30  # bytes, over all parts of a document
MOST_RATIO = 200
MOST_TYPES_PART = 1 << 20  # bytes of [Content_Types].xml


# Kinds are called by their extension.
PDF, PNG, JPEG, DOCX, XLSX, DOC, XLS = "pdf", "png", "jpg", "docx", "xlsx", "doc", "xls"
_PLAIN = {"application/pdf": PDF, "image/png": PNG, "image/jpeg": JPEG}
# The main part's content type tells the two kinds of open documents from templates, macros and slides.
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
}
# Old Office files hold their content in a stream of this name (UTF-16, as the container keeps names).
_OLD_STREAMS = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS}
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# What is refused, by code; evidence/refusal.py has the words.
NOT_ACCEPTED, MACROS, DAMAGED, BOMB, ENCRYPTED = "kind", "macros", "damaged", "inflated", "encrypted"


class Wrong(Exception):
    """The file is not taken; the first argument is the code."""


def kind_of(content: BinaryIO) -> str:
    """The kind of a seekable stream, left at its beginning. Raises Wrong."""
    content.seek(0)
    head = content.read(HEAD)
    try:
        if head.startswith(b"PK\x03\x04"):
            return _open_document(content)
        if head.startswith(_OLE2):
            return _old_office(content)
        return _plain(head)
    finally:
        content.seek(0)


def _plain(head: bytes) -> str:
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        raise Wrong(NOT_ACCEPTED) from None
    if found not in _PLAIN:
        raise Wrong(NOT_ACCEPTED)
    return _PLAIN[found]


def _open_document(content: BinaryIO) -> str:
    """Only the directory of the container and one small part are read; nothing is unpacked."""
    try:
        with zipfile.ZipFile(content) as container:
            parts = container.infolist()
            _gate(parts)
            with container.open("[Content_Types].xml") as part:
                types = part.read(MOST_TYPES_PART + 1)
    except Wrong:
        raise
    except KeyError:
        raise Wrong(NOT_ACCEPTED) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise Wrong(DAMAGED) from None
    except Exception as error:  # zlib.error has no common ancestor with the rest
        if type(error).__module__ == "zlib":
            raise Wrong(DAMAGED) from None
        raise
    if len(types) > MOST_TYPES_PART or b"<!DOCTYPE" in types:
        raise Wrong(DAMAGED)
    if b"macroEnabled" in types or any("vbaproject" in part.filename.lower() for part in parts):
        raise Wrong(MACROS)
    found = {kind for mark, kind in _MAIN_PARTS.items() if mark in types}
    if len(found) != 1:
        raise Wrong(NOT_ACCEPTED)
    return found.pop()


def _gate(parts: list[zipfile.ZipInfo]) -> None:
    inflated = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise Wrong(ENCRYPTED)
    if len(parts) > MOST_PARTS or inflated > MOST_INFLATED or inflated > MOST_RATIO * packed + (1 << 20):
        raise Wrong(BOMB)


def _old_office(content: BinaryIO) -> str:
    """The container's directory is searched for the stream's name, entry by entry at 128 bytes."""
    content.seek(0)
    raw = content.read()
    names = {
        match.group(1).decode("utf-16-le", "replace")
        for match in re.finditer(rb"((?:[A-Za-z]\x00){4,31})\x00\x00", raw)
    }
    if "EncryptedPackage" in names:
        raise Wrong(ENCRYPTED)
    if "VBA" in names or "Macros" in names or "_VBA_PROJECT" in names:
        raise Wrong(MACROS)
    for name, kind in _OLD_STREAMS.items():
        if name in names:
            return kind
    raise Wrong(NOT_ACCEPTED)
