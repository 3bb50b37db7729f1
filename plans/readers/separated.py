"""Tables as text, a row a line: cells parted by tabs or commas, quoted where they hold such signs or line ends."""

import csv
import io
from collections import Counter

from plans.grid import Grid, Place
from plans.readers.building import GridBuilder
from plans.readers.limits import MOST_CHARACTERS, MOST_COLUMNS
from plans.readers.refused import Refused

_SAMPLE = 20_000  # characters that are looked at to tell what parts the cells
_LEAST_ROWS = 3


def separator_of(text: str) -> str | None:
    """What parts the cells of each line; None for prose and for cells a line each."""
    lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()]
    tabbed = [line for line in lines if "\t" in line]
    inner = sum("\t" in line.strip() for line in tabbed)
    if tabbed:
        # A cell a line has one tab, before it.
        return "\t" if inner > len(tabbed) / 2 else None
    return "," if _is_comma_separated(text) else None


def _is_comma_separated(text: str) -> bool:
    """Most records have the same number of cells, three or more: prose has commas, but not so."""
    try:
        records = [len(record) for record in csv.reader(io.StringIO(text[:_SAMPLE], newline="")) if any(record)]
    except csv.Error:
        return False
    if len(records) < _LEAST_ROWS:
        return False
    width, often = Counter(records).most_common(1)[0]
    return 3 <= width <= MOST_COLUMNS and often * 2 > len(records)


def read_separated(text: str, separator: str) -> Grid:
    """Raises Refused."""
    csv.field_size_limit(MOST_CHARACTERS * 4)
    builder = GridBuilder()
    builder.begin_table()
    before, in_table = 0, False
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for record in records:
            first, before = before + 1, records.line_num
            place = str(first) if first == before else f"{first}-{before}"
            cells = _without_last_blanks(record)
            if len(record) == 1 or len(cells) == 1 and not in_table:
                # A line without separators is none of the rows, nor is a title with blanks to the width of the table.
                builder.paragraph(record[0], Place(place, place))
            elif cells:
                in_table = True
                builder.row([builder.cell(cell) for cell in cells], Place(place, place))
    except csv.Error as error:
        if "limit" not in str(error):
            raise Refused("damaged") from error
        raise Refused("line-too-long", line=before + 1, most=MOST_CHARACTERS) from error
    return builder.finish()


def _without_last_blanks(record: list[str]) -> list[str]:
    """Sheets are often saved with many empty columns to the right of the table."""
    filled = [at for at, cell in enumerate(record) if cell.strip()]
    return record[: filled[-1] + 1] if filled else []
