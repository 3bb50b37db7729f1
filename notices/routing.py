"""Which message a notice goes out in: at once, in the next digest, or not at all. Each notice is routed once."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Account, Carried, Contact, Database, Message, Notice
from notices.preferences import CHANNELS, NOW, OFF, mode_of
from workflow.calendar import Calendar, calendar_of, local_day, local_moment

BATCH = 200


def route(database: Database, digest_hour: int, channels: frozenset[str]) -> int:
    """Route what is not routed yet, to those channels that the ledger has; how many notices."""
    total = 0
    while count := _batch(database, digest_hour, channels):
        total += count
    return total


def _batch(database: Database, digest_hour: int, channels: frozenset[str]) -> int:
    with database.writing() as session:
        now, calendar = database.clock(), calendar_of(session)
        found = session.execute(
            select(Notice, Contact, Account.active).join(Account, Account.id == Notice.account_id)
            .outerjoin(Contact, Contact.account_id == Notice.account_id)
            .where(Notice.routed_at.is_(None)).order_by(Notice.id).limit(BATCH)
            .with_for_update(of=Notice, skip_locked=True)
        ).all()
        # In one order whoever routes, so that two routers do not wait for each other's messages.
        for notice, contact, active in sorted(found, key=lambda row: (row[0].account_id, row[0].id)):
            notice.routed_at = now
            for channel in CHANNELS:
                mode = mode_of(contact, notice.kind, channel) if active and channel in channels else OFF
                if mode != OFF:
                    _put(session, notice, channel, mode, now, calendar, digest_hour)
        session.flush()
        return len(found)


def _put(
    session: Session, notice: Notice, channel: str, mode: str, now: datetime, calendar: Calendar, digest_hour: int
) -> None:
    if mode == NOW:
        send_after = _at_work(now, calendar, digest_hour)
        message = _message(session, notice.account_id, channel, f"notice:{notice.id}", send_after)
    else:
        message = _digest(session, notice.account_id, channel, now, calendar, digest_hour)
    session.add(Carried(notice_id=notice.id, channel=channel, message_id=message.id))


def _digest(
    session: Session, account_id: int, channel: str, now: datetime, calendar: Calendar, digest_hour: int
) -> Message:
    """The next digest that nobody has taken up yet.

    Its row is locked: from then on it cannot be taken up without what is added here.
    """
    day = local_day(now)
    if not calendar.is_working_day(day) or now >= local_moment(day, digest_hour):
        day = calendar.next_working_day(day)
    while True:
        message = _message(session, account_id, channel, f"digest:{day}", local_moment(day, digest_hour))
        if message.state == Message.WAITING and message.attempts == 0:
            return message
        day = calendar.next_working_day(day)


def _message(session: Session, account_id: int, channel: str, key: str, send_after: datetime) -> Message:
    """The one message of that key, locked; made where there is none, also by another worker just now."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Message).on_conflict_do_nothing().values(
        account_id=account_id, channel=channel, key=key, token=secrets.token_hex(16), send_after=send_after,
        state=Message.WAITING, attempts=0, error="",
    ))
    query = select(Message).where(
        Message.account_id == account_id, Message.channel == channel, Message.key == key
    )
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def _at_work(now: datetime, calendar: Calendar, digest_hour: int) -> datetime:
    """Now, or when people are next at work."""
    day = local_day(now)
    if calendar.is_working_day(day):
        return now
    return local_moment(calendar.next_working_day(day), digest_hour)
