"""Tasks as their cells stand, before anything is made of their words."""

from dataclasses import dataclass, field

from plans.columns.header import Columns
from plans.columns.roles import Role
from plans.grid import Cell, Paragraph, Row


@dataclass(frozen=True)
class RawLine:
    """One row of a task, with the columns of the header that it stands under."""

    row: Row
    columns: Columns

    def cell(self, column: int | None) -> Cell:
        """The cell in `column`; an empty one where the header has no such column."""
        return self.row.cells[column] if column is not None else Cell("", self.row.lines)

    def of(self, role: Role) -> Cell:
        return self.cell(self.columns.place(role))

    @property
    def title(self) -> Cell:
        """The task's name; its content where it has no name."""
        title = self.of(Role.TITLE)
        return title if self.columns.place(Role.TITLE) is not None else self.of(Role.CONTENT)

    @property
    def content(self) -> Cell:
        return self.of(Role.CONTENT)


@dataclass
class RawTask:
    """A task's rows; `serial` as printed, None where there is none. `shared`: other tasks have the same serial cell."""

    serial: str | None
    area: str
    lines: list[RawLine]
    serial_cell: Cell
    shared: bool = False

    @property
    def extent(self) -> tuple[int, int]:
        return self.lines[0].row.lines[0], self.lines[-1].row.lines[1]

    @property
    def columns(self) -> Columns:
        return self.lines[0].columns

    def cells(self, place: int) -> list[Cell]:
        """The filled cells of a column, a merged one once."""
        found: dict[object, Cell] = {}
        for at, line in enumerate(self.lines):
            cell = line.cell(place)
            if cell.text:
                found.setdefault(at if cell.span is None else ("span", cell.span), cell)
        return list(found.values())

    def text(self, place: int) -> str:
        return "\n".join(cell.text for cell in self.cells(place))


@dataclass
class Table:
    """What was found in the document: all its columns, the tasks, and the words around them."""

    headers: list[Columns] = field(default_factory=list)
    tasks: list[RawTask] = field(default_factory=list)
    preamble: list[Paragraph] = field(default_factory=list)  # before the first header
    notes: list[Paragraph] = field(default_factory=list)  # after it: notes, and what was not read
    texts: list[Paragraph] = field(default_factory=list)  # everything outside plan tables, in order
    sheet: str = ""  # the name of a workbook's only sheet
    header_words: list[Paragraph] = field(default_factory=list)
