"""What a correction says, beyond the fields that every form of the ledger has: days, years, texts by year."""

from dataclasses import dataclass
from typing import Any

from models import Words
from workflow.days import FIRST, LAST, read_day
from workflow.errors import Incomplete
from workflow.inputs import Choice, Lines, Text, clean

NOT_A_DAY = Words(
    f"「{{label}}」须是日期，如 2024-06-30，在 {FIRST.year} 至 {LAST.year} 年之间。",
    f"“{{label}}” has to be a date like 2024-06-30, from {FIRST.year} to {LAST.year}.",
)
NOT_A_YEAR = Words("「{label}」须是年份。", "“{label}” has to be a year.")
NOT_A_LINE = Words("「{label}」须是正整数。", "“{label}” has to be a whole number from 1.")


@dataclass(frozen=True)
class Day:
    """A date as ISO text; null where nothing is said."""

    name: str
    label: Words

    def read(self, raw: Any) -> str | None:
        text = clean(raw)
        if not text:
            return None
        found = read_day(text)
        if found is None:
            raise Incomplete({self.name: NOT_A_DAY.format(label=self.label)})
        return found.isoformat()


@dataclass(frozen=True)
class Year:
    """A year as a number; null for the milestone of a plan without years."""

    name: str
    label: Words

    def read(self, raw: Any) -> int | None:
        if raw in (None, ""):
            return None
        if isinstance(raw, bool) or not str(raw).isdecimal() or not FIRST.year <= int(raw) <= LAST.year:
            raise Incomplete({self.name: NOT_A_YEAR.format(label=self.label)})
        return int(raw)


@dataclass(frozen=True)
class Count:
    """A whole number from 1."""

    name: str
    label: Words

    def read(self, raw: Any) -> int:
        if isinstance(raw, bool) or not str(raw).isdecimal() or int(raw) < 1:
            raise Incomplete({self.name: NOT_A_LINE.format(label=self.label)})
        return int(raw)


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    name: str
    label: Words

    def read(self, raw: Any) -> bool:
        return raw in (True, "1", "true")


@dataclass(frozen=True)
class Table:
    """Texts by name: requirements by year, roles by header."""

    name: str
    label: Words
    most: int = 60
    blank: bool = False  # whether an empty text says something

    def read(self, raw: Any) -> dict[str, str]:
        if not isinstance(raw, dict) or len(raw) > self.most:
            return {}
        read = {clean(str(name))[:200]: clean(text)[:2000] for name, text in raw.items()}
        return {name: text for name, text in read.items() if name and (text or self.blank)}


Field = Text | Choice | Lines | Day | Year | Count | Flag | Table
