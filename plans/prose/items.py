"""Prose → items: numbered paragraphs with what follows them, under the headings above them."""

import re
from dataclasses import dataclass, field

from plans.grid import Paragraph

_MOST_CUT = 500  # characters of a bracket that goes on in the next line
_CN = "[一二三四五六七八九十百零]{1,5}"
_STYLES = (
    ("chapter", re.compile(rf"^(?P<number>第{_CN}[章节部篇](?:分)?)\s*")),
    ("一、", re.compile(rf"^(?P<number>{_CN})[、.．]\s*")),
    ("（一）", re.compile(rf"^(?P<number>[（(]{_CN}[）)])[、.．]?\s*")),
    ("第一条", re.compile(rf"^(?P<number>第{_CN}[条项件])[、:：]?\s*")),
    ("任务一", re.compile(rf"^(?P<number>(?:任务|举措|措施|事项)\s*(?:\d{{1,3}}|{_CN}))[：:、.．\s]\s*")),
    ("1.", re.compile(r"^(?P<number>\d{1,3})(?:[、]|[.．](?!\d))\s*")),
    ("1.1", re.compile(r"^(?P<number>\d{1,2}[.．]\d{1,2})(?:[、.．]|\s+|(?=[一-鿿]))\s*")),
    ("（1）", re.compile(r"^(?P<number>[（(]\d{1,3}[）)])[、.．]?\s*")),
    ("1）", re.compile(r"^(?P<number>\d{1,2}[）)])\s*")),
    ("①", re.compile(r"^(?P<number>[①-⑳])\s*")),
)


@dataclass
class Item:
    """A paragraph with its number and everything until the next number. `style` is "" for what has no number.

    `parents` are the items above it, the outermost first.
    """

    style: str
    number: str
    paragraphs: list[Paragraph]
    parents: tuple["Item", ...] = ()
    children: list["Item"] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """Its own first line, with the number as printed."""
        return self.paragraphs[0].text.strip()

    @property
    def words(self) -> str:
        """Its first line without the number."""
        return self.heading[_length(self.heading, self.style) :]

    @property
    def extent(self) -> tuple[int, int]:
        return self.paragraphs[0].lines[0], self.paragraphs[-1].lines[1]


def read_items(paragraphs: list[Paragraph]) -> list[Item]:
    """In the order of the text; what stands before the first number is an item without one."""
    items: list[Item] = []
    above: list[Item] = []
    for paragraph in paragraphs:
        style, number = style_of(paragraph.text.strip())
        if not style:
            if not items:
                items.append(Item("", "", [paragraph]))
            elif _is_cut(items[-1].paragraphs[-1].text):
                items[-1].paragraphs[-1] = _joined(items[-1].paragraphs[-1], paragraph)
            else:
                items[-1].paragraphs.append(paragraph)
            continue
        styles = [item.style for item in above]
        if style in styles:
            above = above[: styles.index(style)]
        item = Item(style, number, [paragraph], tuple(above))
        for parent in above[-1:]:
            parent.children.append(item)
        above.append(item)
        items.append(item)
    return items


def _is_cut(text: str) -> bool:
    """A bracket that the line leaves open, as in text that was copied from pages."""
    opened = max(text.rfind(sign) for sign in "（(〔[【")
    return opened >= 0 and not any(sign in text[opened:] for sign in "）)〕]】") and len(text) - opened <= _MOST_CUT


def _joined(some: Paragraph, more: Paragraph) -> Paragraph:
    return Paragraph(some.text.rstrip() + more.text.strip(), (some.lines[0], more.lines[1]))


def style_of(text: str) -> tuple[str, str]:
    """How a paragraph is numbered, and its number; ("", "") for none."""
    for style, pattern in _STYLES:
        found = pattern.match(text)
        if found:
            return style, found["number"]
    return "", ""


def _length(text: str, style: str) -> int:
    for name, pattern in _STYLES:
        if name == style:
            return pattern.match(text).end()
    return 0
