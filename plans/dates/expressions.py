"""Dates in words: 「4月30日前」, 「6月底前」, 「第三季度」, 「春节前」, 「2021年底前」 → the day that is meant."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from lunardate import LunarDate

from plans.columns.periods import NUMERALS

_BEFORE = "(?:底?之前|底?以前|底?前)"
_YEAR = r"(?:(?P<{0}>20\d\d)年)?"
_DAY = rf"(?P<day_year>20\d\d)(?:年|[./-])(?P<day_month>\d{{1,2}})(?:月|[./-])(?P<day>\d{{1,2}})日?(?!\d){_BEFORE}?"
_MONTH_DAY = rf"{_YEAR.format('md_year')}(?P<md_month>\d{{1,2}})月(?P<md_day>\d{{1,2}})[日号](?P<md_before>{_BEFORE})?"
_MONTH = (
    rf"{_YEAR.format('m_year')}(?P<month>\d{{1,2}})月份?(?:(?P<third>[上中下]旬)(?:之?前|以前)?|(?P<end>底|末)(?:之前|"
    rf"以前|前)?|(?P<before>之前|以前|前))"
)
_QUARTER = (
    rf"{_YEAR.format('q_year')}(?:第(?P<quarter>[一二三四1-4])季度?|前?(?P<q>[一二两三四1-4])个?季度)(?:(?:底|末|内)"
    rf"(?:之前|以前|前)?|(?P<q_before>之前|以前|前))?"
)
_HALF = rf"{_YEAR.format('h_year')}(?P<half>[上下])半年(?:底|末|内)?(?:之前|以前|前)?"
_YEAR_END = (
    r"(?:到|至)?(?:(?P<whole>20\d\d)年?|(?P<this>今年|当年|本年度?|年))(?:年?底|年?末)(?:之前|以前|前)?|"
    r"(?P<before_year>20\d\d)年(?:之前|以前|前(?!.季度))"
)
_FEAST = rf"{_YEAR.format('f_year')}(?P<feast>春节|元旦|五一|劳动节|端午|中秋|国庆|十一)(?:节|假期)?(?:之前|以前|前)"
_DATES = re.compile("|".join((_DAY, _MONTH_DAY, _MONTH, _QUARTER, _HALF, _YEAR_END, _FEAST)))
_FIXED_FEASTS = {"五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "十一": (10, 1)}
_LUNAR_FEASTS = {"春节": (1, 1), "端午": (5, 5), "中秋": (8, 15)}


@dataclass(frozen=True)
class Found:
    """A date's words and place. `due` is None where its year is not known, or where there is no such day.

    `other` is a second reading: 「6月前」 may mean before June begins. `plain` is False for a bare day, which in
    running text need not be a deadline.
    """

    start: int
    end: int
    text: str
    due: date | None
    other: date | None = None
    impossible: bool = False
    plain: bool = True


def find_dates(text: str, year: int | None) -> list[Found]:
    """All dates of a text in its order; `year` is taken where they name none."""
    return [_found(match, year) for match in _DATES.finditer(text)]


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _found(match: re.Match, year: int | None) -> Found:
    groups = match.groupdict()
    said = next((value for name, value in groups.items() if name.endswith("year") and value), None) or groups["whole"]
    which = int(said) if said else year
    other = None
    impossible = False
    due = None
    if which is not None:
        try:
            due, other = _due(groups, which)
        except ValueError:
            impossible = True
    plain = not (groups["md_month"] and not groups["md_before"])
    return Found(match.start(), match.end(), match.group(), due, other, impossible, plain)


def _due(groups: dict, year: int) -> tuple[date, date | None]:
    """Raises ValueError where there is no such day."""
    if groups["day"]:
        return date(year, int(groups["day_month"]), int(groups["day"])), None
    if groups["md_month"]:
        return date(year, int(groups["md_month"]), int(groups["md_day"])), None
    if groups["month"]:
        return _in_month(groups, year, int(groups["month"]))
    quarter = groups["quarter"] or groups["q"]
    if quarter:
        last = 3 * (2 if quarter == "两" else NUMERALS.get(quarter) or int(quarter))
        return month_end(year, last), _end_before(year, last - 2) if groups["q_before"] else None
    if groups["half"]:
        return month_end(year, 6 if groups["half"] == "上" else 12), None
    if groups["feast"]:
        return _before_feast(groups["feast"], year)
    if groups["before_year"]:
        return date(year, 12, 31), date(year - 1, 12, 31)
    return date(year, 12, 31), None


def _in_month(groups: dict, year: int, month: int) -> tuple[date, date | None]:
    if not 1 <= month <= 12:
        raise ValueError(month)
    if groups["third"]:
        thirds = {"上旬": date(year, month, 10), "中旬": date(year, month, 20), "下旬": month_end(year, month)}
        return thirds[groups["third"]], None
    if groups["end"]:
        return month_end(year, month), None
    # 「6月前」: before June begins, or before it is over. The later one is taken, and a doubt is said.
    return month_end(year, month), _end_before(year, month)


def _end_before(year: int, month: int) -> date:
    return date(year, month, 1) - timedelta(days=1)


def _before_feast(name: str, year: int) -> tuple[date, date | None]:
    """「元旦前」 in a plan of this year may mean the new year that ends it, or the one that began it."""
    if name == "元旦":
        return date(year, 12, 31), date(year - 1, 12, 31)
    lunar = _LUNAR_FEASTS.get(name)
    feast = LunarDate(year, *lunar).to_solar_date() if lunar else date(year, *_FIXED_FEASTS[name])
    return feast - timedelta(days=1), None
