"""Who supports a task: the units that are asked for their part (配合单位), collective names resolved to members."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from models import ContributionRequest, Milestone, Part, Responsibility, Round, Task, Unit, UnitMember
from workflow.subjects import load_requests, request_rows


def supporting_units(session: Session, task_id: int) -> list[tuple[Unit, Unit | None]]:
    """The units that support a task, each once, with the collective name it answers for; leads are not asked.

    A collective name without members stands for itself: nobody can answer for it.
    """
    member = aliased(Unit)
    rows = session.execute(
        select(Unit, member, Responsibility.part)
        .join(Responsibility, Responsibility.unit_id == Unit.id)
        .outerjoin(UnitMember, UnitMember.collective_id == Unit.id)
        .outerjoin(member, (member.id == UnitMember.member_id) & member.active)
        .where(Responsibility.task_id == task_id, or_(Unit.active, Unit.collective))
        .order_by(Responsibility.position, member.name)
    ).all()
    leads = {unit.id for unit, _, part in rows if part == Part.LEAD}
    leads |= {one.id for _, one, part in rows if part == Part.LEAD and one is not None}
    found: dict[int, tuple[Unit, Unit | None]] = {}
    # A unit that is named itself answers as such, wherever else it is a member.
    for unit, _, part in rows:
        if part == Part.SUPPORT and not unit.collective and unit.id not in leads:
            found[unit.id] = (unit, None)
    for unit, one, part in rows:
        if part != Part.SUPPORT or not unit.collective:
            continue
        if one is None:
            found.setdefault(unit.id, (unit, None))
        elif one.id not in leads:
            found.setdefault(one.id, (one, unit))
    return list(found.values())


def asked_in_drafts(session: Session, task: Task) -> list[ContributionRequest]:
    """The requests to supporting units in the task's drafts, by year."""
    return load_requests(session, request_rows(ContributionRequest).where(
        Milestone.task_id == task.id, Round.submitted_at.is_(None), Round.number == Milestone.round_number
    ).order_by(Milestone.year, ContributionRequest.id))


def no_longer_asked(session: Session, task: Task, today: date) -> list[ContributionRequest]:
    """Open requests to units that support the task no longer: nobody waits for them.

    What was overdue by `today` is not among them: it stays on the record.
    """
    supporting = {unit.id for unit, _via in supporting_units(session, task.id)}
    return [
        it for it in asked_in_drafts(session, task)
        if it.state == ContributionRequest.ASKED and it.due >= today and it.unit_id not in supporting
    ]
