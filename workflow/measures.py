"""What reported figures say of a milestone's indicators: what is missing, how far they have come, what looks wrong.

Pure: amounts in, words and numbers out. Progress is in hundredths of a per cent, so that a comparison of whole
numbers means the same here and in the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from models import Indicator, IndicatorKind, Words

WHOLE = 10_000  # hundredths of a per cent
TIMES = 10  # so many times more or less than the last value is hardly meant

FELL = Words(
    "「{name}」为累计量，本次 {now} 少于上次报送的 {last}。",
    "“{name}” is a running total: {now} is less than the last, {last}.",
)
FAR = Words(
    "「{name}」本次 {now}，与{what} {last} 相差十倍以上，请核对单位。",
    "“{name}”: {now} is ten times more or less than {what}, {last}; check the unit.",
)
OVER = Words("「{name}」为 {now}%，超过 100%。", "“{name}” is {now}%, more than 100%.")
NEGATIVE = Words("「{name}」为负数（{now}）。", "“{name}” is negative ({now}).")
LAST, TARGET = Words("上次报送的", "the last value"), Words("目标", "the target")


@dataclass(frozen=True)
class Measured:
    """One indicator beside what was reported. `share` and `expected` in hundredths of a per cent, or None."""

    indicator: Indicator
    value: Decimal | None
    share: int | None
    expected: int | None

    @property
    def value_text(self) -> str:
        return "" if self.value is None else f"{self.value.normalize():f}"

    @property
    def behind(self) -> int | None:
        """Whole points behind the straight line to the deadline (序时进度); 0 where it is ahead."""
        if self.share is None or self.expected is None:
            return None
        return max(0, self.expected - self.share) // 100


def values_of(reported: Sequence[dict]) -> dict[str, Decimal]:
    return {line["name"]: Decimal(line["amount"]) for line in reported}


def share_of(indicator: Indicator, value: Decimal) -> int | None:
    """How much of the way from baseline to target is done, 0 to WHOLE; None where that cannot be told.

    A yearly amount and an increase begin at nothing, a running total too where it has no baseline. A level
    without a baseline has no way to go: it is reached or not.
    """
    baseline = None if indicator.kind in (IndicatorKind.YEARLY, IndicatorKind.INCREASE) else indicator.baseline_amount
    if baseline is None and indicator.kind != IndicatorKind.LEVEL:
        baseline = Decimal(0)
    if baseline is None or indicator.target_amount == baseline:
        return None
    share = (value - baseline) / (indicator.target_amount - baseline)
    return int((min(max(share, Decimal(0)), Decimal(1)) * WHOLE).to_integral_value(ROUND_DOWN))


def progress_of(indicators: Sequence[Indicator], reported: Sequence[dict]) -> int | None:
    """How far the indicator that is furthest behind has come; None where no reported one can be told."""
    values = values_of(reported)
    shares = [share_of(it, values[it.name]) for it in indicators if it.name in values]
    return min((share for share in shares if share is not None), default=None)


def missing_of(indicators: Sequence[Indicator], reported: Sequence[dict]) -> int:
    values = values_of(reported)
    return sum(it.name not in values for it in indicators)


def expected_share(year: int | None, due: date | None, today: date) -> int | None:
    """Where the straight line from New Year to the deadline stands today; None where there is no line."""
    if year is None or due is None:
        return None
    start = date(year, 1, 1)
    whole = (due - start).days
    if whole <= 0 or today < start:
        return None
    return min(WHOLE, WHOLE * (today - start).days // whole)


def measured(indicators: Sequence[Indicator], reported: Sequence[dict], year, due, today: date) -> list[Measured]:
    """Every indicator with its value, its share and where it should be today."""
    values = values_of(reported)
    expected = expected_share(year, due, today)
    return [
        Measured(it, values.get(it.name), share_of(it, values[it.name]) if it.name in values else None, expected)
        for it in indicators
    ]


def implausible(indicators: Sequence[Indicator], reported: Sequence[dict], last: dict[str, Decimal]) -> list[Words]:
    """What looks like a slip: words for each. None of it is forbidden; somebody has to say that it is meant."""
    values, found = values_of(reported), []
    for it in indicators:
        now = values.get(it.name)
        if now is not None:
            found += _doubts(it, now, last.get(it.name))
    return found


def _doubts(it: Indicator, now: Decimal, last: Decimal | None) -> list[Words]:
    found = []
    if it.kind == IndicatorKind.TOTAL and last is not None and now < last:
        found.append(FELL.format(name=it.name, now=now, last=last))
    elif last is not None and _far_apart(now, last):
        found.append(FAR.format(name=it.name, now=now, what=LAST, last=last))
    elif last is None and now > TIMES * it.target_amount > 0:
        found.append(FAR.format(name=it.name, now=now, what=TARGET, last=it.target))
    if it.unit == "%" and it.kind == IndicatorKind.LEVEL and now > 100:
        found.append(OVER.format(name=it.name, now=now))
    if now < 0 <= it.target_amount:
        found.append(NEGATIVE.format(name=it.name, now=now))
    return found


def _far_apart(now: Decimal, last: Decimal) -> bool:
    low, high = sorted((abs(now), abs(last)))
    return low > 0 and high >= TIMES * low
