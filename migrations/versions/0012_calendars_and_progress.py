"""A plan may have working days of its own: what another office works or rests is none of its business.

A document that is being read says how far that has come.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("plan_draft", sa.Column("progress", sa.JSON(), nullable=True))
    with op.batch_alter_table("calendar_day") as table:
        table.add_column(sa.Column("plan_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_calendar_day_plan_id_plan", "plan", ["plan_id"], ["id"])
        table.drop_constraint("uq_calendar_day_day", type_="unique")
    whole_ledger = sa.text("plan_id IS NULL")
    op.create_index(
        "uq_calendar_day_ledger", "calendar_day", ["day"], unique=True,
        sqlite_where=whole_ledger, postgresql_where=whole_ledger,
    )
    op.create_index("uq_calendar_day_plan", "calendar_day", ["plan_id", "day"], unique=True)


def downgrade():
    """The plans' own days go: without their plan they would be taken for the ledger's."""
    op.drop_column("plan_draft", "progress")
    op.drop_index("uq_calendar_day_plan", "calendar_day")
    op.drop_index("uq_calendar_day_ledger", "calendar_day")
    op.execute("DELETE FROM calendar_day WHERE plan_id IS NOT NULL")
    with op.batch_alter_table("calendar_day") as table:
        table.drop_constraint("fk_calendar_day_plan_id_plan", type_="foreignkey")
        table.drop_column("plan_id")
        table.create_unique_constraint("uq_calendar_day_day", ["day"])
