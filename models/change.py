"""Change requests (变更申请) for milestones, and the handovers (交接) that a change of lead brings along."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from models.base import Base, Chained
from models.directory import Account, Unit
from models.milestone import Milestone
from models.plan import Task
from models.words import Words


class ChangeKind(StrEnum):
    """What a change request asks for; `label` is its name."""

    EXTENSION = "extension"
    REQUIREMENT = "requirement"
    UNITS = "units"
    CANCELLATION = "cancellation"

    @property
    def label(self) -> Words:
        return _KINDS[self]


_KINDS = {
    ChangeKind.EXTENSION: Words("延期", "Extension"),
    ChangeKind.REQUIREMENT: Words("调整要求或目标", "Changed requirement or target"),
    ChangeKind.UNITS: Words("调整责任单位", "Other units"),
    ChangeKind.CANCELLATION: Words("取消节点", "Cancellation"),
}


class ChangeRequest(Chained, Base):
    """One request for one milestone. What was asked never changes; `digest` is over it.

    `proposed` is by kind: {"due": ISO date}, {"requirements": […]} (where they change, with "targets": {indicator:
    amount}), {"seats": [[unit id, name, part], …]} or {};
    `before` has the same form, and is what the grant replaced (null until then).
    """

    __tablename__ = "change_request"
    OPEN = ("requested", "supported", "opposed")

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))  # who asks; a handover passes it on
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    proposed: Mapped[dict] = mapped_column(JSON)
    before: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    needs_head: Mapped[bool]  # the committee's head alone decides (settings, as they were when it was asked)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom the asker stood in for
    opinion_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opinion_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # The attachment: at most one file, "" where there is none.
    file_name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes
    sha256: Mapped[str] = mapped_column(String(64), default="")
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))

    milestone: Mapped[Milestone] = relationship()
    unit: Mapped[Unit] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])

    @property
    def task(self) -> Task:
        """So that the rules over a milestone's task can be asked of a request too."""
        return self.milestone.task

    @property
    def due(self) -> date | None:
        return self.milestone.due


class Handover(Chained, Base):
    """What one unit hands over to another with the lead of a task, for both to sign.

    `items` is the list: {"what": "draft" | "contribution" | "request", "milestone": id, "year": …} and, as each needs
    them, "count" (pieces), "request" (id), "unit" and "state" (of a request to a supporting unit).
    """

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("change_request.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    items: Mapped[list[dict]] = mapped_column(JSON)
    opened_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))

    task: Mapped[Task] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])


# Loaded with the milestone itself, so that a rule can ask without a query of its own.
Milestone.open_changes = column_property(
    select(func.count(ChangeRequest.id))
    .where(ChangeRequest.milestone_id == Milestone.id, ChangeRequest.state.in_(ChangeRequest.OPEN))
    .correlate_except(ChangeRequest).scalar_subquery()
)
