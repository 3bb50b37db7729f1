"""Who acts for whom while they are away, and what was handed over by those who left."""

from datetime import date, datetime

from sqlalchemy import JSON, BindParameter, CheckConstraint, ColumnElement, ForeignKey, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.directory import Account
from models.plan import ActionArea


class Delegation(Base):
    """`giver` lets `taker` act for them from the first day to the last, both included; for one area, or all.

    Its events stand in the giver's chain.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("giver_id <> taker_id", name="to_somebody_else"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    taker_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("action_area.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    giver: Mapped[Account] = relationship(foreign_keys=[giver_id])
    taker: Mapped[Account] = relationship(foreign_keys=[taker_id])
    area: Mapped[ActionArea | None] = relationship()

    @classmethod
    def in_force(cls, day: date | BindParameter, of=None) -> ColumnElement[bool]:
        """Those that hold on `day`; `of` are the table's columns, where a query is not over the entity."""
        of = of or cls
        return and_(of.revoked_at.is_(None), of.first_day <= day, of.last_day >= day)


class AccountHandover(Base):
    """That the open work of an account was given to another one: `matters` are [workflow, id] of each."""

    __tablename__ = "account_handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    matters: Mapped[list[list]] = mapped_column(JSON)
    at: Mapped[datetime]

    successor: Mapped[Account] = relationship(foreign_keys=[successor_id])
