"""What is kept of documents: a committee's own templates, put in force with an event; drafts made on a schedule."""

import hashlib
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from models import Database, DocumentTemplate, KeptDocument, Role, Words
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.directory import changing

OFFICES = (Role.COMMITTEE, Role.SYSTEM_ADMIN)
TEMPLATES = {
    "bulletin": Words("督查通报", "Bulletin"),
    "year": Words("年度总结", "Year report"),
}


def template_of(session: Session, kind: str) -> DocumentTemplate | None:
    """The committee's own template with its content; None where ours is in force."""
    query = select(DocumentTemplate).where(DocumentTemplate.kind == kind, DocumentTemplate.content.is_not(None))
    return session.scalars(query.options(undefer(DocumentTemplate.content))).one_or_none()


def set_template(database: Database, actor: Actor, kind: str, name: str, content: bytes | None) -> None:
    """Put a template in force that was checked, or (None) take it back. Raises Refused."""
    with changing(database, actor, *OFFICES) as (session, acting, at):
        row = session.scalars(
            select(DocumentTemplate).where(DocumentTemplate.kind == kind).with_for_update()
        ).one_or_none()
        if row is None:
            row = DocumentTemplate(kind=kind, content=None)
            session.add(row)
            session.flush()
        before = row.sha256
        row.name, row.content = name[:200], content
        row.sha256 = hashlib.sha256(content).hexdigest() if content else ""
        if row.sha256 == before:
            return
        detail = {"kind": kind, "name": row.name, "sha256": [before, row.sha256]}
        role = next(role for role in OFFICES if role in acting.roles)
        append(session, row, acting, at, "change", role=role, detail=detail)


SHOWN = timedelta(31)  # a month's draft lies on the desk until the next one comes


def keep_document(database: Database, kind: str, plan_id: int, period: date, title: str, content: bytes) -> bool:
    """Put a draft on the committee's desk; whether it is new: there is one of a kind, plan and period."""
    with database.writing() as session:
        if is_kept(session, kind, plan_id, period):
            return False
        session.add(KeptDocument(
            kind=kind, plan_id=plan_id, period=period, title=title[:300], made_at=database.clock(), content=content,
            sha256=hashlib.sha256(content).hexdigest(),
        ))
    return True


def is_kept(session: Session, kind: str, plan_id: int, period: date) -> bool:
    return session.scalar(select(KeptDocument.id).where(
        KeptDocument.kind == kind, KeptDocument.plan_id == plan_id, KeptDocument.period == period
    )) is not None


def on_desk(session: Session, actor: Actor) -> list[KeptDocument]:
    """The newest drafts, for the committee; none for anybody else, and then no statement."""
    if Role.COMMITTEE not in actor.roles or actor.only_area is not None or actor.now is None:
        return []
    query = select(KeptDocument).where(KeptDocument.made_at > actor.now - SHOWN)
    return list(session.scalars(query.order_by(KeptDocument.id.desc()).limit(10)))


def kept_document(session: Session, document_id: int) -> KeptDocument | None:
    """With its content."""
    return session.get(KeptDocument, document_id, options=[undefer(KeptDocument.content)])
