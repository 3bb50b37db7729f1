"""What is told to whom: rules as data, and the one statement that writes the notices of an event.

A notice is written in the transaction of the event that it tells (an outbox): there is none without the other.
How it goes out by mail or web hook is for `notices/`. docs/notices.md lists the rules for people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Insert, Integer, and_, bindparam, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from models import Account, AuditEvent, Delegation, Milestone, Notice, Part, Role, RoleGrant, Unit, UnitMember
from workflow.actor import Actor
from workflow.audit.chain import FIELDS
from workflow.calendar import local_day


class Given:
    """What an audience is about, as places in a statement that is built once: its units, its people, its area."""

    def __init__(self, place: int):
        self._place = place
        self.units = bindparam(f"units_{place}", type_=Integer, expanding=True)
        self.people = bindparam(f"people_{place}", type_=Integer, expanding=True)
        self.area = bindparam(f"area_{place}", type_=Integer)

    def values(self, audience: "Audience") -> dict[str, Any]:
        place = self._place
        return {
            f"units_{place}": audience.units, f"people_{place}": audience.people, f"area_{place}": audience.area_id,
        }


Group = Callable[[Any, Given], ColumnElement[bool]]


@dataclass(frozen=True)
class Audience:
    """Who is told: `group(who, given)` is a condition over accounts (`who` is Account or an alias of it).

    What it is given are the `units` and `people` of this one notice. `area_id` is the action area that it is
    about; whoever acts for one of them there is told too. Where it is `personal`, nobody else is.
    """

    group: Group
    units: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    area_id: int | None = None
    personal: bool = False


@dataclass(frozen=True)
class Telling:
    """One kind of notice, to one audience."""

    kind: str
    to: Audience


def to_accounts(ids: Sequence[int]) -> Audience:
    return Audience(_these, people=tuple(ids), personal=True)


def to_unit(unit_ids: Sequence[int], area_id: int | None = None) -> Audience:
    """The handlers of the units, and of those that answer for a collective name among them."""
    return Audience(_handlers, units=tuple(unit_ids), area_id=area_id)


def lead_handlers(milestone: Milestone) -> Audience:
    return to_unit(_seats(milestone, Part.LEAD), milestone.task.area_id)


def all_handlers(milestone: Milestone) -> Audience:
    """The handlers of every unit with a part."""
    return to_unit(_seats(milestone, *Part), milestone.task.area_id)


def reviewers(milestone: Milestone) -> Audience:
    """Reviewers in whose scope it lies, but for those whose own unit has a part in it."""
    return Audience(_reviewers, units=_seats(milestone, *Part), area_id=milestone.task.area_id)


def committee(milestone: Milestone) -> Audience:
    return Audience(_committee, units=_seats(milestone, *Part), area_id=milestone.task.area_id)


HOLDERS: dict[Role, Callable[[Milestone], Audience]] = {
    Role.HANDLER: lead_handlers, Role.REVIEWER: reviewers, Role.COMMITTEE: committee,
}

# (workflow, trigger): kinds of notice with their audiences. Who belongs to several gets the first.
TELLINGS: dict[tuple[str, str], tuple[tuple[str, Callable[[Any], Audience]], ...]] = {
    ("milestone", "submit"): (("to-review", reviewers),),
    ("milestone", "withdraw"): (("withdrawn", reviewers),),
    ("milestone", "approve"): (("to-sign-off", committee), ("approved", lead_handlers)),
    ("milestone", "return"): (("returned", lead_handlers),),
    ("milestone", "send_back"): (("sent-back", reviewers),),
    ("milestone", "accept"): (("accepted", all_handlers),),
    ("milestone", "reopen"): (("reopened", all_handlers),),
}


def tell_of(passage, event: AuditEvent) -> None:
    """Write the notices of an event of a workflow, in its transaction. One statement, or none."""
    told = TELLINGS.get((passage.workflow.name, passage.action.trigger), ())
    if told:
        tellings = [Telling(kind, audience(passage.subject)) for kind, audience in told]
        detail = {"about": about(passage.subject), "words": passage.input.get("words", "")}
        tell(passage.session, event, tellings, detail, passage.actor)


def tell(session: Session, event: AuditEvent, tellings: Sequence[Telling], detail: dict, actor: Actor) -> None:
    """The notices of any event. Whoever did it is not told."""
    write(
        session, (event.subject_type, event.subject_id),
        f"{event.subject_type}:{event.subject_id}:{event.sequence}", tellings,
        {"actor": actor.title} | detail, event.at, besides=actor.hands, event=event,
    )


def write(
    session: Session, subject: tuple[str, int], key: str, tellings: Sequence[Telling], detail: dict, at: datetime,
    besides: frozenset[int] = frozenset(), event: AuditEvent | None = None,
) -> int:
    """Write one notice for each person of the audiences who has none of this key yet; how many. One statement.

    PostgreSQL takes an `event` that is still to be written along in it.
    """
    dialect = session.get_bind().dialect.name
    along = event in session.new and dialect == "postgresql"
    kinds = tuple((telling.kind, telling.to.group, telling.to.personal) for telling in tellings)
    values = _values(tellings, at) | {
        "key": key, "subject_type": subject[0], "subject_id": subject[1], "at": at, "detail": detail,
        "besides": sorted(besides),
    }
    if along:
        session.expunge(event)
        values |= {place: getattr(event, name) for name, place in _EVENT.items()}
    statement = _statement(dialect, kinds, along)
    return session.execute(statement, values, execution_options={"preserve_rowcount": True}).rowcount


_EVENT = {name: f"e_{name}" for name in (*FIELDS, "hash")}
_TOLD = ("key", "subject_type", "subject_id", "at", "detail")


# Built once for the kinds that are told together: building it anew costs far more than running it.
@lru_cache
def _statement(dialect: str, kinds: tuple[tuple[str, Group, bool], ...], along: bool) -> Insert:
    columns = Notice.__table__.c
    conditions = _conditions((group, personal) for _, group, personal in kinds)
    # Whom none of the others reaches, the last one does.
    *first, last = [literal(name) for name, *_ in kinds]
    kind = case(*zip(conditions, first, strict=False), else_=last) if first else last
    rows = select(Account.id, kind, *(bindparam(name, type_=columns[name].type) for name in _TOLD)).where(
        _open_to(conditions), Account.id.not_in(bindparam("besides", type_=Integer, expanding=True))
    )
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(Notice.__table__)
    written = insert.from_select(["account_id", "kind", *_TOLD], rows).on_conflict_do_nothing()
    if not along:
        return written
    events = AuditEvent.__table__
    columns = {name: bindparam(place, type_=events.c[name].type) for name, place in _EVENT.items()}
    return written.add_cte(postgresql.insert(events).values(columns).cte("event"))


def recipients(tellings: Sequence[Telling], at: datetime) -> ColumnElement[bool]:
    """The accounts that these reach at this moment, as a condition over Account."""
    conditions = _conditions((telling.to.group, telling.to.personal) for telling in tellings)
    told = select(Account.id).where(_open_to(conditions)).correlate(None).params(_values(tellings, at))
    return Account.id.in_(told)


def _values(tellings: Sequence[Telling], at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"today": local_day(at)}
    for place, telling in enumerate(tellings):
        values |= Given(place).values(telling.to)
    return values


def _conditions(groups) -> list[ColumnElement[bool]]:
    return [_reached(group, personal, Given(place)) for place, (group, personal) in enumerate(groups)]


def _open_to(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Accounts in use that one of these reaches."""
    return and_(Account.active, Account.unit_id.in_(select(Unit.id).where(Unit.active)), or_(*conditions))


def _reached(group: Group, personal: bool, given: Given) -> ColumnElement[bool]:
    """Those of the group, and those who act for one of them."""
    direct = group(Account, given)
    if personal:
        return direct
    absent = aliased(Account)
    area = or_(Delegation.area_id.is_(None), Delegation.area_id == given.area)
    acting = (
        select(Delegation.taker_id).join(absent, absent.id == Delegation.giver_id)
        .where(Delegation.in_force(bindparam("today", type_=Date)), area, absent.active, group(absent, given))
    )
    return or_(direct, Account.id.in_(acting))


def about(subject) -> str:
    """What a milestone, a task, or something that belongs to one of them is called in a notice."""
    milestone = subject if isinstance(subject, Milestone) else getattr(subject, "milestone", None)
    task = getattr(milestone or subject, "task", subject)
    year = f" · {milestone.year}" if milestone is not None and milestone.year else ""
    return f"{task.number or ''} {task.title}{year}".strip()


def unread_count(session: Session, account_id: int) -> int:
    return session.scalar(
        select(func.count()).select_from(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    )


def notices_of(session: Session, account_id: int, limit: int, offset: int = 0, unread: bool = False) -> list[Notice]:
    """A person's notices, the newest first."""
    query = select(Notice).where(Notice.account_id == account_id)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    return list(session.scalars(query.order_by(Notice.id.desc()).limit(limit).offset(offset)))


def mark_read(session: Session, account_id: int, at: datetime, notice_id: int | None = None) -> None:
    """One of a person's own notices, or all of them."""
    query = update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    session.execute((query.where(Notice.id == notice_id) if notice_id else query).values(read_at=at))


def _seats(milestone: Milestone, *parts: Part) -> tuple[int, ...]:
    return tuple(seat.unit_id for seat in milestone.task.responsibilities if seat.part in parts)


def _these(who, given: Given) -> ColumnElement[bool]:
    return who.id.in_(given.people)


def _handlers(who, given: Given) -> ColumnElement[bool]:
    return and_(or_(who.unit_id.in_(given.units), who.unit_id.in_(_members(given))), _holds(who, Role.HANDLER))


def _reviewers(who, given: Given) -> ColumnElement[bool]:
    scope = or_(RoleGrant.area_id.is_(None), RoleGrant.area_id == given.area)
    return and_(_holds(who, Role.REVIEWER, scope), _outside(who, given))


def _committee(who, given: Given) -> ColumnElement[bool]:
    return and_(_holds(who, Role.COMMITTEE), _outside(who, given))


def _holds(who, role: Role, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The committee's head is told what the committee is told; a leader in charge is not told what handlers are."""
    roles = (role, Role.COMMITTEE_HEAD) if role == Role.COMMITTEE else (role,)
    return who.id.in_(select(RoleGrant.account_id).where(RoleGrant.role.in_(roles), *more))


def _outside(who, given: Given) -> ColumnElement[bool]:
    """The accounts whose unit has no part in the task."""
    return and_(who.unit_id.not_in(given.units), who.unit_id.not_in(_members(given)))


def _members(given: Given):
    """The units that answer for a collective name among those given."""
    return select(UnitMember.member_id).where(UnitMember.collective_id.in_(given.units))
