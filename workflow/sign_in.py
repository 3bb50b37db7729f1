"""Signing in and out. A sign-in is a row on the server; the browser holds a random token for it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from models import Account, Database, SecurityEvent, SignIn, Unit
from workflow import passwords
from workflow.actor import ACCOUNT, Actor, Origin, actor_of, actor_query
from workflow.calendar import local_day
from workflow.delegation import acting_of, with_delegation

FAILED, SIGNED_IN, SIGNED_OUT, DENIED = "failed", "signed-in", "signed-out", "denied"
# How often `seen_at` is written: not at every request.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignInPolicy:
    """How long a sign-in lasts, and how many failures are borne within `window`."""

    idle: timedelta = timedelta(minutes=30)
    whole: timedelta = timedelta(hours=12)
    window: timedelta = timedelta(minutes=15)
    failures_per_account: int = 5
    # Of one name from anywhere, and from one address: an office shares an address, and nobody should lock others out.
    failures_elsewhere: int = 50


class SignInFailed(Exception):
    """Wrong name or password, or a closed account: one answer for all, so that names cannot be tried out."""


class Throttled(Exception):
    """Too many failures lately. `seconds` is how long to wait."""

    def __init__(self, seconds: int):
        super().__init__(f"{seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class SignedIn:
    """Who it is, and as whom they act for somebody where they asked to and may."""

    sign_in_id: int
    actor: Actor
    acting: Actor | None = None


def sign_in(
    database: Database, username: str, password: str, origin: Origin, agent: str, policy: SignInPolicy
) -> str:
    """A new sign-in's token. Raises SignInFailed or Throttled; both are in the security log."""
    now = database.clock()
    with database.writing() as session:
        _throttle(session, username, origin, now, policy)
        account = session.scalars(select(Account).where(Account.username == username)).one_or_none()
        right = passwords.matches(password, account.password_hash if account else None)
        if right and account.active and session.get_one(Unit, account.unit_id).active:
            token = secrets.token_urlsafe(32)
            session.add(SignIn(
                token_hash=hash_token(token), account_id=account.id, created_at=now, seen_at=now,
                address=origin.address, agent=agent[:200],
            ))
            log(session, now, SIGNED_IN, origin, username=username, account_id=account.id)
            return token
        log(session, now, FAILED, origin, username=username, account_id=account.id if account else None)
    raise SignInFailed()


# Built once: every request asks one of them.
_SIGN_IN = SignIn.__table__.c
_LASTING = actor_query(
    _SIGN_IN.token_hash == bindparam("token_hash"), _SIGN_IN.ended_at.is_(None),
    _SIGN_IN.created_at > bindparam("created_after"), _SIGN_IN.seen_at > bindparam("seen_after"),
    columns=(_SIGN_IN.id.label("sign_in_id"), _SIGN_IN.seen_at, _SIGN_IN.account_id),
)
_OWN = ACCOUNT.id == _SIGN_IN.account_id
_BY_TOKEN = _LASTING.join(SignIn.__table__, _OWN)
_BY_TOKEN_FOR = with_delegation(
    _LASTING.join(SignIn.__table__, or_(_OWN, ACCOUNT.id == bindparam("giver_id"))), _SIGN_IN.account_id
)


def signed_in(
    session: Session, token: str, now: datetime, policy: SignInPolicy, origin: Origin, giver_id: int | None = None
) -> SignedIn | None:
    """Who this token is, and acting for `giver_id`, as both stand now; None once it has ended or expired.

    One statement.
    """
    given = {"token_hash": hash_token(token), "created_after": now - policy.whole, "seen_after": now - policy.idle}
    if giver_id is None:
        rows = session.execute(_BY_TOKEN, given).all()
    else:
        rows = session.execute(_BY_TOKEN_FOR, given | {"giver_id": giver_id, "today": local_day(now)}).all()
    people = {row.id: row for row in rows}
    row = next((row for row in rows if row.id == row.account_id), None)
    if row is None:
        return None
    if now - row.seen_at > SEEN_EVERY:
        session.execute(update(SignIn).where(SignIn.id == row.sign_in_id).values(seen_at=now))
    own = actor_of(row, origin, now)
    return SignedIn(row.sign_in_id, own, acting_of(own, people.get(giver_id)) if giver_id else None)


def sign_out(database: Database, sign_in_id: int, origin: Origin) -> None:
    now = database.clock()
    with database.writing() as session:
        ended = session.get_one(SignIn, sign_in_id)
        ended.ended_at = now
        log(session, now, SIGNED_OUT, origin, account_id=ended.account_id)


def end_sign_ins(session: Session, account_id: int, now: datetime, keep: int | None = None) -> None:
    """End every sign-in of an account, but for the one with id `keep`: its rights or password have changed."""
    session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.id != (keep or 0))
        .values(ended_at=now)
    )


def log(session: Session, at: datetime, kind: str, origin: Origin, **fields) -> None:
    """Add to the security log (which is no subject's chain)."""
    fields["username"] = fields.get("username", "")[:64]
    session.add(SecurityEvent(at=at, kind=kind, address=origin.address, request_id=origin.request_id, **fields))


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _throttle(session: Session, username: str, origin: Origin, now: datetime, policy: SignInPolicy) -> None:
    """Count failures; a locked name is told the same whether it exists or not."""
    recent = (SecurityEvent.kind == FAILED, SecurityEvent.at > now - policy.window)
    of_name, of_address = SecurityEvent.username == username[:64], SecurityEvent.address == origin.address
    for conditions, most in (
        ((of_name, of_address), policy.failures_per_account),
        ((of_name,), policy.failures_elsewhere), ((of_address,), policy.failures_elsewhere),
    ):
        count, first = session.execute(
            select(func.count(), func.min(SecurityEvent.at)).where(*recent, *conditions)
        ).one()
        if count >= most:
            raise Throttled(max(1, int((first + policy.window - now).total_seconds())))
