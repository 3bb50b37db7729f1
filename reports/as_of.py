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
from datetime import date, datetime
from functools import reduce
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    ColumnElement,
    Date,
    FromClause,
    Select,
    String,
    TableClause,
    case,
    cast,
    column,
    false,
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from models import (
    CHANGES,
    AuditEvent,
    Base,
    ChangeKind,
    ContributionRequest,
    FormerProgress,
    Implementation,
    Milestone,
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
    left: set[tuple[int, int]] = field(default_factory=set)  # of these, which have no part now

    def take_back_seat(self, seat: tuple[int, int], part: str | None, position: int | None, stays: bool) -> None:
        """The newest change of a seat says whether there is one now, the oldest what it was."""
        if seat not in self.seats and not stays:
            self.left.add(seat)
        self.seats[seat] = part, position


@dataclass(frozen=True)
class Then:
    """A moment, what was otherwise then, and which database is asked."""

    until: datetime
    former: Former
    sqlite: bool
    plans: frozenset[int] | None = None  # of which plans; all where None

    @property
    def schema(self) -> str | None:
        """An own name means the table itself, on SQLite by saying so."""
        return "main" if self.sqlite else None


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
    then = Then(until, former, session.get_bind().dialect.name == "sqlite", plans)
    # What one of them reads stands before it is replaced.
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
        before, after = detail["part"]
        former.take_back_seat((place, detail["unit"]), before, detail.get("position"), after is not None)
    elif change.action == "change":
        before, after = detail["seats"]
        _take_back_seats(former, place, before, after)
    elif "was" in detail:
        facts |= {"area_id": detail["was"]["area"], "starred": detail["was"]["starred"]}
        _take_back_seats(former, place, detail["was"]["seats"], detail["now"]["seats"])


def _take_back_seats(former: Former, place: int, before: list, after: list) -> None:
    stay = {unit_id for unit_id, *_ in after}
    had = {unit_id: (part, position) for position, (unit_id, *_, part) in enumerate(before, 1)}
    for unit_id in stay | had.keys():
        former.take_back_seat((place, unit_id), *had.get(unit_id, (None, None)), unit_id in stay)


def _raw(model: type[Base], schema: str | None) -> TableClause:
    """The table itself, whatever stands before it under its name."""
    return table(
        model.__tablename__, *(column(it.name, it.type) for it in model.__table__.columns), schema=schema
    )


def _rows(raw: TableClause, of: FromClause, **replaced) -> Select:
    """All columns of `raw` out of a join of it, some of them replaced."""
    return select(*(replaced.get(it.name, it).label(it.name) for it in raw.columns)).select_from(of)


def _under(then: Then, data: dict[str, list], *key: ColumnElement) -> ColumnElement:
    """The list that stands under a row's key in `data`, null where none does.

    Looked up and not joined to: the database does not know how many rows come with a parameter, takes them for few,
    and goes through thousands for each of its own. One parameter leaves the statement the same, and so compiled.
    """
    name = reduce(lambda before, it: before + "-" + it, (cast(it, String) for it in key))
    if then.sqlite:
        return func.json_extract(literal(data, JSON), '$."' + name + '"', type_=JSON)
    return func.jsonb_object_field(literal(data, JSONB), name, type_=JSONB)


def _key(*ids: int) -> str:
    return "-".join(map(str, ids))


def _day(then: Then, value: ColumnElement) -> ColumnElement[date]:
    return (type_coerce if then.sqlite else cast)(value.as_string(), Date)


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
        was = _under(then, {
            _key(it): [it in former.due, former.due.get(it), former.dropped.get(it), former.extensions.get(it, 0)]
            for it in touched
        }, raw.c.id)
        replaced |= {
            "due": case((was[0].as_boolean(), _day(then, was[1])), else_=raw.c.due),
            "dropped_in": _dropped_then(was[2].as_boolean(), raw.c.dropped_in),
            "times_extended": raw.c.times_extended - func.coalesce(was[3].as_integer(), 0),
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
    was = _under(then, {
        _key(task_id): [it.get("area_id"), it.get("starred"), it.get("dropped")] for task_id, it in facts.items()
    }, raw.c.id)
    return _rows(
        raw, raw, area_id=func.coalesce(was[0].as_integer(), raw.c.area_id),
        starred=func.coalesce(was[1].as_boolean(), raw.c.starred),
        dropped_in=_dropped_then(was[2].as_boolean(), raw.c.dropped_in),
    ).where(own)


LAST = 1000


def _responsibility(then: Then) -> Select:
    raw = _raw(Responsibility, then.schema)
    if not then.former.seats:
        return _rows(raw, raw)
    former = then.former
    was = _under(then, {_key(*seat): list(it) for seat, it in former.seats.items()}, raw.c.task_id, raw.c.unit_id)
    part = case((was.is_not(None), was[0].as_string()), else_=raw.c.part)
    position = func.coalesce(was[1].as_integer(), raw.c.position)
    stayed = _rows(raw, raw, part=part, position=position).where(part.is_not(None))
    gone = [(*seat, *former.seats[seat]) for seat in sorted(former.left) if former.seats[seat][0] is not None]
    if not gone:
        return stayed
    each = (func.json_each if then.sqlite else func.json_array_elements)(literal(gone, JSON)).table_valued(
        column("value", JSON)
    )
    it = each.c.value
    given = {
        "task_id": it[0].as_integer(), "unit_id": it[1].as_integer(), "part": it[2].as_string(),
        "id": -it[0].as_integer(), "inferred": false(), "source": literal(""),
        # It comes after the others, where its place is not known.
        "position": func.coalesce(it[3].as_integer(), LAST),
    }
    return union_all(stayed, _rows(raw, each, **given))


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
