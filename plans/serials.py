"""Each serial once, and each the one after that before it, within its area where an area begins anew."""

from collections.abc import Sequence

from plans.checked import CheckedTask
from plans.findings import Findings
from plans.rows.kinds import ordinal_of
from plans.rows.raw import RawTask


def check_serials(tasks: Sequence[CheckedTask], raw: Sequence[RawTask], findings: Findings) -> None:
    """`raw` are the table's rows; where some or all tasks stand in prose they say nothing."""
    raw = raw if len(raw) == len(tasks) else []
    lines = [each.serial_cell.lines for each in raw] or [(task.first_line, task.last_line) for task in tasks]
    shared = {at for at, each in enumerate(raw) if each.shared}
    seen: set[str] = set()
    before: CheckedTask | None = None
    for at, task in enumerate(tasks):
        findings.position = at + 1
        if at in shared:
            count = sum(each.shared and each.serial == task.number and each.area == task.area for each in raw)
            findings.add("serial-shared", lines[at], task.number, serial=task.number or task.title, count=count)
        if before is not None and _restarts(before, task):
            seen.clear()
        elif task.number in seen and at not in shared and raw:
            findings.add("serial-repeated", lines[at], task.number, serial=task.number)
        elif before is not None and at not in shared and (raw or before.area == task.area):
            _check_step(before, task, lines[at], findings)
        if task.number is not None:
            seen.add(task.number)
            before = task
    findings.position = None


def _restarts(before: CheckedTask, task: CheckedTask) -> bool:
    """Counting begins anew in a new area, or for a new leader."""
    anew = task.area != before.area or task.leaders != before.leaders
    return anew and ordinal_of(task.number) == 1


def _check_step(before: CheckedTask, task: CheckedTask, lines: tuple[int, int], findings: Findings) -> None:
    first, second = ordinal_of(before.number), ordinal_of(task.number)
    if None not in (first, second) and second != first + 1 and before.number != task.number:
        findings.add("serial-gap", lines, task.number, before=before.number, after=task.number)
