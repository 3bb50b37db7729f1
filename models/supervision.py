"""Supervision sheets (督办单): a numbered document of the committee, and what each unit that it goes to answers."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, ForeignKey, String, Text, UniqueConstraint, cast, literal
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.directory import Account, Unit
from models.milestone import Milestone
from models.plan import Plan


class SheetNumber(Base):
    """The last number that was given in a year: taken with its row locked, so that none is left out or given twice."""

    __tablename__ = "sheet_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class SheetItem(Base):
    """One milestone that a sheet is about, as it stood when the sheet was issued."""

    __tablename__ = "sheet_item"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("supervision_sheet.id"), primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), primary_key=True, index=True)
    title: Mapped[str] = mapped_column(Text)
    requirement: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None] = mapped_column(Date)

    milestone: Mapped[Milestone] = relationship()


_NAMED = "督〔{}〕{}号"


class SupervisionSheet(Base):
    """The document as it was issued; it never changes. `due` is the day by which its units answer."""

    __tablename__ = "supervision_sheet"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom the issuer stood in for
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))  # that issued it
    digest: Mapped[str] = mapped_column(String(64))  # over all of this, its milestones and its units

    plan: Mapped[Plan] = relationship()
    unit: Mapped[Unit] = relationship()
    items: Mapped[list[SheetItem]] = relationship(order_by=SheetItem.milestone_id)
    supervisions: Mapped[list["Supervision"]] = relationship(back_populates="sheet", order_by="Supervision.id")

    @hybrid_property
    def named(self) -> str:
        """Its number as official documents write it: 督〔2018〕1号."""
        return _NAMED.format(self.year, self.number)

    @named.inplace.expression
    @classmethod
    def _named(cls) -> ColumnElement[str]:
        first, between, last = _NAMED.split("{}")
        return literal(first) + cast(cls.year, String) + between + cast(cls.number, String) + last


class Supervision(Chained, Base):
    """One sheet before one unit: what moves through the workflow. `number` counts its answers from 1."""

    __tablename__ = "supervision"
    __table_args__ = (UniqueConstraint("sheet_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("supervision_sheet.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom they stood in for
    state: Mapped[str] = mapped_column(String(20))

    sheet: Mapped[SupervisionSheet] = relationship(back_populates="supervisions")
    unit: Mapped[Unit] = relationship()
    answered_by: Mapped[Account | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def due(self) -> date:
        return self.sheet.due
