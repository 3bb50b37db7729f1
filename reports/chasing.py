"""Whom to urge (催办): what is late, near, returned, behind or held over its clock, who holds it, when last chased.

Why something is a candidate are figures of `reports.figures`, so that this page counts nothing in a way of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models import Milestone, Part, Role, Unit
from reports.figures import FIGURE, Figure, Kind, kind_columns
from reports.ledger import Filters, visible
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

    Six statements, and one for each holder on the page.
    """
    wide = and_(visible(actor, day, filters.wide), urgeable_where(actor), _quiet(quiet, day), _any(day))
    within = and_(wide, FIGURE[filters.figure].where(day) if filters.figure else true())
    kinds = kind_columns(day)
    counts = {name: 0 for name in WHY}
    for *kind, count in session.execute(milestone_rows(*kinds, func.count()).where(wide).group_by(*kinds)):
        for name in WHY:
            counts[name] += count if FIGURE[name].holds(Kind(*kind)) else 0
    total = session.scalar(milestone_rows(func.count()).where(within))
    found = session.execute(
        milestone_rows(
            Milestone.id, *kinds, last_move(Milestone.id).label("since"), last_chased(Milestone.id).label("chased"),
            times_chased(Milestone.id).label("times"),
        ).where(within).order_by(urgency(day), Milestone.due, Milestone.id).limit(PAGE).offset(PAGE * (page - 1))
    ).all()
    return Candidates(_rows(session, actor, day, found, at), total, counts)


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
