"""A grid while it is built: text cleaned, source lines written, merged cells given their numbers, sizes kept."""

import re
from collections.abc import Callable, Iterable
from unicodedata import normalize

from plans.grid import Cell, Doubt, Grid, Paragraph, Place, Row
from plans.readers.limits import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_DOUBTS,
    MOST_PLACES,
    MOST_ROWS,
    MOST_TEXT,
)
from plans.readers.pace import Paced, unpaced
from plans.readers.refused import Refused

BREAK_SIGN = "↵"
ABOVE_SIGN = "〃"

# Line ends of every kind, as word processors put them inside a cell.
_BREAK = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
# Signs for parts of characters, which PDF writers put in the place of the characters that look like them.
_RADICALS = re.compile("[\u2e80-\u2fdf]")
_SIMPLIFIED = dict(zip(
    "⺠⻅⻋⻓⻔⻚⻛⻜⻢⻥⻦⻨⻩⻬⻮⻰⻳⻄⻁⻘⻆⻙⻝⻤⻣⻉⻗⻪⺌⺟",
    "民见车长门页风飞马鱼鸟麦黄齐齿龙龟西虎青角韦食鬼骨贝雨黾小母", strict=True,
))
# Signs of the fonts Symbol and Wingdings, which Word keeps in a range where every font has its own.
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_SYMBOLS = dict(zip(
    "\uf0b3\uf0a3\uf0b1\uf0b4\uf0b7\uf0b0\uf0a5\uf0ab\uf0fc\uf0fe\uf0a8\uf06f\uf06c\uf06e\uf075\uf0d8",
    "≥≤±×·°∞★√☑□□●■◆➢", strict=True,
))
# What nobody sees and everybody can be deceived by: control characters, zero-width ones, marks that turn the
# direction of writing, tags. Two words that look the same must be the same.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def unseen_doubt(signs: list[str], lines: tuple[int, int]) -> Doubt:
    """A doubt where they turn the direction of writing, else a note: what is printed is then what is read."""
    turning = any(_TURNS.match(sign) for sign in signs)
    codes = "、".join(sorted({f"U+{ord(sign):04X}" for sign in signs})[:8])
    return Doubt("signs-turning" if turning else "signs-unseen", lines, {"count": len(signs), "signs": codes})


class OpenCell:
    """A cell that may still be found to cover further places."""

    __slots__ = ("text", "stressed", "first", "last", "covered", "closed")

    def __init__(self, text: str, stressed: tuple[str, ...] = ()):
        self.text, self.stressed = text, stressed
        self.first = self.last = self.covered = 0
        self.closed: Cell | None = None


class GridBuilder:
    """What readers call, in the order of the document. Raises Refused where a document is too large."""

    def __init__(self, pace: Paced = unpaced) -> None:
        self.pace = pace
        self.source: list[str] = []
        self.places: list[Place] = []
        self.doubts: list[Doubt] = []
        self._blocks: list[Paragraph | tuple[int, int, list[OpenCell]]] = []
        self._tables = 0
        self._rows = self._width = self._all_rows = 0
        self._covered = 0  # by tables that are finished
        self._length = 0
        self._radicals = 0
        self._unseen: list[str] = []
        self._waiting: list[tuple[str, dict]] = []

    @property
    def next_line(self) -> int:
        return len(self.source) + 1

    @property
    def tables(self) -> int:
        return self._tables

    def doubt(self, code: str, **fields: str | int) -> None:
        """Something noticed in the block that is to be added next."""
        self._waiting.append((code, fields))

    def doubt_at(self, code: str, lines: tuple[int, int], **fields: str | int) -> None:
        self._keep(Doubt(code, lines, fields))

    def _keep(self, doubt: Doubt) -> None:
        if len(self.doubts) < MOST_DOUBTS:
            self.doubts.append(doubt)

    def paragraph(self, text: str, place: Place) -> None:
        """One paragraph for each line of `text`; nothing for blanks."""
        for line in self.clean(text).split("\n"):
            if line:
                self._write(line, place)
                number = len(self.source)
                self._blocks.append(Paragraph(line, (number, number)))
        self._settle()

    def begin_table(self) -> int:
        """The number of the table whose rows come next."""
        self._tables += 1
        self._covered += self._rows * self._width
        self._rows = self._width = 0
        return self._tables

    def cell(self, text: str, stressed: tuple[str, ...] = ()) -> OpenCell:
        return OpenCell(self.clean(text), tuple(UNSEEN.sub("", stretch) for stretch in stressed))

    def row(self, cells: list[OpenCell], place: Place) -> None:
        """A row of the table begun last; a merged cell is the same object in each place that it covers."""
        self._rows += 1
        self._all_rows += 1
        self._width = max(self._width, len(cells))
        if len(cells) > MOST_COLUMNS:
            raise Refused("too-wide", table=self._tables, most=MOST_COLUMNS)
        if self._rows > MOST_ROWS or self._covered + self._rows * self._width > MOST_PLACES:
            raise Refused("too-many-cells", most=MOST_PLACES)
        number = self.next_line
        printed = []
        for cell in cells:
            printed.append(_printed(cell, number))
            cell.first = cell.first or number
            cell.last = number
            cell.covered += 1
        self._write("\t".join(printed).rstrip("\t"), place)
        self._blocks.append((self._tables, number, cells))
        self.pace("rows", self._all_rows, None)
        self._settle()

    def clean(self, text: str) -> str:
        """Lines stripped, blank ones dropped, what cannot be seen taken out (and said)."""
        self._length += len(text)
        if self._length > MOST_TEXT:
            raise Refused("too-much-text", most=MOST_TEXT)
        if len(text) > MOST_CHARACTERS:
            raise Refused("too-long", text=text[:20], most=MOST_CHARACTERS)
        unseen = UNSEEN.findall(text)
        if unseen:
            self._unseen += unseen
            text = UNSEEN.sub("", text)
        if _RADICALS.search(text):
            text = _RADICALS.sub(self._character, text)
        if _PRIVATE.search(text):
            text = _PRIVATE.sub(self._symbol, text)
        lines = (line.replace("\t", " ").strip() for line in _BREAK.split(text))
        return "\n".join(line for line in lines if line)

    def _character(self, found: re.Match) -> str:
        self._radicals += 1
        return _SIMPLIFIED.get(found[0]) or normalize("NFKC", found[0])

    def _symbol(self, found: re.Match) -> str:
        """The sign meant, as far as it is known; it depends on the font, so it is always said."""
        meant = _SYMBOLS.get(found[0], "□")
        self.doubt("sign-of-font", sign=f"U+{ord(found[0]):04X}", read=meant)
        return meant

    def finish(self) -> Grid:
        self._settle()
        if not self._blocks:
            raise Refused("empty")
        if self._radicals:
            self.doubt_at("signs-radical", (1, 1), count=self._radicals)
        return Grid(tuple(self._closed()), tuple(self.source), tuple(self.places), tuple(self.doubts))

    def _write(self, line: str, place: Place) -> None:
        self.source.append(line)
        self.places.append(place)

    def _settle(self) -> None:
        """What was noticed meanwhile belongs to the line written last."""
        lines = (max(len(self.source), 1),) * 2
        if self._unseen:
            self._keep(unseen_doubt(self._unseen, lines))
            self._unseen = []
        for code, fields in self._waiting:
            self.doubt_at(code, lines, **fields)
        self._waiting = []

    def _closed(self) -> Iterable[Row | Paragraph]:
        widths: dict[int, int] = {}
        for block in self._blocks:
            if not isinstance(block, Paragraph):
                widths[block[0]] = max(widths.get(block[0], 0), len(block[2]))
        spans = _counter()
        for block in self._blocks:
            if isinstance(block, Paragraph):
                yield block
                continue
            table, number, cells = block
            at = (number, number)
            padding = (Cell("", at),) * (widths[table] - len(cells))
            yield Row(tuple(_close(cell, spans) for cell in cells) + padding, table, at)


def _printed(cell: OpenCell, line: int) -> str:
    if not cell.first:
        return cell.text.replace("\n", BREAK_SIGN)
    return "" if cell.last == line or not cell.text else ABOVE_SIGN


def _close(cell: OpenCell, spans: Callable[[], int]) -> Cell:
    if cell.closed is None:
        cell.closed = Cell(cell.text, (cell.first, cell.last), spans() if cell.covered > 1 else None, cell.stressed)
    return cell.closed


def _counter() -> Callable[[], int]:
    count = 0

    def following() -> int:
        nonlocal count
        count += 1
        return count

    return following
