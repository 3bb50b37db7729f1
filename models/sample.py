"""Sampling (抽查): a share of milestones that the committee drew by lot, and what checking each of them found."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.milestone import Milestone, Round
from models.plan import Task


def line_of(milestone_id: int, round_number: int) -> str:
    """How the list that is drawn from names a milestone in its round."""
    return f"{milestone_id}-{round_number}"


class Sample(Base):
    """One draw, as it was made; it never changes.

    `listed` is what was drawn from, a line "milestone-round" each, and `fingerprint` the SHA-256 of that list (UTF-8,
    each line ended by a line feed). `scope` says in words what was asked for, `query` is the same as an address has it.
    """

    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    since: Mapped[date | None]
    until: Mapped[date | None]
    words: Mapped[str] = mapped_column(Text, default="")
    share: Mapped[int | None]  # per cent, where a share was asked for and not a number
    population: Mapped[int]
    size: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))
    listed: Mapped[str] = mapped_column(Text, deferred=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))  # over all of this
    drawn_at: Mapped[datetime]
    drawn_by_title: Mapped[str] = mapped_column(String(200))

    items: Mapped[list["SampleItem"]] = relationship(back_populates="sample", order_by="SampleItem.place")


class SampleItem(Chained, Base):
    """One milestone that was drawn, in the round that it was in: what moves through the workflow.

    `place` is its place by lot, from 1, and `lot` the number it drew (64 hex digits). `signed_*` say who had signed the
    round off, and for whom.
    """

    __tablename__ = "sample_item"
    __table_args__ = (UniqueConstraint("sample_id", "milestone_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"))
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), index=True)
    round_number: Mapped[int]
    place: Mapped[int]
    lot: Mapped[str] = mapped_column(String(64))
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signed_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime | None]
    found_by_title: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(20), index=True)

    sample: Mapped[Sample] = relationship(back_populates="items")
    milestone: Mapped[Milestone] = relationship()
    round: Mapped[Round] = relationship(
        primaryjoin=lambda: (Round.milestone_id == SampleItem.milestone_id) & (
            Round.number == SampleItem.round_number
        ),
        foreign_keys=lambda: [SampleItem.milestone_id, SampleItem.round_number], viewonly=True,
    )

    @property
    def line(self) -> str:
        """Its line in the list that was drawn from."""
        return line_of(self.milestone_id, self.round_number)

    @property
    def task(self) -> Task:
        """What the rules of judging ask of a milestone, and so of this."""
        return self.milestone.task
