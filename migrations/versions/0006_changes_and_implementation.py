"""Change requests, handovers, and what a granted change keeps; implementation plans, and what a round answers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    _milestones()
    _changes()
    _implementation()
    _checklist()


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


def _implementation():
    accounts = ("saved_by_id", "submitted_by_id", "reviewed_by_id")
    op.create_table(
        "implementation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("overview", sa.Text(), nullable=False),
        sa.Column("open_entries", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in accounts),
        *_chained(sa.Column("digest", sa.String(length=64), nullable=True)),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_implementation_plan_id_plan"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_implementation_unit_id_unit"),
        *(sa.ForeignKeyConstraint([it], ["account.id"], name=f"fk_implementation_{it}_account") for it in accounts),
        sa.PrimaryKeyConstraint("id", name="pk_implementation"),
        sa.UniqueConstraint("plan_id", "unit_id", name="uq_implementation_plan_id_unit_id"),
    )
    op.create_index("ix_implementation_unit_id", "implementation", ["unit_id"])
    op.create_table(
        "implementation_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("implementation_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("handler", sa.String(length=60), nullable=False),
        sa.Column("leader", sa.String(length=60), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["implementation_id"], ["implementation.id"],
            name="fk_implementation_entry_implementation_id_implementation",
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name="fk_implementation_entry_milestone_id_milestone"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_implementation_entry"),
        sa.UniqueConstraint(
            "implementation_id", "milestone_id", name="uq_implementation_entry_implementation_id_milestone_id"
        ),
    )
    op.create_index("ix_implementation_entry_milestone_id", "implementation_entry", ["milestone_id"])


def _checklist():
    op.add_column("round", sa.Column("checklist", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("round", sa.Column("open_checks", sa.Integer(), nullable=False, server_default="0"))
    frozen = "BEFORE UPDATE OF checklist, open_checks ON round"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER round_checklist_frozen {frozen} "
            "FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_round()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER round_checklist_frozen {frozen} WHEN OLD.submitted_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a submitted round does not change'); END"
        )


def downgrade():
    on_round = " ON round" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER round_checklist_frozen{on_round}")
    for name in ("open_checks", "checklist"):
        op.drop_column("round", name)
    for table in ("implementation_entry", "implementation", "handover", "change_request"):
        op.drop_table(table)
    for name in ("times_extended", "extensions", "published"):
        op.drop_column("milestone", name)
