"""The clocks of those who judge (办理时限): working days that a reviewer, and the committee, may hold a milestone.

They are clocks of their own. What a unit submitted in time never counts against the unit while others hold it
(workflow/lights.py); it counts here, against whoever holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, false, or_

from models import Milestone, Role, Words
from workflow.calendar import Calendar, day_begins
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Colour, Day, Light
from workflow.subjects import last_move

# The states in which somebody judges, with who it is.
JUDGED: Mapping[str, Role] = {
    state.name: state.holder for state in MILESTONE.states if state.holder and state is not MILESTONE.initial
}


def _light(code: str, colour: Colour, word: Words, rule: Words) -> Light:
    return Light(code, colour, word, rule, holds=lambda m, day: False, where=lambda day: false())


IN_TIME = _light(
    "clock-in-time", Colour.GREEN, Words("时限内", "In time"),
    Words("未超过办理时限。", "Held for no longer than the clock allows."),
)
LAST_DAY = _light(
    "clock-last-day", Colour.YELLOW, Words("时限将到", "Last day"),
    Words("办理时限的最后一个工作日。", "The last working day that the clock allows."),
)
OVER = _light(
    "clock-over", Colour.RED, Words("超时", "Over its clock"),
    Words("超过办理时限，仍未办理。", "Held longer than the clock allows."),
)
CLOCK_LIGHTS = (IN_TIME, LAST_DAY, OVER)
CLOCK_ORDER = (OVER, LAST_DAY, IN_TIME)  # the most urgent first


def clock_light(limit: int, days: int) -> Light:
    """The light of what was held for `days` of `limit` working days."""
    return OVER if days > limit else LAST_DAY if days == limit else IN_TIME


@dataclass(frozen=True)
class Clocks:
    """Working days that each role may hold a milestone, judged on one day by one calendar."""

    limits: Mapping[Role, int]
    calendar: Calendar
    today: date

    def limit(self, state: str) -> int | None:
        return self.limits.get(JUDGED[state]) if state in JUDGED else None

    def light(self, state: str, days: int) -> Light | None:
        """The light of a milestone that its holder has had for `days` working days; None where no clock runs."""
        limit = self.limit(state)
        if limit is None:
            return None
        return clock_light(limit, days)

    def held_days(self, since: date) -> int:
        """The working days after `since` up to the day that is judged by."""
        return self.calendar.working_days(since, self.today)

    def over_where(self) -> ColumnElement[bool]:
        """Whether whoever judges has had it for longer than the clock allows, over `milestone_rows`."""
        return or_(false(), *(
            and_(Milestone.state == state, last_move(Milestone.id) < self._before(limit))
            for state in JUDGED if (limit := self.limit(state)) is not None
        ))

    def nearness(self) -> ColumnElement[int]:
        """0 where the clock has run out, 1 on its last day, 2 before, over `milestone_rows`: `CLOCK_ORDER`'s places."""
        last = or_(false(), *(
            and_(Milestone.state == state, last_move(Milestone.id) < self._before(limit - 1))
            for state in JUDGED if (limit := self.limit(state)) is not None
        ))
        return case((self.over_where(), 0), (last, 1), else_=2)

    def _before(self, limit: int) -> datetime:
        """What came before this moment has been held for more than `limit` working days."""
        day, left = self.today, limit
        while left or not self.calendar.is_working_day(day):
            left -= self.calendar.is_working_day(day)
            day -= timedelta(1)
        return day_begins(day)


@dataclass(frozen=True, kw_only=True)
class Judging(Day):
    """A day to judge by that knows the clocks besides: what asks whether one has run out needs it."""

    clocks: Clocks = field(hash=False)  # a calendar has no hash; the day tells enough for one
