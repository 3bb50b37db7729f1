"""Dates in the words of a requirement: steps, and when the milestone is due.

Without a date in its words a milestone of a year is due on the year's last day. It is due at its last step
only where every sentence has a date: otherwise something is left that may take the whole year.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from plans.checked import Step
from plans.dates.expressions import Found, find_dates

_SENTENCES = re.compile(r"[。；;\n]")
_CLAUSES = re.compile(r"(?<=[，,])")
Note = Callable[..., None]  # (code, **fields)


@dataclass(frozen=True)
class Dated:
    """`whole`: every sentence has a date, so nothing is left after the last step."""

    steps: tuple[Step, ...]
    whole: bool

    @property
    def last(self) -> date | None:
        return max(step.due for step in self.steps) if self.steps and self.whole else None


def read_steps(text: str, year: int | None, note: Note) -> Dated:
    """The dated parts of a text; `year` is that of dates which name none."""
    sentences = [sentence.strip() for sentence in _SENTENCES.split(text) if sentence.strip()]
    by_sentence = [_steps(sentence, year, note) for sentence in sentences]
    return Dated(tuple(step for found in by_sentence for step in found), bool(sentences) and all(by_sentence))


def read_deadlines(text: str, year: int, end: date, note: Note) -> tuple[date, tuple[Step, ...]]:
    """The due date and the dated steps of a requirement of `year`, which is over on `end`."""
    dated = read_steps(text, year, note)
    for step in dated.steps:
        if step.due.year != year:
            note("deadline-other-year", text=step.text, year=year)
    return dated.last or end, dated.steps


def said(found: Found, note: Note) -> date | None:
    """The day of a date, with everything that is to be said of it."""
    if found.impossible:
        note("date-impossible", text=found.text)
    elif found.other and found.due:
        note("deadline-ambiguous", text=found.text, first=found.other, second=found.due)
    return found.due


def _steps(sentence: str, year: int | None, note: Note) -> list[Step]:
    """A clause with a date begins a step of its own where the words before it have one already."""
    steps: list[Step] = []
    words, due = "", None
    for clause in _CLAUSES.split(sentence):
        found = next((each for each in find_dates(clause, year) if each.plain), None)
        day = said(found, note) if found else None
        if day and due:
            steps.append(Step(due, words.rstrip("，,")))
            words, due = "", None
        words, due = words + clause, day or due
    return [*steps, Step(due, words)] if due else steps
