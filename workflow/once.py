"""What a form does once: sent again, by a double press or by going back, it leads to what it made the first time.

A form is known by the mark that it was opened with, its sender, and what it makes. A form that is opened anew has
another mark, so that the same can be made twice where that is meant.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Base, SentForm
from workflow.actor import Actor
from workflow.errors import Repeated

LONGEST = 32  # characters of a mark


def begin(session: Session, actor: Actor, mark: str, model: type[Base], at: datetime) -> None:
    """Inside the transaction that makes a `model`: this form is being sent. Without a mark nothing is kept.

    Who sends the same form meanwhile waits here for the end of that transaction. Raises Repeated where it was sent.
    """
    if not mark:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    sent = dialect.insert(SentForm).values(
        account_id=actor.account_id, kind=model.__tablename__, mark=mark, sent_at=at
    )
    if session.scalar(sent.on_conflict_do_nothing().returning(SentForm.mark)) is None:
        raise Repeated(made_by(session, actor, mark, model))


def end(session: Session, actor: Actor, mark: str, made: Base) -> None:
    """This is what came of it: `made` has its id by now."""
    if mark:
        session.execute(update(SentForm).where(*_of(actor, mark, type(made))).values(made_id=made.id))


def made_by(session: Session, actor: Actor, mark: str, model: type[Base]) -> int | None:
    """What came of a form that was sent before; None where it was not."""
    return session.scalar(select(SentForm.made_id).where(*_of(actor, mark, model)))


def _of(actor: Actor, mark: str, model: type[Base]):
    return SentForm.account_id == actor.account_id, SentForm.kind == model.__tablename__, SentForm.mark == mark
