"""Figures across the years: a running total that falls, more than 100 per cent, a target that is another year's."""

import re
from collections.abc import Callable

from plans.checked import CheckedMilestone, Indicator

Note = Callable[..., None]  # (code, **fields)
# 「到2025年达到」: a year that the words aim at, and not one that they compare with or that names a plan.
_AIMED = re.compile(
    r"(?<![《〔较比与于自从—–~-])(?:到|至)?(20\d\d)年(?:底|末)?(?:前|之前)?(?:[，,]|(?=[^度《》—–~-]{0,16}?(?:达到|"
    r"达|完成|实现|建成|提高|累计)))"
)


def check_indicators(milestones: tuple[CheckedMilestone, ...], note: Note) -> None:
    for milestone in milestones:
        for indicator in milestone.indicators:
            if indicator.unit == "%" and indicator.kind != "increase" and (indicator.amount or 0) > 100:
                note("indicator-over-100", text=indicator.text)
        _check_year(milestone, note)
    for name, years in _series(milestones).items():
        _check_series(name, years, note)


def _check_year(milestone: CheckedMilestone, note: Note) -> None:
    if milestone.year is None or not milestone.indicators or milestone.deadline:
        return
    aimed = {int(year) for year in _AIMED.findall(milestone.requirement)} - {milestone.year}
    if aimed:
        note("indicator-other-year", year=milestone.year, other=min(aimed), text=milestone.requirement[:40])


def _series(milestones: tuple[CheckedMilestone, ...]) -> dict[str, list[tuple[int, Indicator]]]:
    """The same indicator year by year: by its name, or as the only one of each year in the same unit."""
    found: dict[str, list[tuple[int, Indicator]]] = {}
    of_years = [m for m in milestones if m.year is not None and m.indicators]
    alone = all(len(m.indicators) == 1 for m in of_years) and len({m.indicators[0].unit for m in of_years}) == 1
    for milestone in of_years:
        for indicator in milestone.indicators:
            found.setdefault("" if alone else indicator.name, []).append((milestone.year, indicator))
    return {name: years for name, years in found.items() if len(years) > 1}


def _check_series(name: str, years: list[tuple[int, Indicator]], note: Note) -> None:
    kinds = {indicator.kind for _, indicator in years}
    for (before, first), (after, second) in zip(years, years[1:], strict=False):
        if "total" in kinds and second.amount < first.amount and second.comparison != "at_most":
            note("indicator-falls", before=before, after=after, first=_said(first), second=_said(second))
    if kinds == {""}:
        note("indicator-kind", text="、".join(f"{year}年 {_said(indicator)}" for year, indicator in years))


def _said(indicator: Indicator) -> str:
    return f"{indicator.amount}{indicator.unit}"
