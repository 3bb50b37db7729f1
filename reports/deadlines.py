"""A person's deadlines: what their unit has still to do, as rows and as a calendar (RFC 5545)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import (
    ContributionRequest,
    Milestone,
    Part,
    Plan,
    Responsibility,
    Round,
    Supervision,
    SupervisionSheet,
    Task,
    Words,
)
from workflow.actor import Actor
from workflow.contribution_rules import draft_open, own_request, sees_request
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.supervision import SUPERVISION, WITH_UNIT
from workflow.rules import leads_task, supports_task
from workflow.subjects import milestone_rows, request_rows
from workflow.supervision_rules import own_sheet

OPEN = tuple(state.name for state in MILESTONE.states if state not in MILESTONE.final)
ASKED = CONTRIBUTION.initial.name
ANSWER = Words("配合反馈", "Answer due")
SUPERVISED = Words("督办答复", "Answer to supervision due")
REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class Deadline:
    """One day by which something is to be done. `key` names it for ever, `what` says the unit's part in it."""

    key: str
    due: date
    what: Words
    number: str
    title: str
    year: int | None
    words: str
    milestone_id: int | None = None
    supervision_id: int | None = None  # on whose page it stands, where it is no milestone's


def deadlines(session: Session, actor: Actor) -> list[Deadline]:
    """What the actor's unit leads, supports, was asked for, or is to answer, and is not over; by day. Three statements.

    What was due before the ledger was opened was never the ledger's to watch, and is left out.
    """
    found = chain.from_iterable(kind(session, actor) for kind in (_milestones, _requests, _supervisions))
    return sorted(found, key=lambda it: (it.due, it.key))


def _milestones(session: Session, actor: Actor) -> Iterable[Deadline]:
    leads = select(Responsibility.id).where(
        Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD,
        Responsibility.unit_id.in_(sorted(actor.unit_ids)),
    ).exists()
    query = milestone_rows(
        Milestone.id, Milestone.due, Milestone.year, Milestone.requirements, Task.number, Task.title,
        leads.label("leads"),
    ).where(
        MILESTONE.sees.where(actor), or_(leads_task.where(actor), supports_task.where(actor)),
        Milestone.state.in_(OPEN), Milestone.due >= Plan.opened_on, Milestone.dropped_in.is_(None),
    )
    for row in session.execute(query):
        part = Part.LEAD if row.leads else Part.SUPPORT
        yield Deadline(
            f"milestone-{row.id}", row.due, part.label, row.number or "", row.title, row.year,
            "\n".join(line for line in row.requirements if line), row.id,
        )


def _requests(session: Session, actor: Actor) -> Iterable[Deadline]:
    query = request_rows(
        ContributionRequest.id, ContributionRequest.due, ContributionRequest.wanted, Round.milestone_id,
        Task.number, Task.title, Milestone.year,
    ).where(
        sees_request.where(actor), own_request.where(actor), draft_open.where(actor),
        ContributionRequest.state == ASKED,
    )
    for row in session.execute(query):
        yield Deadline(
            f"request-{row.id}", row.due, ANSWER, row.number or "", row.title, row.year, row.wanted, row.milestone_id
        )


def _supervisions(session: Session, actor: Actor) -> Iterable[Deadline]:
    query = SUPERVISION.rows(
        Supervision.id, SupervisionSheet.named, SupervisionSheet.title, SupervisionSheet.words, SupervisionSheet.due,
    ).where(SUPERVISION.sees.where(actor), own_sheet.where(actor), Supervision.state.in_(WITH_UNIT))
    for row in session.execute(query):
        yield Deadline(
            f"supervision-{row.id}", row.due, SUPERVISED, row.named, row.title, None, row.words, supervision_id=row.id
        )


def calendar(
    name: str, found: Iterable[Deadline], say: Callable[[Words], str], address: Callable[[Deadline], str],
    now: datetime,
) -> bytes:
    """The deadlines as an .ics file: days of their own, in `say`'s language; `address` is the page where it stands."""
    made = Calendar()
    made.add("prodid", "-//taizhang//deadlines//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    for it in found:
        made.add_component(_event(it, say, address, now))
    return made.to_ical()


def _event(it: Deadline, say: Callable[[Words], str], address: Callable[[Deadline], str], now: datetime) -> Event:
    event, page = Event(), address(it)
    event.add("uid", f"{it.key}@{urlsplit(page).hostname}")  # a calendar may have feeds of two installations
    event.add("dtstamp", now)
    event.add("dtstart", it.due)
    title = f"{it.number} {it.title}".strip()
    event.add("summary", f"【{say(it.what)}】{title}" + (f" · {it.year}" if it.year else ""))
    if it.words:
        event.add("description", it.words)
    event.add("url", page)
    event.add("transp", "TRANSPARENT")  # a deadline does not make anybody busy
    return event
