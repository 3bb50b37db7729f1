"""Change requests, handovers, and what a granted change keeps of a milestone as it was published."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    _milestones()
    _changes()


def _milestones():
    op.add_column("milestone", sa.Column("published", sa.JSON(), nullable=True))
    op.add_column("milestone", sa.Column("extensions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("milestone", sa.Column("times_extended", sa.Integer(), nullable=False, server_default="0"))


def _chained(*columns):
    return (
        *columns,
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
    )


def _changes():
    op.create_table(
        "change_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("needs_head", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("opinion_by_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        *_chained(sa.Column("digest", sa.String(length=64), nullable=False)),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_change_request_milestone_id_milestone"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_change_request_unit_id_unit"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name="fk_change_request_asked_by_id_account"),
        sa.ForeignKeyConstraint(["opinion_by_id"], ["account.id"], name="fk_change_request_opinion_by_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_change_request"),
    )
    op.create_index("ix_change_request_milestone_id", "change_request", ["milestone_id"])
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *_chained(sa.Column("digest", sa.String(length=64), nullable=False)),
        sa.ForeignKeyConstraint(["request_id"], ["change_request.id"], name="fk_handover_request_id_change_request"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_handover_task_id_task"),
        sa.ForeignKeyConstraint(["from_unit_id"], ["unit.id"], name="fk_handover_from_unit_id_unit"),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name="fk_handover_to_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_task_id", "handover", ["task_id"])


def downgrade():
    op.drop_table("handover")
    op.drop_table("change_request")
    for name in ("times_extended", "extensions", "published"):
        op.drop_column("milestone", name)
