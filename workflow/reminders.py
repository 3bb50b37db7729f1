"""Reminders by the calendar: what is due, what is overdue, what waits too long. `flask remind` runs this every day.

Each level is told once for a round: its key says subject, round, deadline and level, and a second run, also
one at the same time, finds the notice there already. Of the levels reached, only the tightest is told, so that
days on which nothing ran do not come back as a heap. A return opens a round, and with it the levels begin anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from models import ContributionRequest, Database, Instruction, Milestone, Plan, Role, Round, Supervision, Task
from workflow.audiences import (
    Audience,
    Telling,
    asked_unit,
    assessors,
    committee,
    deciders,
    lead_handlers,
    plan_committee,
    plan_reviewers,
    planning_unit,
    reviewers,
    supervised_leaders,
    supervised_unit,
    supervisors,
    to_accounts,
)
from workflow.calendar import Calendar, Calendars, local_day
from workflow.definition import Workflow
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.objection import OBJECTION
from workflow.definitions.supervision import SUPERVISION
from workflow.lead_rules import lead_seats
from workflow.notice_kinds import said
from workflow.notices import about, write
from workflow.subjects import last_move

# A level in days (of a clock: in per cent of what it allows), and who is told when it is reached.
Levels = tuple[tuple[int, tuple[Callable[[Any], Audience], ...]], ...]


@dataclass(frozen=True)
class Watch:
    """What is watched of one kind of subject, as data.

    `find` gives the open ones, with since when each has been with its holder; with an id, that one alone, locked.
    `holder` is who has it: before its day and after it the levels of `before` (days) and `after` (working days) are
    for what is to be done by the units, those of `clocks` (per cent of the working days that they have) for who
    judges. `due` and `overdue` are the kinds of notice, `told` what they say besides. Working days are those of its
    `plan`'s calendar.
    """

    table: str
    find: Callable[[Session, int | None], list[tuple[Any, datetime | None]]]
    title: Callable[[Any], dict[str, str] | str]
    holder: Callable[[Any], Role | None]
    day: Callable[[Any], date | None]
    round: Callable[[Any], int | None]
    plan: Callable[[Any], Plan]
    due: str = "due"
    overdue: str = "overdue"
    before: Levels = ()
    after: Levels = ()
    clocks: dict[Role, Levels] = field(default_factory=dict)
    told: Callable[[Any], dict[str, Any]] = lambda subject: {}


def _open(workflow: Workflow, *conditions: ColumnElement[bool]):
    """The subjects of a workflow that are not at an end."""
    final = [state.name for state in workflow.final]
    still = (workflow.model.state.not_in(final), *conditions)

    def find(session: Session, only: int | None = None) -> list[tuple[Any, datetime | None]]:
        if only is not None:
            workflow.load(session, only, lock=True)
        which = still if only is None else (*still, workflow.model.id == only)
        moved = last_move(workflow.model.id).label("since")
        rows = session.execute(workflow.rows(workflow.model.id, moved).where(*which))
        since = {row.id: row.since for row in rows}
        return [(it, since.get(it.id)) for it in workflow.many(session, workflow.rows(workflow.model).where(*which))]

    return find


def _watched(workflow: Workflow, *conditions: ColumnElement[bool], **more) -> Watch:
    return Watch(**{
        "table": workflow.model.__tablename__, "find": _open(workflow, *conditions),
        "title": lambda subject: said(workflow.title(subject)),
        "holder": lambda subject: workflow.by_name[subject.state].holder,
        "day": lambda subject: subject.due, "round": workflow.rounds, "plan": workflow.plan, **more,
    })


def _instructions(session: Session, only: int | None = None) -> list[tuple[Instruction, None]]:
    query = select(Instruction).where(Instruction.answered_at.is_(None)).options(
        joinedload(Instruction.task).joinedload(Task.responsibilities), joinedload(Instruction.milestone)
    )
    if only is not None:
        session.execute(select(Instruction.id).where(Instruction.id == only).with_for_update())
        query = query.where(Instruction.id == only)
    return [(it, None) for it in session.scalars(query).unique()]


def _author(instruction: Instruction) -> Audience:
    return to_accounts([instruction.author_id])


def _leads(subject) -> dict[str, str]:
    return {"leads": "、".join(seat.unit.name for seat in lead_seats(subject))}


def _before(*audiences) -> Levels:
    return tuple((days, audiences) for days in (30, 7, 1))


def _rising(doing, judging, deciding) -> Levels:
    """Each level after the day reaches higher."""
    return (
        (1, (doing,)), (5, (doing, judging)), (10, (doing, judging, deciding)), (20, (doing, judging, deciding)),
    )


def _deciding(deciding) -> Levels:
    return (50, (deciding,)), (100, (deciding,))


def _clocks(judging, deciding) -> dict[Role, Levels]:
    return {
        Role.REVIEWER: ((100, (judging,)), (200, (judging, deciding))), Role.COMMITTEE: _deciding(deciding),
    }


def _supervised(supervision: Supervision) -> Role | None:
    """Until it has been signed, an answer is still the unit's to give."""
    holder = SUPERVISION.by_name[supervision.state].holder
    return Role.HANDLER if holder == Role.LEADER else holder


# How a supervision sheet that nobody answers rises: the unit, its leaders in charge, the committee.
ESCALATION: Levels = (
    (1, (supervised_unit,)), (3, (supervised_unit, supervised_leaders)),
    (5, (supervised_unit, supervised_leaders, supervisors)),
    (10, (supervised_unit, supervised_leaders, supervisors)),
)


def _watched_day(milestone: Milestone) -> date | None:
    """What was due before the ledger was opened is not its to watch, nor what the plan no longer asks for."""
    watched = milestone.due and milestone.due >= milestone.task.plan.opened_on
    return milestone.due if watched and milestone.dropped_in is None else None


WATCHES: tuple[Watch, ...] = (
    _watched(
        MILESTONE, day=_watched_day, before=_before(lead_handlers), after=_rising(lead_handlers, reviewers, committee),
        clocks=_clocks(reviewers, committee), told=_leads,
    ),
    _watched(
        IMPLEMENTATION, due="plan-due", overdue="plan-overdue", before=_before(planning_unit),
        after=_rising(planning_unit, plan_reviewers, plan_committee), clocks=_clocks(plan_reviewers, plan_committee),
    ),
    _watched(CHANGE_REQUEST, clocks=_clocks(reviewers, deciders)),
    # Only what is still to be answered: an objection is for the lead, and has no day.
    _watched(
        CONTRIBUTION, ContributionRequest.state == CONTRIBUTION.initial.name, Round.submitted_at.is_(None),
        due="request-due", overdue="request-lapsed", before=((1, (asked_unit,)),),
        after=((1, (asked_unit, lead_handlers)),), told=lambda request: {"unit": request.unit.name},
    ),
    _watched(
        SUPERVISION, holder=_supervised, round=lambda it: it.number, due="supervision-due",
        overdue="supervision-overdue", before=((3, (supervised_unit,)), (1, (supervised_unit,))), after=ESCALATION,
        clocks={Role.COMMITTEE: _deciding(supervisors)},
    ),
    _watched(OBJECTION, day=lambda it: None, clocks={Role.COMMITTEE: _deciding(assessors)}),
    Watch(
        Instruction.__tablename__, _instructions, title=lambda it: about(it.milestone or it.task),
        holder=lambda it: Role.HANDLER, day=lambda it: it.answer_by, round=lambda it: None,
        plan=lambda it: it.task.plan,
        due="instruction-due", overdue="instruction-overdue", before=((7, (lead_handlers,)), (1, (lead_handlers,))),
        after=((1, (lead_handlers,)), (5, (lead_handlers, _author)), (10, (lead_handlers, _author, committee))),
        told=lambda it: _leads(it) | {"by": it.author_name, "words": it.body} | _where(it),
    ),
)


def _where(instruction: Instruction) -> dict:
    """Where a notice of it leads to."""
    return {"milestone": instruction.milestone_id} if instruction.milestone_id else {"task": instruction.task.number}


@dataclass(frozen=True)
class Reminder:
    """One level that a subject has reached."""

    kind: str
    level: str
    to: tuple[Callable[[Any], Audience], ...]
    detail: dict


@dataclass(frozen=True)
class Today:
    """The day, what a plan's calendar says of it, and how far the reminders of today have to reach.

    `limits` are the working days that each role may hold what it judges: those of the clocks (workflow/clocks.py).
    """

    day: date
    calendar: Calendar
    limits: Mapping[Role, int]

    @property
    def eve(self) -> date:
        """The last day before people are next at work: what falls on a holiday is said before it."""
        return self.calendar.next_working_day(self.day) - timedelta(1)


def remind(database: Database, limits: Mapping[Role, int]) -> int:
    """Write the notices that are due today; how many were written. Of a plan that rests today, none.

    `limits` are the working days that whoever judges has, by role.
    """
    with database.reading() as session:
        day, calendars = local_day(database.clock()), Calendars(session)
        found = []
        for watch in WATCHES:
            for subject, since in watch.find(session, None):
                today = Today(day, calendars.of(watch.plan(subject).id), limits)
                if reached(watch, subject, since, today):
                    found.append((watch, subject.id, subject.version, today))
    return sum(_remind_one(database, *each) for each in found)


def _remind_one(database: Database, watch: Watch, subject_id: int, version: int, today: Today) -> int:
    """In a transaction of its own, and only where nobody has acted since: what was true must still be so."""
    with database.writing() as session:
        (subject, since), *_ = *watch.find(session, subject_id), (None, None)
        reminder = reached(watch, subject, since, today) if subject and subject.version == version else None
        if reminder is None:
            return 0
        number = watch.round(subject) or 1
        key = f"remind:{watch.table}:{subject_id}:r{number}:{watch.day(subject)}:{reminder.level}"
        tellings = [Telling(reminder.kind, audience(subject)) for audience in reminder.to]
        detail = {"about": watch.title(subject)} | watch.told(subject) | reminder.detail
        return write(session, (watch.table, subject_id), key, tellings, detail, database.clock())


def reached(watch: Watch, subject: Any, since: datetime | None, today: Today) -> Reminder | None:
    """The tightest level that the subject has reached today; `since` is when it came to its state."""
    if not today.calendar.is_working_day(today.day):
        return None
    holder = watch.holder(subject)
    if holder != Role.HANDLER:
        return _waiting(watch, holder, since, today)
    due = watch.day(subject)
    if due is None:
        return None
    return _due(watch, due, today) if due >= today.day else _overdue(watch, subject, due, since, today)


def _due(watch: Watch, due: date, today: Today) -> Reminder | None:
    for days, to in reversed(watch.before):
        if due - timedelta(days) <= today.eve:
            return Reminder(watch.due, f"due-{days}", to, {"days": (due - today.day).days, "day": said(due)})
    return None


def _overdue(watch: Watch, subject: Any, due: date, since: datetime | None, today: Today) -> Reminder | None:
    """Counted from the deadline, or from a return after it: what was just given back is not late by all that."""
    begun = max(due, local_day(since)) if since and (watch.round(subject) or 1) > 1 else due
    days = today.calendar.working_days(begun, today.day)
    for level, to in reversed(watch.after):
        if days >= level:
            late = today.calendar.working_days(due, today.day)
            return Reminder(watch.overdue, f"overdue+{level}", to, {"days": late, "day": said(due)})
    return None


def _waiting(watch: Watch, holder: Role | None, since: datetime | None, today: Today) -> Reminder | None:
    if holder not in watch.clocks or since is None:
        return None
    days = today.calendar.working_days(local_day(since), today.day)
    for part, to in reversed(watch.clocks[holder]):
        level = -(-today.limits[holder] * part // 100)
        if days >= level:
            # Sent back for another look, it begins anew: hence the day.
            code = f"clock:{holder}:{local_day(since)}+{level}"
            return Reminder("clock", code, to, {"days": days, "role": said(holder.label)})
    return None
