"""The administrator's own calendar: days that are worked, or not, whatever the public one says."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.plan import Plan


class CalendarDay(Chained, Base):
    """One day, of the whole ledger or of one plan alone. `working` is null where the exception was taken back."""

    __tablename__ = "calendar_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    day: Mapped[date]
    working: Mapped[bool | None]
    words: Mapped[str] = mapped_column(String(60), default="")

    plan: Mapped[Plan | None] = relationship()

    # Two indexes: to both databases, one null is as good as different from another.
    __table_args__ = (
        Index(
            "uq_calendar_day_ledger", "day", unique=True,
            sqlite_where=plan_id.is_(None), postgresql_where=plan_id.is_(None),
        ),
        Index("uq_calendar_day_plan", "plan_id", "day", unique=True),
    )
