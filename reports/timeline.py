"""What happened to a milestone, and who held it for how many working days in between."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Milestone, Role, Words
from workflow.audit.words import action_words
from workflow.calendar import Calendar, calendar_of, local_day
from workflow.definitions.milestone import MILESTONE, RETURN_REASONS


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


def timeline(session: Session, milestone: Milestone) -> list[Moment]:
    """Every event of the milestone, the oldest first. Two statements."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == milestone.id)
        .order_by(AuditEvent.sequence)
    ).all()
    calendar, found, moved = calendar_of(session), [], None
    for event in events:
        found.append(_moment(event, moved, calendar))
        moved = event if _moves(event) else moved
    return found


def holding(session: Session, moments: list[Moment], milestone: Milestone, today: date) -> Holding | None:
    """None once nothing is left to do."""
    holder = MILESTONE.by_name[milestone.state].holder
    last = _last_move(moments)
    if holder is None or last is None:
        return None
    since = local_day(last.at)
    return Holding(holder, since, calendar_of(session).working_days(since, today))


def sign_off(moments: list[Moment], milestone: Milestone) -> Moment | None:
    """The event that brought the milestone to its end, while it is there."""
    if MILESTONE.by_name[milestone.state].holder is not None:
        return None
    return _last_move(moments)


def _moves(event: AuditEvent) -> bool:
    """Whether it brought the milestone to another state; urging does not."""
    return event.from_state != event.to_state


def _last_move(moments: list[Moment]) -> Moment | None:
    return next((moment for moment in reversed(moments) if _moves(moment.event)), None)


def _moment(event: AuditEvent, before: AuditEvent | None, calendar: Calendar) -> Moment:
    """`before` is the last event that moved it before this one."""
    known = event.action in MILESTONE.triggers
    detail = json.loads(event.detail)
    held_by = days = None
    if before is not None and _moves(event) and event.from_state in MILESTONE.by_name:
        holder = MILESTONE.by_name[event.from_state].holder
        held_by = holder.label if holder else None
        days = calendar.working_days(local_day(before.at), local_day(event.at))
    return Moment(
        event, action_words(MILESTONE, event.action),
        RETURN_REASONS.get(event.reason or ""), detail.get("words", "") if known else "", held_by, days,
    )
