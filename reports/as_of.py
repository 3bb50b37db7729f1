"""The ledger as it stood on a past day (截至某日), taken from the audit trail.

Nothing is kept for it. The present is taken back: a milestone was in the state that its first passage since then
came from, in the round before the first that was opened since, with the deadline, the units and the place in the plan
that the events since then say were replaced.

The queries are those of the present, word for word. What they read is put before them under the same names (`WITH
milestone AS …`), so that lights, rules, filters and figures have one definition for every day.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    Boolean,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    TableClause,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    table,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from models import (
    CHANGES,
    AuditEvent,
    Base,
    ChangeKind,
    ContributionRequest,
    FormerProgress,
    Implementation,
    Milestone,
    Part,
    Responsibility,
    Round,
    Task,
)
from reports.remembered import among
from workflow.lights import Day

_KEY, _MADE = "changes since", "tables then"  # in a session's `info`: each session is one request's


@dataclass(frozen=True)
class Change:
    """One event that changed what a milestone or a task is."""

    at: datetime
    subject: str
    subject_id: int
    action: str
    detail: dict[str, Any]


@dataclass
class Former:
    """What facts were before the changes since a moment; what is not named was as it is."""

    due: dict[int, str | None] = field(default_factory=dict)  # by milestone; as YYYY-MM-DD
    dropped: dict[int, bool] = field(default_factory=dict)  # by milestone
    extensions: dict[int, int] = field(default_factory=dict)  # by milestone: how many were granted since
    task: dict[int, dict[str, Any]] = field(default_factory=dict)  # by task: area_id, starred, dropped
    # By task and unit: its part (None: it had none), and its place among the others where that is known.
    seats: dict[tuple[int, int], tuple[str | None, int | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Then:
    """A moment, what was otherwise then, by which name the database knows its own tables, and the statement's part."""

    until: datetime
    former: Former
    schema: str | None
    place: int
    plans: frozenset[int] | None = None  # of which plans; all where None


def stood(session: Session, query: Select, day: Day, plans: frozenset[int] | None = None) -> Select:
    """`query` over the ledger as it stood at the end of the day that is judged by; as it is for the present.

    A query that asks for some plans alone may say so: the others are not taken back for it.
    """
    if day.until is None:
        return query
    made = session.info.setdefault(_MADE, {})  # a page asks a dozen times for the same moment
    key = day.until, plans
    if key not in made:
        made[key] = tables(session, day.until, plans=plans)
    return query.add_cte(*made[key])


def tables(
    session: Session, until: datetime, since: datetime | None = None, place: int | None = None,
    plans: frozenset[int] | None = None,
) -> list[CTE]:
    """What the tables held at `until` (UTC, itself excluded), under their own names; of all plans, or of these.

    One statement a session, or none. `since` is the earliest moment that the session will ask for, where it asks for
    several; `place` is the number of the part, where the query is to be a part of a larger one.
    """
    former = taken_back(change for change in _changes(session, since or until) if change.at >= until)
    # An own name means the table itself, on SQLite by saying so. What one of them reads stands before it is replaced.
    then = Then(until, former, "main" if session.get_bind().dialect.name == "sqlite" else None, place or 0, plans)
    made = (part(then).cte(name, nesting=place is not None) for name, part in _PARTS.items())
    return [it.prefix_with("NOT MATERIALIZED") if it.name in _READ_BY_KEY else it for it in made]


def _changes(session: Session, since: datetime) -> list[Change]:
    """The newest first. Read once for the earliest moment that is asked for."""
    known = session.info.get(_KEY)
    if known is not None and known[0] <= since:
        return known[1]
    rows = session.execute(
        select(AuditEvent.at, AuditEvent.subject_type, AuditEvent.subject_id, AuditEvent.action, AuditEvent.detail)
        .where(
            AuditEvent.at >= since, AuditEvent.action.in_(CHANGES),
            AuditEvent.subject_type.in_((Milestone.__tablename__, Task.__tablename__)),
        ).order_by(AuditEvent.subject_type, AuditEvent.subject_id, AuditEvent.sequence.desc())
    )
    found = [Change(*row[:4], json.loads(row.detail)) for row in rows]
    session.info[_KEY] = since, found
    return found


def taken_back(changes: Iterable[Change]) -> Former:
    """The facts before all of `changes`, which come newest first."""
    former = Former()
    for change in changes:
        if change.subject == Milestone.__tablename__:
            _take_back_milestone(former, change)
        else:
            _take_back_task(former, change)
    return former


def _take_back_milestone(former: Former, change: Change) -> None:
    detail, place = change.detail, change.subject_id
    if change.action == "drop":
        former.dropped[place] = False
    elif detail.get("kind") == ChangeKind.EXTENSION:
        former.due[place] = detail["before"]["due"]
        former.extensions[place] = former.extensions.get(place, 0) + 1
    elif change.action == "revise":
        # Before facts were written as such, what was changed says them in words.
        was = detail.get("was") or _words_of_milestone(detail["changes"])
        if "due" in was:
            former.due[place] = was["due"]
        if "dropped" in was:
            former.dropped[place] = was["dropped"]


def _words_of_milestone(changes: list) -> dict[str, Any]:
    said = {name: before for name, before, _after in changes}
    return ({"due": said["due"]} if "due" in said else {}) | ({"dropped": True} if "milestone" in said else {})


def _take_back_task(former: Former, change: Change) -> None:
    detail, place = change.detail, change.subject_id
    facts = former.task.setdefault(place, {})
    if change.action == "drop":
        facts["dropped"] = False
    elif change.action == "set-part":
        former.seats[place, detail["unit"]] = detail["part"][0], detail.get("position")
    elif change.action == "change":
        before, after = detail["seats"]
        _take_back_seats(former, place, before, after)
    elif "was" in detail:
        facts |= {"area_id": detail["was"]["area"], "starred": detail["was"]["starred"]}
        _take_back_seats(former, place, detail["was"]["seats"], detail["now"]["seats"])


def _take_back_seats(former: Former, task_id: int, before: list, after: list) -> None:
    for unit_id, *_ in after:
        former.seats[task_id, unit_id] = None, None
    for position, (unit_id, *_, part) in enumerate(before, 1):
        former.seats[task_id, unit_id] = part, position


def _raw(model: type[Base], schema: str | None) -> TableClause:
    """The table itself, whatever stands before it under its name."""
    return table(
        model.__tablename__, *(column(it.name, it.type) for it in model.__table__.columns), schema=schema
    )


def _rows(raw: TableClause, of: FromClause, **replaced) -> Select:
    """All columns of `raw` out of a join of it, some of them replaced."""
    return select(*(replaced.get(it.name, it).label(it.name) for it in raw.columns)).select_from(of)


def _listed(name: str, then: Then, columns: dict[str, type[TypeEngine]], data: list[tuple]) -> CTE:
    """Rows to join to, by a name that tells the part: one statement may have several.

    They are sent as one parameter: the statement is the same however many they are, and so compiled once.
    """
    sqlite = then.schema is not None
    each = (func.json_each if sqlite else func.json_array_elements)(literal(data, JSON)).table_valued(
        column("value", JSON)
    )
    read = {
        Integer: lambda it: it.as_integer(), Boolean: lambda it: it.as_boolean(), String: lambda it: it.as_string(),
        Date: lambda it: (type_coerce if sqlite else cast)(it.as_string(), Date),
    }
    return select(
        *(read[kind](each.c.value[place]).label(key) for place, (key, kind) in enumerate(columns.items()))
    ).cte(f"{name}_{then.place}")


def _of_plans(then: Then, raw: TableClause):
    """The milestones of the plans that are asked for: what is read by way of them is found by its index."""
    if then.plans is None:
        return true()
    task = _raw(Task, then.schema)
    return raw.c.task_id.in_(select(task.c.id).where(among(task.c.plan_id, then.plans)))


def _passages(then: Then, subject: str, among_these: Select | None):
    """The first passage of each subject since then, or of those alone: what it came from is what it was in."""
    raw = _raw(AuditEvent, then.schema)
    order = func.row_number().over(partition_by=raw.c.subject_id, order_by=raw.c.sequence).label("place")
    every = (
        select(raw.c.subject_id, raw.c.from_state, order)
        .where(
            raw.c.at >= then.until, raw.c.subject_type == subject, raw.c.from_state.is_distinct_from(raw.c.to_state),
            true() if among_these is None else raw.c.subject_id.in_(among_these),
        )
        .subquery()
    )
    return select(every.c.subject_id, every.c.from_state).where(every.c.place == 1).subquery("passage")


def _with_state(model, then: Then, among_these: Select | None = None) -> tuple:
    """The table, itself beside its first passages since, the state then, and the condition that it existed then."""
    raw = _raw(model, then.schema)
    passage = _passages(then, model.__tablename__, among_these)
    source = raw.outerjoin(passage, passage.c.subject_id == raw.c.id)
    state = func.coalesce(passage.c.from_state, raw.c.state)
    return raw, source, state, or_(passage.c.subject_id.is_(None), passage.c.from_state.is_not(None))


def _milestone(then: Then) -> Select:
    own = _raw(Milestone, then.schema).alias("own")
    those = select(own.c.id).where(_of_plans(then, own)) if then.plans else None
    raw, source, state, existed = _with_state(Milestone, then, those)
    rounds = _raw(Round, then.schema)
    opened = (
        select(rounds.c.milestone_id, (func.min(rounds.c.number) - 1).label("number"))
        .where(rounds.c.opened_at >= then.until, true() if those is None else rounds.c.milestone_id.in_(those))
        .group_by(rounds.c.milestone_id).subquery("opened")
    )
    source = source.outerjoin(opened, opened.c.milestone_id == raw.c.id)
    replaced = {"state": state, "round_number": func.coalesce(opened.c.number, raw.c.round_number)}
    former = then.former
    touched = {*former.due, *former.dropped, *former.extensions}
    if touched:
        was = _listed("former_milestone", then, {
            "id": Integer, "has_due": Boolean, "due": Date, "dropped": Boolean, "extensions": Integer,
        }, [
            (it, it in former.due, former.due.get(it), former.dropped.get(it), former.extensions.get(it, 0))
            for it in sorted(touched)
        ])
        source = source.outerjoin(was, was.c.id == raw.c.id)
        replaced |= {
            "due": case((was.c.has_due, was.c.due), else_=raw.c.due),
            "dropped_in": _dropped_then(was.c.dropped, raw.c.dropped_in),
            "times_extended": raw.c.times_extended - func.coalesce(was.c.extensions, 0),
        }
    return _rows(raw, source, **replaced).where(existed, _of_plans(then, raw))


def _dropped_then(was, now):
    """Which edition had dropped it matters to nobody then; that one had, to everybody."""
    return case((was, func.coalesce(now, 0)), (~was, null()), else_=now)


def _request(then: Then) -> Select:
    raw, source, state, existed = _with_state(ContributionRequest, then)
    events = _raw(AuditEvent, then.schema)
    # An answer that was taken back since had been given when it left the first state for the last time.
    answered = (
        select(func.max(events.c.at)).where(
            events.c.subject_type == ContributionRequest.__tablename__, events.c.subject_id == raw.c.id,
            events.c.at < then.until, events.c.from_state == ContributionRequest.ASKED,
            events.c.to_state != ContributionRequest.ASKED,
        ).correlate(raw).scalar_subquery()
    )
    given = case((state != ContributionRequest.ASKED, answered), else_=null())
    return _rows(raw, source, state=state, answered_at=given).where(existed)


def _implementation(then: Then) -> Select:
    raw, source, state, existed = _with_state(Implementation, then)
    first = case((raw.c.first_submitted_at < then.until, raw.c.first_submitted_at), else_=null())
    return _rows(raw, source, state=state, first_submitted_at=first).where(existed)


def _round(then: Then) -> Select:
    """Rounds are written once; what is kept besides is when they were submitted, and a draft's progress then."""
    raw, kept = _raw(Round, then.schema), _raw(FormerProgress, then.schema)
    order = func.row_number().over(partition_by=kept.c.round_id, order_by=kept.c.id).label("place")
    every = select(kept.c.round_id, kept.c.progress, order).where(kept.c.at >= then.until).subquery()
    was = select(every.c.round_id, every.c.progress).where(every.c.place == 1).subquery("was")
    source = raw.outerjoin(was, was.c.round_id == raw.c.id)
    return _rows(
        raw, source, progress=case((was.c.round_id.is_not(None), was.c.progress), else_=raw.c.progress),
        submitted_at=case((raw.c.submitted_at < then.until, raw.c.submitted_at), else_=null()),
    ).where(raw.c.opened_at < then.until)


def _task(then: Then) -> Select:
    raw = _raw(Task, then.schema)
    facts = {task_id: it for task_id, it in then.former.task.items() if it}
    own = among(raw.c.plan_id, then.plans)
    if not facts:
        return _rows(raw, raw).where(own)
    was = _listed(
        "former_task", then, {"id": Integer, "area_id": Integer, "starred": Boolean, "dropped": Boolean},
        [(key, it.get("area_id"), it.get("starred"), it.get("dropped")) for key, it in sorted(facts.items())],
    )
    return _rows(
        raw, raw.outerjoin(was, was.c.id == raw.c.id),
        area_id=func.coalesce(was.c.area_id, raw.c.area_id),
        starred=func.coalesce(was.c.starred, raw.c.starred),
        dropped_in=_dropped_then(was.c.dropped, raw.c.dropped_in),
    ).where(own)


LAST = 1000


def _responsibility(then: Then) -> Select:
    raw = _raw(Responsibility, then.schema)
    if not then.former.seats:
        return _rows(raw, raw)
    seats = _listed(
        "former_seat", then, {"task_id": Integer, "unit_id": Integer, "part": String, "position": Integer},
        [(*key, *seat) for key, seat in sorted(then.former.seats.items())],
    )
    meets = and_(seats.c.task_id == raw.c.task_id, seats.c.unit_id == raw.c.unit_id)
    stayed = _rows(raw, raw.outerjoin(seats, meets)).where(seats.c.task_id.is_(None))
    # A unit that has left comes after the others, where its place is not known.
    source = seats.outerjoin(raw, meets)
    given = {
        "task_id": seats.c.task_id, "unit_id": seats.c.unit_id, "part": seats.c.part,
        "id": func.coalesce(raw.c.id, -seats.c.task_id),
        "position": func.coalesce(seats.c.position, raw.c.position, LAST),
        "inferred": func.coalesce(raw.c.inferred, False), "source": func.coalesce(raw.c.source, ""),
    }
    return union_all(stayed, _rows(raw, source, **given).where(seats.c.part.in_([str(part) for part in Part])))


def _event(then: Then) -> Select:
    raw = _raw(AuditEvent, then.schema)
    return _rows(raw, raw).where(raw.c.at < then.until)


_PARTS = {
    Milestone.__tablename__: _milestone, ContributionRequest.__tablename__: _request,
    Implementation.__tablename__: _implementation, Round.__tablename__: _round, Task.__tablename__: _task,
    Responsibility.__tablename__: _responsibility, AuditEvent.__tablename__: _event,
}

# Asked for by the ids of a few milestones or tasks, for which only the tables themselves have indexes.
_READ_BY_KEY = frozenset(model.__tablename__ for model in (Round, Task, Responsibility, AuditEvent))
