"""A cell of deadlines → due date and steps: one date, several with what each asks, a run of months, or none."""

import re
from dataclasses import dataclass
from datetime import date

from plans.checked import Step
from plans.columns.periods import NUMERALS
from plans.dates.expressions import find_dates, month_end
from plans.dates.requirement import Note, said

_PARTS = re.compile(r"[；;。\n]|(?<=[\u4e00-\u9fff])[，,](?=\D{0,4}\d|[上下]半年|第?[一二三四]季度|年[底末])")
_BARE_MONTH = re.compile(r"^(?:(?P<year>20\d\d)\s*[年./-]\s*)?(?P<month>\d{1,2})\s*月?份?$")
_MONTHS = re.compile(
    r"(?:(?P<first_year>20\d\d)[年./-])?\d{1,2}月?(?:\d{1,2}日)?份?\s*(?:[-—–－~～]{1,2}|至|到)\s*"
    r"(?:(?P<year>20\d\d)[年./-])?(?P<month>\d{1,2})月份?底?前?$"
)
_YEARS = re.compile(r"^(?:20\d\d年?\s*(?:[-—–－~～]{1,2}|至|到)\s*)?(?P<year>20\d\d)(?:年度?)?(?:内|全年)?(?:完成)?$")
_SHORT_RANGE = re.compile(r"^(?P<century>20)\d\d年?\s*[-—–－~～]{1,2}\s*(?P<year>\d\d)年$")
_WHOLE_YEAR = re.compile(r"^(?:全年|年内|当年|本年度?)(?:完成)?$")
# What begins by a day is not done by it.
_BEGINS = re.compile("动工|开工|启动|开建|进场|奠基|开展|着手|开始")
_OPEN = re.compile(
    "长期|持续|^已|常态|坚持|每[年月季周半]|立行立改|即知即改|立即|适时|随时|贯穿|按.{0,8}(?:要求|部署|安排|节点|"
    "计划)|根据|同步|动态"
)
_MONTHS_IN_WORDS = {"十一": 11, "十二": 12} | NUMERALS
_CHINESE_MONTH = re.compile("(?:十[一二]|[一二三四五六七八九十])(?=月)")
_TIME = re.compile(r"(?<=\d)[ T]\d{1,2}:\d{2}(?::\d{2})?")
_COMPACT = re.compile(r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)")
_MONTH_IN = re.compile(r"\d{1,2}月")
_YEAR_IN = re.compile(r"(20\d\d)(?:年|[./-])")
_NEXT_YEAR = re.compile("^(?:明|次|翌)年")
_EMPTY = re.compile(r"^[\s\-—–/／无]*$")
_COMPLETES = re.compile("^(?:前|底|内|完成|办结|建成|之前|以前|整改到位|到位|全面完成|基本完成|并|完成整改|、|,|，)*$")


@dataclass(frozen=True)
class Deadline:
    """`due` is None where the words name no day; `words` are as printed."""

    due: date | None
    steps: tuple[Step, ...]
    words: str


def read_deadline(text: str, year: int | None, note: Note) -> Deadline:
    """`year` is the plan's own, for dates that name none."""
    words = " ".join(text.split())
    if _EMPTY.match(words):
        return Deadline(None, (), "")
    found = _dated_parts(_in_digits(text), year, note)
    parts = [part for part, _, _ in found]
    days = [(part, day) for part, day, begins in found if day and not begins]
    starts = [(part, day) for part, day, begins in found if day and begins]
    if starts and not days:
        note("deadline-begins", text=words)
        return Deadline(None, tuple(Step(day, part) for part, day in starts), words)
    if not days:
        _say_open(words, year, note)
        return Deadline(None, (), words)
    if _OPEN.search(words):
        note("deadline-and-on", text=words)
    due = max(day for _, day in days)
    several = len(found) > 1 or not _plain(parts[0], due)
    return Deadline(due, tuple(Step(day, part) for part, day, _ in found if day) if several else (), words)


def _dated_parts(text: str, year: int | None, note: Note) -> list[tuple[str, date | None, bool]]:
    """Each part with its day, and whether something only begins by it; a year that one names holds for those after."""
    found = []
    for part in _PARTS.split(text):
        several = part.split("、") if part and all(_MONTH_IN.search(piece) for piece in part.split("、")) else [part]
        for piece in several:
            if piece and piece.strip():
                found.append((piece.strip(), *_day(piece, year, note)))
                named = _YEAR_IN.findall(piece)
                year = int(named[-1]) if named else year
    return found


def _in_digits(text: str) -> str:
    """「十月底前」 as 「10月底前」, 「20230630」 and a workbook's times as dates in words."""
    text = _CHINESE_MONTH.sub(lambda found: f"{_MONTHS_IN_WORDS[found.group()]}", text)
    text = _TIME.sub("", text)
    return _COMPACT.sub(r"\1年\2月\3日", text)


def _plain(part: str, due: date) -> bool:
    dates = find_dates(part, due.year)
    rest = part if not dates else part[: dates[0].start] + part[dates[-1].end :]
    return bool(not dates or _COMPLETES.match("".join(rest.split())))


def _say_open(words: str, year: int | None, note: Note) -> None:
    if year is None and re.search(r"\d{1,2}月|(?<!每)年[底末]|(?<!每)季度|(?<!每)半年|^全年|^年内|^当年", words):
        note("deadline-no-year", text=words)
    elif _OPEN.search(words):
        note("deadline-open", text=words)
    else:
        note("deadline-unread", text=words)


def _day(part: str, year: int | None, note: Note) -> tuple[date | None, bool]:
    """The day that a part names last, and whether something only begins by it."""
    text = "".join(part.split())
    begins = bool(_BEGINS.search(text)) and not re.search("完成|竣工|建成|投用|投入", text)
    if _NEXT_YEAR.match(text) and year:
        text, year = text[2:], year + 1
    day = None if re.search(r"20\d\d[./-]\d{1,2}[./-]\d", text) else _run(text, year, note)
    if day is None:
        dates = find_dates(text, year)
        days = [said(each, note) for each in dates]
        day = max((each for each in days if each), default=None)
    return day, begins


def _run(text: str, year: int | None, note: Note) -> date | None:
    """A bare month, a run of months, a year or a run of years: over on the last day."""
    bare = _BARE_MONTH.match(text) if "月" in text or re.match(r"20\d\d", text) else None
    months = bare or _MONTHS.search(text)
    if months:
        which = months["year"] or (months.groupdict().get("first_year")) or year
        month = int(months["month"])
        if not 1 <= month <= 12:
            note("date-impossible", text=text)
            return None
        return month_end(int(which), month) if which else None
    years = _YEARS.match(text)
    if years:
        return date(int(years["year"]), 12, 31)
    short = _SHORT_RANGE.match(text)
    if short:
        return date(int(short["century"] + short["year"]), 12, 31)
    return date(year, 12, 31) if year and _WHOLE_YEAR.match(text) else None
