"""Dates in the words of a requirement: steps, and when the milestone is due.

Without a date in its words a milestone is due on the last day of its year. It is due at its last step
only where every sentence has a date: otherwise something is left that may take the whole year.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from plans.checked import Step
from plans.findings import Findings

_BEFORE = r"(?:之?前|以前)"
_YEAR = r"(?:(?P<year>20\d\d)年)?"
_DATE = re.compile(
    rf"{_YEAR}(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日(?:底?前|之前|以前)|份?(?P<end>底|末){_BEFORE}?|份?{_BEFORE})"
    rf"|(?:(?P<whole>20\d\d)年?|年)(?:底|末){_BEFORE}?"
)
_SENTENCES = re.compile(r"[。；;\n]")
_CLAUSES = re.compile(r"(?<=[，,])")


@dataclass(frozen=True)
class _Cell:
    """What is needed to say where a date stands."""

    year: int
    lines: tuple[int, int]
    task: str
    findings: Findings

    def note(self, code: str, **fields) -> None:
        self.findings.add(code, self.lines, self.task, **fields)


def read_deadlines(
    text: str, year: int, lines: tuple[int, int], task: str, findings: Findings
) -> tuple[date, tuple[Step, ...]]:
    """The due date and the dated steps of a requirement of `year`."""
    cell = _Cell(year, lines, task, findings)
    sentences = [sentence.strip() for sentence in _SENTENCES.split(text) if sentence.strip()]
    by_sentence = [_steps(sentence, cell) for sentence in sentences]
    steps = tuple(step for found in by_sentence for step in found)
    if not steps or not all(by_sentence):
        return date(year, 12, 31), steps
    return max(step.due for step in steps), steps


def _steps(sentence: str, cell: _Cell) -> list[Step]:
    """A clause with a date begins a step of its own where the words before it have one already."""
    steps: list[Step] = []
    words, due = "", None
    for clause in _CLAUSES.split(sentence):
        found = _date_in(clause, cell)
        if found and due:
            steps.append(Step(due, words.rstrip("，,")))
            words, due = "", None
        words, due = words + clause, found or due
    return [*steps, Step(due, words)] if due else steps


def _date_in(clause: str, cell: _Cell) -> date | None:
    found = _DATE.search(clause)
    if not found:
        return None
    year = int(found["year"] or found["whole"] or cell.year)
    if not found["month"]:
        return date(year, 12, 31)
    month = int(found["month"])
    if not 1 <= month <= 12:
        cell.note("date-impossible", text=found.group())
        return None
    if found["day"]:
        return _day(year, month, int(found["day"]), found.group(), cell)
    if found["end"]:
        return _month_end(year, month)
    # 「6月前」: before June begins, or before it is over. The later one is taken, and a doubt is said.
    first = _month_end(year, month - 1) if month > 1 else date(year - 1, 12, 31)
    second = _month_end(year, month)
    cell.note("deadline-ambiguous", text=found.group(), first=first, second=second)
    return second


def _day(year: int, month: int, day: int, text: str, cell: _Cell) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        cell.note("date-impossible", text=text)
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
