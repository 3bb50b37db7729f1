"""Urging by hand (催办): whom it reaches, shown first; then an event on the milestone, and their notices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Account, AuditEvent, Milestone, Role, Unit, Words
from workflow.actor import Actor, title_words
from workflow.audiences import Telling, committee, lead_handlers, recipients_of_each, reviewers
from workflow.audit.chain import append
from workflow.authority import may_where, offers, role_reason
from workflow.definitions.milestone import MILESTONE
from workflow.engine import locked, permitted, stale
from workflow.errors import NotNow, NotVisible, Reason, Refused, Stale
from workflow.inputs import read_input
from workflow.notice_kinds import said, sentence
from workflow.notices import about, tell
from workflow.subjects import load_milestone

KIND = "urged"
TRIGGERS = ("urge", "chase")
# What counts as having chased somebody: a supervision sheet does too.
CHASED = (*TRIGGERS, "supervise")
HOLDERS = {Role.HANDLER: lead_handlers, Role.REVIEWER: reviewers, Role.COMMITTEE: committee}

NOBODY = Words(
    "现办理方没有在用账号，催办不会到达任何人。请联系系统管理员。",
    "Nobody who holds it has an account in use, so this would reach no one. Please tell the system administrator.",
)
GONE = Words("没有这个节点，或不在您的范围内。", "There is no such milestone, or it is not yours to see.")


@dataclass(frozen=True)
class Outcome:
    """What became of one of several: whom it reached, or why it was not sent."""

    milestone_id: int
    title: Words
    reached: tuple[str, ...] = ()
    refused: tuple[Words, ...] = ()


def urgeable_where(actor: Actor) -> ColumnElement[bool]:
    """The milestones whose holders this actor may urge now, over `milestone_rows`."""
    return or_(*(may_where(MILESTONE, trigger, actor) for trigger in TRIGGERS))


def trigger_on(milestone: Milestone, actor: Actor) -> str:
    """By which of the actions that urge this actor may urge now. Raises Refused or NotNow with the reasons."""
    given = [offer for offer in offers(MILESTONE, actor, milestone) if offer.action.trigger in TRIGGERS]
    if not given:
        raise Refused([role_reason(MILESTONE.first(TRIGGERS[0]))])
    if not given[0].open:
        raise NotNow(list(given[0].reasons))
    return given[0].action.trigger


def reached_by(session: Session, milestone: Milestone, actor: Actor, at: datetime) -> list[str]:
    """Whom it would reach now, by unit and post: those who hold the milestone, and who act for them."""
    return reached_by_each(session, [milestone], actor, at)[milestone.id]


def reached_by_each(
    session: Session, milestones: Iterable[Milestone], actor: Actor, at: datetime
) -> dict[int, list[str]]:
    """The same of several. One statement: those of one lead and one area have the same holders."""
    holders = {milestone.id: _tellings(milestone) for milestone in milestones}
    distinct = list(dict.fromkeys(chain.from_iterable(holders.values())))
    titles = dict(zip(distinct, _titles(session, distinct, actor, at), strict=True)) if distinct else {}
    return {it: titles[tellings[0]] if tellings else [] for it, tellings in holders.items()}


def _titles(session: Session, tellings: list[Telling], actor: Actor, at: datetime) -> list[list[str]]:
    """Of each of these the people whom it reaches, but for the one who acts."""
    each = recipients_of_each(tellings, at).subquery("each")
    rows = session.execute(
        select(each.c.place, Unit.name, Account.post)
        .join(Account, Account.id == each.c.account_id).join(Unit, Unit.id == Account.unit_id)
        .where(Account.id.not_in(sorted(actor.hands))).order_by(Unit.id, Account.id)
    )
    found: list[list[str]] = [[] for _ in tellings]
    for place, unit, post in rows:
        found[place].append(f"{unit} · {post}")
    return found


def urge(
    milestone: Milestone, trigger: str, actor: Actor, raw: Mapping, expected_version: int | None = None
) -> list[str]:
    """Write the event and the notices of those who hold the milestone; whom it reached. Raises what `fire` raises.

    With `expected_version` it is Stale where somebody acted since: others may hold it now than those that were shown.
    """
    with locked(milestone, actor) as (session, workflow, fresh, acting, at):
        if expected_version is not None and fresh.version != expected_version:
            raise stale(session, workflow, fresh)
        action = permitted(workflow, trigger, acting, fresh)
        taken = read_input(action.input, raw, session)
        reached = reached_by(session, fresh, acting, at)
        if not reached:
            raise NotNow([Reason("reaches-nobody", NOBODY)])
        event = append(
            session, fresh, acting, at, trigger, role=action.by, moved=(fresh.state, fresh.state),
            round_number=fresh.round_number, detail=taken,
        )
        tell(session, event, _tellings(fresh), {"about": about(fresh), "words": taken["words"]}, acting)
        return reached


def urge_each(session: Session, chosen: Mapping[int, int], actor: Actor, raw: Mapping) -> list[Outcome]:
    """Urge each of the chosen milestones (id: the version that was seen), each in a transaction of its own.

    None is passed over silently. Raises Incomplete, before the first, where the words will not do.
    """
    read_input(MILESTONE.first(TRIGGERS[0]).input, raw, session)
    return [_one(session, milestone_id, version, actor, raw) for milestone_id, version in chosen.items()]


def _one(session: Session, milestone_id: int, version: int, actor: Actor, raw: Mapping) -> Outcome:
    milestone = load_milestone(session, milestone_id)
    if milestone is None or not MILESTONE.sees.holds(actor, milestone):
        return Outcome(milestone_id, Words("", ""), refused=(GONE,))
    title = MILESTONE.title(milestone)
    try:
        reached = urge(milestone, trigger_on(milestone, actor), actor, raw, version)
    except Refused as error:
        return Outcome(milestone_id, title, refused=tuple(reason.words for reason in error.reasons))
    except Stale as error:
        return Outcome(milestone_id, title, refused=(error.words,))
    except NotVisible:
        return Outcome(milestone_id, title, refused=(GONE,))
    return Outcome(milestone_id, title, tuple(reached))


def times_chased(milestone_id: InstrumentedAttribute) -> ColumnElement[int]:
    """How often the holders of a milestone (`Milestone.id`) were urged, as a column."""
    return _chases(milestone_id, func.count())


def last_chased(milestone_id: InstrumentedAttribute) -> ColumnElement[datetime]:
    """When they were urged last."""
    return _chases(milestone_id, func.max(AuditEvent.at))


def _chases(milestone_id: InstrumentedAttribute, what) -> ColumnElement:
    return select(what).where(
        AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == milestone_id,
        AuditEvent.action.in_(CHASED),
    ).correlate(Milestone).scalar_subquery()


def notice_words(milestone: Milestone, actor: Actor) -> Words:
    """What the notice will say, before the actor's own words."""
    return sentence(KIND, {"actor": said(title_words(actor.title)), "about": about(milestone)})


def _tellings(milestone: Milestone) -> list[Telling]:
    holder = MILESTONE.by_name[milestone.state].holder
    return [Telling(KIND, HOLDERS[holder](milestone))] if holder else []
