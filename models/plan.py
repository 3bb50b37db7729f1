"""The published plan as it is stored: its source, action areas, tasks, who is responsible for what."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.directory import Unit
from models.words import Words


class Part(StrEnum):
    """A unit's part in one task."""

    LEAD = "lead"
    SUPPORT = "support"

    @property
    def label(self) -> Words:
        return Words("牵头", "Lead") if self is Part.LEAD else Words("配合", "Support")


class PlanSource(Base):
    """The published document itself, byte for byte."""

    __tablename__ = "plan_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Plan(Chained, Base):
    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    years: Mapped[list[int]] = mapped_column(JSON)
    plan_due: Mapped[date | None]
    opened_on: Mapped[date]  # what was due before this day was never the ledger's to watch
    imported_at: Mapped[datetime]
    source_id: Mapped[int] = mapped_column(ForeignKey("plan_source.id"))  # of the edition that is followed
    edition_number: Mapped[int] = mapped_column(default=1)
    columns: Mapped[dict] = mapped_column(JSON, default=dict)  # what a person said that its columns mean

    source: Mapped[PlanSource] = relationship()
    areas: Mapped[list["ActionArea"]] = relationship(back_populates="plan", order_by="ActionArea.position")


class PlanEdition(Base):
    """One published version of a plan, readable for ever, as it was stored (plans/kept.py).

    `content` is empty for plans that were stored before editions were kept, until a revision needs it.
    """

    __tablename__ = "plan_edition"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime]
    source_id: Mapped[int] = mapped_column(ForeignKey("plan_source.id"))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    source: Mapped[PlanSource] = relationship()


class ActionArea(Base):
    __tablename__ = "action_area"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)

    plan: Mapped[Plan] = relationship(back_populates="areas")


class Task(Chained, Base):
    """One row of the published table. `contents` has one entry a line of work content.

    `leads_apart` (分别负责): each of several leads reports its own part.
    """

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("action_area.id"), index=True)
    position: Mapped[int]
    number: Mapped[str | None] = mapped_column(String(20), index=True)  # the serial as printed
    title: Mapped[str] = mapped_column(Text)
    starred: Mapped[bool]
    contents: Mapped[list[str]] = mapped_column(JSON)
    first_line: Mapped[int]
    last_line: Mapped[int]
    source_text: Mapped[str] = mapped_column(Text, deferred=True)
    dropped_in: Mapped[int | None]  # the edition that no longer has it
    leads_apart: Mapped[bool] = mapped_column(default=False)

    plan: Mapped[Plan] = relationship()
    area: Mapped[ActionArea] = relationship()
    responsibilities: Mapped[list["Responsibility"]] = relationship(
        back_populates="task", order_by="Responsibility.position"
    )


class Responsibility(Base):
    """A unit's part in a task. `inferred`: the paper does not say it, and nobody has confirmed it yet."""

    __tablename__ = "responsibility"
    __table_args__ = (UniqueConstraint("task_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    position: Mapped[int]
    part: Mapped[str] = mapped_column(String(10))
    inferred: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)  # the words it was read from; "" where added by hand

    task: Mapped[Task] = relationship(back_populates="responsibilities")
    unit: Mapped[Unit] = relationship()
