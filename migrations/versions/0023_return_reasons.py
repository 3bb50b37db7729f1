"""Reasons for a return are a list that is kept: a table, and what the program offered before it.

The list begins with events of its own, as everything that is kept in the trail does. Where the trail knows it already
(the table was taken down and comes back), it is what its last events say.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import context, op

from models import FIRST_REASONS, GENESIS, AuditEvent, utc_now
from workflow.actor import command_line
from workflow.audit.chain import FIELDS, FORMAT, canonical_json, fingerprint

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = "return_reason"
DECIDED = sa.text("action IN ('accept', 'return')")
_reason = sa.table(TABLE, *(sa.column(it) for it in (
    "id", "code", "zh", "en", "position", "offered", "version", "chain_head",
)))
_event = AuditEvent.__table__


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("zh", sa.String(40), nullable=False),
        sa.Column("en", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_return_reason"),
        sa.UniqueConstraint("code", name="uq_return_reason_code"),
    )
    # The statistics of returns read what was decided in a period.
    op.create_index(
        "ix_audit_event_decided_at", "audit_event", ["at"], postgresql_where=DECIDED, sqlite_where=DECIDED
    )
    rows = _told() or _begun()
    op.bulk_insert(_reason, rows)
    if op.get_bind().dialect.name == "postgresql":  # the ids were given here, so the counter has to follow
        op.execute(f"SELECT setval(pg_get_serial_sequence('{TABLE}', 'id'), {max(row['id'] for row in rows)})")


def downgrade():
    op.drop_index("ix_audit_event_decided_at", "audit_event")
    op.drop_table(TABLE)


def _told() -> list[dict]:
    """The list as its own events leave it; nothing where there are none."""
    columns = [_event.c[it] for it in ("subject_id", "sequence", "detail", "hash")]
    events = op.get_bind().execute(
        sa.select(*columns).where(_event.c.subject_type == TABLE).order_by(_event.c.subject_id, _event.c.sequence)
    ).all()
    rows = {}
    for event in events:
        stands = json.loads(event.detail)["after"]
        rows[event.subject_id] = {"id": event.subject_id, "version": event.sequence, "chain_head": event.hash} | stands
    return list(rows.values())


def _begun() -> list[dict]:
    """The first list, with an event for each."""
    at = context.config.attributes.get("clock", utc_now)()
    actor, rows, events = command_line("database upgrade"), [], []
    for place, (code, words) in enumerate(FIRST_REASONS.items(), 1):
        row = {"code": code, "zh": words.zh, "en": words.en, "position": place, "offered": True}
        detail = canonical_json({"after": row})
        event = dict.fromkeys(FIELDS) | {
            "format": FORMAT, "subject_type": TABLE, "subject_id": place, "sequence": 1, "previous": GENESIS, "at": at,
            "actor_name": actor.title, "actor_unit": "", "actor_role": "system_admin", "action": "create",
            "detail": detail, "input_digest": hashlib.sha256(detail.encode()).hexdigest(),
        }
        event["hash"] = fingerprint(event[name] for name in FIELDS)
        events.append(event)
        rows.append({"id": place, "version": 1, "chain_head": event["hash"]} | row)
    written = (sa.column(it.name, it.type) for it in _event.c if it.name != "id")
    op.bulk_insert(sa.table("audit_event", *written), events)
    return rows
