"""A sheet of a workbook into the grid, whatever kind of workbook it comes from."""

import re
from dataclasses import dataclass, field

from plans.grid import Place
from plans.readers.building import GridBuilder, OpenCell
from plans.readers.limits import MOST_COLUMNS, MOST_PLACES, MOST_ROWS
from plans.readers.refused import Refused

_REFERENCE = re.compile(r"^\$?([A-Z]{1,3})\$?([1-9]\d{0,6})$")
# The names that programs give: they say nothing, so they are not read as words of the paper.
_DEFAULT_NAME = re.compile(r"^(?:sheet|工作表|表|table)\s*\d{0,3}$", re.IGNORECASE)

Area = tuple[int, int, int, int]  # first row and column, last row and column


@dataclass
class Sheet:
    """Cells with text by row and column (from 1), and what is merged or hidden."""

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    stressed: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    count: int = 0

    def put(self, row: int, column: int, text: str, stressed: tuple[str, ...] = ()) -> None:
        """Raises Refused for a cell far from any table, before anything is made of the distance."""
        if row > MOST_ROWS or column > MOST_COLUMNS:
            raise Refused("cell-far", cell=f"{column_name(column)}{row}", rows=MOST_ROWS, columns=MOST_COLUMNS)
        self.count += 1
        if self.count > MOST_PLACES:
            raise Refused("too-many-cells", most=MOST_PLACES)
        self.cells.setdefault(row, {})[column] = text
        if stressed:
            self.stressed[row, column] = stressed

    def merge(self, found: Area | None) -> None:
        if found:
            self.merged.append(found)
            if len(self.merged) > MOST_PLACES:
                raise Refused("too-many-cells", most=MOST_PLACES)


def write_sheet(builder: GridBuilder, name: str, sheet: Sheet) -> None:
    """Its name, unless it is one that a program gave, and its rows from the first used column to the last."""
    _drop_hidden(builder, name, sheet)
    if not sheet.cells:
        return
    if not _DEFAULT_NAME.match(name.strip()):
        builder.paragraph(name, Place(f"工作表「{name}」", f"sheet “{name}”"))
    builder.begin_table()
    placed = _placed(builder, sheet)
    first = min(min(row) for row in placed.values())
    last = max(max(row) for row in placed.values())
    columns = [column for column in range(first, last + 1) if column not in sheet.hidden_columns]
    for number in sorted(placed):
        row = placed[number]
        cells = [row.get(column) or builder.cell("") for column in columns]
        place = f"{name}!{column_name(first)}{number}:{column_name(last)}{number}"
        builder.row(cells, Place(place, place))


def _drop_hidden(builder: GridBuilder, name: str, sheet: Sheet) -> None:
    """Hidden rows and columns are not printed, so they are not read; that they are there is said."""
    rows = sorted(sheet.hidden_rows & set(sheet.cells))
    for row in rows:
        builder.doubt("row-hidden", place=f"{name}!{row}", text=" ".join(sheet.cells.pop(row).values())[:40])
    found: dict[int, int] = {}
    for cells in sheet.cells.values():
        for column in sheet.hidden_columns & set(cells):
            found[column] = found.get(column, 0) + 1
            del cells[column]
    for column, count in sorted(found.items()):
        builder.doubt("column-hidden", place=f"{name}!{column_name(column)}", count=count)
    sheet.cells = {row: cells for row, cells in sheet.cells.items() if cells}


def _placed(builder: GridBuilder, sheet: Sheet) -> dict[int, dict[int, OpenCell]]:
    """Row → column → cell; a merged one in every place that it covers of rows that are used."""
    placed = {
        row: {column: builder.cell(text, sheet.stressed.get((row, column), ())) for column, text in cells.items()}
        for row, cells in sheet.cells.items()
    }
    covered = 0
    for top, left, bottom, right in sheet.merged:
        cell = _anchor(placed, sheet, top, left)
        if cell is None:
            continue
        if right - left >= MOST_COLUMNS or bottom > MOST_ROWS:
            raise Refused("cell-far", cell=f"{column_name(right)}{bottom}", rows=MOST_ROWS, columns=MOST_COLUMNS)
        for row in range(top, bottom + 1):
            if row in sheet.hidden_rows:
                continue
            covered += right - left + 1
            if covered > MOST_PLACES:
                raise Refused("too-many-cells", most=MOST_PLACES)
            for column in range(left, right + 1):
                placed.setdefault(row, {})[column] = cell
    return placed


def _anchor(placed: dict[int, dict[int, OpenCell]], sheet: Sheet, top: int, left: int) -> OpenCell | None:
    """The cell whose text the area shows: its first; None where that is empty."""
    return placed.get(top, {}).get(left)


def reference(text: str) -> tuple[int, int]:
    """「B7」 → row 7, column 2. Raises Refused."""
    found = _REFERENCE.match(text)
    if not found:
        raise Refused("damaged")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def area(text: str) -> Area | None:
    """「A2:E2」 as numbers; None for a single cell. Raises Refused."""
    first, _, last = text.partition(":")
    if not last or first == last:
        return None
    top, left = reference(first)
    bottom, right = reference(last)
    if bottom < top or right < left:
        raise Refused("damaged")
    return top, left, bottom, right


def column_name(column: int) -> str:
    """2 → B."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
