"""What happened to a subject of a workflow, and who held it for how many working days in between."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Role, Words
from reports.changes import Compared, between
from workflow.actor import Actor
from workflow.audit.words import action_words
from workflow.calendar import Calendar, calendar_of, local_day
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
    changed: tuple[Compared, ...] = ()  # by a granted change request

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


def timeline(session: Session, workflow: Workflow, subject, actor: Actor) -> list[Moment]:
    """Every event of the subject, the oldest first. Two statements.

    What is for some alone to read (`Workflow.tells`) is told to them alone.
    """
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_type == workflow.model.__tablename__, AuditEvent.subject_id == subject.id)
        .order_by(AuditEvent.sequence)
    ).all()
    told = workflow.tells(actor, subject) if workflow.tells else lambda event: True
    calendar, found, moved = _calendar(session, workflow, subject), [], None
    for event in events:
        moment = _moment(workflow, event, moved, calendar, told(event))
        found.append(replace(moment, changed=_changed(event, subject)))
        moved = event if _moves(event) else moved
    return found


def holding(session: Session, moments: list[Moment], workflow: Workflow, subject, today: date) -> Holding | None:
    """None once nothing is left to do."""
    holder = workflow.by_name[subject.state].holder
    last = _last_move(moments)
    if holder is None or last is None:
        return None
    since = local_day(last.at)
    return Holding(holder, since, _calendar(session, workflow, subject).working_days(since, today))


def _calendar(session: Session, workflow: Workflow, subject) -> Calendar:
    return calendar_of(session, workflow.plan(subject).id if workflow.plan else None)


def sign_off(moments: list[Moment], workflow: Workflow, subject) -> Moment | None:
    """The event that signed the subject off, while it is."""
    if workflow.by_name[subject.state] not in workflow.sealed:
        return None
    return _last_move(moments)


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
    """Whether it brought the subject to another state; urging does not."""
    return event.from_state != event.to_state


def _last_move(moments: list[Moment]) -> Moment | None:
    return next((moment for moment in reversed(moments) if _moves(moment.event)), None)


def _changed(event: AuditEvent, subject) -> tuple[Compared, ...]:
    """What a grant changed of the subject: only such an event holds the kind of a change, and what was before it."""
    detail = json.loads(event.detail)
    if not {"kind", "before", "after"} <= set(detail):
        return ()
    return tuple(between(detail["kind"], detail["before"], detail["after"], subject))


def _moment(
    workflow: Workflow, event: AuditEvent, before: AuditEvent | None, calendar: Calendar, told: bool
) -> Moment:
    """`before` is the last event that moved it before this one; `told`, whether its words are for this reader."""
    known = told and (event.action in workflow.triggers or event.action in workflow.events)
    detail = json.loads(event.detail)
    words = detail.get("words") or detail.get("wanted") or ""
    held_by = days = None
    if before is not None and _moves(event) and event.from_state in workflow.by_name:
        holder = workflow.by_name[event.from_state].holder
        held_by = holder.label if holder else None
        days = calendar.working_days(local_day(before.at), local_day(event.at))
    return Moment(
        event, action_words(workflow, event.action),
        workflow.reason_words(event.reason, detail), words if known else "", held_by, days,
    )
