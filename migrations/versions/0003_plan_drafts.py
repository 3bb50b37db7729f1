"""Documents on their way into the ledger, and the editions of a plan.

What a submitted round answered is kept with it: a later edition changes the milestone's words, not those.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ASKED = ("asked", "asked_due", "asked_edition")


def upgrade():
    op.create_table(
        "plan_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_plan_edition_plan_id_plan"),
        sa.ForeignKeyConstraint(["source_id"], ["plan_source.id"], name="fk_plan_edition_source_id_plan_source"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_edition"),
        sa.UniqueConstraint("plan_id", "number", name="uq_plan_edition_plan_id_number"),
    )
    op.create_table(
        "plan_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("revises_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("reading", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_plan_draft_plan_id_plan"),
        sa.ForeignKeyConstraint(["revises_id"], ["plan.id"], name="fk_plan_draft_revises_id_plan"),
        sa.ForeignKeyConstraint(["source_id"], ["plan_source.id"], name="fk_plan_draft_source_id_plan_source"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_draft"),
        sa.UniqueConstraint("source_id", name="uq_plan_draft_source_id"),
    )
    op.add_column("plan", sa.Column("edition_number", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("plan", sa.Column("columns", sa.JSON(), nullable=False, server_default="{}"))
    for table in ("task", "milestone"):
        op.add_column(table, sa.Column("dropped_in", sa.Integer(), nullable=True))
    op.add_column("round", sa.Column("asked", sa.JSON(), nullable=True))
    op.add_column("round", sa.Column("asked_due", sa.Date(), nullable=True))
    op.add_column("round", sa.Column("asked_edition", sa.Integer(), nullable=True))
    op.execute(
        "INSERT INTO plan_edition (plan_id, number, title, imported_at, source_id) "
        "SELECT id, 1, title, imported_at, source_id FROM plan"
    )
    op.execute(
        "UPDATE round SET asked_edition = 1, "
        "asked = (SELECT requirements FROM milestone WHERE milestone.id = round.milestone_id), "
        "asked_due = (SELECT due FROM milestone WHERE milestone.id = round.milestone_id) "
        "WHERE submitted_at IS NOT NULL"
    )
    _freeze()


def _freeze():
    """As the rest of a submitted round: written once."""
    columns = ", ".join(ASKED)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER round_asked_frozen BEFORE UPDATE OF {columns} ON round "
            "FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_round()"
        )
        op.execute(
            "CREATE TRIGGER plan_edition_kept BEFORE DELETE ON plan_edition "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        f"CREATE TRIGGER round_asked_frozen BEFORE UPDATE OF {columns} ON round "
        "WHEN OLD.submitted_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a submitted round does not change'); END"
    )
    op.execute(
        "CREATE TRIGGER plan_edition_kept BEFORE DELETE ON plan_edition "
        "BEGIN SELECT RAISE(ABORT, 'plan_edition is only ever added to'); END"
    )


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("DROP TRIGGER round_asked_frozen" + (" ON round" if postgresql else ""))
    op.execute("DROP TRIGGER plan_edition_kept" + (" ON plan_edition" if postgresql else ""))
    for column in ASKED:
        op.drop_column("round", column)
    for table in ("task", "milestone"):
        op.drop_column(table, "dropped_in")
    op.drop_column("plan", "columns")
    op.drop_column("plan", "edition_number")
    op.drop_table("plan_draft")
    op.drop_table("plan_edition")
