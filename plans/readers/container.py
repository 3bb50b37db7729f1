"""The container of an office file, looked at by rules of our own before any library sees it.

Libraries open names with `..`, the same name twice, thousands of parts and bombs without complaint, and resolve
an entity into nothing without a word.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from plans.readers.building import GridBuilder
from plans.readers.limits import FREE_OF_RATIO, MOST_INFLATED, MOST_PARTS, MOST_RATIO, MOST_STORED_CELLS, MOST_XML
from plans.readers.refused import Refused
from plans.readers.xml import events

_CHUNK = 65_536
# A document type, and with it every entity, can only be declared like this.
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype", b"<!entity")
# How cells of a workbook begin: counted here, a million are refused before one is read.
_CELLS = (b"<c ", b"<c>", b"<c/")
_TYPES = "[Content_Types].xml"

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MACRO = ".macroEnabled.main+xml"
_KINDS = {
    _WORD + "document.main+xml": "docx", _WORD + "template.main+xml": "docx",
    "application/vnd.ms-word.document" + _MACRO: "docx", "application/vnd.ms-word.template" + _MACRO: "docx",
    _SHEET + "sheet.main+xml": "xlsx", _SHEET + "template.main+xml": "xlsx",
    "application/vnd.ms-excel.sheet" + _MACRO: "xlsx", "application/vnd.ms-excel.template" + _MACRO: "xlsx",
}
# What else comes in this container, told by a part that only it has.
_OTHERS = (
    ("xl/workbook.bin", "kind-xlsb"), ("ppt/presentation.xml", "kind-slides"), ("OFD.xml", "kind-ofd"),
    ("mimetype", "kind-odf"),
)
# Relations to the outside that are no links for a reader to follow.
_LINKS = {"hyperlink"}


class Container:
    """Parts of the file by name. Raises Refused where a rule is broken, at the latest while a part is inflated."""

    def __init__(self, data: bytes):
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
            raise Refused("damaged") from error
        self.infos = self._checked(self.archive.infolist())
        self._check_parts()
        self.types = self._types()
        self.main = self._main()
        self.kind = _KINDS[self.types[self.main]]

    @property
    def has_macros(self) -> bool:
        return any(name.endswith("vbaproject.bin") for name in self.infos)

    def open(self, name: str) -> BinaryIO | None:
        """A part as a stream; None where there is none of this name."""
        info = self.infos.get(name.lower())
        return None if info is None else _Part(self.archive, info)

    def related(self, of: str = "") -> dict[str, tuple[str, str]]:
        """Key → kind and name of each part that `of` (by default the file) refers to; not what lies outside."""
        return {key: (kind, target) for key, kind, target, outside in self._relations(of) if not outside}

    def outside(self) -> list[str]:
        """Kinds of what the main part and its parts would fetch from elsewhere. It is never fetched."""
        parts = [self.main, *(target for _, target in self.related(self.main).values())]
        found = (relation for part in parts for relation in self._relations(part))
        return [kind for _, kind, _, outside in found if outside and kind not in _LINKS]

    def _relations(self, of: str) -> Iterator[tuple[str, str, str, bool]]:
        folder, name = posixpath.split(of)
        source = self.open(posixpath.join(folder, "_rels", name + ".rels"))
        if source is None:
            return
        for _, element in events(source, ("{*}Relationship",)):
            target = element.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            yield (
                element.get("Id", ""), element.get("Type", "").rpartition("/")[2], posixpath.normpath(path),
                element.get("TargetMode") == "External",
            )

    @staticmethod
    def _checked(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """By name in small letters, as office programs tell names apart."""
        if len(infos) > MOST_PARTS:
            raise Refused("zip-parts", count=len(infos), most=MOST_PARTS)
        found: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.orig_filename
            if _is_unsafe(name):
                raise Refused("zip-name", name=_shown(name))
            if name.lower() in found:
                raise Refused("zip-twice", name=_shown(name))
            if info.flag_bits & 1:
                raise Refused("encrypted")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused("damaged")
            found[name.lower()] = info
        if sum(info.file_size for info in infos) > MOST_INFLATED:
            raise Refused("zip-size", most=MOST_INFLATED // 2**20)
        return found

    def _check_parts(self) -> None:
        """Inflate every part of XML once: its true size, and that it declares no document type."""
        inflated = 0
        for info in self.infos.values():
            if not info.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            part, before, cells = _Part(self.archive, info), b"", 0
            while chunk := part.read(_CHUNK):
                _check_declares(before + chunk, info.filename)
                before = chunk[-16:]
                cells += sum(map(chunk.count, _CELLS))
                if cells > MOST_STORED_CELLS:
                    raise Refused("too-many-cells", most=MOST_STORED_CELLS)
            inflated += part.inflated
            if inflated > MOST_INFLATED:
                raise Refused("zip-size", most=MOST_INFLATED // 2**20)

    def _types(self) -> dict[str, str]:
        source = self.open(_TYPES)
        if source is None:
            raise Refused(self._other())
        found, endings = {}, {}
        for _, element in events(source, ("{*}Override", "{*}Default")):
            if element.tag.endswith("}Override"):
                found[element.get("PartName", "").lstrip("/").lower()] = element.get("ContentType", "")
            else:
                endings[element.get("Extension", "").lower()] = element.get("ContentType", "")
        for name in self.infos:
            found.setdefault(name, endings.get(name.rpartition(".")[2], ""))
        return found

    def _main(self) -> str:
        """The main part's name; its content type must be that of a document or a workbook."""
        for kind, target in self.related().values():
            name = target.lower()
            if kind == "officeDocument" and name in self.infos and self.types.get(name) in _KINDS:
                return name
        raise Refused(self._other())

    def _other(self) -> str:
        return next((code for part, code in _OTHERS if part.lower() in self.infos), "kind-zip")


class _Part:
    """A part while it is inflated: what comes out is counted, whatever the file says of its size."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo):
        self.info = info
        self.inflated = 0
        try:
            self.stream = archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise Refused("damaged") from error

    def read(self, size: int = -1) -> bytes:
        """At most a chunk at a time, so that the count is looked at in time."""
        try:
            chunk = self.stream.read(_CHUNK if size < 0 else min(size, _CHUNK))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise Refused("damaged") from error
        self.inflated += len(chunk)
        if self.inflated > MOST_XML:
            raise Refused("zip-size", most=MOST_XML // 2**20)
        if self.inflated > FREE_OF_RATIO and self.inflated > MOST_RATIO * max(self.info.compress_size, 1):
            raise Refused("zip-ratio", name=_shown(self.info.filename))
        return chunk


def note_container(container: Container, builder: GridBuilder) -> None:
    """What the file carries beside its text, and that it was left alone."""
    if container.has_macros:
        builder.doubt_at("macros-ignored", (1, 1))
    outside = container.outside()
    if outside:
        builder.doubt_at("outside-ignored", (1, 1), kinds="、".join(sorted(set(outside)))[:60], count=len(outside))


def _check_declares(chunk: bytes, name: str) -> None:
    """XML in two bytes a character is looked at as in one: what is searched is plain ASCII."""
    plain = chunk.replace(b"\x00", b"") if b"\x00" in chunk else chunk
    if any(sign in plain for sign in _DECLARATIONS):
        raise Refused("xml-declares", name=_shown(name))


def _is_unsafe(name: str) -> bool:
    return (
        not name or len(name) > 255 or "\\" in name or ":" in name or name.startswith("/")
        or ".." in name.split("/") or any(ord(sign) < 32 for sign in name)
    )


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:60]
