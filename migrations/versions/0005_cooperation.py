"""Supporting units that are asked, co-leads' parts and their lock, leaders who sign, indicators.

Answers and parts freeze with their round, as evidence does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0009"
branch_labels = None
depends_on = None

FROZEN_WITH_THE_ROUND = ("contribution_request", "lead_part")
FIGURES = ("figures_missing", "progress", "steps_done")


def upgrade():
    op.create_table(
        "contribution_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("via_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported", sa.JSON(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_contribution_request_{column}_{table}"
            )
            for column, table in (
                ("round_id", "round"), ("unit_id", "unit"), ("via_id", "unit"), ("asked_by_id", "account"),
                ("answered_by_id", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contribution_request"),
        sa.UniqueConstraint("round_id", "unit_id", name="uq_contribution_request_round_id_unit_id"),
    )
    op.create_index("ix_contribution_request_unit_id", "contribution_request", ["unit_id"])
    op.create_table(
        "lead_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("reported", sa.JSON(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_lead_part_{column}_{table}")
            for column, table in (
                ("round_id", "round"), ("unit_id", "unit"), ("given_by_id", "account"), ("signed_by_id", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lead_part"),
        sa.UniqueConstraint("round_id", "unit_id", name="uq_lead_part_round_id_unit_id"),
    )
    op.create_table(
        "draft_lock",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=f"fk_draft_lock_{table}_id_{table}")
            for table in ("round", "unit", "account")
        ),
        sa.PrimaryKeyConstraint("round_id", name="pk_draft_lock"),
    )
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("comparison", sa.String(length=10), nullable=False),
        sa.Column("baseline", sa.String(length=30), nullable=False),
        sa.Column("target", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_indicator_milestone_id_milestone"),
        sa.PrimaryKeyConstraint("id", name="pk_indicator"),
        sa.UniqueConstraint("milestone_id", "name", name="uq_indicator_milestone_id_name"),
    )
    op.add_column("unit", sa.Column("leader_signs", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("task", sa.Column("leads_apart", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("round", sa.Column("figures_missing", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("round", sa.Column("progress", sa.Integer(), nullable=True))
    op.add_column("round", sa.Column("steps_done", sa.JSON(), nullable=False, server_default="[]"))
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_postgresql():
    op.execute("""
CREATE FUNCTION refuse_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM round WHERE id = OLD.round_id AND submitted_at IS NOT NULL
    ) OR TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM round WHERE id = NEW.round_id AND submitted_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'what others added to a submitted round does not change';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
""")
    for table in FROZEN_WITH_THE_ROUND:
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_frozen_part()"
        )
    op.execute(
        f"CREATE TRIGGER round_figures_frozen BEFORE UPDATE OF {', '.join(FIGURES)} ON round "
        "FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_round()"
    )


def _guard_sqlite():
    for table in FROZEN_WITH_THE_ROUND:
        for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            touched = " OR ".join(
                f"EXISTS (SELECT 1 FROM round WHERE id = {row}.round_id AND submitted_at IS NOT NULL)" for row in rows
            )
            op.execute(
                f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN {touched} "
                "BEGIN SELECT RAISE(ABORT, 'what others added to a submitted round does not change'); END"
            )
    op.execute(
        f"CREATE TRIGGER round_figures_frozen BEFORE UPDATE OF {', '.join(FIGURES)} ON round "
        "WHEN OLD.submitted_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a submitted round does not change'); END"
    )


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER round_figures_frozen ON round")
        for table in FROZEN_WITH_THE_ROUND:
            op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
        op.execute("DROP FUNCTION refuse_frozen_part()")
    else:
        op.execute("DROP TRIGGER round_figures_frozen")
        for table in FROZEN_WITH_THE_ROUND:
            for verb in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_frozen_{verb}")
    for name in ("steps_done", "progress", "figures_missing"):
        op.drop_column("round", name)
    op.drop_column("task", "leads_apart")
    op.drop_column("unit", "leader_signs")
    for table in ("indicator", "draft_lock", "lead_part", "contribution_request"):
        op.drop_table(table)
