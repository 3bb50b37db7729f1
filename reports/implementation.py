"""Which units have handed in their implementation plans, and which are late."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from models import Implementation, ImplementationEntry, Milestone, Part, Plan, Responsibility, Task, Unit, Words
from reports.as_of import stood
from reports.remembered import among
from workflow.actor import Actor
from workflow.calendar import local_day
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.lights import Day
from workflow.rules import READS_ALL

NOT_BEGUN = Words("未开始", "Not begun")


@dataclass(frozen=True)
class UnitRow:
    """One unit that leads, with its plan's state; `id` and `state` are None where it has not begun."""

    unit: str
    id: int | None
    state: str | None
    entries: int
    open_entries: int
    due: date | None
    submitted_at: datetime | None
    today: date

    @property
    def label(self) -> Words:
        return IMPLEMENTATION.by_name[self.state].label if self.state else NOT_BEGUN

    @property
    def filed(self) -> bool:
        return self.state in [state.name for state in IMPLEMENTATION.final]

    @property
    def days_late(self) -> int:
        """How many days after the plan's day it came in, or is not in yet; 0 where that day is not watched."""
        if self.due is None:
            return 0
        came = local_day(self.submitted_at) if self.submitted_at else self.today
        return max(0, (came - self.due).days)


@dataclass(frozen=True)
class Standing:
    """All units of a plan, those that are furthest behind first."""

    plan_id: int
    title: str
    due: date | None
    rows: list[UnitRow]

    @property
    def filed(self) -> int:
        return sum(row.filed for row in self.rows)

    @property
    def late(self) -> list[UnitRow]:
        return [row for row in self.rows if row.days_late]

    @property
    def counts(self) -> list[tuple[Words, int]]:
        """By state, in its order; those that have not begun first."""
        names = [(None, NOT_BEGUN), *((state.name, state.label) for state in IMPLEMENTATION.states)]
        return [(label, sum(row.state == name for row in self.rows)) for name, label in names]


def standings(
    session: Session, actor: Actor, day: Day, plans: frozenset[int] | None = None
) -> list[Standing]:
    """For each published plan, the newest first, the units that lead in it, as far as the actor may see them.

    Of these plans alone, where asked. One statement.
    """
    found: dict[int, Standing] = {}
    for place, rows in groupby(_units(session, actor, day, plans), key=lambda row: row.plan_id):
        units = list(rows)
        plan = units[0]
        due = plan.plan_due if plan.plan_due and plan.plan_due >= plan.opened_on else None
        found[place] = Standing(place, plan.title, due, _rows(units, due, day.today))
    return list(found.values())


def _units(session: Session, actor: Actor, day: Day, plans: frozenset[int] | None) -> list:
    """Of these plans, the newest first, the units that lead in them or have an implementation plan."""
    entries = (
        select(func.count()).select_from(ImplementationEntry)
        .where(ImplementationEntry.implementation_id == Implementation.id).scalar_subquery()
    )
    leads = (
        select(Responsibility.id).join(Task).join(Milestone, Milestone.task_id == Task.id)
        .where(Task.plan_id == Plan.id, Responsibility.unit_id == Unit.id, Responsibility.part == Part.LEAD)
        .where(among(Task.plan_id, plans))  # said here too: the others would be gone through for nothing
        .correlate(Plan, Unit).exists()
    )
    query = (
        select(
            Plan.id.label("plan_id"), Plan.title, Plan.plan_due, Plan.opened_on,
            Unit.name, Implementation.id, Implementation.state, entries,
            Implementation.open_entries, Implementation.first_submitted_at,
        ).select_from(Plan).join(Unit, true())
        .outerjoin(Implementation, and_(Implementation.unit_id == Unit.id, Implementation.plan_id == Plan.id))
        .where(among(Plan.id, plans))
        .where((leads & Unit.collective.is_(False)) | Implementation.id.is_not(None))
        .order_by(Plan.id.desc(), Unit.id)
    )
    if day.until:
        query = query.where(Plan.imported_at < day.until)
    if not actor.roles & READS_ALL:
        query = query.where(Unit.id == actor.unit_id)
    return session.execute(stood(session, query, day, plans)).all()


def _rows(units: list, due: date | None, today: date) -> list[UnitRow]:
    order = [None, *(state.name for state in IMPLEMENTATION.states)]
    rows = [
        UnitRow(name, own, state, count or 0, left or 0, due, submitted, today)
        for *_plan, name, own, state, count, left, submitted in units
    ]
    return sorted(rows, key=lambda row: order.index(row.state))
