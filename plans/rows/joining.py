"""Text with one cell a line: a blank line parts rows, and also breaks them. Broken rows are put together here."""

from collections.abc import Callable

from plans.columns.header import Columns
from plans.columns.roles import Role
from plans.findings import Findings
from plans.grid import Row
from plans.rows.kinds import is_serial


class Joiner:
    """Takes rows as they come and hands on whole ones."""

    def __init__(self, findings: Findings, whole: Callable[[Row], None]):
        self.findings = findings
        self.whole = whole
        self.pending: Row | None = None  # the beginning of a broken row
        self.columns: Columns | None = None

    def take(self, row: Row, columns: Columns) -> None:
        self.columns = columns
        if not row.filled and self.pending is None:
            return
        if self.pending is not None:
            row = self._joined(row)
        if len(row.cells) < columns.count:
            self.pending = row
        elif len(row.cells) > columns.count:
            self._wrong_length(row)
        elif row.filled:
            self.whole(row)

    def give_up(self) -> None:
        if self.pending is not None and self.pending.filled:
            self._wrong_length(self.pending)
        self.pending = None

    def _joined(self, row: Row) -> Row:
        """`row` with the beginning before it, where the two do not make more than one row."""
        joined = Row(self.pending.cells + row.cells)
        if len(joined.cells) > self.columns.count or self._begins_a_task(self.pending) and self._begins_a_task(row):
            self.give_up()
            return row
        if len(joined.cells) == self.columns.count:
            serial = self.columns.place(Role.SERIAL)
            number = joined.cells[serial].plain if serial is not None else ""
            self.findings.add("row-broken", joined.lines, number or None)
        self.pending = None
        return joined

    def _begins_a_task(self, row: Row) -> bool:
        serial = self.columns.place(Role.SERIAL)
        return serial is not None and serial < len(row.cells) and is_serial(row.cells[serial])

    def _wrong_length(self, row: Row) -> None:
        self.findings.add("row-length", row.lines, found=len(row.cells), wanted=self.columns.count)
