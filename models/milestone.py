"""Task-years and what units report about them, round by round."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, and_, func, select
from sqlalchemy.orm import Mapped, WriteOnlyMapped, column_property, mapped_column, relationship

from models.base import Base, Chained
from models.directory import Account, Unit
from models.plan import Task


class Milestone(Chained, Base):
    """One task in one year: what moves through the workflow.

    A granted change replaces `due`, `requirements` or targets; `published` keeps them as the plan was published (null
    where nothing was changed), and `extensions` every deadline that was in force before, in order:
    {"due": ISO date, "at": when it was replaced, "late": days overdue at that moment, "request": id}.
    """

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("task_id", "year"), Index("ix_milestone_state_due", "state", "due"))

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    year: Mapped[int | None]
    due: Mapped[date | None]
    # One entry a line of the task's contents; "" where that line asks nothing of this year.
    requirements: Mapped[list[str]] = mapped_column(JSON)
    steps: Mapped[list[dict]] = mapped_column(JSON)  # {"due": ISO date, "text": words}
    state: Mapped[str] = mapped_column(String(20))
    round_number: Mapped[int] = mapped_column(default=1)
    dropped_in: Mapped[int | None]  # the edition that no longer asks for it, where nothing had been submitted
    published: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    extensions: Mapped[list[dict]] = mapped_column(JSON, default=list)
    times_extended: Mapped[int] = mapped_column(default=0)  # of `extensions`, for rules and lists to ask

    task: Mapped[Task] = relationship()
    rounds: Mapped[list["Round"]] = relationship(back_populates="milestone", order_by="Round.number")
    round: Mapped["Round"] = relationship(
        primaryjoin=lambda: and_(Round.milestone_id == Milestone.id, Round.number == Milestone.round_number),
        foreign_keys=lambda: [Round.milestone_id, Round.number],
        uselist=False, viewonly=True,
    )

    @property
    def requirement(self) -> str:
        return "\n".join(line for line in self.requirements if line)

    @property
    def published_requirement(self) -> str:
        """As the plan was published, whatever was changed since."""
        published = (self.published or {}).get("requirements", self.requirements)
        return "\n".join(line for line in published if line)

    def published_target(self, indicator: str) -> str | None:
        """The indicator's target before any change; None where nothing was changed, or it was not there yet."""
        return (self.published or {}).get("targets", {}).get(indicator)

    @property
    def late_before_extension(self) -> int:
        """How many days it was overdue before extensions were granted: a grant does not undo them."""
        return sum(it["late"] for it in self.extensions)


class Evidence(Base):
    """One piece of a round: a file, a link, or a supporting unit's words (配合材料), with whose it is."""

    __tablename__ = "evidence"
    FILE, LINK, WORDS = "file", "link", "words"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))  # file name, or a link's caption
    body: Mapped[str] = mapped_column(Text, default="")  # a link's address, or the words
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    added_by: Mapped[Account] = relationship()


class EvidenceOpening(Base):
    """Who first had a submitted file of a milestone opened or shown, and when: in whichever round, it is its bytes."""

    __tablename__ = "evidence_opening"

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    opened_at: Mapped[datetime]


def open_points(points: list[dict]) -> int:
    """How many points to mend have no answer yet."""
    return sum(not point["answer"] for point in points)


class RoundReviewer(Base):
    """Whoever approved a round that was then sent back for another look: the round itself has only the last hand."""

    __tablename__ = "round_reviewer"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)


class Round(Base):
    """One round of reporting. It is a draft until it is submitted, and frozen for ever from then on.

    `opened_by` is the trigger that opened it ("" for the first); `reported` holds the lead's figures
    as [{"name", "amount", "unit"}], amounts as decimal text; `points` the points to mend (待改事项)
    that the return before it put, with their answers, as [{"words", "answer"}]; `checklist` what the
    lead units' filed implementation plans state (evidence and targets), answered in the same form.
    `figures_missing` counts the milestone's indicators without a value, `progress` is how far the one furthest
    behind has come, in hundredths of a per cent (None where nothing can be told); `steps_done` the places of the
    steps that are reported as done.
    """

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("milestone_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    number: Mapped[int]
    opened_by: Mapped[str] = mapped_column(String(20), default="")
    opened_at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(Text, default="")
    reported: Mapped[list[dict]] = mapped_column(JSON, default=list)
    points: Mapped[list[dict]] = mapped_column(JSON, default=list)
    open_points: Mapped[int] = mapped_column(default=0)  # of `points`, for rules and lists to ask
    checklist: Mapped[list[dict]] = mapped_column(JSON, default=list)
    open_checks: Mapped[int] = mapped_column(default=0)  # of `checklist`
    figures_missing: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int | None]
    steps_done: Mapped[list[int]] = mapped_column(JSON, default=list)
    draft_version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # For whom it was done, where somebody acted for another: both persons' conflicts count.
    submitted_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reviewed_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    digest: Mapped[str | None] = mapped_column(String(64))  # over all that was frozen
    # What a submitted round answered: a later edition may change the milestone's words, but not these.
    asked: Mapped[list[str] | None] = mapped_column(JSON)
    asked_due: Mapped[date | None]
    asked_edition: Mapped[int | None]
    unchanged_on: Mapped[date | None]  # when a lead unit last said that nothing has changed (本期无变化)

    milestone: Mapped[Milestone] = relationship(back_populates="rounds")
    evidence: Mapped[list[Evidence]] = relationship(order_by=Evidence.id)
    reviewers: Mapped[list[RoundReviewer]] = relationship()
    former_progress: WriteOnlyMapped["FormerProgress"] = relationship()
    saved_by: Mapped[Account | None] = relationship(foreign_keys=[saved_by_id])
    submitted_by: Mapped[Account | None] = relationship(foreign_keys=[submitted_by_id])

    @property
    def requirement(self) -> str:
        """The requirement that a submitted round answered."""
        return "\n".join(line for line in self.asked or () if line)

    @property
    def frozen(self) -> bool:
        return self.submitted_at is not None

    def put_points(self, points: list[dict]) -> None:
        """Set the points to mend, each {"words", "answer"}, and the count that rules and lists ask for."""
        self.points = points
        self.open_points = open_points(points)

    def put_checklist(self, checklist: list[dict]) -> None:
        """Set the checklist, each {"words", "answer"}, and the count that rules and lists ask for."""
        self.checklist = checklist
        self.open_checks = open_points(checklist)

    def put_progress(self, progress: int | None, at: datetime) -> None:
        """Set how far the figures have come; what it was stays readable."""
        if progress != self.progress:
            self.former_progress.add(FormerProgress(at=at, progress=self.progress))
            self.progress = progress

    @property
    def amounts(self) -> list[tuple[str, Decimal, str]]:
        return [(line["name"], Decimal(line["amount"]), line["unit"]) for line in self.reported]


class FormerProgress(Base):
    """What a draft's progress was until it was changed at `at`: drafts are no events, and lights speak of them."""

    __tablename__ = "former_progress"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    progress: Mapped[int | None]


# Loaded with the round itself, so that a rule can ask without a query of its own.
Round.evidence_count = column_property(
    select(func.count(Evidence.id))
    .where(Evidence.round_id == Round.id, Evidence.kind != Evidence.WORDS)
    .correlate_except(Evidence).scalar_subquery()
)
