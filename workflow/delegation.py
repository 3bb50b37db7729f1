"""Acting for somebody who is away (代办授权): who may, until when, and as whom. docs/delegation.md says what it means.

Who acts has the rights of the one who is away, without the administrative offices, and never more: their own
roles do not add to them, and their own conflicts of interest count besides.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Date, Integer, Select, bindparam, or_, select, true
from sqlalchemy.orm import Session, joinedload

from models import Account, ActionArea, Database, Delegation, Role, RoleGrant, Unit, Words
from workflow.actor import ACCOUNT, Actor, actor_of, actor_query, load_actor
from workflow.audiences import Telling, to_accounts
from workflow.audit.chain import append
from workflow.calendar import local_day
from workflow.days import A_YEAR, Term
from workflow.errors import Incomplete, NotVisible, Reason, Refused
from workflow.inputs import Listed, found_beside
from workflow.notice_kinds import said
from workflow.notices import tell
from workflow.subjects import Loading

NOBODY = Words(
    "请选择代办人（在用账号，且不是三员）。", "Please choose an account in use that holds no administrative office."
)
ONESELF = Words("不能授权给本人。", "You cannot delegate to yourself.")
DAYS = Words("起止日期有误：请填写起日，止日不得早于起日。", "The first day is missing, or the last is before it.")
TOO_LONG = Words("一次授权最长 {most} 天。", "A delegation lasts {most} days at most.")
LAST_DAY = Term("last_day", Words("止日", "Last day"), least=0, most=A_YEAR - 1)
NOTHING_TO_GIVE = Words("您没有可授权他人代办的职责。", "You hold no role that another could act in.")
ENDED = Words("代办授权已到期或已收回，没有作任何改动。", "The delegation has ended, so nothing was changed.")
ENDED_NOW = Words("代办授权已到期或已收回，现以本人身份办理。", "The delegation has ended; you now act as yourself.")

_OFFICES = tuple(role for role in Role if role.is_administrative)


def delegate(
    database: Database, actor: Actor, taker_id: int, area_id: int | None, first_day: date | None, last_day: date | None
) -> int:
    """Let `taker_id` act for the actor. Raises Incomplete (with the fields) or Refused."""
    with database.writing() as session:
        at = database.clock()
        giver, acting = own_account(session, actor)
        if all(role.is_administrative for role in acting.roles):
            raise Refused([Reason("nothing-to-give", NOTHING_TO_GIVE)])
        _check_days(first_day, last_day, local_day(at))
        if taker_id == giver.id:
            raise Incomplete({"taker": ONESELF})
        taker = session.scalars(takers_query(giver.id).where(Account.id == taker_id)).one_or_none()
        if taker is None:
            raise Incomplete({"taker": NOBODY})
        if area_id is not None and session.get(ActionArea, area_id) is None:
            raise NotVisible()
        row = Delegation(
            giver_id=giver.id, taker_id=taker.id, area_id=area_id, first_day=first_day, last_day=last_day, given_at=at
        )
        session.add(row)
        session.flush()
        detail = {
            "delegation": row.id, "to": taker.id, "area": area_id, "from": first_day.isoformat(),
            "until": last_day.isoformat(),
        }
        event = append(session, giver, acting, at, "delegate", detail=detail)
        _tell(session, "delegated", row, acting, taker.id, event)
        return row.id


def revoke(database: Database, actor: Actor, delegation_id: int) -> None:
    """Take it back at once: by the one who gave it, or given up by the one who holds it."""
    with database.writing() as session:
        at = database.clock()
        row = session.scalars(
            select(Delegation).where(Delegation.id == delegation_id).with_for_update()
        ).one_or_none()
        if row is None or actor.account_id not in (row.giver_id, row.taker_id):
            raise NotVisible()
        if row.revoked_at is not None:
            return
        own = load_actor(session, actor.account_id, actor.origin)
        if own is None:
            raise NotVisible()
        end(session, row, own, at)


def end(session: Session, row: Delegation, actor: Actor, at: datetime) -> None:
    """Revoke a delegation inside somebody's transaction, with its event in the giver's chain."""
    giver = session.scalars(select(Account).where(Account.id == row.giver_id).with_for_update()).one()
    row.revoked_at = at
    event = append(session, giver, actor, at, "end-delegation", detail={"delegation": row.id, "to": row.taker_id})
    other = row.taker_id if actor.account_id == row.giver_id else row.giver_id
    _tell(session, "delegation-ended", row, actor, other, event)


_DELEGATION = Delegation.__table__.c


def with_delegation(query: Select, taker_id: ColumnElement[int]) -> Select:
    """An `actor_query`, each account with the delegation that `taker_id` holds of it `today`.

    Where there are several, those for one area do not add up: the widest is taken, or the newest.
    """
    held = (
        select(_DELEGATION.id)
        .where(
            _DELEGATION.giver_id == ACCOUNT.id, _DELEGATION.taker_id == taker_id,
            Delegation.in_force(bindparam("today", type_=Date), _DELEGATION),
        )
        .order_by(_DELEGATION.area_id.is_not(None), _DELEGATION.id.desc()).limit(1)
        .correlate_except(Delegation.__table__).scalar_subquery()
    )
    columns = _DELEGATION.id.label("delegation_id"), _DELEGATION.area_id.label("only_area")
    return query.add_columns(*columns).outerjoin(Delegation.__table__, _DELEGATION.id == held)


_TAKER, _OF_GIVER = bindparam("taker_id", type_=Integer), ACCOUNT.id == bindparam("giver_id")
_GIVER = with_delegation(actor_query(_OF_GIVER), _TAKER)
_BOTH = with_delegation(actor_query(or_(ACCOUNT.id == _TAKER, _OF_GIVER)), _TAKER)


def acting_for(session: Session, own: Actor, giver_id: int, today: date) -> Actor | None:
    """`own` acting for that account as things stand now; None where no delegation holds. One statement."""
    return acting_of(own, session.execute(_GIVER, _asked(own.account_id, giver_id, today)).one_or_none())


def again(session: Session, actor: Actor, now: datetime) -> Actor | None:
    """The actor as they stand at this moment; None where the account is closed. Commands stand for themselves.

    Raises Refused where they act for somebody and no longer may.
    """
    if actor.account_id is None:
        return actor
    return _as_now(session.execute(_BOTH, _asked(actor.account_id, actor.on_behalf_of, local_day(now))), actor, now)


def again_beside(
    session: Session, load: Loading, subject_id: int, actor: Actor, now: datetime,
    chosen: tuple[Listed, str] | None = None,
):
    """The subject, and the actor as `again` has it, in one statement: each None where there is none.

    The same statement looks up what was `chosen` from a list, for the reading of the input.
    """
    if actor.account_id is None:
        return load(session, subject_id), actor
    asked = {"subject_id": subject_id} | _asked(actor.account_id, actor.on_behalf_of, local_day(now))
    if chosen:
        asked["chosen"] = chosen[1]
    rows = session.execute(_beside(load, chosen and chosen[0]), asked).unique().all()
    if chosen and rows:
        found_beside(session, chosen[1], None if rows[0][-2] is None else tuple(rows[0][-2:]))
    return (rows[0][0], _as_now(rows, actor, now)) if rows else (None, actor)


@lru_cache
def _beside(load: Loading, listed: Listed | None) -> Select:
    people = _BOTH.subquery()
    query = load.one.add_columns(*people.c).outerjoin(people, true())
    if listed is None:
        return query
    words = listed.chosen.subquery()
    return query.add_columns(*(it.label(f"chosen_{it.name}") for it in words.c)).outerjoin(words, true())


def _asked(taker_id: int, giver_id: int | None, today: date) -> dict:
    return {"taker_id": taker_id, "giver_id": giver_id, "today": today}


def _as_now(rows, actor: Actor, now: datetime) -> Actor | None:
    people = {row.id: row for row in rows}
    own = actor_of(people.get(actor.account_id), actor.origin, now)
    if own is None or actor.on_behalf_of is None:
        return own
    acting = acting_of(own, people.get(actor.on_behalf_of))
    if acting is None:
        raise Refused([Reason("delegation-ended", ENDED)])
    return acting


def acting_of(own: Actor, row) -> Actor | None:
    """`own` acting for whom a row `with_delegation` tells, with its rights but the offices; None where they may not."""
    if row is None or row.delegation_id is None or not own.roles.isdisjoint(_OFFICES):
        return None
    giver = actor_of(row, own.origin, own.now)
    return replace(
        giver, account_id=own.account_id, on_behalf_of=giver.account_id, hand_title=own.title,
        hand_unit_ids=own.unit_ids, only_area=row.only_area, must_change_password=own.must_change_password,
        roles=frozenset(role for role in giver.roles if not role.is_administrative),
    )


def takers_query(giver_id: int):
    """Accounts that could act for this one: in use, and without an administrative office."""
    offices = select(RoleGrant.account_id).where(RoleGrant.role.in_(_OFFICES))
    return (
        select(Account).join(Unit, Unit.id == Account.unit_id).options(joinedload(Account.unit))
        .where(Account.active, Unit.active, Account.id != giver_id, Account.id.not_in(offices))
    )


def delegations_of(session: Session, account_id: int) -> list[Delegation]:
    """Given or held by this account, the newest first."""
    both = [joinedload(person).joinedload(Account.unit) for person in (Delegation.giver, Delegation.taker)]
    return list(session.scalars(
        select(Delegation).where((Delegation.giver_id == account_id) | (Delegation.taker_id == account_id))
        .options(*both, joinedload(Delegation.area)).order_by(Delegation.id.desc())
    ))


def givers(session: Session, account_id: int, today: date) -> list[tuple[int, str]]:
    """For whom this account may act today, as (account, title)."""
    rows = session.execute(
        select(Account.id, Unit.name, Account.post).join(Delegation, Delegation.giver_id == Account.id)
        .join(Unit, Unit.id == Account.unit_id)
        .where(Delegation.taker_id == account_id, Delegation.in_force(today), Account.active, Unit.active)
        .distinct().order_by(Account.id)
    )
    return [(row.id, f"{row.name} · {row.post}") for row in rows]


def own_account(session: Session, actor: Actor) -> tuple[Account, Actor]:
    """The account itself, locked: what it gives is its own, never what it holds for another."""
    giver = session.scalars(select(Account).where(Account.id == actor.account_id).with_for_update()).one_or_none()
    own = load_actor(session, actor.account_id, actor.origin) if giver else None
    if own is None:
        raise NotVisible()
    return giver, own


def _check_days(first: date | None, last: date | None, today: date) -> None:
    last = LAST_DAY.read(last, today)
    if first is None or last < first:
        raise Incomplete({"last_day": DAYS})
    if (last - first).days >= A_YEAR:
        raise Incomplete({"last_day": TOO_LONG.format(most=A_YEAR)})


def _tell(session: Session, kind: str, row: Delegation, actor: Actor, to: int, event) -> None:
    detail = {
        "actor": actor.title, "first": said(row.first_day), "last": said(row.last_day),
    }
    tell(session, event, [Telling(kind, to_accounts([to]))], detail, actor)
