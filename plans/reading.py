"""A published document's bytes → a checked plan, with everything that was odd about it."""

import re
from collections import Counter

from models import Words
from plans.checked import CheckedMilestone, CheckedPlan, CheckedTask
from plans.columns import Columns
from plans.deadlines import read_deadlines
from plans.findings import Findings
from plans.grid import Cell, Grid
from plans.note import check_counts, read_plan_due, read_title
from plans.readers.text import read_text
from plans.rows import RawTask, RowReader, Table
from plans.unit_names import look_alikes
from plans.units import names_in, read_units
from plans.unreadable import Unreadable

MOST_BYTES = 5 * 2**20
_STAR = re.compile(r"^[*＊★※]\s*")
_EMPTY = Cell("", (0, 0))

TOO_LARGE = Words("文件超过 {most} MB。", "The file is larger than {most} MB.")
NO_TABLE = Words(
    "没有找到任务表：表头须有「序号」、任务名称和年度列。",
    "No table of tasks was found: its header needs a serial (序号), the task, and columns of years.",
)
NO_TASKS = Words("表头下没有任务。", "There are no tasks below the header.")


def read_plan(data: bytes) -> CheckedPlan:
    """Raises Unreadable where the document holds no plan that could be understood."""
    if len(data) > MOST_BYTES:
        raise Unreadable(TOO_LARGE.format(most=MOST_BYTES // 2**20))
    return understand(read_text(data))


def understand(grid: Grid) -> CheckedPlan:
    """The meaning of a grid, whatever file it came from."""
    findings = Findings()
    table = RowReader(findings).read(grid)
    if table.columns is None:
        raise Unreadable(NO_TABLE)
    if not table.tasks:
        raise Unreadable(NO_TASKS)
    years = sorted(table.columns.years)
    tasks = _tasks(grid, table, findings)
    _check_serials(table, findings)
    _check_titles(tasks, findings)
    check_counts(table.preamble, sum(task.starred for task in tasks), len(tasks), findings)
    findings.sort(key=lambda finding: int(finding.source.split("-")[0]))
    return CheckedPlan(
        read_title(table.preamble), years, read_plan_due(table.preamble, years), tasks, findings
    )


def _tasks(grid: Grid, table: Table, findings: Findings) -> list[CheckedTask]:
    columns = table.columns
    every = Counter(
        name for raw in table.tasks for name in names_in(_units_cell(raw, columns).text)
    )
    known = frozenset(every)
    tasks = [_task(grid, raw, columns, findings, known) for raw in table.tasks]
    alike = look_alikes(Counter(seat.name for task in tasks for seat in task.seats))
    for raw, task in zip(table.tasks, tasks, strict=True):
        for seat in task.seats:
            if seat.name in alike:
                cell = _units_cell(raw, columns)
                findings.add("unit-like-another", cell.lines, task.number, name=seat.name, other=alike[seat.name])
    return tasks


def _task(
    grid: Grid, raw: RawTask, columns: Columns, findings: Findings, known: frozenset[str]
) -> CheckedTask:
    first = raw.lines[0]
    if "\n" in raw.serial_cell.text or raw.serial_cell.lines[0] != raw.serial_cell.lines[1]:
        findings.add("serial-broken", raw.serial_cell.lines, raw.serial, serial=raw.serial)
    title_cell = first.cells[columns.title]
    title = "".join(line.strip() for line in title_cell.text.split("\n"))
    starred = bool(_STAR.match(title))
    title = _STAR.sub("", title)
    if "\n" in title_cell.text:
        findings.add("title-broken", title_cell.lines, raw.serial, title=title)
    contents = tuple(_text(row.cells, columns.content) for row in raw.lines)
    units = _units_cell(raw, columns)
    milestones = _milestones(raw, columns, findings)
    if not milestones:
        findings.add("no-requirement", raw.extent, raw.serial)
    return CheckedTask(
        number=raw.serial, title=title, starred=starred, area=raw.area, contents=contents,
        seats=tuple(read_units(units.text, units.lines, raw.serial, findings, known)),
        milestones=tuple(milestones), first_line=raw.extent[0], last_line=raw.extent[1],
        source_text=grid.text_of(raw.extent),
    )


def _milestones(raw: RawTask, columns: Columns, findings: Findings) -> list[CheckedMilestone]:
    found = []
    for year in sorted(columns.years):
        cells = [row.cells[columns.years[year]] for row in raw.lines]
        if not any(cell.text for cell in cells):
            continue  # nothing is asked of this year, and nothing is made up for it
        requirements = tuple(cell.text for cell in cells)
        filled = [cell for cell in cells if cell.text]
        lines = filled[0].lines[0], filled[-1].lines[1]
        due, steps = read_deadlines("\n".join(r for r in requirements if r), year, lines, raw.serial, findings)
        found.append(CheckedMilestone(year, requirements, due, steps))
    return found


def _units_cell(raw: RawTask, columns: Columns) -> Cell:
    """The units of a task stand in its first row that has any."""
    if columns.units is None:
        return _EMPTY
    cells = [row.cells[columns.units] for row in raw.lines]
    return next((cell for cell in cells if cell.text), cells[0])


def _text(cells: tuple[Cell, ...], column: int | None) -> str:
    return cells[column].text if column is not None else ""


def _check_serials(table: Table, findings: Findings) -> None:
    seen: set[str] = set()
    before = None
    for raw in table.tasks:
        if raw.serial in seen:
            findings.add("serial-repeated", raw.serial_cell.lines, raw.serial, serial=raw.serial)
        seen.add(raw.serial)
        if before and before.serial.isdigit() and raw.serial.isdigit() and int(raw.serial) > int(before.serial) + 1:
            findings.add("serial-gap", raw.serial_cell.lines, raw.serial, before=before.serial, after=raw.serial)
        before = raw


def _check_titles(tasks: list[CheckedTask], findings: Findings) -> None:
    seen: dict[str, str] = {}
    for task in tasks:
        if task.title in seen:
            lines = (task.first_line, task.last_line)
            findings.add("title-twice", lines, task.number, other=seen[task.title], title=task.title)
        seen.setdefault(task.title, task.number)
