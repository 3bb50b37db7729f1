"""Columns of time: 「2018年」, 「2021—2025年」, 「第一年」, 「第三季度」, 「6月底前」, 「2027年目标值」.

What such a column asks belongs to a year; a part of a year has its own last month.
"""

import re
from dataclasses import dataclass, replace

from plans.columns.roles import plain

NUMERALS = {sign: value for value, sign in enumerate("一二三四五六七八九十", 1)}
_ASKS = (
    "(?:(?:年度|阶段|工作|预期|主要|具体|总体)?(?:目标|任务|计划|进度|工作|指标|要求|安排|节点)(?:值|任务|要求|安排|"
    "目标|计划|内容|指标|数)?|底|末|年底|年末|以前|之?前)*"
)
_YEAR = re.compile(rf"(?:到|至)?(?P<year>(?:19|20)\d\d)(?:年度?)?{_ASKS}")
_RANGE = re.compile(rf"(?P<first>(?:19|20)\d\d)年?(?:[-—–－~～]{{1,2}}|至|到)(?P<year>(?:20)?\d\d)年?(?:度)?{_ASKS}")
_NTH = re.compile(rf"第?(?P<nth>[一二三四五六七八九十]|\d{{1,2}})(?:个)?年度?{_ASKS}")
_PART = re.compile(
    rf"(?:(?P<year>(?:19|20)\d\d)年)?(?:(?:第?(?P<quarter>[一二三四1-4])季度?|[Qq](?P<q>[1-4])|(?P<half>[上下])半年|"
    rf"(?P<whole>全年|年)"
    rf"|(?:(?P<from>\d{{1,2}})月?(?:[-—–－~～]{{1,2}}|至|到))?(?P<month>\d{{1,2}})月份?))(?:底|末)?{_ASKS}"
)


@dataclass(frozen=True)
class Period:
    """`year` is None where the paper does not say it; `nth` counts the years of a plan from 1; `month` is the last one.

    `label` are the header's words for a part of a year, "" for a whole one. `first` begins a run of years.
    """

    year: int | None
    month: int = 12
    nth: int | None = None
    label: str = ""
    first: int | None = None


def period_of(words: str) -> Period | None:
    """The period that a header names, None where it names none."""
    text = plain(words).replace("(", "").replace(")", "")
    if not text or len(text) > 24:
        return None
    if found := _RANGE.fullmatch(text):
        year = found["year"] if len(found["year"]) == 4 else found["first"][:2] + found["year"]
        return Period(int(year), first=int(found["first"]), label=text)
    if found := _YEAR.fullmatch(text):
        return Period(int(found["year"]))
    if found := _PART.fullmatch(text):
        return _part(found, text)
    if found := _NTH.fullmatch(text):
        return Period(None, nth=_number(found["nth"]))
    return None


def period_of_path(path: tuple[str, ...]) -> Period | None:
    """The period of nested headers: the narrowest that any of them names, with the year of another."""
    periods = [period for words in path if (period := period_of(words))]
    if not periods:
        return None
    parts = [period for period in periods if period.label and period.first is None]
    years = [period for period in periods if not period.label]
    if parts and years:
        return replace(parts[-1], year=parts[-1].year or years[-1].year, nth=years[-1].nth)
    return (parts or years or periods)[-1]


def _part(found: re.Match, text: str) -> Period | None:
    quarter = found["quarter"] or found["q"]
    if quarter:
        month = 3 * _number(quarter)
    elif found["half"]:
        month = 6 if found["half"] == "上" else 12
    else:
        month = int(found["month"] or 12)
    if not 1 <= month <= 12 or text == "年":
        return None
    return Period(int(found["year"]) if found["year"] else None, month, label=text)


def _number(text: str) -> int:
    return NUMERALS.get(text) or int(text)
