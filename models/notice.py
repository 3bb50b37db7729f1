"""What people are told: notices, how each person wants them, and the messages that carry them outside."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.directory import Account
from models.trail import RowNumber


class Notice(Base):
    """One thing that one person is told; written in the transaction of what it tells (the outbox).

    `key` says what it is about, once for a person: an event as `type:id:sequence`, a reminder with its level.
    `detail` is what the sentence of its kind is filled with. `routed_at` is null until a worker has
    seen to its mail and web hook.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("ix_notice_account_id_read_at", "account_id", "read_at"),
        Index("ix_notice_routed_at", "routed_at"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(30))
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    at: Mapped[datetime]
    detail: Mapped[dict] = mapped_column(JSON)
    read_at: Mapped[datetime | None]
    routed_at: Mapped[datetime | None]


class Contact(Base):
    """How a person wants to be told outside the application; without a row, not at all.

    `hook` is an apprise address of a group robot (wecombot://…). `choices` says what departs from the
    usual: {topic: {channel: mode}}.
    """

    __tablename__ = "contact"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    mail: Mapped[str] = mapped_column(String(254), default="")
    hook: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(2), default="zh")
    choices: Mapped[dict] = mapped_column(JSON, default=dict)

    account: Mapped[Account] = relationship()


class Message(Base):
    """One mail or one web hook call, with one notice or a day's digest of them.

    `key` is the digest's day or the notice's number: there is one message for it. `token` makes the
    Message-ID, the same at every attempt. `claimed_at` is when a worker last took it up.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("account_id", "channel", "key"),
        Index("ix_message_state_send_after", "state", "send_after"),
    )
    WAITING, SENDING, SENT, DEAD, UNCERTAIN = "waiting", "sending", "sent", "dead", "uncertain"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(40))
    token: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    send_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")

    account: Mapped[Account] = relationship()
    carried: Mapped[list["Carried"]] = relationship(order_by="Carried.notice_id")


class Carried(Base):
    """That a notice goes out by a channel in this message, and in no other."""

    __tablename__ = "carried"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)

    notice: Mapped[Notice] = relationship()
