"""Whom to urge (催办): what is late, near, returned, behind or held over its clock, who holds it, when last chased.

Why something is a candidate are figures of `reports.figures`, so that this page counts nothing in a way of its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from sqlalchemy import Row, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import Milestone, Part, Plan, Role, Task, Unit
from reports.figures import FIGURE, Figure, Kind, kind_columns
from reports.ledger import Filters, conditions, summed
from reports.remembered import Allowed, allowed, among, by_plan
from workflow.actor import Actor
from workflow.calendar import day_begins, local_day
from workflow.clocks import Judging
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, Light, urgency
from workflow.subjects import last_move, load_milestones, milestone_rows
from workflow.urging import last_chased, reached_by_each, times_chased, urgeable_where

# The figures that make a milestone a candidate, the most pressing first.
WHY = ("overdue", "far-behind", "over", "returned", "near", "behind")
NEVER = "never"
# What can be asked for of the last time: never, or not within so many days.
QUIET = (NEVER, "7", "30")
PAGE = 50


@dataclass(frozen=True)
class Candidate:
    """One milestone whose holders may be urged.

    `holders` are the units that hold it, empty where it is with those who judge; `reached` are the people whom it would
    reach, by unit and post; `days` working days since `since`; `clock` the light of the holder's clock, where one runs.
    """

    milestone: Milestone
    why: list[Figure]
    light: Light
    holder: Role
    holders: list[str]
    reached: list[str]
    since: date | None
    days: int
    clock: Light | None
    chased_at: datetime | None
    times: int


@dataclass(frozen=True)
class Candidates:
    rows: list[Candidate]
    total: int
    counts: dict[str, int]  # by the names of `WHY`


def candidates(
    session: Session, actor: Actor, day: Judging, filters: Filters, quiet: str | None, at: datetime, page: int = 1
) -> Candidates:
    """One page of them, the most urgent first. `at` is now: who acts for whom changes.

    How many there are and which come first is remembered plan by plan, for those who may urge the same. What is said
    of those on the page is asked for each time, and once more within the rights: two statements, three that load them,
    and one for all whom it would reach.
    """
    may = allowed(and_(MILESTONE.sees.where(actor), urgeable_where(actor)))
    kinds = _kinds(session, may, day, filters.wide, quiet)
    counts = {name: _count(kinds, (name,)) for name in WHY}
    total = _count(kinds, (filters.figure,) if filters.figure else WHY)
    found = _first(session, may, day, filters, quiet, _at_least(page))[PAGE * (page - 1):PAGE * page]
    ids = [milestone_id for *_place, milestone_id in found]
    return Candidates(_rows(session, actor, day, _about(session, may, day, ids), at) if ids else [], total, counts)


def _count(kinds: Counter[Kind], names: Sequence[str]) -> int:
    """Those that any of these figures counts."""
    return sum(count for kind, count in kinds.items() if any(FIGURE[name].holds(kind) for name in names))


def _at_least(page: int) -> int:
    """How many of the first are asked for, so that a page is among them: few numbers, which many pages share."""
    return PAGE << (page - 1).bit_length()


@by_plan(join=summed)
def _kinds(
    session: Session, plans: frozenset[int] | None, may: Allowed, day: Judging, filters: Filters, quiet: str | None
) -> dict[int, Counter[Kind]]:
    """How many candidates there are of each kind."""
    kinds = kind_columns(day)
    query = milestone_rows(Task.plan_id, *kinds, func.count()).where(_within(may, day, filters, quiet, plans))
    found: dict[int, Counter[Kind]] = {}
    for plan, *kind, count in session.execute(query.group_by(Task.plan_id, *kinds)):
        found.setdefault(plan, Counter())[Kind(*kind)] += count
    return found


def _most_urgent(
    places: Iterable[list[tuple]], _may: Allowed, _day: Judging, _filters: Filters, _quiet: str | None, most: int
) -> list[tuple]:
    return sorted(chain.from_iterable(places))[:most]


@by_plan(join=_most_urgent)
def _first(
    session: Session, plans: frozenset[int] | None, may: Allowed, day: Judging, filters: Filters, quiet: str | None,
    most: int,
) -> dict[int, list[tuple[int, bool, date, int]]]:
    """By plan the first ones: how urgent, whether it has no deadline, the deadline (else any day), the milestone."""
    urgent = urgency(day)
    place = func.row_number().over(
        partition_by=Task.plan_id, order_by=(urgent, Milestone.due.asc().nulls_last(), Milestone.id)
    )
    ranked = (
        milestone_rows(Task.plan_id, urgent.label("urgency"), Milestone.due, Milestone.id, place.label("place"))
        .where(_within(may, day, filters, quiet, plans)).subquery("ranked")
    )
    query = select(ranked.c.plan_id, ranked.c.urgency, ranked.c.due, ranked.c.id).where(ranked.c.place <= most)
    found: dict[int, list[tuple[int, bool, date, int]]] = {}
    for plan, urgent, due, milestone_id in session.execute(query.order_by(ranked.c.place)):
        found.setdefault(plan, []).append((urgent, due is None, due or date.min, milestone_id))
    return found


def _within(may: Allowed, day: Judging, filters: Filters, quiet: str | None, plans: frozenset[int] | None):
    return and_(may.where, *conditions(filters, day), _quiet(quiet, day), _any(day), among(Plan.id, plans))


def _about(session: Session, may: Allowed, day: Judging, ids: list[int]) -> list[Row]:
    """What is to be said of these as they stand, in their order; without those that may not be urged any more."""
    rows = session.execute(
        milestone_rows(
            Milestone.id, *kind_columns(day), last_move(Milestone.id).label("since"),
            last_chased(Milestone.id).label("chased"), times_chased(Milestone.id).label("times"),
        ).where(Milestone.id.in_(ids), may.where)
    )
    found = {row.id: row for row in rows}
    return [found[it] for it in ids if it in found]


def _rows(session: Session, actor: Actor, day: Judging, found: Sequence, at: datetime) -> list[Candidate]:
    ids = [row.id for row in found]
    loaded = {m.id: m for m in load_milestones(session, milestone_rows(Milestone).where(Milestone.id.in_(ids)))}
    seats = {seat.unit_id for it in loaded.values() for seat in it.task.responsibilities}
    _units = session.scalars(select(Unit).where(Unit.id.in_(seats))).all()  # at hand for each seat from here on
    reached = reached_by_each(session, loaded.values(), actor, at)
    rows = []
    for row in found:
        since = row.since and local_day(row.since)
        days = day.clocks.held_days(since) if since else 0
        kind, milestone = Kind(row.state, row.light, row.over, row.late), loaded[row.id]
        rows.append(Candidate(
            milestone, [FIGURE[name] for name in WHY if FIGURE[name].holds(kind)], BY_CODE[row.light],
            MILESTONE.by_name[row.state].holder, holding_units(milestone), reached[row.id],
            since, days, day.clocks.light(row.state, days), row.chased, row.times,
        ))
    return rows


def holding_units(milestone: Milestone) -> list[str]:
    """The units that hold it; none where it is with those who judge."""
    if MILESTONE.by_name[milestone.state].holder != Role.HANDLER:
        return []
    return [seat.unit.name for seat in milestone.task.responsibilities if seat.part == Part.LEAD]


def _any(day: Judging):
    return or_(false(), *(FIGURE[name].where(day) for name in WHY))


def _quiet(quiet: str | None, day: Judging):
    if quiet is None:
        return true()
    last = last_chased(Milestone.id)
    if quiet == NEVER:
        return last.is_(None)
    return or_(last.is_(None), last < day_begins(day.today - timedelta(int(quiet) - 1)))
