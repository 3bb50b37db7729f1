"""The trail as JSON lines, for people outside: every field that a hash covers, and the hash."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent
from workflow.audit.chain import FIELDS


def export_events(session: Session, subject_type: str | None = None, subject_id: int | None = None) -> Iterator[str]:
    """One line an event, in the order of the chains. Times are written as the hash covers them."""
    query = select(*(getattr(AuditEvent, name) for name in (*FIELDS, "hash"))).order_by(
        AuditEvent.subject_type, AuditEvent.subject_id, AuditEvent.sequence
    )
    if subject_type:
        query = query.where(AuditEvent.subject_type == subject_type)
    if subject_id:
        query = query.where(AuditEvent.subject_id == subject_id)
    for row in session.execute(query, execution_options={"yield_per": 1000}):
        yield json.dumps({name: _plain(value) for name, value in row._mapping.items()}, ensure_ascii=False)


def exported(event) -> dict:
    """One event as a line has it: every field that its hash covers, and the hash."""
    return {name: _plain(getattr(event, name)) for name in (*FIELDS, "hash")}


def _plain(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value
