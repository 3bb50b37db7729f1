"""Words around the work: comments, internal notes, and leaders' instructions (批示)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Chained
from models.milestone import Milestone
from models.plan import Task


class Comment(Chained, Base):
    """Words on a milestone: a comment for all who have a part in it, or a note that units never see."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_milestone_id_internal", "milestone_id", "internal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    internal: Mapped[bool]
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    milestone: Mapped[Milestone] = relationship()
    versions: Mapped[list["CommentVersion"]] = relationship(order_by="CommentVersion.id")


class CommentVersion(Base):
    """The words of a comment as they were until an edit or a deletion."""

    __tablename__ = "comment_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))


class Instruction(Chained, Base):
    """A leader's written instruction on a task or on one of its milestones, to be answered by a day."""

    __tablename__ = "instruction"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_in_words"),
        Index("ix_instruction_task_id_answered_at", "task_id", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    answer_by: Mapped[date]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answerer_name: Mapped[str] = mapped_column(String(200), default="")

    task: Mapped[Task] = relationship()
    milestone: Mapped[Milestone | None] = relationship()
