"""What every reader of files makes: paragraphs and rows of cells, each with its place in the source.

A reader says what stands where, never what it means. A table of the file comes as rows that all have one
cell for every column of the table's grid; what is said of merged cells is said by `Cell.span` alone.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, line ends kept, and its first and last line in `Grid.source` (from 1).

    `span` is the number of the merged area that the cell belongs to, unique in the grid; None for a cell that is
    not merged. The merged cell stands, the same, in every place of the grid that it covers: two cells of one
    column mean "as above" where their spans are the same number, and never else. `stressed` are the stretches of it
    that are printed bold or in a colour, where the rest is not.
    """

    text: str
    lines: tuple[int, int]
    span: int | None = None
    stressed: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """Without any blanks or line ends: how headers and serials are compared."""
        return "".join(self.text.split())


@dataclass(frozen=True, slots=True)
class Row:
    """Cells that stand together.

    `table` counts the tables of the document from 1; all rows of such a table have the same number of cells. 0 is
    text without real tables, one cell a line, where a row may be broken and has to be joined. `at` are the row's
    own source lines, needed where merged cells reach beyond it.
    """

    cells: tuple[Cell, ...]
    table: int = 0
    at: tuple[int, int] | None = None

    @property
    def lines(self) -> tuple[int, int]:
        return self.at or (self.cells[0].lines[0], self.cells[-1].lines[1])

    @property
    def filled(self) -> list[Cell]:
        """Every cell with text once, however many places of the row it covers."""
        found, spans = [], set()
        for cell in self.cells:
            if cell.text and cell.span not in spans:
                found.append(cell)
                if cell.span is not None:
                    spans.add(cell.span)
        return found


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text outside a table: one line of it."""

    text: str
    lines: tuple[int, int]


class Place(NamedTuple):
    """Where a source line stands in the file, in words a person can follow: 「表2第5行」, 「Sheet2!A5:H5」."""

    zh: str
    en: str


class Doubt(NamedTuple):
    """What the reader of the file noticed: a code of the catalogue, source lines, and what its words name."""

    code: str
    lines: tuple[int, int]
    fields: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Grid:
    """A document in its order.

    `source` holds it as lines of text, for showing a row as it was printed: of a real table one line a row, cells
    parted by tabs, a line end within a cell shown as ↵, a cell merged with the one above as 〃. `places` has
    one place for each source line; it is empty for a text, whose places are its line numbers.
    """

    blocks: tuple[Row | Paragraph, ...]
    source: tuple[str, ...]
    places: tuple[Place, ...] = ()
    doubts: tuple[Doubt, ...] = field(default=())

    def text_of(self, lines: tuple[int, int]) -> str:
        return "\n".join(self.source[lines[0] - 1 : lines[1]])

    def place_of(self, lines: tuple[int, int]) -> Place:
        """From the first line's place to the last one's."""
        first, last = (self._place(line) for line in lines)
        return first if first == last else Place(f"{first.zh}-{last.zh}", f"{first.en}-{last.en}")

    def _place(self, line: int) -> Place:
        return self.places[line - 1] if self.places else Place(str(line), str(line))
