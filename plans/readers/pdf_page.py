"""What a page of a PDF shows: signs of text and ruling lines at their places, by PDFium.

The engine of a browser: some ten times as fast as parsers in Python, which are at their limit with 40 pages.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_THIN = 3.0  # points: a filled box no wider is a line
_STRAIGHT = 1.0  # by how much a line may lean
_WHITE = 250  # lines in a colour like paper are not seen
_DEPTH = 6  # of forms within forms
_UNMAPPED = (0, 0xFFFD, 0xFFFE, 0xFFFF)


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of text; points from the top left of the page as it is shown."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float  # where the line that it stands on lies: boxes differ from font to font
    page: int

    @property
    def size(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return self.base - 0.35 * self.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across or down: where it lies, and from where to where it goes."""

    across: bool
    at: float
    first: float
    last: float


@dataclass
class Shown:
    number: int
    height: float
    signs: list[Sign]
    rules: list[Rule]
    turned: str = ""
    unmapped: int = 0
    has_pictures: bool = False


def show(page: pdfium.PdfPage, number: int) -> Shown:
    """Everything that is read of a page."""
    view = _View(page)
    shown = Shown(number, view.height, [], [])
    _take_signs(page, view, shown)
    for kind, item, matrix in _objects(page):
        if kind == raw.FPDF_PAGEOBJ_PATH:
            shown.rules += _rules(item, matrix, view)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            shown.has_pictures = True
    return shown


class _View:
    """From the page's own space, whose y grows upwards, to the page as it is shown, turned as it says."""

    def __init__(self, page: pdfium.PdfPage):
        self.left, self.bottom, self.right, self.top = page.get_bbox()
        self.turn = page.get_rotation()
        sides = self.right - self.left, self.top - self.bottom
        self.height = sides[0] if self.turn in (90, 270) else sides[1]

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        width, height = self.right - self.left, self.top - self.bottom
        if self.turn == 90:
            return y, x
        if self.turn == 180:
            return width - x, y
        if self.turn == 270:
            return height - y, width - x
        return x, height - y

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        (a, b), (c, d) = self.point(left, bottom), self.point(right, top)
        return min(a, c), min(b, d), max(a, c), max(b, d)

    def is_upright(self, angle: float) -> bool:
        turned = math.radians(self.turn)
        return any(math.cos(angle - expected) > 0.99 for expected in (turned, -turned))


def _take_signs(page: pdfium.PdfPage, view: _View, shown: Shown) -> None:
    text = page.get_textpage()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    box = raw.FS_RECTF()
    turned, high = [], 0
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if raw.FPDFText_IsGenerated(text, at) == 1:
            continue  # blanks and line ends that the engine makes up
        if code in _UNMAPPED or raw.FPDFText_HasUnicodeMapError(text, at) == 1:
            shown.unmapped += 1
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
            high = 0
        sign = "-" if code == 2 else chr(code)
        if not view.is_upright(raw.FPDFText_GetCharAngle(text, at)):
            turned.append(sign)
            continue
        if raw.FPDFText_GetLooseCharBox(text, at, box):
            place = view.box(box.left, box.bottom, box.right, box.top)
        else:
            raw.FPDFText_GetCharBox(text, at, left, right, bottom, top)
            place = view.box(left.value, bottom.value, right.value, top.value)
        if sign.strip():
            raw.FPDFText_GetCharOrigin(text, at, left, bottom)
            base = view.point(left.value, bottom.value)[1]
            shown.signs.append(Sign(sign, place[0], place[2], place[1], place[3], base, shown.number))
    shown.turned = "".join(turned).strip()
    text.close()


_Matrix = tuple[float, float, float, float, float, float]


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[int, object, _Matrix]]:
    """Objects of the page and of the forms that it shows, each with what its points are to be multiplied by."""
    count = raw.FPDFPage_CountObjects(page)
    waiting = [(raw.FPDFPage_GetObject(page, at), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), 0) for at in range(count - 1, -1, -1)]
    while waiting:
        item, outer, depth = waiting.pop()
        kind = raw.FPDFPageObj_GetType(item)
        matrix = _times(_matrix(item), outer)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            inside = raw.FPDFFormObj_CountObjects(item)
            waiting += [(raw.FPDFFormObj_GetObject(item, at), matrix, depth + 1) for at in range(inside - 1, -1, -1)]
        else:
            yield kind, item, matrix


def _matrix(item) -> _Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _rules(item, matrix: _Matrix, view: _View) -> Iterator[Rule]:
    """The straight lines of a path: those drawn, and boxes so thin that they are lines."""
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, filled, stroked)
    if stroked.value and not _is_white(item, raw.FPDFPageObj_GetStrokeColor):
        for start, end in _segments(item, matrix, view):
            yield from _rule(*start, *end)
    elif filled.value and not _is_white(item, raw.FPDFPageObj_GetFillColor):
        for points in _outlines(item, matrix, view):
            yield from _thin_box(points)


def _is_white(item, colour_of) -> bool:
    parts = [ctypes.c_uint() for _ in range(4)]
    return bool(colour_of(item, *parts)) and (
        all(part.value >= _WHITE for part in parts[:3]) or parts[3].value == 0
    )


def _outlines(item, matrix: _Matrix, view: _View) -> Iterator[list[tuple[float, float]]]:
    """The points of each part of a path; one that is closed ends where it began."""
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for at in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points
            points = []
        points.append(view.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1:
        yield points


def _segments(item, matrix: _Matrix, view: _View) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    for points in _outlines(item, matrix, view):
        yield from zip(points, points[1:], strict=False)


def _rule(x0: float, y0: float, x1: float, y1: float) -> Iterator[Rule]:
    if abs(y0 - y1) <= _STRAIGHT < abs(x0 - x1):
        yield Rule(True, (y0 + y1) / 2, min(x0, x1), max(x0, x1))
    elif abs(x0 - x1) <= _STRAIGHT < abs(y0 - y1):
        yield Rule(False, (x0 + x1) / 2, min(y0, y1), max(y0, y1))


def _thin_box(points: list[tuple[float, float]]) -> Iterator[Rule]:
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    if bottom - top <= _THIN < right - left:
        yield Rule(True, (top + bottom) / 2, left, right)
    elif right - left <= _THIN < bottom - top:
        yield Rule(False, (left + right) / 2, top, bottom)
