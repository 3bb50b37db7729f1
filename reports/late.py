"""What is late or stuck, who holds it and since when; the clocks of those who judge."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Milestone, Part, Plan, Responsibility, Role, Task, Unit
from reports.as_of import stood
from reports.ledger import Filters, visible
from reports.remembered import among, by_plan
from workflow.actor import Actor
from workflow.calendar import local_day
from workflow.clocks import JUDGED, Judging
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, Colour, Light, codes_of, light_code
from workflow.subjects import last_move, milestone_rows

SHOWN = 50  # lines of what is late and stuck on a page


@dataclass(frozen=True)
class Held:
    """One milestone that is late, or that somebody has held for too long: who holds it, since when.

    `days` are working days; `clock` is the holder's own light, where a clock runs for them.
    """

    id: int
    number: str | None
    title: str
    year: int | None
    due: date | None
    state: str
    light: Light
    leads: str
    holder: Role
    since: date | None
    days: int
    clock: Light | None


def late_and_stuck(session: Session, actor: Actor, day: Judging, filters: Filters, limit: int) -> list[Held]:
    """What is red, and what somebody has had for longer than their clock allows; the earliest deadline first.

    Two statements: which they are, and what is to be said of them.
    """
    places = _late(session, actor, day, filters, limit)
    return _held(session, actor, day, filters, tuple(it for _no_due, _due, it in places)) if places else []


def _earliest(places: Iterable[Iterable[tuple]], _actor: Actor, _day: Judging, _filters: Filters, limit: int) -> list:
    return sorted(chain.from_iterable(places))[:limit]


@by_plan(join=_earliest)
def _late(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters, limit: int
) -> dict[int, list[tuple[bool, date, int]]]:
    """By plan the first ones: whether it has no deadline, the deadline (else any day), the milestone."""
    order = Milestone.due.asc().nulls_last(), Milestone.id
    place = func.row_number().over(partition_by=Task.plan_id, order_by=order)
    late = (
        milestone_rows(Task.plan_id, Milestone.due, Milestone.id, place.label("place"))
        .where(
            visible(actor, day, filters), among(Plan.id, plans),
            light_code(day).in_(codes_of(Colour.RED)) | day.clocks.over_where(),
        ).subquery("late")
    )
    query = select(late.c.plan_id, late.c.due, late.c.id).where(late.c.place <= limit).order_by(late.c.place)
    found: dict[int, list[tuple[bool, date, int]]] = {}
    for plan, due, milestone_id in session.execute(stood(session, query, day, plans)):
        found.setdefault(plan, []).append((due is None, due or date.min, milestone_id))
    return found


@by_plan(join=lambda parts, *_about: sorted(
    chain.from_iterable(parts), key=lambda it: (it.due is None, it.due or date.min, it.id)
))
def _held(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters, ids: tuple[int, ...]
) -> dict[int, list[Held]]:
    """What is to be said of these milestones."""
    leads = (
        select(func.min(Unit.name)).join(Responsibility, Responsibility.unit_id == Unit.id)
        .where(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD).scalar_subquery()
    )
    query = (
        milestone_rows(
            Task.plan_id, Milestone.id, Task.number, Task.title, Milestone.year, Milestone.due, Milestone.state,
            light_code(day).label("light"), last_move(Milestone.id).label("since"), leads.label("leads"),
        )
        .where(visible(actor, day, filters), Milestone.id.in_(ids), among(Plan.id, plans))
        .order_by(Milestone.due.asc().nulls_last(), Milestone.id)
    )
    found: dict[int, list[Held]] = {}
    for row in session.execute(stood(session, query, day, plans)):
        since = row.since and local_day(row.since)
        days = day.clocks.held_days(since) if since else 0
        found.setdefault(row.plan_id, []).append(Held(
            row.id, row.number, row.title, row.year, row.due, row.state, BY_CODE[row.light], row.leads or "",
            MILESTONE.by_name[row.state].holder, since, days, day.clocks.light(row.state, days),
        ))
    return found


@dataclass
class Reviewing:
    """What one role has in hand to judge: how many, by the light of its clock, and the longest in working days."""

    state: str
    role: Role
    limit: int | None
    lights: Counter[str] = field(default_factory=Counter)
    longest: int = 0

    @property
    def total(self) -> int:
        return self.lights.total()


def _hands(day: Judging) -> dict[str, Reviewing]:
    return {state: Reviewing(state, role, day.clocks.limit(state)) for state, role in JUDGED.items()}


def _all_hands(parts: Iterable[list[Reviewing]], _actor: Actor, day: Judging, _filters: Filters) -> list[Reviewing]:
    found = _hands(day)
    for line in chain.from_iterable(parts):
        found[line.state].lights.update(line.lights)
        found[line.state].longest = max(found[line.state].longest, line.longest)
    return list(found.values())


@by_plan(join=_all_hands)
def reviewing(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters
) -> dict[int, list[Reviewing]]:
    """The clocks of those who judge. One statement."""
    found: dict[int, dict[str, Reviewing]] = {}
    query = (
        milestone_rows(Task.plan_id, Milestone.state, last_move(Milestone.id))
        .where(visible(actor, day, filters), Milestone.state.in_(sorted(JUDGED)), among(Plan.id, plans))
    )
    for plan, state, since in session.execute(stood(session, query, day, plans)):
        days = day.clocks.held_days(local_day(since)) if since else 0
        line, light = found.setdefault(plan, _hands(day))[state], day.clocks.light(state, days)
        line.longest = max(line.longest, days)
        if light is not None:
            line.lights[light.code] += 1
    return {plan: list(lines.values()) for plan, lines in found.items()}
