"""A document that was uploaded and is not the ledger's yet: what was read in it, and how people correct it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.plan import Plan, PlanSource
from models.words import Words


class DraftStatus(StrEnum):
    """Where a document stands on its way into the ledger."""

    READING = "reading"
    READ = "read"
    UNREADABLE = "unreadable"
    STORED = "stored"
    DISCARDED = "discarded"

    @property
    def label(self) -> Words:
        return _LABELS[self]


_LABELS = {
    DraftStatus.READING: Words("读取中", "Being read"),
    DraftStatus.READ: Words("待核对", "To be checked"),
    DraftStatus.UNREADABLE: Words("无法读取", "Unreadable"),
    DraftStatus.STORED: Words("已入库", "Stored"),
    DraftStatus.DISCARDED: Words("已放弃", "Discarded"),
}


class PlanDraft(Chained, Base):
    """One document, found again by its bytes: a second upload meets the corrections of the first.

    `corrections` is a list of what docs/plans.md describes. `decisions` holds, for a revised edition, what was
    decided of each difference, by its key. `reading` is the plan as it was read, without corrections
    (plans/kept.py); `problem` the words {"zh", "en"} where it cannot be read. `progress` says, while it is read,
    how far that has come: [stage, done, total or null] (plans/readers/pace.py).
    """

    __tablename__ = "plan_draft"
    __table_args__ = (UniqueConstraint("source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("plan_source.id"))
    name: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime]  # when the present reading began
    uploaded_at: Mapped[datetime]
    corrections: Mapped[list[dict]] = mapped_column(JSON, default=list)
    decisions: Mapped[dict] = mapped_column(JSON, default=dict)
    problem: Mapped[dict | None] = mapped_column(JSON)
    progress: Mapped[list | None] = mapped_column(JSON)
    revises_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))  # what it became
    reading: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    source: Mapped[PlanSource] = relationship()
    revises: Mapped[Plan | None] = relationship(foreign_keys=[revises_id])
