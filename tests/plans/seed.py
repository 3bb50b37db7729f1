"""What a person reads in the seed document: seed_expected.tsv, seed_words.tsv, and the oddities that the eye finds."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plans.reading import read_plan

SAMPLE = Path("plans/samples/zhanjiang-rural-revitalization-2018-2020.txt")
TABLE = Path(__file__).with_name("seed_expected.tsv")
WORDS = Path(__file__).with_name("seed_words.tsv")
YEARS = (2018, 2019, 2020)

AREAS = (
    "一、资源资产盘活行动", "二、三产融合发展行动", "三、综合环境改善行动", "四、文明乡风培育行动",
    "五、基层治理提质行动", "六、致富奔康扶助行动", "七、特色乡村创建行动",
)

# code, task, source lines
ODDITIES = (
    ("no-requirement", "9", "84-90"),
    ("separator-odd", "17", "160"),
    ("unit-brackets", "12", "120"),
    ("unit-brackets", "18", "168"), ("unit-brackets", "18", "168"),
    ("unit-vague", "19", "176"), ("unit-vague", "19", "176"), ("unit-vague", "19", "176"),
    ("unit-brackets", "21", "192"),
    ("unit-brackets", "22", "200"), ("unit-brackets", "22", "200"),
    ("separator-odd", "23", "210"),
    ("separator-odd", "24", "218"),
    ("separator-odd", "25", "226"),
    ("separator-odd", "26", "234"),
    ("separator-odd", "27", "242"),
    ("separator-odd", "28", "250"),
    ("row-broken", "29", "252-259"),
    ("unit-twice", "29", "259"),
    ("separator-missing", "30", "268"),
    ("separator-missing", "32", "284"),
    ("separator-odd", "34", "300"),
    ("unit-elided", "34", "300"),
    ("separator-odd", "35", "309"),
    ("separator-odd", "36", "317"), ("unit-brackets", "36", "317"),
    ("separator-odd", "37", "325"), ("unit-brackets", "37", "325"), ("unit-like-another", "37", "325"),
    ("separator-odd", "39", "341"),
    ("separator-odd", "40", "349"), ("label-twice", "40", "349"), ("leads-several", "40", "349"),
    ("separator-odd", "41", "357"),
    ("separator-odd", "43", "373"),
    ("separator-odd", "44", "381"), ("contents-several", "44", "383-389"),
    ("separator-odd", "45", "397"), ("contents-several", "45", "399-405"),
    ("separator-odd", "47", "421"),
    ("separator-odd", "49", "437"),
    ("separator-odd", "51", "455"),
    ("leads-apart", "54", "479"),
    ("separator-odd", "56", "495"),
    ("units-broken", "57", "503-504"),
    ("separator-odd", "58", "515"),
    ("separator-odd", "59", "523"),
    ("header-repeated", None, "538-542"),
    ("word-residue", "74", "662"), ("separator-trailing", "74", "662"),
    ("separator-odd", "77", "686"),
    ("separator-odd", "79", "702"),
    ("separator-odd", "80", "710"), ("unit-vague", "80", "710"),
    ("separator-odd", "81", "718"),
    ("unit-brackets", "83", "734"), ("unit-vague", "83", "734"),
    ("label-unparted", "86", "758"),
    ("label-unparted", "87", "766"),
    ("row-broken", "95", "824-832"),
    ("header-repeated", None, "836-840"),
    ("unit-brackets", "97", "864"), ("unit-like-another", "97", "864"),
    ("leads-several", "99", "880"),
    ("row-broken", "106", "930-937"),
    ("serial-broken", "112", "979-980"),
    ("title-broken", "115", "1007-1008"),
    ("title-broken", "116", "1016-1017"),
    ("title-broken", "117", "1025-1026"),
    ("title-twice", "118", "1033-1039"),
    ("deadline-ambiguous", "118", "1036"), ("deadline-ambiguous", "118", "1037"),
    ("separator-missing", "119", "1047"),
    # 40 %, 30 % and 30 %: shares that make a whole, or a rate that falls?
    ("indicator-kind", "32", "278-284"), ("indicator-kind", "119", "1041-1047"),
)

# Tasks of which at least one year asks nothing but to go on: 「贯彻落实」「组织开展」「按市要求推进」「年度计划」.
STOCK = re.findall(r"\d+", (
    "1 4 5 6 10 11 12 13 14 15 16 17 18 21 25 26 29 35 36 37 42 47 49 50 52 59 60 61 62 63 64 65 66 67 68 69 70 71 72 "
    "73 74 75 76 77 78 82 83 85 88 89 90 91 92 93 94 95 96 98 100 101 102 103 105 106 107 108 110 111 113 114"
))


@dataclass(frozen=True)
class Expected:
    """One task; a unit is (name, part, inferred, collective, words it was read from)."""

    number: str
    starred: bool
    area: str
    years: tuple[int, ...]
    lines: str
    units_at: str
    units: tuple[tuple[str, str, bool, bool, str], ...]


@dataclass(frozen=True)
class Words:
    """The words of one task, without blanks and line breaks; `requirements` by year, without blank cells."""

    number: str
    title: str
    content: str
    requirements: dict[int, str]


@cache
def expected() -> tuple[Expected, ...]:
    return tuple(_row(*cells) for cells in _table(TABLE))


@cache
def expected_words() -> tuple[Words, ...]:
    return tuple(_words(*map(plain, cells)) for cells in _table(WORDS))


def plain(text: str) -> str:
    """Words as they are compared: without blanks and line breaks."""
    return "".join(text.split())


def _table(file: Path) -> list[list[str]]:
    return [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def _words(number, title, content, *requirements) -> Words:
    asked = dict(zip(YEARS, requirements, strict=True))
    return Words(number, title, content, {year: text for year, text in asked.items() if text})


def _row(number, star, area, years, lines, units_at, units) -> Expected:
    return Expected(
        number, star == "*", AREAS[int(area) - 1], tuple(2000 + int(y) for y in years.split() if y != "-"), lines,
        units_at, tuple(_unit(written) for written in units.split()),
    )


def _unit(written: str) -> tuple[str, str, bool, bool, str]:
    part = {"+": "lead", "-": "support"}[written[0]]
    name, _, source = written[1:].partition("=")
    plain = name.rstrip("?@")
    marks = name[len(plain):]
    return plain, part, "?" in marks, "@" in marks, source or plain


def oddities() -> Counter:
    """Every finding that the document calls for: those listed, and those that follow from the table."""
    found = Counter(ODDITIES)
    for task in expected():
        if task.number in STOCK:
            found["done-undefined", task.number, task.lines] += 1
        if any(inferred for _, _, inferred, _, _ in task.units):
            found["lead-inferred", task.number, task.units_at] += 1
        collective = sum(unit[3] for unit in task.units)
        vague = found["unit-vague", task.number, task.units_at]
        if collective > vague:
            found["unit-collective", task.number, task.units_at] += collective - vague
    return +found


@cache
def checked():
    """The plan as the reader reads it."""
    return read_plan(SAMPLE.read_bytes())
