"""The responsibility clock: how long milestones were in whose hands, in working days, from the audit trail.

A spell is the time from one passage of a milestone to the next, or to the day that is judged by. What a unit holds
counts from the beginning of the milestone's year: before, it was nobody's work yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain

from sqlalchemy import String, cast, func, select, true
from sqlalchemy.orm import Session

from models import AuditEvent, Milestone, Part, Plan, Responsibility, Role, Task, Unit
from reports.as_of import stood
from reports.ledger import Filters, visible
from reports.remembered import among, by_plan
from workflow.actor import Actor
from workflow.calendar import Calendar, local_date
from workflow.clocks import Judging
from workflow.definitions.milestone import MILESTONE
from workflow.subjects import milestone_rows


@dataclass
class Spells:
    """Spells in one state: how many, how many still go on, working days together, the longest."""

    count: int = 0
    going_on: int = 0
    days: int = 0
    longest: int = 0

    @property
    def mean(self) -> float:
        """Working days of a spell on average."""
        return self.days / self.count if self.count else 0.0

    def add(self, days: int, count: int, going_on: bool) -> None:
        self.count += count
        self.going_on += count if going_on else 0
        self.days += days * count
        self.longest = max(self.longest, days)

    def join(self, other: "Spells") -> None:
        self.count, self.going_on = self.count + other.count, self.going_on + other.going_on
        self.days, self.longest = self.days + other.days, max(self.longest, other.longest)


@dataclass
class Holding:
    """The spells of some milestones by state, in the order of the states that somebody holds."""

    name: str
    unit_id: int | None = None
    states: dict[str, Spells] = field(default_factory=lambda: {state: Spells() for state in HELD})

    @property
    def own(self) -> int:
        """Working days in the unit's own hands."""
        return sum(spells.days for state, spells in self.states.items() if HELD[state] == Role.HANDLER)

    @property
    def others(self) -> int:
        """Working days in the hands of those who judge: never the unit's fault."""
        return sum(spells.days for state, spells in self.states.items() if HELD[state] != Role.HANDLER)


HELD = {state.name: state.holder for state in MILESTONE.states if state.holder}


def holdings(session: Session, actor: Actor, day: Judging, filters: Filters) -> tuple[Holding, list[Holding]]:
    """All of the milestones together, and by lead unit in the order of the directory. One statement, and the names.

    A milestone with two leads counts for each of them.
    """
    total, *units = _held(session, actor, day, filters) or [Holding("")]
    names = dict(session.execute(select(Unit.id, Unit.name)).all()) if units else {}
    return total, [Holding(names[it.unit_id], it.unit_id, it.states) for it in units]


def held(session: Session, actor: Actor, day: Judging, filters: Filters) -> Holding:
    """All of the milestones together."""
    return next(iter(_held(session, actor, day, filters)), Holding(""))


def _together(parts: Iterable[Iterable[Holding]], *_about) -> list[Holding]:
    """The holdings of several plans, those of one unit as one."""
    found: dict[int | None, Holding] = {}
    for it in chain.from_iterable(parts):
        own = found.setdefault(it.unit_id, Holding(it.name, it.unit_id))
        for state, spells in it.states.items():
            own.states[state].join(spells)
    return [found[unit_id] for unit_id in sorted(found, key=lambda it: it or 0)]


@by_plan(join=_together)
def _held(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters
) -> dict[int, list[Holding]]:
    """By plan all of the milestones together, then by lead unit, without names. One statement."""
    spells, days = _spells(plans, actor, day, filters), _Days(day.clocks.calendar, day.today)
    columns = list(spells.c)
    query = select(*columns, func.count()).group_by(*columns)
    found: dict[int, dict[int | None, Holding]] = {}
    for plan, units, *row in session.execute(stood(session, query, day, plans)):
        own = found.setdefault(plan, {None: Holding("")})
        for unit_id in (None, *map(int, units.split(",") if units else ())):
            days.add(own.setdefault(unit_id, Holding("", unit_id)), *row)
    return {plan: _together([own.values()]) for plan, own in found.items()}  # in their order


def _spells(plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters):
    """One row a spell: the milestone's plan, its leads (ids in one text), the state, the milestone's year, first and
    last day (null where it goes on)."""
    leads = (
        select(func.aggregate_strings(cast(Responsibility.unit_id, String), ","))
        .where(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD).correlate(Task).scalar_subquery()
    )
    moves = (
        select(
            AuditEvent.subject_id, AuditEvent.to_state, AuditEvent.at,
            func.lead(AuditEvent.at).over(
                partition_by=AuditEvent.subject_id, order_by=AuditEvent.sequence
            ).label("next"),
        ).where(
            AuditEvent.subject_type == Milestone.__tablename__,
            AuditEvent.from_state.is_distinct_from(AuditEvent.to_state),
            true() if plans is None else AuditEvent.subject_id.in_(
                select(Milestone.id).join(Task).where(among(Task.plan_id, plans))
            ),
        )
        # Listed once: of a past day the database thinks milestones few, and would list it for each of them.
        .cte("move").prefix_with("MATERIALIZED")
    )
    return (
        milestone_rows(
            Task.plan_id, leads.label("leads"), moves.c.to_state.label("state"), Milestone.year,
            local_date(moves.c.at).label("since"), local_date(moves.c.next).label("until"),
        )
        .join(moves, moves.c.subject_id == Milestone.id)
        .where(visible(actor, day, filters), among(Plan.id, plans), moves.c.to_state.in_(sorted(HELD)))
        .subquery("spell")
    )


class _Days:
    """Counts working days by running totals: many spells share few days."""

    def __init__(self, calendar: Calendar, today: date):
        self.calendar, self.today = calendar, today
        self._known: dict[tuple[date, date], int] = {}

    def add(
        self, holding: Holding, state: str, year: int | None, since: date, until: date | None, count: int
    ) -> None:
        begins = max(since, date(year, 1, 1) - timedelta(1)) if year and HELD[state] == Role.HANDLER else since
        ends = until or self.today
        holding.states[state].add(self._between(begins, ends), count, until is None)

    def _between(self, begins: date, ends: date) -> int:
        if (begins, ends) not in self._known:
            self._known[begins, ends] = self.calendar.working_days(begins, ends)
        return self._known[begins, ends]

