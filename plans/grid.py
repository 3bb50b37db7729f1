"""What every reader of files makes: paragraphs and rows of cells, each with its place in the source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A cell's text, line ends kept, and its first and last source line (from 1)."""

    text: str
    lines: tuple[int, int]

    @property
    def plain(self) -> str:
        """Without any blanks or line ends: how headers and serials are compared."""
        return "".join(self.text.split())


@dataclass(frozen=True)
class Row:
    """Cells that stand together."""

    cells: tuple[Cell, ...]

    @property
    def lines(self) -> tuple[int, int]:
        return self.cells[0].lines[0], self.cells[-1].lines[1]

    @property
    def filled(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.text]


@dataclass(frozen=True)
class Paragraph:
    """Text outside a table."""

    text: str
    lines: tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """A document in its order. `source` holds its lines, for showing a row as it was printed."""

    blocks: tuple[Row | Paragraph, ...]
    source: tuple[str, ...]

    def text_of(self, lines: tuple[int, int]) -> str:
        return "\n".join(self.source[lines[0] - 1 : lines[1]])
