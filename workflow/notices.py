"""What is told to whom: rules as data, and the one statement that writes the notices of an event.

A notice is written in the transaction of the event that it tells (an outbox): there is none without the other.
How it goes out by mail or web hook is for `notices/`. docs/notices.md lists the rules for people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from models import Account, AuditEvent, Delegation, Milestone, Notice, Part, Role, RoleGrant, Unit, UnitMember, Words
from workflow.actor import Actor
from workflow.calendar import local_day


@dataclass(frozen=True)
class Kind:
    """One kind of notice: what it is called where people choose, and its sentence, filled from the detail."""

    code: str
    label: Words
    sentence: Words


KINDS: dict[str, Kind] = {kind.code: kind for kind in (
    Kind("assigned", Words("责任分工", "Parts in tasks"), Words("{actor}将「{about}」交由本单位{part}", "{actor}: your unit now has a part ({part}) in “{about}”")),
    Kind("asked", Words("请予配合", "Asked to contribute"), Words("{actor}请本单位配合「{about}」，{day}前反馈", "{actor} asks your unit to contribute to “{about}” by {day}")),
    Kind("due", Words("临期提醒", "Due soon"), Words("「{about}」{day}到期，还有 {days} 天", "“{about}” is due on {day}, in {days} days")),
    Kind("overdue", Words("逾期提醒", "Overdue"), Words("「{about}」已逾期 {days} 个工作日（{day}到期，牵头：{leads}）", "“{about}” is {days} working days overdue (due on {day}; lead: {leads})")),
    Kind("to-review", Words("待审核", "To review"), Words("{actor}提交了「{about}」，请审核", "{actor} submitted “{about}” for review")),
    Kind("to-sign-off", Words("待审定", "To sign off"), Words("「{about}」已由{actor}审核通过，请审定", "{actor} approved “{about}”; it awaits sign-off")),
    Kind("clock", Words("办理超时", "Waiting too long"), Words("「{about}」在{role}处已 {days} 个工作日", "“{about}” has been with the {role} for {days} working days")),
    Kind("returned", Words("退回修改", "Returned"), Words("{actor}退回了「{about}」，请修改后重新提交", "{actor} returned “{about}” to be mended")),
    Kind("sent-back", Words("退回复核", "Sent back"), Words("{actor}将「{about}」退回复核", "{actor} sent “{about}” back to the reviewer")),
    Kind("withdrawn", Words("撤回", "Withdrawn"), Words("{actor}撤回了「{about}」", "{actor} withdrew “{about}”")),
    Kind("approved", Words("审核通过", "Approved"), Words("{actor}审核通过了「{about}」，待管委会审定", "{actor} approved “{about}”; it awaits the committee")),
    Kind("accepted", Words("办结销号", "Signed off"), Words("{actor}同意「{about}」办结销号", "{actor} signed “{about}” off")),
    Kind("reopened", Words("撤销办结", "Reopened"), Words("{actor}撤销了「{about}」的办结", "{actor} reopened “{about}”")),
    Kind("urged", Words("催办", "Urged"), Words("{actor}催办「{about}」", "{actor} urges “{about}”")),
    Kind("instructed", Words("批示", "Instructions"), Words("{actor}对「{about}」作出批示，请于{day}前答复", "{actor} gave an instruction on “{about}”, to be answered by {day}")),
    Kind("answered", Words("批示答复", "Answers to instructions"), Words("{actor}答复了您对「{about}」的批示", "{actor} answered your instruction on “{about}”")),
    Kind("mentioned", Words("提到我的", "Mentions"), Words("{actor}在「{about}」中提到了您", "{actor} mentioned you on “{about}”")),
    Kind("delegated", Words("代办授权", "Delegations"), Words("{actor}授权您自{first}至{last}代办", "{actor} lets you act for them from {first} to {last}")),
    Kind("delegation-ended", Words("代办授权结束", "Ended delegations"), Words("{actor}结束了代办授权（{first}至{last}）", "{actor} ended the delegation ({first} to {last})")),
    Kind("handed-over", Words("工作交接", "Handovers"), Words("{actor}办理了工作交接，{from_title}的在办事项由您接手：{about}", "{actor} handed the open work of {from_title} over to you: {about}")),
)}


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
    return session.execute(dialect.insert(Notice).from_select(names, rows).on_conflict_do_nothing()).rowcount


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


def sentence(kind: str, detail: dict) -> Words:
    """What a notice says. Where a value has a text for each language (`said`), each gets its own."""
    if kind not in KINDS:
        return Words(kind, kind)
    wanted = KINDS[kind].sentence
    return Words(*(
        wanted[language].format_map(_Known(
            {name: value.get(language, "") if isinstance(value, dict) else value for name, value in detail.items()}
        )) for language in ("zh", "en")
    ))


def said(words: Words | date) -> dict[str, str]:
    """Words, or a day, as a notice's detail keeps them."""
    if isinstance(words, date):
        return {"zh": f"{words.year}年{words.month}月{words.day}日", "en": f"{words:%-d %B %Y}"}
    return {"zh": words.zh, "en": words.en}


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


class _Known(dict):
    """What an older notice does not say is left blank."""

    def __missing__(self, _name: str) -> str:
        return ""


def _seats(milestone: Milestone, *parts: Part) -> list[int]:
    return [seat.unit_id for seat in milestone.task.responsibilities if seat.part in parts]


def _holds(who, role: Role, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return who.id.in_(select(RoleGrant.account_id).where(RoleGrant.role == role, *more))


def _outside(milestone: Milestone) -> Callable[[Any], ColumnElement[bool]]:
    """The accounts whose unit has no part in the task."""
    seats = _seats(milestone, *Part)
    members = select(UnitMember.member_id).where(UnitMember.collective_id.in_(seats))
    return lambda who: and_(who.unit_id.not_in(seats), who.unit_id.not_in(members))
