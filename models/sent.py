"""Forms that do something once: which were sent, and what came of each."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class SentForm(Base):
    """One form that somebody sent, by the mark that it was opened with.

    `kind` is the table of what it makes, `made_id` the row that it made: null only while it is being made.
    """

    __tablename__ = "sent_form"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    made_id: Mapped[int | None]
    sent_at: Mapped[datetime]
