"""Working days (工作日), after the State Council's yearly notice of holidays and the administrator's own calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
from sqlalchemy import Date, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from models import CalendarDay


@lru_cache(maxsize=4096)
def _announced(day: date) -> bool:
    """What the public calendar says. For years not announced yet: Monday to Friday."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. `own` holds the administrator's exceptions; they go before the public calendar."""

    own: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        return self.own.get(day, _announced(day))

    def working_days(self, start: date, end: date) -> int:
        """The working days after `start` up to and with `end`; 0 where `end` is not later."""
        return sum(self.is_working_day(start + timedelta(n)) for n in range(1, (end - start).days + 1))

    def after_working_days(self, start: date, days: int) -> date:
        """The working day that is `days` working days after `start`."""
        for _ in range(days):
            start = self.next_working_day(start)
        return start

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`.

        Nobody rests longer than a month: an own calendar without any working day does not hold things up for ever.
        """
        for n in range(1, 32):
            if self.is_working_day(day + timedelta(n)):
                return day + timedelta(n)
        return day + timedelta(1)


class Calendars:
    """The ledger's calendar and its plans': a plan's own exceptions go before the ledger's. One statement."""

    def __init__(self, session: Session):
        own: dict[int | None, dict[date, bool]] = {}
        rows = select(CalendarDay.plan_id, CalendarDay.day, CalendarDay.working)
        for plan_id, day, working in session.execute(rows.where(CalendarDay.working.is_not(None))):
            own.setdefault(plan_id, {})[day] = working
        self._ledger = Calendar(own.pop(None, {}))
        self._plans = {plan_id: Calendar({**self._ledger.own, **days}) for plan_id, days in own.items()}

    def of(self, plan_id: int | None) -> Calendar:
        """The plan's calendar; without a plan, the ledger's."""
        return self._plans.get(plan_id, self._ledger)


def calendar_of(session: Session, plan_id: int | None = None) -> Calendar:
    """The calendar by which a plan's working days are counted; without a plan, the ledger's. One statement."""
    return Calendars(session).of(plan_id)


CHINA = ZoneInfo("Asia/Shanghai")


def day_begins(day: date) -> datetime:
    """The moment at which a day begins where the ledger is kept."""
    return datetime.combine(day, time(), CHINA)


def local_day(moment: datetime) -> date:
    """The calendar day of a UTC time where the ledger is kept: deadlines are days in China."""
    return moment.astimezone(CHINA).date()


class local_date(FunctionElement):  # noqa: N801  # it is read like a function of SQL
    """`local_day` of a column, on both databases. The ledger is younger than China's last summer time."""

    type = Date()
    inherit_cache = True


@compiles(local_date)
def _local_date(element, compiler, **more) -> str:
    """As it is written where no database is asked."""
    return f"local_date({compiler.process(element.clauses, **more)})"


@compiles(local_date, "sqlite")
def _sqlite_local_date(element, compiler, **more) -> str:
    return f"date({compiler.process(element.clauses, **more)}, '+8 hours')"


@compiles(local_date, "postgresql")
def _postgresql_local_date(element, compiler, **more) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AT TIME ZONE 'Asia/Shanghai' AS DATE)"


def local_moment(day: date, hour: int) -> datetime:
    """The moment at which it is that hour on that day where the ledger is kept."""
    return datetime.combine(day, time(hour), CHINA)
