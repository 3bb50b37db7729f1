"""The audit trail: events by subject, actor, action and time, each with its place in its chain."""

from datetime import datetime, timedelta

from flask import Blueprint, render_template, request
from sqlalchemy import select

from models import AuditEvent, ContributionRequest, Role, Round
from reports.named import names
from reports.returns import BACKWARDS, Period
from views.access import for_roles
from views.context import reading
from views.numbers import whole
from workflow.audit.chain import event_hash
from workflow.audit.words import actions, event_words, state_words, subject_words, subjects
from workflow.calendar import day_begins
from workflow.days import read_day

bp = Blueprint("audit", __name__)
PAGE = 50


@bp.get("/audit")
@for_roles(Role.AUDITOR, Role.COMMITTEE)
def show():
    given = request.args
    query = select(AuditEvent).order_by(AuditEvent.id.desc())
    for name, column in (
        ("subject", AuditEvent.subject_type), ("action", AuditEvent.action),
    ):
        if given.get(name):
            query = query.where(column == given[name][:40])
    if given.get("id", type=whole):
        query = query.where(AuditEvent.subject_id == given.get("id", type=whole))
    if given.get("actor"):
        query = query.where(AuditEvent.actor_name.contains(given["actor"][:60].replace("\x00", ""), autoescape=True))
    for name, compare in (("since", "__ge__"), ("until", "__lt__")):
        moment = _day_begins(given.get(name), following=name == "until")
        if moment:
            query = query.where(getattr(AuditEvent.at, compare)(moment))
    backwards = Period(*(read_day(given.get(name)) for name in ("since", "until"))).backwards
    before = given.get("before", type=whole)
    if before:
        query = query.where(AuditEvent.id < before)
    events = reading().scalars(query.limit(PAGE + 1)).all()
    more = len(events) > PAGE
    rows = [(event, event_hash(event) == event.hash) for event in events[:PAGE]]
    return render_template(
        "audit.html", rows=rows, more=more, given=given, next_before=rows[-1][0].id if rows and more else None,
        subjects=subjects(), actions=actions(given.get("subject")),
        named=names(reading(), {(event.subject_type, event.subject_id) for event, _ in rows}),
        secret=_secret([event for event, _ in rows]),
        event_words=event_words, state_words=state_words, subject_words=subject_words,
        wrong=BACKWARDS if backwards else None,
    ), 422 if backwards else 200


def _secret(events: list[AuditEvent]) -> set[int]:
    """The events that tell what a supporting unit said before the lead's submission: until then it is theirs alone."""
    asked = {event.subject_id for event in events if event.subject_type == ContributionRequest.__tablename__}
    if not asked:
        return set()
    still_open = set(reading().scalars(
        select(ContributionRequest.id).join(Round, Round.id == ContributionRequest.round_id)
        .where(ContributionRequest.id.in_(asked), Round.submitted_at.is_(None))
    ))
    return {
        event.id for event in events
        if event.subject_type == ContributionRequest.__tablename__ and event.subject_id in still_open
    }


def _day_begins(text: str | None, *, following: bool) -> datetime | None:
    """The moment at which a day in China begins, or the one after it; None for what is no date."""
    found = read_day(text)
    return found and day_begins(found + timedelta(days=following))
