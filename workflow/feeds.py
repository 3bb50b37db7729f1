"""Calendar feeds: a secret address at which a calendar program reads one person's deadlines, without signing in.

A person has one at a time; a new one ends the last. Who reads has the rights of that person at that moment, and
none but these: with the account the address ends. Only the token's hash is kept.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Account, CalendarFeed, Database, SecurityEvent
from workflow.actor import Actor, Origin, load_actor
from workflow.audit.chain import append
from workflow.delegation import own_account
from workflow.errors import NotVisible
from workflow.sign_in import Throttled, hash_token, log

READ, REFUSED = "feed-read", "feed-refused"
# How often a reading is written down: programs ask all day long.
SEEN_EVERY = timedelta(hours=1)
# Wrong addresses borne from one place within the window; a token is too long to be found by trying in any case.
WINDOW, MOST_WRONG = timedelta(minutes=15), 20


def open_feed(database: Database, actor: Actor, seen: int) -> str | None:
    """A new address's token, told this once; the last one ends. Raises NotVisible where the account is closed.

    `seen` is the number of the one that the page showed, 0 for none. Where another holds by now, nothing is done and
    None is the answer: a page that is loaded again sends its form again, and would end the address it has just shown.
    """
    with database.writing() as session:
        at = database.clock()
        account, own = own_account(session, actor)
        held = feed_of(session, account.id)
        if (held.id if held else 0) != seen:
            return None
        _end(session, account, own, at)
        token = secrets.token_urlsafe(32)
        row = CalendarFeed(account_id=account.id, token_hash=hash_token(token), created_at=at)
        session.add(row)
        session.flush()
        append(session, account, own, at, "open-feed", detail={"feed": row.id})
        return token


def close_feed(database: Database, actor: Actor) -> None:
    """End the person's address at once; nothing where there is none."""
    with database.writing() as session:
        account, own = own_account(session, actor)
        _end(session, account, own, database.clock())


def feed_of(session: Session, account_id: int) -> CalendarFeed | None:
    """The address that holds, None where there is none."""
    return session.scalars(_holding(account_id)).one_or_none()


def follower(database: Database, token: str, origin: Origin) -> Actor:
    """Whose deadlines are read at this address. Raises NotVisible, Throttled; both are in the security log."""
    now = database.clock()
    with database.reading() as session:
        feed = session.scalars(select(CalendarFeed).where(
            CalendarFeed.token_hash == hash_token(token), CalendarFeed.revoked_at.is_(None)
        )).one_or_none()
        actor = load_actor(session, feed.account_id, origin) if feed else None
    if actor is None:
        _refuse(database, origin, now)
    elif feed.used_at is None or now - feed.used_at > SEEN_EVERY:
        with database.writing() as session:
            session.get_one(CalendarFeed, feed.id).used_at = now
            log(session, now, READ, origin, account_id=actor.account_id)
    return actor


def _refuse(database: Database, origin: Origin, now: datetime) -> None:
    with database.writing() as session:
        count, first = session.execute(select(func.count(), func.min(SecurityEvent.at)).where(
            SecurityEvent.kind == REFUSED, SecurityEvent.at > now - WINDOW, SecurityEvent.address == origin.address
        )).one()
        if count >= MOST_WRONG:
            raise Throttled(max(1, int((first + WINDOW - now).total_seconds())))
        log(session, now, REFUSED, origin)
    raise NotVisible()


def _holding(account_id: int):
    return select(CalendarFeed).where(CalendarFeed.account_id == account_id, CalendarFeed.revoked_at.is_(None))


def _end(session: Session, account: Account, actor: Actor, at: datetime) -> None:
    for row in session.scalars(_holding(account.id)):
        row.revoked_at = at
        append(session, account, actor, at, "close-feed", detail={"feed": row.id})
