"""Telling people: the one statement that writes the notices of an event, and reading one's own.

A notice is written in the transaction of the event that it tells (an outbox): there is none without the other.
Who is told of what stands with the actions of each definition (`Action.told`, `Workflow.opening`), the audiences
in `workflow/audiences.py`. How it goes out by mail or web hook is for `notices/`. docs/notices.md lists it for people.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Integer, ScalarSelect, bindparam, case, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Account, AuditEvent, Milestone, Notice, Words
from workflow.actor import Actor, title_words
from workflow.audiences import Group, Telling, conditions_of, open_to, values_of
from workflow.audit.chain import FIELDS
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
        {"actor": said(title_words(actor.title))} | detail, event.at, besides=actor.hands, event=event,
    )


def write(
    session: Session, subject: tuple[str, int], key: str, tellings: Sequence[Telling], detail: dict, at: datetime,
    besides: frozenset[int] = frozenset(), event: AuditEvent | None = None,
) -> int:
    """Write one notice for each person of the audiences who has none of this key yet; how many. One statement.

    PostgreSQL takes an `event` that is still to be written along in it.
    """
    dialect = session.get_bind().dialect.name
    along = event in session.new and dialect == "postgresql"
    kinds = tuple((telling.kind, telling.to.group, telling.to.personal) for telling in tellings)
    values = values_of(tellings, at) | {
        "key": key, "subject_type": subject[0], "subject_id": subject[1], "at": at, "detail": detail,
        "besides": sorted(besides),
    }
    if along:
        session.expunge(event)
        values |= {place: getattr(event, name) for name, place in _EVENT.items()}
    statement = _statement(dialect, kinds, along)
    return session.execute(statement, values, execution_options={"preserve_rowcount": True}).rowcount


_EVENT = {name: f"e_{name}" for name in (*FIELDS, "hash")}
_TOLD = ("key", "subject_type", "subject_id", "at", "detail")


# Built once for the kinds that are told together: building it anew costs far more than running it.
@lru_cache
def _statement(dialect: str, kinds: tuple[tuple[str, Group, bool], ...], along: bool) -> Insert:
    columns = Notice.__table__.c
    conditions = conditions_of((group, personal) for _, group, personal in kinds)
    # Whom none of the others reaches, the last one does.
    *first, last = [literal(name) for name, *_ in kinds]
    kind = case(*zip(conditions, first, strict=False), else_=last) if first else last
    rows = select(Account.id, kind, *(bindparam(name, type_=columns[name].type) for name in _TOLD)).where(
        open_to(conditions), Account.id.not_in(bindparam("besides", type_=Integer, expanding=True))
    )
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(Notice.__table__)
    written = insert.from_select(["account_id", "kind", *_TOLD], rows).on_conflict_do_nothing()
    if not along:
        return written
    events = AuditEvent.__table__
    columns = {name: bindparam(place, type_=events.c[name].type) for name, place in _EVENT.items()}
    return written.add_cte(postgresql.insert(events).values(columns).cte("event"))


def about(subject) -> str:
    """What a milestone or a task is called in a notice."""
    task = getattr(subject, "task", subject)
    year = f" · {subject.year}" if isinstance(subject, Milestone) and subject.year else ""
    return f"{task.number or ''} {task.title}{year}".strip()


def how_many_unread(account_id: int) -> ScalarSelect[int]:
    """A person's notices that were not read yet, as a part of a statement."""
    unread = Notice.account_id == account_id, Notice.read_at.is_(None)
    return select(func.count()).select_from(Notice).where(*unread).scalar_subquery()


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
