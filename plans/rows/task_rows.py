"""Rows below a header → raw tasks: a new task, a further line of the one before, or one more under its serial."""

from plans.columns.header import Columns
from plans.columns.roles import SEATS, Role
from plans.findings import Findings, clipped
from plans.grid import Cell, Row
from plans.rows.kinds import is_serial, without_marks
from plans.rows.raw import RawLine, RawTask, Table


class TaskRows:
    """Adds to `table.tasks`."""

    def __init__(self, findings: Findings, table: Table):
        self.findings = findings
        self.table = table
        self.columns: Columns | None = None
        self.area = ""

    def take(self, row: Row, columns: Columns, area: str) -> None:
        """`area` is the one that the row stands in."""
        self.columns, self.area = columns, area
        line = RawLine(row, columns)
        serial = columns.place(Role.SERIAL)
        before = self._before()
        if serial is None:
            self._unnumbered(line, before)
            return
        cell = row.cells[serial]
        if is_serial(cell):
            if before is not None and _same(cell, before.lines[-1].cell(serial)):
                self._shared(line, before)
            else:
                self._begin_task(line, without_marks(cell.plain).rstrip(".．、。"))
        elif cell.plain:
            self._odd_serial(line, cell)
        elif before is None or _own_seats(line, before) and line.title.text:
            self._without_serial(line, before)
        else:
            self._shared(line, before)

    def _before(self) -> RawTask | None:
        task = self.table.tasks[-1] if self.table.tasks else None
        return task if task is not None and task.area == self.area and task.columns == self.columns else None

    def _unnumbered(self, line: RawLine, before: RawTask | None) -> None:
        title = line.title
        if before is None or title.text and not _same(title, before.lines[-1].title):
            if title.text or line.content.text:
                self._begin_task(line, None)
            else:
                self.findings.add("row-without-task", line.row.lines)
        else:
            self._shared(line, before)

    def _shared(self, line: RawLine, before: RawTask) -> None:
        """A row under the serial, or the name, of the one before: a task where it has units of its own."""
        if _own_seats(line, before):
            before.shared = True
            self._begin_task(line, before.serial)
            self.table.tasks[-1].shared = True
        else:
            self._further(line, before)

    def _without_serial(self, line: RawLine, before: RawTask | None) -> None:
        if not line.title.text:
            self.findings.add("row-without-task", line.row.lines)
            return
        self._begin_task(line, None)
        self.findings.add("serial-missing", line.row.lines, None)

    def _odd_serial(self, line: RawLine, cell: Cell) -> None:
        if line.title.text and line.title != cell and len(line.row.filled) > 2:
            self._begin_task(line, cell.plain[:20])
            self.findings.add("serial-odd", line.row.lines, cell.plain[:20], text=clipped(cell.plain))
        else:
            self.findings.add("serial-unknown", line.row.lines, text=clipped(cell.plain))

    def _further(self, line: RawLine, before: RawTask) -> None:
        before.lines.append(line)
        # Without serials a merged name may hold one task of several lines, or several tasks.
        code = "rows-joined" if before.serial is None and line.row.table else "contents-several"
        self.findings.add(code, line.row.lines, before.serial, position=len(self.table.tasks))

    def _begin_task(self, line: RawLine, serial: str | None) -> None:
        place = self.columns.place(Role.SERIAL)
        cell = line.cell(place) if place is not None else line.title
        self.table.tasks.append(RawTask(serial, self.area, [line], cell))


def _same(cell: Cell, other: Cell) -> bool:
    return cell.span is not None and cell.span == other.span


def _own_seats(line: RawLine, before: RawTask) -> bool:
    """Whether the row names units that are not those of the row before, and says what they are to do."""
    last = before.lines[-1]
    seats = [(line.cell(place), last.cell(place)) for place in line.columns.places(*SEATS)]
    says = [line.title, line.content]
    was = [last.title, last.content]
    own = any(cell.text and not _same(cell, other) for cell, other in zip(says, was, strict=True))
    return own and any(cell.text and not _same(cell, other) for cell, other in seats)
