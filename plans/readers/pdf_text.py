"""Signs at their places on a page into lines, and lines into what was written before it was laid out."""

import re
from dataclasses import dataclass

from plans.readers.pdf_page import Sign

_OPENING = "（《「『【“‘(["
_CLOSING = "，。、；：！？）》」』】”’,.;:!?)"
_UNPARTED = re.compile(rf"[{re.escape(_OPENING)}]*(?:[\w%.-]+|.)?[{re.escape(_CLOSING)}]*", re.ASCII)


@dataclass(frozen=True)
class Line:
    """A line of text, and where it stands (points, from the top left)."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    page: int
    gaps: tuple[float, ...] = ()  # where, after a gap of some width, it begins again


def lines_of(signs: list[Sign]) -> list[Line]:
    """Signs that stand at one height are a line; the same sign printed twice, to look bold, is one."""
    rows: list[list[Sign]] = []
    for sign in sorted(signs, key=lambda sign: sign.base):
        if rows and sign.base - rows[-1][0].base < 0.5 * min(sign.size, rows[-1][0].size):
            rows[-1].append(sign)
        else:
            rows.append([sign])
    return [_line(row) for row in rows]


def _line(signs: list[Sign]) -> Line:
    signs.sort(key=lambda sign: sign.x0)
    pieces, gaps, last = [], [], None
    for sign in signs:
        if last is not None:
            if sign.text == last.text and abs(sign.x0 - last.x0) < 1:
                continue
            pieces.append(_gap(last, sign))
            if sign.x0 - last.x1 > 2 * sign.size:
                gaps.append(sign.x0)
        pieces.append(sign.text)
        last = sign
    return Line(
        "".join(pieces), signs[0].x0, max(sign.x1 for sign in signs), min(sign.top for sign in signs),
        max(sign.bottom for sign in signs), max(sign.size for sign in signs), signs[0].page, tuple(gaps),
    )


def _gap(last: Sign, sign: Sign) -> str:
    """A blank where one was printed: between words of Latin letters a small one, else one as wide as a sign."""
    latin = last.text.isascii() and sign.text.isascii()
    return " " if sign.x0 - last.x1 > sign.size * (0.2 if latin else 0.9) else ""


def has_columns(lines: list[Line]) -> bool:
    """Three lines in turn that begin again, after a gap, at the same two places: a table without ruling lines."""
    for three in zip(lines, lines[1:], lines[2:], strict=False):
        shared = [
            gap for gap in three[0].gaps
            if all(any(abs(gap - other) < 2 for other in line.gaps) for line in three[1:])
        ]
        if len(shared) >= 2:
            return True
    return False


def unwrapped(lines: list[Line], x0: float, width: float) -> str:
    """The text of a cell. A line that is full goes on in the next one; one with room left was ended on purpose."""
    if not lines:
        return ""
    margin = min(8.0, *(max(0.0, min(line.x0 - x0, x0 + width - line.x1)) for line in lines))
    text = lines[0].text
    for line, following in zip(lines, lines[1:], strict=False):
        room = width - 2 * margin - (line.x1 - line.x0)
        text += _joint(line, following) if room < _needed(following) else "\n"
        text += following.text
    return text


def _needed(line: Line) -> float:
    """How wide the beginning of a line is that cannot be parted: a word, or a sign and what must follow it."""
    found = _UNPARTED.match(line.text)
    signs = found.group() if found else ""
    return sum(line.size * (0.55 if sign.isascii() else 1.0) for sign in signs) + 0.3 * line.size


def _joint(line: Line, following: Line) -> str:
    return " " if re.search(r"[A-Za-z,]$", line.text) and re.match("[A-Za-z]", following.text) else ""


def paragraphs_of(lines: list[Line]) -> list[tuple[int, str]]:
    """Page and text of each: a line that reaches the right margin goes on in the next, unless that is indented."""
    if not lines:
        return []
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    found = [(lines[0].page, lines[0].text)]
    for line, following in zip(lines, lines[1:], strict=False):
        full = right - line.x1 < 2 * line.size and right - left > 12 * line.size
        begins = following.x0 - left > 1.2 * following.size or abs(following.size - line.size) > 0.15 * line.size
        apart = following.page == line.page and following.top - line.bottom > 1.6 * line.size
        if full and not begins and not apart:
            page, text = found[-1]
            found[-1] = page, text + _joint(line, following) + following.text
        else:
            found.append((following.page, following.text))
    return found
