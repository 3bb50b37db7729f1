"""XML of office files, parsed as a stream: memory holds one row of a table, not the document."""

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from plans.readers.refused import Refused

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

# The strict form of the standard has other names for the same things.
_STRICT = tuple(
    (b"http://purl.oclc.org/ooxml/" + strict, name[1:-1].encode())
    for strict, name in (
        (b"wordprocessingml/main", W), (b"spreadsheetml/main", S), (b"officeDocument/relationships", R),
        (b"officeDocument/math", M),
    )
)

Event = tuple[str, etree._Element]


def events(part: BinaryIO, tags: tuple[str, ...], when: tuple[str, ...] = ("end",)) -> Iterator[Event]:
    """Start and end of every element of `tags`. Raises Refused for what is no XML.

    No entity is resolved and nothing is fetched: the container has refused a part that declares any.
    """
    try:
        yield from etree.iterparse(
            _Usual(part), events=when, tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
            remove_comments=True, remove_pis=True, huge_tree=False,
        )
    except etree.XMLSyntaxError as error:
        raise Refused("damaged") from error


class _Usual:
    """The part with the usual names of its elements, which the root declares."""

    def __init__(self, part: BinaryIO):
        self.part = part
        self.begun = False

    def read(self, size: int) -> bytes:
        chunk = self.part.read(size)
        if not self.begun:
            self.begun = True
            for strict, usual in _STRICT:
                chunk = chunk.replace(strict, usual)
        return chunk


def forget(element: etree._Element) -> None:
    """Free an element that has been read, and those before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
