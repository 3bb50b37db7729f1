"""What others add to a milestone's round: supporting units that are asked, co-leads' parts, the draft's lock."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from models.base import Base, Chained
from models.directory import Account, Unit, UnitMember
from models.milestone import Evidence, Milestone, Round
from models.plan import Responsibility, Task


class ContributionRequest(Chained, Base):
    """One supporting unit asked for its part in one round, and what it answered.

    `via` is the collective name through which the unit was asked (each member answers for itself); `due`
    the last day for an answer. `words` come with the answer, `reported` are the unit's figures as in
    `Round.reported`; `draft_version` is the lead's draft that was confirmed; `reply` the lead's to an objection.
    """

    __tablename__ = "contribution_request"
    __table_args__ = (UniqueConstraint("round_id", "unit_id"),)
    # The states that others ask for: two by a milestone's own rules, one by statistics, which leave it out.
    ASKED, OBJECTED, RELEASED = "asked", "objected", "released"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    via_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(20), default=ASKED)
    wanted: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    reported: Mapped[list[dict]] = mapped_column(JSON, default=list)
    draft_version: Mapped[int | None]
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship(back_populates="requests")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    via: Mapped[Unit | None] = relationship(foreign_keys=[via_id])
    answered_by: Mapped[Account | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def round_number(self) -> int:
        return self.round.number

    @property
    def milestone(self) -> Milestone:
        return self.round.milestone

    @property
    def task(self) -> Task:
        return self.milestone.task

    @property
    def last_asked_at(self) -> datetime:
        return self.reminded_at or self.asked_at


class LeadPart(Base):
    """A lead's part in a round that several lead: `unit_id` is the one of its responsibility.

    `given` says that this lead stands behind the draft as it is (drafted or confirmed it; 分别负责: handed
    its own part in). `account`, `reported` and `draft_version` are used where each leads its own part. `sent_at` and
    `signed_at` are the way to the unit's own leader (审签) and back.
    """

    __tablename__ = "lead_part"
    __table_args__ = (UniqueConstraint("round_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    account: Mapped[str] = mapped_column(Text, default="")
    reported: Mapped[list[dict]] = mapped_column(JSON, default=list)
    draft_version: Mapped[int] = mapped_column(default=0)
    given: Mapped[bool] = mapped_column(default=False)
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    unit: Mapped[Unit] = relationship()
    signed_by: Mapped[Account | None] = relationship(foreign_keys=[signed_by_id])


class DraftLock(Base):
    """Which of several leads is drafting, and until when nobody else may. Past `until` it is no lock."""

    __tablename__ = "draft_lock"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    until: Mapped[datetime]

    account: Mapped[Account] = relationship()


Round.requests = relationship(ContributionRequest, order_by=ContributionRequest.id, back_populates="round")
Round.parts = relationship(LeadPart, order_by=LeadPart.id)
Round.lock = relationship(DraftLock, uselist=False)

# Loaded with the row itself, as `Round.evidence_count` is, so that a rule can ask without a query of its own.
_unanswered = (ContributionRequest.round_id == Round.id, ContributionRequest.state == ContributionRequest.ASKED)
Round.waiting_until = column_property(
    select(func.max(ContributionRequest.due)).where(*_unanswered)
    .correlate_except(ContributionRequest).scalar_subquery()
)
Round.open_objections = column_property(
    select(func.count(ContributionRequest.id)).where(
        ContributionRequest.round_id == Round.id, ContributionRequest.state == ContributionRequest.OBJECTED
    ).correlate_except(ContributionRequest).scalar_subquery()
)
ContributionRequest.pieces = column_property(
    select(func.count(Evidence.id)).where(
        Evidence.round_id == ContributionRequest.round_id, Evidence.unit_id == ContributionRequest.unit_id
    ).correlate_except(Evidence).scalar_subquery()
)
# A collective name that nobody answers for, or a closed unit, can give no part: it is not waited for.
Responsibility.answered_for = column_property(
    or_(
        select(Unit.id).where(Unit.id == Responsibility.unit_id, and_(Unit.active, ~Unit.collective))
        .correlate_except(Unit).exists(),
        select(UnitMember.member_id).where(UnitMember.collective_id == Responsibility.unit_id)
        .correlate_except(UnitMember).exists(),
    )
)
