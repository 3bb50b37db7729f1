"""Working days (工作日), after the State Council's yearly notice of holidays."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether offices work on `day`. For years not announced yet: Monday to Friday."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


def working_days(start: date, end: date) -> int:
    """The working days after `start` up to and with `end`; 0 where `end` is not later."""
    return sum(is_working_day(start + timedelta(n)) for n in range(1, (end - start).days + 1))


def after_working_days(start: date, days: int) -> date:
    """The working day that is `days` working days after `start`."""
    day = start
    while days > 0:
        day += timedelta(1)
        days -= is_working_day(day)
    return day


CHINA = ZoneInfo("Asia/Shanghai")


def day_begins(day: date) -> datetime:
    """The moment at which a day begins where the ledger is kept."""
    return datetime.combine(day, time(), CHINA)


def local_day(moment: datetime) -> date:
    """The calendar day of a UTC time where the ledger is kept: deadlines are days in China."""
    return moment.astimezone(CHINA).date()
