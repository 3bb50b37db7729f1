"""The workbench: what awaits a person, what they have done, what they have set going."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models import AuditEvent, Milestone, Round, Words
from workflow.actor import Actor
from workflow.authority import Offer, all_where, awaits_where, limited, offers
from workflow.definition import Action
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Day, Light, badge_of, light_code, light_of
from workflow.subjects import load_milestones, milestone_rows

# Its year has not begun: it is nobody's work yet, though its lead may fill it in.
_NOT_YET = "not-begun"


@dataclass(frozen=True)
class Waiting:
    """One row: the milestone, its light, and what this person can do about it, the likeliest first."""

    milestone: Milestone
    light: Light
    badge: Words | None
    offers: list[Offer]

    @property
    def next(self) -> Offer | None:
        """What can be done now: what brings it onward before any other work, a step back last."""
        ready = [offer for offer in self.offers if offer.open]
        return min(ready, key=_likely, default=None)


@dataclass(frozen=True)
class Deed:
    """One thing that a person did."""

    event: AuditEvent
    milestone: Milestone
    action: Words


def _is_work(action: Action) -> bool:
    """Whether it is work on the subject by the one who holds it: urging them (催办) is not."""
    return action.target is None and action.by == MILESTONE.by_name[action.source].holder


def _likely(offer: Offer) -> int:
    if MILESTONE.is_onward(offer.action):
        return 0
    return 1 if _is_work(offer.action) else 2


def waiting_where(actor: Actor, day: Day) -> ColumnElement[bool]:
    """What is this person's to take onward, or to contribute to, now."""
    draft_work = [
        and_(MILESTONE.model.state == a.source, all_where(a.who, actor), limited(MILESTONE, actor))
        for a in MILESTONE.actions if a.by in actor.roles and _is_work(a)
    ]
    mine = or_(awaits_where(MILESTONE, actor), *draft_work)
    return and_(mine, light_code(day) != _NOT_YET)


def waiting_count(session: Session, actor: Actor, day: Day) -> int:
    return session.scalar(milestone_rows(func.count()).where(waiting_where(actor, day)))


def waiting(session: Session, actor: Actor, day: Day, limit: int = 50, offset: int = 0) -> list[Waiting]:
    """What awaits this person, the earliest deadline first."""
    query = (
        milestone_rows(Milestone).where(waiting_where(actor, day))
        .order_by(Milestone.due.asc().nulls_last(), Milestone.id).limit(limit).offset(offset)
    )
    return as_rows(session, query, actor, day)


def under_way(session: Session, actor: Actor, day: Day, limit: int = 50) -> list[Waiting]:
    """What this person's unit has submitted and others now hold."""
    final = [state.name for state in MILESTONE.final]
    query = (
        milestone_rows(Milestone)
        .where(
            Round.submitted_unit_id == actor.unit_id, Milestone.state.not_in(final), MILESTONE.sees.where(actor)
        )
        .order_by(Round.submitted_at.desc()).limit(limit)
    )
    return as_rows(session, query, actor, day)


def deeds(session: Session, actor: Actor, limit: int = 50) -> list[Deed]:
    """What this person has done, the newest first, as far as they may still see it."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.actor_id == actor.account_id, AuditEvent.subject_type == Milestone.__tablename__,
            AuditEvent.action.in_(MILESTONE.triggers),
        )
        .order_by(AuditEvent.id.desc()).limit(limit)
    )
    events = session.scalars(query).all()
    wanted = {event.subject_id for event in events}
    found = load_milestones(
        session, milestone_rows(Milestone).where(Milestone.id.in_(wanted), MILESTONE.sees.where(actor))
    )
    by_id = {milestone.id: milestone for milestone in found}
    return [
        Deed(event, by_id[event.subject_id], MILESTONE.label_of(event.action))
        for event in events if event.subject_id in by_id
    ]


def as_rows(session: Session, query, actor: Actor, day: Day) -> list[Waiting]:
    return [
        Waiting(m, light_of(m, day), badge_of(m), offers(MILESTONE, actor, m)) for m in load_milestones(session, query)
    ]
