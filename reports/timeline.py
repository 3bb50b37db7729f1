"""What happened to a subject of a workflow, and who held it for how many working days in between."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Role, Words
from workflow.audit.words import action_words
from workflow.calendar import local_day, working_days
from workflow.definition import State, Workflow


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


def timeline(session: Session, workflow: Workflow, subject) -> list[Moment]:
    """Every event of the subject, the oldest first. One statement."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == workflow.model.__tablename__, AuditEvent.subject_id == subject.id)
        .order_by(AuditEvent.sequence)
    ).all()
    found, moved = [], None
    for event in events:
        found.append(_moment(workflow, event, moved))
        moved = event if _moves(event) else moved
    return found


def holding(moments: list[Moment], workflow: Workflow, subject, today: date) -> Holding | None:
    """None once nothing is left to do."""
    holder = workflow.by_name[subject.state].holder
    last = next((moment for moment in reversed(moments) if _moves(moment.event)), None)
    if holder is None or last is None:
        return None
    since = local_day(last.at)
    return Holding(holder, since, working_days(since, today))


def sign_off(moments: list[Moment], workflow: Workflow, subject) -> Moment | None:
    """The event that signed the subject off, while it is."""
    if workflow.by_name[subject.state] not in workflow.sealed:
        return None
    return next((moment for moment in reversed(moments) if moment.event.to_state == subject.state), None)


@dataclass(frozen=True)
class Station:
    """One state on a subject's way: `place` is "past", "here" or "ahead"; `sealed` where a sign-off leads there."""

    state: State
    place: str
    sealed: bool


def stations(workflow: Workflow, moments: list[Moment], subject) -> list[Station]:
    """The states that the subject came through, the one it is in, and those that the expected steps lead to."""
    past: list[str] = []
    for moment in moments:
        if moment.event.to_state in past:
            past = past[: past.index(moment.event.to_state)]
        if moment.event.to_state in workflow.by_name:
            past.append(moment.event.to_state)
    past = [name for name in past if name != subject.state]
    places = [
        *((workflow.by_name[name], "past") for name in past),
        (workflow.by_name[subject.state], "here"),
        *((state, "ahead") for state in workflow.ahead(subject.state)),
    ]
    return [Station(state, place, state in workflow.sealed) for state, place in places]


def _moves(event: AuditEvent) -> bool:
    """Whether it brought the subject to another state: only then does somebody else's time begin."""
    return event.from_state != event.to_state


def _moment(workflow: Workflow, event: AuditEvent, before: AuditEvent | None) -> Moment:
    """`before` is the last event that moved the subject before this one."""
    known = event.action in workflow.triggers
    detail = json.loads(event.detail)
    held_by = days = None
    if before is not None and _moves(event) and event.from_state in workflow.by_name:
        holder = workflow.by_name[event.from_state].holder
        held_by = holder.label if holder else None
        days = working_days(local_day(before.at), local_day(event.at))
    return Moment(
        event, action_words(workflow, event.action),
        workflow.reason_words(event.reason), detail.get("words", "") if known else "", held_by, days,
    )
