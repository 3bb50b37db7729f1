"""A published document's bytes → a checked plan, with everything that was odd about it."""

import re
from collections import Counter

from models import Words
from plans.checked import CheckedMilestone, CheckedPlan, CheckedTask
from plans.deadlines import read_deadlines
from plans.findings import Findings
from plans.grid import Grid
from plans.note import check_counts, read_plan_due, read_title
from plans.readers.document import read_grid
from plans.rows import RawTask, RowReader, Table
from plans.unit_names import look_alikes
from plans.units import names_in, read_units
from plans.unreadable import Unreadable

_STAR = re.compile(r"^[*＊★※]\s*")

NO_TABLE = Words(
    "没有找到任务表：表头须有「序号」、任务名称和年度列。",
    "No table of tasks was found: its header needs a serial (序号), the task, and columns of years.",
)
NO_TASKS = Words("表头下没有任务。", "There are no tasks below the header.")


def read_plan(data: bytes, name: str = "") -> CheckedPlan:
    """`name` is the file's, for telling a wrong ending. Raises Unreadable where there is no plan that is understood."""
    return understand(read_grid(data, name))


def understand(grid: Grid) -> CheckedPlan:
    """The meaning of a grid, whatever file it came from. Raises Unreadable."""
    findings = Findings()
    table = RowReader(findings).read(grid)
    if table.columns is None:
        raise Unreadable(NO_TABLE)
    if not table.tasks:
        raise Unreadable(NO_TASKS)
    years = sorted(table.years)
    title = read_title(table.preamble)
    if not title:
        findings.add("title-missing", (1, 1))
    tasks = _tasks(grid, table, years, findings)
    _check_serials(table, findings)
    _check_titles(tasks, findings)
    check_counts(table.preamble, sum(task.starred for task in tasks), len(tasks), findings)
    plan_due = read_plan_due(table.preamble, years, findings)
    findings.sort(key=lambda finding: int(finding.source.split("-")[0]))
    return CheckedPlan(title, years, plan_due, tasks, findings)


def _tasks(grid: Grid, table: Table, years: list[int], findings: Findings) -> list[CheckedTask]:
    known = frozenset(name for raw in table.tasks for name in names_in(raw.units.text))
    tasks = [_task(grid, raw, years, findings, known) for raw in table.tasks]
    alike = look_alikes(Counter(seat.name for task in tasks for seat in task.seats))
    for raw, task in zip(table.tasks, tasks, strict=True):
        for seat in task.seats:
            if seat.name in alike:
                findings.add(
                    "unit-like-another", raw.units.lines, task.number, name=seat.name, other=alike[seat.name]
                )
    return tasks


def _task(grid: Grid, raw: RawTask, years: list[int], findings: Findings, known: frozenset[str]) -> CheckedTask:
    if raw.serial_cell.lines[0] != raw.serial_cell.lines[1]:
        findings.add("serial-broken", raw.serial_cell.lines, raw.serial, serial=raw.serial)
    title_cell = raw.lines[0].title
    title = "".join(title_cell.text.split("\n"))
    starred = bool(_STAR.match(title))
    title = _STAR.sub("", title)
    if "\n" in title_cell.text:
        findings.add("title-broken", title_cell.lines, raw.serial, title=title)
    milestones = _milestones(raw, years, findings)
    if not milestones:
        findings.add("no-requirement", raw.extent, raw.serial)
    return CheckedTask(
        number=raw.serial, title=title, starred=starred, area=raw.area,
        contents=tuple(line.content.text for line in raw.lines),
        seats=tuple(read_units(raw.units.text, raw.units.lines, raw.serial, findings, known)),
        milestones=tuple(milestones), first_line=raw.extent[0], last_line=raw.extent[1],
        source_text=grid.text_of(raw.extent),
    )


def _milestones(raw: RawTask, years: list[int], findings: Findings) -> list[CheckedMilestone]:
    found = []
    for year in years:
        cells = [line.year(year) for line in raw.lines]
        filled = [cell for cell in cells if cell.text]
        if not filled:
            continue  # nothing is asked of this year, and nothing is made up for it
        lines = filled[0].lines[0], filled[-1].lines[1]
        due, steps = read_deadlines("\n".join(cell.text for cell in filled), year, lines, raw.serial, findings)
        found.append(CheckedMilestone(year, tuple(cell.text for cell in cells), due, steps))
    return found


def _check_serials(table: Table, findings: Findings) -> None:
    """Each serial once, and each the one after that before it."""
    seen: set[str] = set()
    for before, raw in zip([None, *table.tasks], table.tasks, strict=False):
        if raw.serial in seen:
            findings.add("serial-repeated", raw.serial_cell.lines, raw.serial, serial=raw.serial)
        elif before and None not in (before.ordinal, raw.ordinal) and raw.ordinal != before.ordinal + 1:
            findings.add("serial-gap", raw.serial_cell.lines, raw.serial, before=before.serial, after=raw.serial)
        seen.add(raw.serial)


def _check_titles(tasks: list[CheckedTask], findings: Findings) -> None:
    seen: dict[str, str] = {}
    for task in tasks:
        if task.title in seen:
            lines = (task.first_line, task.last_line)
            findings.add("title-twice", lines, task.number, other=seen[task.title], title=task.title)
        seen.setdefault(task.title, task.number)
