"""What happened to a milestone, and who held it for how many working days in between."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Milestone, Role, Words
from workflow.actor import Actor
from workflow.audit.words import action_words
from workflow.calendar import local_day, working_days
from workflow.definitions.milestone import MILESTONE, RETURN_REASONS
from workflow.lead_rules import own_seats


@dataclass(frozen=True)
class Moment:
    """One event, with the working days that the holder before it took (None for the first)."""

    event: AuditEvent
    action: Words
    reason: Words | None
    words: str
    held_by: Words | None
    days: int | None

    @property
    def who(self) -> str:
        return self.event.actor_name

    @property
    def at(self) -> datetime:
        return self.event.at


@dataclass(frozen=True)
class Holding:
    """Who is expected to act now, since when, for how many working days."""

    role: Role
    since: date
    days: int


def timeline(session: Session, milestone: Milestone, actor: Actor) -> list[Moment]:
    """Every event of the milestone, the oldest first. One statement.

    What a leader tells the handlers of the own unit (退回经办人) is read by the leads alone.
    """
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == milestone.id)
        .order_by(AuditEvent.sequence)
    ).all()
    leads = bool(own_seats(actor, milestone))
    return [_moment(event, before, leads) for event, before in zip(events, [None, *events], strict=False)]


def holding(moments: list[Moment], milestone: Milestone, today: date) -> Holding | None:
    """None once nothing is left to do."""
    holder = MILESTONE.by_name[milestone.state].holder
    if holder is None or not moments:
        return None
    since = local_day(moments[-1].at)
    return Holding(holder, since, working_days(since, today))


def sign_off(moments: list[Moment], milestone: Milestone) -> Moment | None:
    """The event that brought the milestone to its end, while it is there."""
    if MILESTONE.by_name[milestone.state].holder is not None:
        return None
    return moments[-1] if moments else None


def _moment(event: AuditEvent, before: AuditEvent | None, leads: bool) -> Moment:
    known = event.action in MILESTONE.triggers and (leads or event.actor_role != Role.LEADER)
    detail = json.loads(event.detail)
    held_by = days = None
    if before is not None and event.from_state in MILESTONE.by_name:
        holder = MILESTONE.by_name[event.from_state].holder
        held_by = holder.label if holder else None
        days = working_days(local_day(before.at), local_day(event.at))
    return Moment(
        event, action_words(MILESTONE, event.action),
        RETURN_REASONS.get(event.reason or ""), detail.get("words", "") if known else "", held_by, days,
    )
