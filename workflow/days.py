"""Days that people type: which there can be at all, and how far off one may lie until which somebody is given time."""

from dataclasses import dataclass
from datetime import date, timedelta

from models import Words
from workflow.errors import Incomplete
from workflow.notice_kinds import day_words

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)  # of a plan, of a unit's former name: nothing here is older or later
A_YEAR = 366
OUTSIDE = Words("「{label}」须在 {first} 至 {last} 之间。", "“{label}” lies between {first} and {last}.")


def possible(day: date) -> bool:
    """Whether a ledger can have anything to do with this day: 9999-12-31 is a slip of the hand, or a trial."""
    return FIRST <= day <= LAST


def read_day(text: str | None) -> date | None:
    """A day as a date field sends it (2018-07-25); None for anything else, and for what is not `possible`."""
    try:
        found = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if possible(found) else None


@dataclass(frozen=True)
class Term:
    """A day until which somebody is given time: from `least` to `most` days after the one that it is counted from."""

    name: str
    label: Words
    least: int = 1
    most: int = A_YEAR

    def first(self, begin: date) -> date:
        return begin + timedelta(self.least)

    def last(self, begin: date) -> date:
        return begin + timedelta(self.most)

    def read(self, day: date | None, begin: date) -> date:
        """The day, where it lies in the term that begins with `begin`. Raises Incomplete."""
        if day is None or not self.first(begin) <= day <= self.last(begin):
            first, last = day_words(self.first(begin)), day_words(self.last(begin))
            raise Incomplete({self.name: OUTSIDE.format(label=self.label, first=first, last=last)})
        return day
