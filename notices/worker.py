"""The worker: claims a message, sends it, marks it. It may be killed between any two of these.

A claim is a lease. While it lasts nobody else takes the message up; once it has run out, its worker is taken for
dead, and what became of the message is not known: it may have been sent and not marked. Then a mail is sent again
with the same Message-ID, by which mail systems know it again; a web hook, which nothing knows again, is not, and
stands as *uncertain* before the administrators. docs/notices.md says what follows from this.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Account, Carried, Contact, Database, Message, Role
from notices.channels import Channel, Letter, Unsent
from notices.wording import compose
from workflow.actor import Actor
from workflow.audit.chain import append

logger = logging.getLogger("taizhang.notices")

MOST_ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
NO_ADDRESS = "no address any more"


@dataclass(frozen=True)
class Way:
    """What the worker sends by: the channels that the ledger has, the lease of a claim, the ledger's address."""

    channels: Mapping[str, Channel]
    lease: timedelta
    site: str = ""


@dataclass(frozen=True)
class _Claimed:
    """A message in this worker's hand since `at`; `letter` is None where the person has no address any more."""

    id: int
    channel: str
    attempts: int
    at: datetime
    letter: Letter | None


def deliver(database: Database, way: Way) -> int:
    """Send everything that is due; how many messages were taken by the other side."""
    sent = 0
    while (claimed := _claim(database, way)) is not None:
        sent += _send(database, way, claimed)
    return sent


def _claim(database: Database, way: Way) -> _Claimed | None:
    with database.writing() as session:
        now = database.clock()
        _give_up_unknown(session, way, now)
        due = or_(
            and_(Message.state == Message.WAITING, Message.send_after <= now),
            and_(Message.state == Message.SENDING, Message.claimed_at <= now - way.lease),
        )
        message = session.scalars(
            select(Message).where(due, Message.channel.in_(way.channels)).order_by(Message.send_after, Message.id)
            .limit(1).with_for_update(of=Message, skip_locked=True)
            .options(
                joinedload(Message.account, innerjoin=True),
                selectinload(Message.carried).joinedload(Carried.notice),
            )
        ).one_or_none()
        if message is None:
            return None
        message.state, message.claimed_at = Message.SENDING, now
        message.attempts += 1
        contact = session.get(Contact, message.account_id)
        return _Claimed(message.id, message.channel, message.attempts, now, _letter(message, contact, way.site))


def _give_up_unknown(session: Session, way: Way, now: datetime) -> None:
    """What a dead worker had in its hand and nothing would know again, or what worker after worker died of."""
    blind = [name for name, channel in way.channels.items() if not channel.known_again]
    session.execute(
        update(Message)
        .where(
            Message.state == Message.SENDING, Message.claimed_at <= now - way.lease,
            or_(Message.channel.in_(blind), Message.attempts >= MOST_ATTEMPTS),
        )
        .values(state=Message.UNCERTAIN, ended_at=now, error="the worker ended while it was being sent")
    )


def _letter(message: Message, contact: Contact | None, site: str) -> Letter | None:
    to = getattr(contact, message.channel, "")
    if not to or not message.account.active:
        return None
    notices = [carried.notice for carried in message.carried]
    subject, text = compose(notices, message.channel, contact.language, site)
    return Letter(to, subject, text, message.id, message.token, max(notice.at for notice in notices))


def _send(database: Database, way: Way, claimed: _Claimed) -> bool:
    channel = way.channels[claimed.channel]
    if claimed.letter is None:
        _mark(database, claimed, Message.DEAD, error=NO_ADDRESS)
        return False
    try:
        channel.send(claimed.letter)
    except Unsent as error:
        logger.warning("message %s, attempt %s: %s", claimed.id, claimed.attempts, error)
        if not error.certain and not channel.known_again:
            _mark(database, claimed, Message.UNCERTAIN, error=str(error))
        elif error.final or claimed.attempts >= MOST_ATTEMPTS:
            _mark(database, claimed, Message.DEAD, error=str(error))
        else:
            _mark(database, claimed, Message.WAITING, error=str(error))
        return False
    _mark(database, claimed, Message.SENT)
    return True


def _mark(database: Database, claimed: _Claimed, state: str, error: str = "") -> None:
    """Write down how it ended, where it is still in this worker's hand."""
    with database.writing() as session:
        now = database.clock()
        ended = {"send_after": now + wait(claimed.attempts)} if state == Message.WAITING else {"ended_at": now}
        session.execute(
            update(Message)
            .where(Message.id == claimed.id, Message.state == Message.SENDING, Message.attempts == claimed.attempts)
            .values(state=state, error=error[:300], **ended)
        )


def wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, and twice as long each time."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1))


def send_again(session: Session, message_id: int, actor: Actor, now: datetime) -> bool:
    """An administrator's word: try a dead or an uncertain message once more. Whether there was such a one.

    It stands in the chain of the one who is written to: an uncertain message may so arrive twice.
    """
    account = session.scalars(
        select(Account).join(Message, Message.account_id == Account.id).where(Message.id == message_id)
        .with_for_update(of=Account)
    ).one_or_none()
    found = session.execute(
        update(Message).where(Message.id == message_id, Message.state.in_((Message.DEAD, Message.UNCERTAIN)))
        .values(state=Message.WAITING, send_after=now, attempts=MOST_ATTEMPTS - 1, ended_at=None)
    )
    if found.rowcount != 1:
        return False
    append(session, account, actor, now, "send-again", role=Role.SYSTEM_ADMIN, detail={"message": message_id})
    return True


def undelivered(session: Session, limit: int = 200) -> list[Message]:
    """What did not go out, or may not have: the newest first."""
    return list(session.scalars(
        select(Message).where(Message.state.in_((Message.DEAD, Message.UNCERTAIN)))
        .options(joinedload(Message.account), selectinload(Message.carried)).order_by(Message.id.desc()).limit(limit)
    ))
