"""What is only ever added: the audit trail, its checkpoints, and the security log."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

# SQLite numbers rows by itself only for a column of exactly this type.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


# Events that change what a milestone or a task is, other than its state: few, and asked for by their time.
CHANGES = ("change", "drop", "revise", "set-part")
_IS_CHANGE = text("action IN ({})".format(", ".join(f"'{action}'" for action in CHANGES)))

# What was decided of rounds, and when: the statistics of returns.
DECISIONS = ("accept", "return")
_DECIDES = text("action IN ({})".format(", ".join(f"'{action}'" for action in DECISIONS)))


class AuditEvent(Base):
    """One event of one subject's chain. Every column but `id` is covered by `hash` (docs/audit.md)."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "sequence"),
        Index("ix_audit_event_at", "at"),
        Index("ix_audit_event_actor_id", "actor_id"),
        Index("ix_audit_event_changed_at", "at", postgresql_where=_IS_CHANGE, sqlite_where=_IS_CHANGE),
        Index("ix_audit_event_decided_at", "at", postgresql_where=_DECIDES, sqlite_where=_DECIDES),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    format: Mapped[int]
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    sequence: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    actor_unit: Mapped[str] = mapped_column(String(120))
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str | None] = mapped_column(String(20))
    round: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)  # canonical JSON: the input, or what changed
    input_digest: Mapped[str] = mapped_column(String(64))
    evidence_digest: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Checkpoint(Base):
    """A checkpoint that was written out; the file itself is kept outside the database."""

    __tablename__ = "checkpoint"

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    chains: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class SecurityEvent(Base):
    """Sign-ins, failures and denied requests: not part of any subject's chain."""

    __tablename__ = "security_event"
    __table_args__ = (
        Index("ix_security_event_kind_at", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(30))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    username: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[str | None] = mapped_column(String(45))
    path: Mapped[str] = mapped_column(String(300), default="")
    detail: Mapped[str] = mapped_column(String(300), default="")
    request_id: Mapped[str | None] = mapped_column(String(64))
