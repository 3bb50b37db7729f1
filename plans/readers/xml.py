"""XML of office files, parsed as a stream: memory holds one row of a table, not the document."""

import io
from collections.abc import Iterator

from lxml import etree

from plans.readers.refused import Refused

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

# The strict form of the standard has other names for the same things.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W), (b"http://purl.oclc.org/ooxml/spreadsheetml/main", S),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R), (b"http://purl.oclc.org/ooxml/officeDocument/math", M),
)


def events(part: bytes, tags: tuple[str, ...], when: tuple[str, ...] = ("end",)) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of every element of `tags`. Raises Refused for what is no XML."""
    for strict, name in _STRICT:
        if strict in part[:8192]:
            part = part.replace(strict, name[1:-1].encode())
    try:
        yield from etree.iterparse(
            io.BytesIO(part), events=when, tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
            remove_comments=True, remove_pis=True, huge_tree=False,
        )
    except etree.XMLSyntaxError as error:
        raise Refused("damaged") from error


def forget(element: etree._Element) -> None:
    """Free an element that has been read, and those before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
