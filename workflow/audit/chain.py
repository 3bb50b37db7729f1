"""Writing events: their canonical bytes, their hash, and the chain they extend (docs/audit.md)."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import AuditEvent, Chained
from workflow.actor import Actor

FORMAT = 1

# The order is part of the format: a new field means a new format number.
FIELDS = (
    "format", "subject_type", "subject_id", "sequence", "previous", "at", "actor_id", "actor_name",
    "actor_unit", "actor_role", "action", "from_state", "to_state", "round", "reason", "detail",
    "input_digest", "evidence_digest", "address", "request_id",
)


def netstring(value: Any) -> bytes:
    """`<length in bytes>:<bytes>,`; `-,` for nothing. No value can run over into the next."""
    if value is None:
        return b"-,"
    if isinstance(value, datetime):
        value = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    data = str(value).encode()
    return b"%d:%s," % (len(data), data)


def fingerprint(values: Iterable[Any]) -> str:
    """SHA-256 (64 hex digits) over the values as netstrings."""
    return hashlib.sha256(b"".join(map(netstring, values))).hexdigest()


def event_hash(event) -> str:
    """The hash of an event (a row or an object with all of FIELDS)."""
    return fingerprint([getattr(event, name) for name in FIELDS])


def canonical_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def append(
    session: Session,
    subject: Chained,
    actor: Actor,
    at: datetime,
    action: str,
    *,
    role: str = "",
    moved: tuple[str | None, str | None] = (None, None),
    round_number: int | None = None,
    reason: str | None = None,
    detail: dict | None = None,
    evidence_digest: str | None = None,
) -> AuditEvent:
    """Add one event to the chain of `subject` and move its version and head along.

    The caller holds the write transaction and, on PostgreSQL, the lock on the subject's row; a second
    writer would meet the unique (subject, sequence). `role` is the one acted in; `detail` must be
    plain JSON without secrets. The subject has its id already.
    """
    values = _values(
        subject, actor, at, action, detail, actor_role=role, from_state=moved[0], to_state=moved[1],
        round=round_number, reason=reason, evidence_digest=evidence_digest,
    )
    event = AuditEvent(**values)
    session.add(event)
    subject.version, subject.chain_head = event.sequence, event.hash
    return event


def append_many(
    session: Session,
    subjects: Sequence[Chained],
    actor: Actor,
    at: datetime,
    action: str,
    details: Sequence[dict],
    state: str | None = None,
    round_number: int | None = None,
) -> None:
    """Begin the chains of many new subjects at once (an import), `details` in their order.

    `state` is the one they begin in and `round_number` their first round, where they have such.
    """
    rows = []
    for subject, detail in zip(subjects, details, strict=True):
        values = _values(subject, actor, at, action, detail, to_state=state, round=round_number)
        rows.append(values)
        subject.version, subject.chain_head = values["sequence"], values["hash"]
    if rows:
        session.execute(insert(AuditEvent), rows)


def _values(subject: Chained, actor: Actor, at: datetime, action: str, detail: dict | None, **fields) -> dict:
    """All columns of the next event of `subject`, its hash included.

    Where one person acted for another, `detail` names both accounts besides.
    """
    detail = detail or {}
    if actor.on_behalf_of is not None:
        detail = detail | {"hand": actor.account_id, "on_behalf_of": actor.on_behalf_of}
    text = canonical_json(detail)
    values = {name: None for name in FIELDS} | {
        "format": FORMAT,
        "subject_type": type(subject).__tablename__,
        "subject_id": subject.id,
        "sequence": subject.version + 1,
        "previous": subject.chain_head,
        "at": at,
        "actor_id": actor.account_id,
        "actor_name": actor.title,
        "actor_unit": actor.unit_name,
        "actor_role": "",
        "action": action,
        "detail": text,
        "input_digest": hashlib.sha256(text.encode()).hexdigest(),
        "address": actor.origin.address,
        "request_id": actor.origin.request_id,
        **fields,
    }
    return values | {"hash": fingerprint(values[name] for name in FIELDS)}
