"""A checked plan while corrections are applied to it: rows that keep the address under which they were read."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from models import Part, Words
from plans.checked import CheckedPlan, CheckedTask
from plans.findings import Finding, Findings


class Lost(Exception):
    """What a correction speaks of is not there (any more); `words` say what."""

    def __init__(self, words: Words):
        super().__init__(words.en)
        self.words = words


NO_ROW = Words("找不到第 {row} 行、序号「{number}」的任务。", "There is no task {number} at line {row}.")


@dataclass
class Row:
    """One task. `key` and `number` are its address: the first source line and the serial, both as they were read."""

    key: str
    number: str | None
    task: CheckedTask

    def change(self, **fields) -> None:
        self.task = replace(self.task, **fields)


@dataclass
class Working:
    """The plan in work. `settled` holds findings that are answered, with the position of the correction that did."""

    title: str
    years: list[int]
    plan_due: date | None
    rows: list[Row]
    findings: list[Finding]
    settled: list[tuple[Finding, int | None]] = field(default_factory=list)
    present: int | None = None  # the position of the correction that is being applied
    _places: tuple[list, "Places"] | None = None

    @classmethod
    def of(cls, plan: CheckedPlan) -> "Working":
        return cls(plan.title, list(plan.years), plan.plan_due, rows_of(plan), list(plan.findings))

    def plan(self, original: CheckedPlan) -> CheckedPlan:
        return replace(
            original, title=self.title, years=self.years, plan_due=self.plan_due,
            tasks=[row.task for row in self.rows], findings=Findings(self.findings),
        )

    def row(self, key: str, number: str | None) -> Row:
        found = next((row for row in self.rows if row.key == key), None)
        if found is None or found.number != number:
            raise Lost(NO_ROW.format(row=key, number=number or "—"))
        return found

    def settle(self, picked: Iterable[Finding]) -> bool:
        """Take these very findings out of the open ones; False where there were none."""
        known = {id(finding) for finding in picked}
        gone = [finding for finding in self.findings if id(finding) in known]
        if gone:
            self.findings = [finding for finding in self.findings if id(finding) not in known]
            self.settled += [(finding, self.present) for finding in gone]
        return bool(gone)

    @property
    def places(self) -> "Places":
        """Where findings stand, among the rows that there are now."""
        now = [(row.key, row.task.first_line, row.task.last_line) for row in self.rows]
        if self._places is None or self._places[0] != now:
            self._places = now, Places(self.rows)
        return self._places[1]

    def findings_of(self, row: Row) -> list[Finding]:
        places = self.places
        return [finding for finding in self.findings if places.row_of(finding) is row]


def rows_of(plan: CheckedPlan) -> list[Row]:
    """The plan's tasks with their addresses; where several begin on one line, the later ones are numbered."""
    seen: dict[int, int] = {}
    rows = []
    for task in plan.tasks:
        nth = seen[task.first_line] = seen.get(task.first_line, 0) + 1
        key = str(task.first_line) if nth == 1 else f"{task.first_line}.{nth}"
        rows.append(Row(key, task.number, task))
    return rows


class Places:
    """Which row a finding stands at: by its source lines, else by its serial where only one task has it."""

    def __init__(self, rows: Iterable[Row]):
        self._rows = sorted((row for row in rows if row.task.first_line), key=lambda row: row.task.first_line)
        self._starts = [row.task.first_line for row in self._rows]
        self._by_number: dict[str | None, list[Row]] = {}
        for row in self._rows:
            self._by_number.setdefault(row.number, []).append(row)

    def row_of(self, finding: Finding) -> Row | None:
        line = first_line(finding)
        last = bisect_right(self._starts, line) if line is not None else 0
        for row in reversed(self._rows[max(0, last - 8) : last]):  # several may begin on one line
            if line <= row.task.last_line and finding.task in (None, row.number):
                return row
        named = self._by_number.get(finding.task, []) if finding.task else []
        return named[0] if len(named) == 1 else None


def first_line(finding: Finding) -> int | None:
    lines = getattr(finding, "lines", (0, 0))
    if lines[0]:
        return lines[0]
    found = re.match(r"\d+", finding.source)
    return int(found.group()) if found else None


# Findings that can be looked at again once a task was corrected: whether they still hold.
STILL: dict[str, Callable[[Working, Row], bool]] = {
    "no-unit": lambda plan, row: not row.task.seats,
    "no-lead": lambda plan, row: all(seat.part != Part.LEAD for seat in row.task.seats),
    "no-requirement": lambda plan, row: not row.task.milestones,
    "lead-inferred": lambda plan, row: any(seat.inferred for seat in row.task.seats),
    "support-inferred": lambda plan, row: any(seat.inferred for seat in row.task.seats),
    "serial-repeated": lambda plan, row: sum(r.task.number == row.task.number for r in plan.rows) > 1,
    "title-twice": lambda plan, row: sum(r.task.title == row.task.title for r in plan.rows) > 1,
}
