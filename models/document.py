"""Documents that the ledger keeps: a committee's own templates, and drafts that were made on a schedule."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Chained


class DocumentTemplate(Chained, Base):
    """The committee's own layout of one kind of document. `content` is null where it was taken back: ours again."""

    __tablename__ = "document_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class KeptDocument(Base):
    """A document that was made on a schedule, for the committee's workbench: one a kind, plan and period."""

    __tablename__ = "kept_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    period: Mapped[date]  # its last day
    title: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = (Index("uq_kept_document_one", "kind", "plan_id", "period", unique=True),)
