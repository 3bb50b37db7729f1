"""What a file is, told by its content alone: an ending says only what somebody called it."""

import re

from plans.readers.refused import Refused

TEXT, HTML, ZIP, XLS, DOC, PDF = "text", "html", "zip", "xls", "doc", "pdf"

# Endings that go with what was found; a zip is told apart further in.
ENDINGS = {
    TEXT: {"txt", "csv", "tsv", "text", "md", ""}, HTML: {"html", "htm", ""}, XLS: {"xls", "xlt", "et", ""},
    DOC: {"doc", "dot", "wps", ""}, PDF: {"pdf", ""}, "docx": {"docx", "docm", "dotx", "dotm", "wps", ""},
    "xlsx": {"xlsx", "xlsm", "xltx", "xltm", "et", ""},
}

_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in an old office file, and what the file then is.
_STREAMS = (
    ("EncryptedPackage", "encrypted"), ("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS),
    ("PowerPoint Document", "kind-slides"),
)
_PAGE = re.compile(
    r"^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*){0,5}"
    r"(?:<!doctype\s+html|<(?:html|head|body|meta|title|table|div|p|center|style)\b)",
    re.IGNORECASE | re.DOTALL,
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"PK\x05\x06", b"PK\x07\x08")


def kind_of(data: bytes) -> str:
    """Raises Refused for what cannot be read, with the code of what to do instead."""
    if data.startswith(b"PK\x03\x04"):
        return ZIP
    if data.startswith(_OLE):
        return _old_office(data)
    if b"%PDF-" in data[:1024]:
        return PDF
    _refuse_others(data)
    head = data[:4096]
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = head[: len(head) // 2 * 2].decode("utf-16" if utf16 else "latin-1", "replace").removeprefix("\xef\xbb\xbf")
    if _PAGE.match(text) or "<html" in text.lower():
        return HTML
    if text.lstrip().startswith("<?xml"):
        raise Refused("kind-xml")
    return TEXT


def _old_office(data: bytes) -> str:
    for name, kind in _STREAMS:
        # As it stands in the file's directory, from the beginning of an entry.
        if (name.encode("utf-16-le") + b"\0\0") in data:
            if kind in (DOC, XLS):
                return kind
            raise Refused(kind)
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 16)
    directory = (int.from_bytes(data[48:52], "little") + 1) * sector
    raise Refused("damaged" if directory + 128 > len(data) else "kind-unknown")


def _refuse_others(data: bytes) -> None:
    if data.startswith(b"{\\rtf"):
        raise Refused("kind-rtf")
    if data.startswith(_IMAGES) or data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise Refused("kind-image")
    if data.startswith(_ARCHIVES):
        raise Refused("kind-zip")
    if re.match(rb"\s*(?:MIME-Version:|From: <Saved by|Content-Type: multipart)", data[:200], re.IGNORECASE):
        raise Refused("kind-archive-page")
