"""Telling units of their parts in tasks: of one task whose units changed, or of all that a plan gives them."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, AuditEvent, Part, Plan, Responsibility, Role, RoleGrant, Task, UnitMember, Words
from workflow.actor import Actor
from workflow.audiences import Telling, to_unit
from workflow.notice_kinds import said
from workflow.notices import about, tell

# (task, unit): part
Seats = dict[tuple[int, int], str]

MANY = {
    Part.LEAD: Words("牵头 {count} 项", "lead of {count} tasks"),
    Part.SUPPORT: Words("配合 {count} 项", "support of {count} tasks"),
}


def tell_parts(
    session: Session, event: AuditEvent, task: Task, before: Mapping[int, str], after: Mapping[int, str], actor: Actor
) -> None:
    """The units of `task` (unit: part) changed: who has another part now, or none any more, is told."""
    for part in Part:
        if given := [unit for unit, now in after.items() if now == part and before.get(unit) != part]:
            told = [Telling("assigned", to_unit(given, area_id=task.area_id))]
            tell(session, event, told, {"about": about(task), "part": said(part.label), "task": task.number}, actor)
    if gone := [unit for unit in before if unit not in after]:
        told = [Telling("unassigned", to_unit(gone, area_id=task.area_id))]
        tell(session, event, told, {"about": about(task)}, actor)


def seats_of(session: Session, plan_id: int) -> Seats:
    """Every part in every task of the plan that its newest edition still has."""
    rows = session.execute(
        select(Responsibility.task_id, Responsibility.unit_id, Responsibility.part)
        .join(Task, Task.id == Responsibility.task_id).where(Task.plan_id == plan_id, Task.dropped_in.is_(None))
    )
    return {(row.task_id, row.unit_id): row.part for row in rows}


def tell_plan(session: Session, event: AuditEvent, plan: Plan, before: Seats, actor: Actor) -> None:
    """What the plan gives each unit that it did not have `before`, in one notice a person: how many tasks, as what.

    A unit that answers for a collective name has the parts of that name too.
    """
    given: dict[int, Counter] = {}
    for (task, unit), part in seats_of(session, plan.id).items():
        if before.get((task, unit)) != part:
            given.setdefault(unit, Counter())[part] += 1
    for unit, units in _told(session).items():
        counts = sum((given.get(it, Counter()) for it in units), Counter())
        if counts:
            detail = {"about": plan.title, "part": said(_counted(counts))}
            tell(session, event, [Telling("assigned", to_unit([unit]))], detail, actor)


def _counted(counts: Counter) -> Words:
    parts = [words.format(count=counts[part]) for part, words in MANY.items() if counts[part]]
    return Words("、".join(it.zh for it in parts), ", ".join(it.en for it in parts))


def _told(session: Session) -> dict[int, set[int]]:
    """The units with somebody to tell, each with the collective names that it answers for and itself."""
    rows = session.execute(
        select(Account.unit_id, UnitMember.collective_id).join(RoleGrant, RoleGrant.account_id == Account.id)
        .outerjoin(UnitMember, UnitMember.member_id == Account.unit_id)
        .where(Account.active, RoleGrant.role == Role.HANDLER).distinct().order_by(Account.unit_id)
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.unit_id, {row.unit_id}).update({row.collective_id} - {None})
    return found
