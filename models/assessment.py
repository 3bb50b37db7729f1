"""Assessment (考核): the rule in its versions, a result drawn up under one of them, its lines, and objections to it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from models.base import Base, Chained
from models.directory import Unit
from models.plan import Plan
from models.words import Words


class AssessmentItem(StrEnum):
    """What points are given for, in the order of the rule; what an upheld objection adds is beside them."""

    COMPLETION = "completion"
    ON_TIME = "on_time"
    QUALITY = "quality"
    SUPPORTING = "supporting"

    @property
    def label(self) -> Words:
        return _LABELS[self]


_LABELS = {
    AssessmentItem.COMPLETION: Words("完成情况", "Completion"),
    AssessmentItem.ON_TIME: Words("按期情况", "On time"),
    AssessmentItem.QUALITY: Words("报送质量", "Quality"),
    AssessmentItem.SUPPORTING: Words("配合情况", "Supporting"),
}
ADJUSTMENT = "adjustment"  # the item of a line that an upheld objection added


class AssessmentRule(Base):
    """One version of a plan's rule. Never rewritten: a change is the next version (docs/assessment.md).

    The four weights add up to 100. `per_return` is what one return takes of a milestone's quality, in per cent;
    `objection_days` the working days for objections. `words` say why it was changed; null makers are the ledger's own.
    """

    __tablename__ = "assessment_rule"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    completion: Mapped[int]
    on_time: Mapped[int]
    quality: Mapped[int]
    supporting: Mapped[int]
    per_return: Mapped[int]
    objection_days: Mapped[int]
    words: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime | None]
    made_by: Mapped[str] = mapped_column(String(200), default="")  # unit and post, as the trail names them

    @property
    def weights(self) -> dict[str, int]:
        return {item: getattr(self, item) for item in AssessmentItem}


class Assessment(Chained, Base):
    """One result of one plan's period. What was drawn up never changes; publishing adds the fingerprint.

    `period` is 2018Q4 or 2018, `first` and `last` its days. `edition` counts what was published for the period; one
    that corrects another names it. `last_event` is the newest event of the ledger that was seen, `taken_at` the moment.
    """

    __tablename__ = "assessment"
    __table_args__ = (Index("ix_assessment_plan_id_period", "plan_id", "period"),)
    OPEN, PUBLISHED, WITHDRAWN = "open", "published", "withdrawn"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    period: Mapped[str] = mapped_column(String(6))
    first: Mapped[date]
    last: Mapped[date]
    edition: Mapped[int]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    words: Mapped[str] = mapped_column(Text, default="")  # why the former is corrected
    rule_id: Mapped[int] = mapped_column(ForeignKey("assessment_rule.id"))
    taken_at: Mapped[datetime]
    last_event: Mapped[int] = mapped_column(BigInteger)
    objections_until: Mapped[date]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    drawn_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom they stood in for
    state: Mapped[str] = mapped_column(String(20))
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(String(200), default="")
    digest: Mapped[str | None] = mapped_column(String(64))

    plan: Mapped[Plan] = relationship()
    rule: Mapped[AssessmentRule] = relationship()
    corrects: Mapped["Assessment | None"] = relationship(remote_side=[id])
    scores: Mapped[list["AssessmentScore"]] = relationship(order_by="AssessmentScore.unit_id")


class AssessmentScore(Base):
    """One unit in a result. `items` holds by item {"part", "of", "weight", "points"} as exact fractions, null where
    it has no such work; `points` is their sum, null where none applies. `forms`, what it filled in, counts nowhere.
    """

    __tablename__ = "assessment_score"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(120))  # as it was then
    forms: Mapped[int]
    items: Mapped[dict] = mapped_column(JSON)
    points: Mapped[str | None] = mapped_column(String(80))

    unit: Mapped[Unit] = relationship()


class AssessmentLine(Base):
    """What one subject of the ledger gives to one item of a unit, and the events that it is read from.

    `part` of `of` is what counts (`of` is 0 where it is set aside), `points` the exact share of the points.
    `version` and `head` are the end of the subject's chain then; `events` are [sequence, action, ISO time] in it.
    """

    __tablename__ = "assessment_line"
    __table_args__ = (Index("ix_assessment_line_assessment_id_unit_id", "assessment_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    item: Mapped[str] = mapped_column(String(20))
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(String(20))
    part: Mapped[str] = mapped_column(String(20))
    of: Mapped[int]
    points: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    events: Mapped[list] = mapped_column(JSON)


class AssessmentObjection(Chained, Base):
    """A unit's objection (异议) to one item of its draft result. `points` are what was added, as decimal text."""

    __tablename__ = "assessment_objection"
    OPEN = "raised"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    item: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    raised_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom they stood in for
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    points: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(String(200), default="")

    assessment: Mapped[Assessment] = relationship()
    unit: Mapped[Unit] = relationship()


# Loaded with the result itself, so that a rule can ask without a query of its own.
Assessment.open_objections = column_property(
    select(func.count(AssessmentObjection.id)).where(
        AssessmentObjection.assessment_id == Assessment.id, AssessmentObjection.state == AssessmentObjection.OPEN
    ).correlate_except(AssessmentObjection).scalar_subquery()
)
