"""The monitor: sign-off by plan, action area, unit, year and quarter.

Every number is a figure of `reports.figures` over some of the milestones that the reader may see, and carries the
filters that list exactly those: the page links each to its own ledger.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from sqlalchemy import case, extract, func
from sqlalchemy.orm import Session

from models import ActionArea, Milestone, Plan, Task
from reports.as_of import stood
from reports.figures import Kind, Tally, kind_columns
from reports.ledger import NO_QUARTER, NO_YEAR, Filters, one_after_another, visible
from reports.remembered import among, by_plan
from workflow.actor import Actor
from workflow.lights import Day
from workflow.rules import READS_ALL
from workflow.subjects import milestone_rows

WATCHERS = READS_ALL  # who sees the monitor, and takes its documents along
SMALL = 5  # a share of fewer than so many is marked: one more or less would change it by a fifth or more


@dataclass
class Line:
    """One line of a table: its figures, and the filters of its milestones. `plan_id`: whose the area is."""

    name: str
    filters: Filters
    tally: Tally = field(default_factory=Tally)
    plan_id: int | None = None

    @property
    def share(self) -> int | None:
        return self.tally.share()

    @property
    def small(self) -> bool:
        return self.tally["wanted"] < SMALL


@dataclass(frozen=True)
class Point:
    """The figures at the end of one day."""

    day: date
    tally: Tally


@dataclass
class Overview:
    """The same milestones cut four ways; each of the ways adds up to `total`."""

    total: Line
    plans: list[Line]
    areas: list[Line]
    years: list[Line]
    quarters: list[Line]


def _cut_together(cuts: list[Overview], _actor: Actor, _day: Day, filters: Filters) -> Overview:
    """The cuts of several plans as one: the newest plan first, years and quarters of all of them together."""
    return Overview(
        _all_of([cut.total for cut in cuts], "", filters),
        one_after_another(cut.plans for cut in reversed(cuts)), one_after_another(cut.areas for cut in reversed(cuts)),
        _like_with_like(one_after_another(cut.years for cut in cuts), lambda of: (of.year == NO_YEAR, of.year)),
        _like_with_like(
            one_after_another(cut.quarters for cut in cuts), lambda of: (of.quarter == NO_QUARTER, of.quarter)
        ),
    )


def _all_of(lines: list[Line], name: str, filters: Filters) -> Line:
    return Line(name, filters, Tally.of(line.tally for line in lines))


def _like_with_like(lines: list[Line], order: Callable[[Filters], tuple]) -> list[Line]:
    """The lines about the same milestones of several plans as one each."""
    found: dict[Filters, list[Line]] = {}
    for line in lines:
        found.setdefault(line.filters, []).append(line)
    return [_all_of(found[of], found[of][0].name, of) for of in sorted(found, key=order)]


@by_plan(join=_cut_together)
def overview(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters
) -> dict[int, Overview]:
    """One statement."""
    kinds = kind_columns(day)
    quarter = case(
        (Milestone.due.is_(None), None), (extract("month", Milestone.due) <= 3, 1),
        (extract("month", Milestone.due) <= 6, 2), (extract("month", Milestone.due) <= 9, 3), else_=4,
    )
    names = (
        Plan.id, Plan.title, ActionArea.id, ActionArea.title, ActionArea.position, Milestone.year,
        extract("year", Milestone.due), quarter,
    )
    keys = [name.label(f"k{n}") for n, name in enumerate(names)]
    query = (
        milestone_rows(*keys, *kinds, func.count()).join(ActionArea, ActionArea.id == Task.area_id)
        .where(visible(actor, day, filters), among(Plan.id, plans)).group_by(*keys, *kinds)
        .order_by(Plan.id, ActionArea.position, ActionArea.id)
    )
    rows = session.execute(stood(session, query, day, plans))
    return {plan: _cut(own, filters) for plan, own in groupby(rows, key=lambda row: row[0])}


def _cut(rows: Iterable, filters: Filters) -> Overview:
    """One plan's."""
    total, plans, areas, years, quarters = Line("", filters), {}, {}, {}, {}
    for plan, title, area, area_title, _place, year, due_year, due_quarter, *kind, count in rows:
        when = f"{int(due_year)}Q{due_quarter}" if due_quarter else NO_QUARTER
        lines = (
            total,
            _line(plans, plan, title, lambda key: filters.but(plan=key)),
            _line(areas, area, area_title, lambda key: filters.but(area=key), plan),
            _line(years, year, str(year or ""), lambda key: filters.but(year=NO_YEAR if key is None else key)),
            _line(quarters, when, "" if when == NO_QUARTER else when, lambda key: filters.but(quarter=key)),
        )
        for line in lines:
            line.tally.add(Kind(*kind), count)
    return Overview(
        total, list(plans.values()), list(areas.values()),
        [years[key] for key in sorted(years, key=lambda year: (year is None, year or 0))],
        [quarters[key] for key in sorted(quarters, key=lambda it: (it == NO_QUARTER, it))],
    )


def _line(
    lines: dict, key: Hashable, name: str, filters_of: Callable[[Hashable], Filters], plan_id: int | None = None
) -> Line:
    if key not in lines:
        lines[key] = Line(name, filters_of(key), plan_id=plan_id)
    return lines[key]
