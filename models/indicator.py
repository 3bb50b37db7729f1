"""What a milestone is measured by."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.milestone import Milestone
from models.words import Words


class IndicatorKind(StrEnum):
    """How a reported value is read: this year's own amount, the sum so far, a level, or what was added."""

    YEARLY = "yearly"
    TOTAL = "total"
    LEVEL = "level"
    INCREASE = "increase"

    @property
    def label(self) -> Words:
        return _KINDS[self]


class Comparison(StrEnum):
    """What the target asks: to reach at least, to stay at most, or exactly that."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EXACTLY = "exactly"

    @property
    def label(self) -> Words:
        return _COMPARISONS[self]


_KINDS = {
    IndicatorKind.YEARLY: Words("年度量", "Yearly amount"),
    IndicatorKind.TOTAL: Words("累计量", "Running total"),
    IndicatorKind.LEVEL: Words("水平值", "Level"),
    IndicatorKind.INCREASE: Words("增量", "Increase"),
}
_COMPARISONS = {
    Comparison.AT_LEAST: Words("不少于", "At least"),
    Comparison.AT_MOST: Words("不超过", "At most"),
    Comparison.EXACTLY: Words("等于", "Exactly"),
}


class Indicator(Base):
    """One measure of a milestone. Amounts are decimal text, as reported figures are; `baseline` may be ""."""

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("milestone_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20), default="")
    kind: Mapped[str] = mapped_column(String(10), default=IndicatorKind.YEARLY)
    comparison: Mapped[str] = mapped_column(String(10), default=Comparison.AT_LEAST)
    baseline: Mapped[str] = mapped_column(String(30), default="")
    target: Mapped[str] = mapped_column(String(30))

    @property
    def kind_words(self) -> Words:
        return IndicatorKind(self.kind).label

    @property
    def comparison_words(self) -> Words:
        return Comparison(self.comparison).label

    @property
    def target_amount(self) -> Decimal:
        return Decimal(self.target)

    @property
    def baseline_amount(self) -> Decimal | None:
        return Decimal(self.baseline) if self.baseline else None


Milestone.indicators = relationship(Indicator, order_by=Indicator.position)
