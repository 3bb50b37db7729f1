"""The ledger as it stood on a past day: what drafts' progress was, and a short way to the events that changed facts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None

CHANGES = sa.text("action IN ('change', 'drop', 'revise', 'set-part')")


def upgrade():
    op.create_table(
        "former_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_former_progress"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_former_progress_round_id_round"),
    )
    op.create_index("ix_former_progress_round_id", "former_progress", ["round_id"])
    op.create_index("ix_former_progress_at", "former_progress", ["at"])
    op.create_index(
        "ix_audit_event_changed_at", "audit_event", ["at"], postgresql_where=CHANGES, sqlite_where=CHANGES
    )


def downgrade():
    op.drop_index("ix_audit_event_changed_at", "audit_event")
    op.drop_table("former_progress")
