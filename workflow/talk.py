"""Words on a milestone: comments for all who have a part in it, and notes that units never see.

A comment's chain holds digests of its words, not the words: whoever reads the trail does not thereby read the
notes. Old words are kept, for the auditor.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models import Account, AuditEvent, Comment, CommentVersion, Database, Milestone, Role, Unit, Words
from workflow.actor import Actor
from workflow.audiences import Telling, all_handlers, committee, recipients, reviewers, to_accounts
from workflow.audit.chain import append
from workflow.definition import Rule
from workflow.definitions.milestone import MILESTONE
from workflow.delegation import again
from workflow.errors import NotVisible, Reason, Refused
from workflow.inputs import Text
from workflow.notices import about, tell
from workflow.rules import sees_notes

BODY = Text("said", Words("意见", "Comment"), most=2_000)
READS_ONLY = Words("审计员只读，不发表意见。", "Auditors read, and write no comments.")
NOT_YOURS = Words("只能修改或删除本人发表的意见。", "You can change or remove only what you wrote yourself.")
SIGNED_OUT = Words("账号已停用。", "The account is closed.")


@dataclass(frozen=True)
class Talk:
    """What one person may read on one milestone; `notes` is None where they may not know of any."""

    comments: list[Comment]
    notes: list[Comment] | None
    writes: bool
    versions: bool  # whether they may read old words


def talk_of(session: Session, actor: Actor, milestone: Milestone) -> Talk:
    """The comments of a milestone that the actor sees, and its notes where they see those. One or two statements."""
    comments = _read(session, actor, milestone, internal=False)
    notes = _read(session, actor, milestone, internal=True) if sees_notes.holds(actor, milestone) else None
    return Talk(comments, notes, _writes(actor), Role.AUDITOR in actor.roles)


def readable_where(actor: Actor) -> ColumnElement[bool]:
    """What `talk_of` shows, as a filter over comments, their milestone, its current round and task."""
    return and_(MILESTONE.sees.where(actor), or_(Comment.internal.is_(False), sees_notes.where(actor)))


def write(database: Database, actor: Actor, milestone_id: int, body: str, internal: bool) -> int:
    """Write a comment or a note; its id. Who is mentioned (@单位·岗位), and may read it, is told."""
    with _speaking(database, actor, milestone_id, internal) as (session, acting, milestone, at):
        words = BODY.read(body)
        row = Comment(
            milestone_id=milestone.id, internal=internal, author_id=acting.account_id, author_name=acting.title,
            body=words, at=at,
        )
        session.add(row)
        session.flush()
        detail = {"milestone": milestone.id, "internal": internal, "words": _digest(words)}
        event = append(session, row, acting, at, "write", detail=detail)
        _tell_mentioned(session, row, milestone, event, acting)
        return row.id


def edit(database: Database, actor: Actor, milestone_id: int, comment_id: int, body: str) -> None:
    """Put other words in the place of one's own; the old ones are kept. Who is mentioned only now is told."""
    with _own(database, actor, milestone_id, comment_id) as (session, acting, row, milestone, at):
        words, before = BODY.read(body), row.body
        if words == before:
            return
        _keep(session, row, acting, at)
        row.body, row.edited_at = words, at
        event = append(session, row, acting, at, "edit", detail={"words": _digest(words)})
        _tell_mentioned(session, row, milestone, event, acting, before)


def remove(database: Database, actor: Actor, milestone_id: int, comment_id: int) -> None:
    """Take one's own words away; that there were some stays to be seen, and what they were is kept."""
    with _own(database, actor, milestone_id, comment_id) as (session, acting, row, _milestone, at):
        _keep(session, row, acting, at)
        row.body, row.deleted_at = "", at
        append(session, row, acting, at, "remove")


def mentionable(session: Session, milestone: Milestone, internal: bool, at: datetime) -> list[tuple[int, str]]:
    """Who can be mentioned there, as (account, 单位·岗位): those who may read it."""
    audiences = [reviewers(milestone), committee(milestone)] + ([] if internal else [all_handlers(milestone)])
    rows = session.execute(
        select(Account.id, Unit.name, Account.post).join(Unit, Unit.id == Account.unit_id)
        .where(recipients([Telling("mentioned", audience) for audience in audiences], at))
        .order_by(Unit.name, Account.id)
    )
    return [(row.id, f"{row.name}·{row.post}") for row in rows]


def mentions(session: Session, milestone: Milestone, words: str, internal: bool, at: datetime) -> list[int]:
    """The accounts that the words mention. A longer name goes before a shorter one that it begins with."""
    text = re.sub(r"\s*[·・]\s*", "·", words)
    if "@" not in text:
        return []
    found = []
    for account_id, name in sorted(mentionable(session, milestone, internal, at), key=lambda it: -len(it[1])):
        if f"@{name}" in text:
            found.append((account_id, name))
    taken = set()
    for name in dict.fromkeys(name for _, name in found):
        if f"@{name}" in text:
            taken.add(name)
            text = text.replace(f"@{name}", "")
    return [account_id for account_id, name in found if name in taken]


def _tell_mentioned(
    session: Session, row: Comment, milestone: Milestone, event: AuditEvent, actor: Actor, before: str = ""
) -> None:
    """Tell those whom the comment mentions, and did not mention `before`."""
    known = mentions(session, milestone, before, row.internal, event.at)
    new = [it for it in mentions(session, milestone, row.body, row.internal, event.at) if it not in known]
    if new:
        said = {"about": about(milestone), "milestone": milestone.id, "words": row.body}
        tell(session, event, [Telling("mentioned", to_accounts(new))], said, actor)


def _read(session: Session, actor: Actor, milestone: Milestone, internal: bool) -> list[Comment]:
    query = select(Comment).where(Comment.milestone_id == milestone.id, Comment.internal == internal)
    if Role.AUDITOR in actor.roles:
        query = query.options(selectinload(Comment.versions))
    return list(session.scalars(query.order_by(Comment.id)))


def _writes(actor: Actor) -> bool:
    return not actor.roles.isdisjoint({Role.HANDLER, Role.REVIEWER, Role.COMMITTEE})


@contextmanager
def _speaking(
    database: Database, actor: Actor, milestone_id: int, internal: bool
) -> Iterator[tuple[Session, Actor, Milestone, datetime]]:
    """A write transaction for somebody who may read there, and so may write; read again inside it."""
    with database.writing() as session:
        at = database.clock()
        acting = again(session, actor, at)
        if acting is None:
            raise Refused([Reason("account-closed", SIGNED_OUT)])
        milestone = MILESTONE.load(session, milestone_id)
        rules: list[Rule] = [MILESTONE.sees, *([sees_notes] if internal else [])]
        if milestone is None or not all(rule.holds(acting, milestone) for rule in rules):
            raise NotVisible()
        if not _writes(acting):
            raise Refused([Reason("reads-only", READS_ONLY)])
        yield session, acting, milestone, at


@contextmanager
def _own(
    database: Database, actor: Actor, milestone_id: int, comment_id: int
) -> Iterator[tuple[Session, Actor, Comment, Milestone, datetime]]:
    """One's own comment, locked. NotVisible for what the actor may not read, or was removed."""
    with database.writing() as session:
        at = database.clock()
        acting = again(session, actor, at)
        row = session.scalars(
            select(Comment).where(Comment.id == comment_id, Comment.milestone_id == milestone_id)
            .options(joinedload(Comment.milestone)).with_for_update(of=Comment)
        ).one_or_none()
        if acting is None or row is None or row.deleted_at is not None:
            raise NotVisible()
        milestone = MILESTONE.load(session, milestone_id)
        if not (sees_notes if row.internal else MILESTONE.sees).holds(acting, milestone):
            raise NotVisible()
        if row.author_id != acting.account_id:
            raise Refused([Reason("not-yours", NOT_YOURS)])
        yield session, acting, row, milestone, at


def _keep(session: Session, row: Comment, actor: Actor, at: datetime) -> None:
    session.add(CommentVersion(comment_id=row.id, body=row.body, until=at, changed_by=actor.title))


def _digest(words: str) -> str:
    """SHA-256 of the words, for the trail."""
    return hashlib.sha256(words.encode()).hexdigest()
