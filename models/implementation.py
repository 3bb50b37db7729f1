"""Implementation plans (实施方案): what a unit states about each milestone that it leads."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.directory import Account, Unit
from models.milestone import Milestone
from models.plan import Plan


class ImplementationEntry(Base):
    """One milestone of a unit's plan. `evidence` is what will prove it, one piece a line; `steps` as a milestone's.

    `handler` and `leader` are posts, in words.
    """

    __tablename__ = "implementation_entry"
    __table_args__ = (UniqueConstraint("implementation_id", "milestone_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    implementation_id: Mapped[int] = mapped_column(ForeignKey("implementation.id"))
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), index=True)
    measures: Mapped[str] = mapped_column(Text, default="")
    handler: Mapped[str] = mapped_column(String(60), default="")
    leader: Mapped[str] = mapped_column(String(60), default="")
    evidence: Mapped[list[str]] = mapped_column(JSON, default=list)
    target: Mapped[str] = mapped_column(Text, default="")
    steps: Mapped[list[dict]] = mapped_column(JSON, default=list)  # {"due": ISO date, "text": words}

    milestone: Mapped[Milestone] = relationship()

    @property
    def complete(self) -> bool:
        """The target may stand in the published requirement, and not every milestone has steps."""
        return bool(self.measures and self.handler and self.leader and self.evidence)


class Implementation(Chained, Base):
    """A unit's implementation plan for one published plan. It can be written in while it is a draft.

    `number` counts its submissions from 1; `open_entries` how many entries are not complete yet, for rules and
    lists to ask; `first_submitted_at` tells whether it came in time.
    """

    __tablename__ = "implementation"
    __table_args__ = (UniqueConstraint("plan_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    overview: Mapped[str] = mapped_column(Text, default="")
    open_entries: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    first_submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom they stood in for
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reviewed_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    digest: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20), index=True)

    plan: Mapped[Plan] = relationship()
    unit: Mapped[Unit] = relationship()
    saved_by: Mapped[Account | None] = relationship(foreign_keys=[saved_by_id])
    entries: Mapped[list[ImplementationEntry]] = relationship(order_by=ImplementationEntry.milestone_id)

    @property
    def due(self) -> date | None:
        """When it was to be in; None where that was before the ledger was opened, and so not the ledger's to watch."""
        due = self.plan.plan_due
        return due if due and due >= self.plan.opened_on else None
