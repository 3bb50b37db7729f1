"""The responsibility clock: how long milestones were in whose hands, in working days, from the audit trail.

A spell is the time from one passage of a milestone to the next, or to the day that is judged by. What a unit holds
counts from the beginning of the milestone's year: before, it was nobody's work yet.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models import AuditEvent, Milestone, Part, Responsibility, Role, Unit
from reports.as_of import stood
from reports.ledger import Filters, visible
from reports.remembered import remembered
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


@remembered
def holdings(session: Session, actor: Actor, day: Judging, filters: Filters) -> tuple[Holding, list[Holding]]:
    """All of the milestones together, and by lead unit in the order of the directory. Two statements.

    A milestone with two leads counts for each of them.
    """
    spells, days = _spells(actor, day, filters), _Days(day.clocks.calendar, day.today)
    columns = spells.c.state, spells.c.year, spells.c.since, spells.c.until
    query = (
        select(Unit.id, Unit.name, *columns, func.count())
        .join(Responsibility, and_(Responsibility.task_id == spells.c.task_id, Responsibility.part == Part.LEAD))
        .join(Unit, Unit.id == Responsibility.unit_id).group_by(Unit.id, Unit.name, *columns).order_by(Unit.id)
    )
    units: dict[int, Holding] = {}
    for unit_id, name, *row in session.execute(stood(session, query, day)):
        days.add(units.setdefault(unit_id, Holding(name, unit_id)), *row)
    return held(session, actor, day, filters), list(units.values())


@remembered
def held(session: Session, actor: Actor, day: Judging, filters: Filters) -> Holding:
    """All of the milestones together. One statement."""
    spells, days, total = _spells(actor, day, filters), _Days(day.clocks.calendar, day.today), Holding("")
    columns = spells.c.state, spells.c.year, spells.c.since, spells.c.until
    for row in session.execute(stood(session, select(*columns, func.count()).group_by(*columns), day)):
        days.add(total, *row)
    return total


def _spells(actor: Actor, day: Judging, filters: Filters):
    """One row a spell: the milestone's task and year, the state, the first and the last day (null where it goes on)."""
    moves = (
        select(
            AuditEvent.subject_id, AuditEvent.to_state, AuditEvent.at,
            func.lead(AuditEvent.at).over(
                partition_by=AuditEvent.subject_id, order_by=AuditEvent.sequence
            ).label("next"),
        ).where(
            AuditEvent.subject_type == Milestone.__tablename__,
            AuditEvent.from_state.is_distinct_from(AuditEvent.to_state),
        ).subquery("move")
    )
    return (
        milestone_rows(
            Milestone.task_id, Milestone.year, moves.c.to_state.label("state"),
            local_date(moves.c.at).label("since"), local_date(moves.c.next).label("until"),
        )
        .join(moves, moves.c.subject_id == Milestone.id)
        .where(visible(actor, day, filters), moves.c.to_state.in_(sorted(HELD))).subquery("spell")
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

