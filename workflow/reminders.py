"""Reminders by the calendar: what is due, what is overdue, what waits too long. `flask remind` runs this every day.

Each level is told once for a round: its key says milestone, round, deadline and level, and a second run, also
one at the same time, finds the notice there already. Of the levels reached, only the tightest is told, so that
days on which nothing ran do not come back as a heap. A return opens a round, and with it the levels begin anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Database, Milestone, Part, Role
from workflow.calendar import Calendar, Calendars, local_day
from workflow.definitions.milestone import MILESTONE
from workflow.notice_kinds import said
from workflow.notices import Audience, Telling, about, committee, lead_handlers, reviewers, write
from workflow.subjects import last_move, load_milestones, milestone_rows

Audiences = tuple[Callable[[Milestone], Audience], ...]

# Days before the deadline, and who is told.
BEFORE: tuple[tuple[int, Audiences], ...] = ((30, (lead_handlers,)), (7, (lead_handlers,)), (1, (lead_handlers,)))
# Working days after it: each level reaches higher.
AFTER: tuple[tuple[int, Audiences], ...] = (
    (1, (lead_handlers,)),
    (5, (lead_handlers, reviewers)),
    (10, (lead_handlers, reviewers, committee)),
    (20, (lead_handlers, reviewers, committee)),
)
# Working days for which somebody holds it to judge, by the role of the holder.
CLOCKS: dict[Role, tuple[tuple[int, Audiences], ...]] = {
    Role.REVIEWER: ((5, (reviewers,)), (10, (reviewers, committee))),
    Role.COMMITTEE: ((5, (committee,)), (10, (committee,))),
}


@dataclass(frozen=True)
class Reminder:
    """One level that a milestone has reached."""

    kind: str
    level: str
    to: Audiences
    detail: dict


@dataclass(frozen=True)
class Today:
    """The day, what a plan's calendar says of it, and how far the reminders of today have to reach."""

    day: date
    calendar: Calendar

    @property
    def eve(self) -> date:
        """The last day before people are next at work: what falls on a holiday is said before it."""
        return self.calendar.next_working_day(self.day) - timedelta(1)


def remind(database: Database) -> int:
    """Write the notices that are due today; how many were written. Of a plan that rests today, none."""
    with database.reading() as session:
        watched = _watched(session, database.clock())
        found = [(milestone.id, milestone.version, today) for milestone, today in watched]
    return sum(_remind_one(database, *each) for each in found)


def _remind_one(database: Database, milestone_id: int, version: int, today: Today) -> int:
    """In a transaction of its own, and only where nobody has acted since: what was true must still be so."""
    with database.writing() as session:
        milestone = MILESTONE.load(session, milestone_id, lock=True)
        since = session.scalar(milestone_rows(last_move(Milestone.id)).where(Milestone.id == milestone_id))
        reminder = reached(milestone, since, today) if milestone.version == version else None
        if reminder is None:
            return 0
        key = f"remind:milestone:{milestone.id}:r{milestone.round_number}:{milestone.due}:{reminder.level}"
        tellings = [Telling(reminder.kind, audience(milestone)) for audience in reminder.to]
        detail = {"about": about(milestone)} | reminder.detail
        return write(session, (Milestone.__tablename__, milestone.id), key, tellings, detail, database.clock())


def _watched(session: Session, now: datetime) -> Iterator[tuple[Milestone, Today]]:
    """The milestones that have reached some level, each with the day in its plan's calendar. Four statements."""
    day, calendars = local_day(now), Calendars(session)
    final = [state.name for state in MILESTONE.final]
    rows = session.execute(
        milestone_rows(Milestone.id, last_move(Milestone.id).label("since")).where(Milestone.state.not_in(final))
    )
    since = {row.id: row.since for row in rows}
    for milestone in load_milestones(session, milestone_rows(Milestone).where(Milestone.state.not_in(final))):
        today = Today(day, calendars.of(milestone.task.plan_id))
        if reached(milestone, since.get(milestone.id), today):
            yield milestone, today


def reached(milestone: Any, since: datetime | None, today: Today) -> Reminder | None:
    """The tightest level that the milestone has reached today; `since` is when it came to its state."""
    if not today.calendar.is_working_day(today.day):
        return None
    holder = MILESTONE.by_name[milestone.state].holder
    if holder == Role.HANDLER:
        return _overdue(milestone, since, today) or _due(milestone, today)
    return _waiting(holder, since, today)


def _due(milestone: Any, today: Today) -> Reminder | None:
    if milestone.due is None or milestone.due < today.day:
        return None
    for days, to in reversed(BEFORE):
        if milestone.due - timedelta(days) <= today.eve:
            left = (milestone.due - today.day).days
            return Reminder("due", f"due-{days}", to, {"days": left, "day": said(milestone.due)})
    return None


def _overdue(milestone: Any, since: datetime | None, today: Today) -> Reminder | None:
    """Counted from the deadline, or from a return after it: what was just given back is not late by all that."""
    if milestone.due is None or not milestone.task.plan.opened_on <= milestone.due < today.day:
        return None
    begun = milestone.due
    if milestone.round_number > 1 and since is not None:
        begun = max(begun, local_day(since))
    days = today.calendar.working_days(begun, today.day)
    for level, to in reversed(AFTER):
        if days >= level:
            late = today.calendar.working_days(milestone.due, today.day)
            leads = "、".join(s.unit.name for s in milestone.task.responsibilities if s.part == Part.LEAD)
            return Reminder("overdue", f"overdue+{level}", to, {
                "days": late, "day": said(milestone.due), "leads": leads,
            })
    return None


def _waiting(holder: Role | None, since: datetime | None, today: Today) -> Reminder | None:
    if holder not in CLOCKS or since is None:
        return None
    days = today.calendar.working_days(local_day(since), today.day)
    for level, to in reversed(CLOCKS[holder]):
        if days >= level:
            # Sent back for another look, it begins anew: hence the day.
            code = f"clock:{holder}:{local_day(since)}+{level}"
            return Reminder("clock", code, to, {"days": days, "role": said(holder.label)})
    return None
