"""Periods that are assessed: a quarter (2018Q4) or a year (2018), as days and in words."""

import re
from datetime import date, timedelta

from models import Words

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])")
_YEAR = re.compile(r"[0-9]{4}")
_ORDINAL = ("一", "二", "三", "四")
_YEARS = range(2, 9999)  # those whose first and last moment, in China and in UTC, are dates


def quarter_of(day: date) -> str:
    """The quarter in which a day lies."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def quarter_begins(day: date) -> date:
    """The first day of the quarter in which a day lies."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_days(quarter: str) -> tuple[date, date]:
    """The first and the last day of a quarter that is one."""
    year, number = map(int, _QUARTER.fullmatch(quarter).groups())
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return date(year, 3 * number - 2, 1), after - timedelta(1)


def is_quarter(text: str) -> bool:
    return _QUARTER.fullmatch(text) is not None and int(text[:4]) in _YEARS


def period_days(period: str) -> tuple[date, date] | None:
    """The first and the last day; None where it is neither a quarter nor a year."""
    if is_quarter(period):
        return quarter_days(period)
    if _YEAR.fullmatch(period) and int(period) in _YEARS:
        return date(int(period), 1, 1), date(int(period), 12, 31)
    return None


def period_words(period: str) -> Words:
    """2018年第四季度, 2018年度."""
    if is_quarter(period):
        year, number = period[:4], int(period[5])
        return Words(f"{year}年第{_ORDINAL[number - 1]}季度", f"quarter {number} of {year}")
    return Words(f"{period}年度", f"the year {period}")
