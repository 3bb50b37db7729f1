"""What is told to whom: rules as data, and the one statement that writes the notices of an event.

A notice is written in the transaction of the event that it tells (an outbox): there is none without the other.
How it goes out by mail or web hook is for `notices/`. docs/notices.md lists the rules for people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from models import Account, AuditEvent, Delegation, Milestone, Notice, Part, Role, RoleGrant, Unit, UnitMember
from workflow.actor import Actor
from workflow.calendar import local_day


@dataclass(frozen=True)
class Audience:
    """Who is told: `where(who)` is a condition over accounts (`who` is Account or an alias of it).

    `area_id` is the action area that it is about; whoever acts for one of them there is told too. Where
    it is `personal`, nobody else is.
    """

    where: Callable[[Any], ColumnElement[bool]]
    area_id: int | None = None
    personal: bool = False


@dataclass(frozen=True)
class Telling:
    """One kind of notice, to one audience."""

    kind: str
    to: Audience


def to_accounts(ids: Sequence[int]) -> Audience:
    return Audience(lambda who: who.id.in_(ids), personal=True)


def to_unit(unit_ids: Sequence[int], role: Role = Role.HANDLER, area_id: int | None = None) -> Audience:
    """Those who hold `role` in one of the units, or in one that answers for a collective name among them."""
    members = select(UnitMember.member_id).where(UnitMember.collective_id.in_(unit_ids))
    return Audience(
        lambda who: and_(or_(who.unit_id.in_(unit_ids), who.unit_id.in_(members)), _holds(who, role)), area_id
    )


def lead_handlers(milestone: Milestone) -> Audience:
    return to_unit(_seats(milestone, Part.LEAD), area_id=milestone.task.area_id)


def all_handlers(milestone: Milestone) -> Audience:
    """The handlers of every unit with a part."""
    return to_unit(_seats(milestone, *Part), area_id=milestone.task.area_id)


def reviewers(milestone: Milestone) -> Audience:
    """Reviewers in whose scope it lies, but for those whose own unit has a part in it."""
    area_id, outside = milestone.task.area_id, _outside(milestone)
    scope = or_(RoleGrant.area_id.is_(None), RoleGrant.area_id == area_id)
    return Audience(lambda who: and_(_holds(who, Role.REVIEWER, scope), outside(who)), area_id)


def committee(milestone: Milestone) -> Audience:
    outside = _outside(milestone)
    return Audience(lambda who: and_(_holds(who, Role.COMMITTEE), outside(who)), milestone.task.area_id)


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
        {"actor": actor.title} | detail, event.at, besides=actor.hands,
    )


def write(
    session: Session, subject: tuple[str, int], key: str, tellings: Sequence[Telling], detail: dict, at: datetime,
    besides: frozenset[int] = frozenset(),
) -> int:
    """Write one notice for each person of the audiences who has none of this key yet; how many. One statement."""
    told = recipients(tellings, at)
    kind = case(*((reached(telling.to, at), literal(telling.kind)) for telling in tellings))
    columns = Notice.__table__.c
    rows = select(
        Account.id, literal(key, columns.key.type), kind, literal(subject[0], columns.subject_type.type),
        literal(subject[1], columns.subject_id.type), literal(at, columns.at.type),
        literal(detail, columns.detail.type),
    ).where(told, Account.id.not_in(sorted(besides)))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    names = ["account_id", "key", "kind", "subject_type", "subject_id", "at", "detail"]
    written = dialect.insert(Notice).from_select(names, rows).on_conflict_do_nothing()
    return session.execute(written, execution_options={"preserve_rowcount": True}).rowcount


def recipients(tellings: Sequence[Telling], at: datetime) -> ColumnElement[bool]:
    """The accounts that these reach at this moment, as a condition over Account."""
    units = select(Unit.id).where(Unit.active)
    return and_(Account.active, Account.unit_id.in_(units), or_(*(reached(telling.to, at) for telling in tellings)))


def reached(audience: Audience, at: datetime) -> ColumnElement[bool]:
    """Those of the audience, and those who act for one of them."""
    direct = audience.where(Account)
    if audience.personal:
        return direct
    absent = aliased(Account)
    area = or_(Delegation.area_id.is_(None), Delegation.area_id == audience.area_id)
    acting = (
        select(Delegation.taker_id).join(absent, absent.id == Delegation.giver_id)
        .where(Delegation.in_force(local_day(at)), area, absent.active, audience.where(absent))
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


def _seats(milestone: Milestone, *parts: Part) -> list[int]:
    return [seat.unit_id for seat in milestone.task.responsibilities if seat.part in parts]


def _holds(who, role: Role, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The committee's head is told what the committee is told; a leader in charge is not told what handlers are."""
    roles = (role, Role.COMMITTEE_HEAD) if role == Role.COMMITTEE else (role,)
    return who.id.in_(select(RoleGrant.account_id).where(RoleGrant.role.in_(roles), *more))


def _outside(milestone: Milestone) -> Callable[[Any], ColumnElement[bool]]:
    """The accounts whose unit has no part in the task."""
    seats = _seats(milestone, *Part)
    members = select(UnitMember.member_id).where(UnitMember.collective_id.in_(seats))
    return lambda who: and_(who.unit_id.not_in(seats), who.unit_id.not_in(members))
