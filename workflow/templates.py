"""A committee's own templates of official documents: which one is in force, put there and taken back with an event."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from models import Database, DocumentTemplate, Role, Words
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
