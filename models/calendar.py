"""The administrator's own calendar: days that are worked, or not, whatever the public one says."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Chained


class CalendarDay(Chained, Base):
    """One day. `working` is null where the administrator has taken the exception back."""

    __tablename__ = "calendar_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    working: Mapped[bool | None]
    words: Mapped[str] = mapped_column(String(60), default="")
