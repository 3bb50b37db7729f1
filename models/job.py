"""Work that takes longer than a page may (后台办理): who asked for what, how far it has come, what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.trail import RowNumber
from models.words import Words


class JobStatus(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> Words:
        return _LABELS[self]


_LABELS = {
    JobStatus.WAITING: Words("等待办理", "Waiting"),
    JobStatus.RUNNING: Words("办理中", "Under way"),
    JobStatus.DONE: Words("已完成", "Finished"),
    JobStatus.FAILED: Words("未能完成", "Not finished"),
}


class Job(Base):
    """One piece of work, done in the authority of the account that asked (and of whom it acted for).

    `input` is what its kind understands. `claimed_at` is when its worker last showed a sign of life: a worker that
    has been silent for longer than its kind's lease is taken for dead. `error` is words {"zh", "en"}. `result` is a
    file, where the kind makes one.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_status_claimed_at", "status", "claimed_at"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    address: Mapped[str | None] = mapped_column(String(45))
    asked_at: Mapped[datetime]
    title: Mapped[dict] = mapped_column(JSON)
    input: Mapped[dict] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10), default=JobStatus.WAITING)
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[dict | None] = mapped_column(JSON)
    result_name: Mapped[str | None] = mapped_column(String(200))
    result_type: Mapped[str | None] = mapped_column(String(100))
    result: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @property
    def words(self) -> Words:
        """What was asked for."""
        return Words(**self.title)

    @property
    def standing(self) -> Words:
        return JobStatus(self.status).label

    @property
    def ended(self) -> bool:
        return self.status in (JobStatus.DONE, JobStatus.FAILED)


class JobLine(Base):
    """What came of one item of a job. `title` and `words` are {"zh", "en"}; the subject is named as in the trail."""

    __tablename__ = "job_line"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    title: Mapped[dict] = mapped_column(JSON)
    well: Mapped[bool]
    words: Mapped[dict] = mapped_column(JSON)
