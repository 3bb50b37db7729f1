"""Supervision sheets: those that an actor may see, counted by state; how one that nobody answered has risen."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models import Notice, SheetItem, Supervision, SupervisionSheet, Words
from workflow.actor import Actor
from workflow.audiences import supervised_leaders, supervised_unit, supervisors
from workflow.definitions.supervision import SUPERVISION
from workflow.reminders import ESCALATION

PAGE = 100
OPEN = tuple(state.name for state in SUPERVISION.states if state.holder)
_WHO = {
    supervised_unit: Words("经办人", "the unit's handlers"),
    supervised_leaders: Words("分管领导", "its leaders in charge"),
    supervisors: Words("管委会", "the committee"),
}


def listed(session: Session, actor: Actor, states: tuple[str, ...] | None, page: int = 1) -> list[Supervision]:
    """What this actor may see, in these states (None: in any), the newest first; one page."""
    query = SUPERVISION.rows(Supervision).where(SUPERVISION.sees.where(actor))
    if states is not None:
        query = query.where(Supervision.state.in_(states))
    query = query.order_by(SupervisionSheet.year.desc(), SupervisionSheet.number.desc(), Supervision.id)
    return SUPERVISION.many(session, query.limit(PAGE).offset(PAGE * (page - 1)))


def counted(session: Session, actor: Actor) -> dict[str, int]:
    """How many this actor may see of each state."""
    query = SUPERVISION.rows(Supervision.state, func.count()).where(SUPERVISION.sees.where(actor))
    return dict(session.execute(query.group_by(Supervision.state)).all())


def copies(session: Session, actor: Actor, sheet_id: int) -> list[Supervision]:
    """The copies of one sheet that this actor may see."""
    query = SUPERVISION.rows(Supervision).where(SUPERVISION.sees.where(actor), Supervision.sheet_id == sheet_id)
    return SUPERVISION.many(session, query.order_by(Supervision.id))


def of_milestone(session: Session, actor: Actor, milestone_id: int) -> list[Supervision]:
    """The copies of sheets about a milestone that this actor may see, the newest first."""
    about = select(SheetItem.sheet_id).where(SheetItem.milestone_id == milestone_id)
    query = SUPERVISION.rows(Supervision).where(SUPERVISION.sees.where(actor), Supervision.sheet_id.in_(about))
    return SUPERVISION.many(session, query.order_by(Supervision.id.desc()))


def whole(session: Session, sheet_id: int) -> SupervisionSheet:
    """The sheet with everything that its document states."""
    return session.get_one(SupervisionSheet, sheet_id, populate_existing=True, options=[
        selectinload(SupervisionSheet.items),
        selectinload(SupervisionSheet.supervisions).joinedload(Supervision.unit),
        selectinload(SupervisionSheet.unit),
    ])


@dataclass(frozen=True)
class Step:
    """One level of the escalation: after so many working days, who is told, and when they were (None: not yet)."""

    days: int
    who: Words
    told_at: datetime | None


def escalation(session: Session, supervision: Supervision) -> list[Step]:
    """The levels for the answer that is waited for now. One statement."""
    prefix = f"remind:{Supervision.__tablename__}:{supervision.id}:r{supervision.number}:"
    told = dict(session.execute(
        select(Notice.key, func.min(Notice.at)).where(
            Notice.subject_type == Supervision.__tablename__, Notice.subject_id == supervision.id,
            Notice.key.startswith(prefix),
        ).group_by(Notice.key)
    ).all())
    at = {key.rpartition("+")[2]: moment for key, moment in told.items() if ":overdue+" in key}
    return [Step(days, _said([_WHO[it] for it in to]), at.get(str(days))) for days, to in ESCALATION]


def _said(who: list[Words]) -> Words:
    return Words("、".join(it.zh for it in who), ", ".join(it.en for it in who))
