"""Dates in the words of a requirement: steps, and when the milestone is due.

Without a date in its words a milestone is due on the last day of its year. It is due at its last step
only where every sentence has a date: otherwise something is left that may take the whole year.
"""

import calendar
import re
from datetime import date

from plans.checked import Step
from plans.findings import Findings

_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日(?:之?前|以前|底前)")
_MONTH_END = re.compile(r"(\d{1,2})月(?:底|末)(?:之?前|以前)?")
_BEFORE_MONTH = re.compile(r"(\d{1,2})月(?:之?前|以前)")
_YEAR_END = re.compile(r"年(?:底|末)(?:之?前|以前)?")
_SENTENCES = re.compile(r"[。；;\n]")


def read_deadlines(
    text: str, year: int, lines: tuple[int, int], task: str, findings: Findings
) -> tuple[date, tuple[Step, ...]]:
    """The due date and the dated steps of a requirement of `year`."""
    sentences = [sentence.strip() for sentence in _SENTENCES.split(text) if sentence.strip()]
    dates = [_date_in(sentence, year, lines, task, findings) for sentence in sentences]
    steps = tuple(Step(due, sentence) for due, sentence in zip(dates, sentences, strict=True) if due)
    end = date(year, 12, 31)
    if not steps or None in dates:
        return end, steps
    return max(step.due for step in steps), steps


def _date_in(sentence: str, year: int, lines: tuple[int, int], task: str, findings: Findings) -> date | None:
    if found := _DAY.search(sentence):
        return _day(year, int(found[1]), int(found[2]))
    if found := _MONTH_END.search(sentence):
        return _month_end(year, int(found[1]))
    if found := _BEFORE_MONTH.search(sentence):
        return _before_month(found, year, lines, task, findings)
    return date(year, 12, 31) if _YEAR_END.search(sentence) else None


def _before_month(
    found: re.Match, year: int, lines: tuple[int, int], task: str, findings: Findings
) -> date | None:
    """「6月前」: before June begins, or before it is over. The later one is taken, and a doubt is said."""
    month = int(found[1])
    second = _month_end(year, month)
    if second is None:
        return None
    first = _month_end(year, month - 1) if month > 1 else date(year - 1, 12, 31)
    findings.add("deadline-ambiguous", lines, task, text=found.group(), first=first, second=second)
    return second


def _month_end(year: int, month: int) -> date | None:
    return _day(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
