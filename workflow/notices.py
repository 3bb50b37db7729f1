"""Telling people: the one statement that writes the notices of an event, and reading one's own.

A notice is written in the transaction of the event that it tells (an outbox): there is none without the other.
Who is told of what stands with the actions of each definition (`Action.told`, `Workflow.opening`), the audiences
in `workflow/audiences.py`. How it goes out by mail or web hook is for `notices/`. docs/notices.md lists it for people.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Account, AuditEvent, Milestone, Notice, Words
from workflow.actor import Actor, title_words
from workflow.audiences import Telling, reached, recipients
from workflow.notice_kinds import said


def tell_of(passage, event: AuditEvent) -> None:
    """Write the notices of an event of a workflow, in its transaction. One statement, or none."""
    if passage.action.told:
        detail = {"action": said(passage.action.label), "words": passage.input.get("words", "")}
        title = passage.workflow.title(passage.subject)
        tell_told(passage.session, event, passage.action.told, passage.subject, title, passage.actor, detail)


def tell_told(
    session: Session, event: AuditEvent, told, subject, title: Words, actor: Actor, detail: dict[str, Any]
) -> None:
    """The notices of an event of `subject`, `told` as a definition says it; they name its title and its day."""
    tellings = [Telling(kind, audience(subject, actor)) for kind, audience in told]
    day = getattr(subject, "due", None)
    known = {"about": said(title)} | ({"day": said(day)} if day else {})
    tell(session, event, tellings, known | detail, actor)


def tell(session: Session, event: AuditEvent, tellings: Sequence[Telling], detail: dict, actor: Actor) -> None:
    """The notices of any event. Whoever did it is not told."""
    write(
        session, (event.subject_type, event.subject_id),
        f"{event.subject_type}:{event.subject_id}:{event.sequence}", tellings,
        {"actor": said(title_words(actor.title))} | detail, event.at, besides=actor.hands,
    )


def write(
    session: Session, subject: tuple[str, int], key: str, tellings: Sequence[Telling], detail: dict, at: datetime,
    besides: frozenset[int] = frozenset(),
) -> int:
    """Write one notice for each person of the audiences who has none of this key yet; how many. One statement."""
    told = recipients(tellings, at)
    kind = case(*((reached(telling.to, at), literal(telling.kind)) for telling in tellings))
    columns = Notice.__table__.c
    rows = select(
        Account.id, literal(key, columns.key.type), kind, literal(subject[0], columns.subject_type.type),
        literal(subject[1], columns.subject_id.type), literal(at, columns.at.type),
        literal(detail, columns.detail.type),
    ).where(told, Account.id.not_in(sorted(besides)))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    names = ["account_id", "key", "kind", "subject_type", "subject_id", "at", "detail"]
    written = dialect.insert(Notice).from_select(names, rows).on_conflict_do_nothing()
    return session.execute(written, execution_options={"preserve_rowcount": True}).rowcount


def about(subject) -> str:
    """What a milestone or a task is called in a notice."""
    task = getattr(subject, "task", subject)
    year = f" · {subject.year}" if isinstance(subject, Milestone) and subject.year else ""
    return f"{task.number or ''} {task.title}{year}".strip()


def unread_count(session: Session, account_id: int) -> int:
    return session.scalar(
        select(func.count()).select_from(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    )


def notices_of(session: Session, account_id: int, limit: int, offset: int = 0, unread: bool = False) -> list[Notice]:
    """A person's notices, the newest first."""
    query = select(Notice).where(Notice.account_id == account_id)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    return list(session.scalars(query.order_by(Notice.id.desc()).limit(limit).offset(offset)))


def mark_read(session: Session, account_id: int, at: datetime, notice_id: int | None = None) -> None:
    """One of a person's own notices, or all of them."""
    query = update(Notice).where(Notice.account_id == account_id, Notice.read_at.is_(None))
    session.execute((query.where(Notice.id == notice_id) if notice_id else query).values(read_at=at))
