"""A person who leaves hands over matters of every workflow, not milestones alone."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0016"
branch_labels = None
depends_on = None

_handover = sa.table(
    "account_handover", sa.column("id"), sa.column("milestones", sa.JSON), sa.column("matters", sa.JSON)
)


def upgrade():
    op.add_column("account_handover", sa.Column("matters", sa.JSON(), nullable=True))
    _convert("matters", "milestones", lambda ids: [["milestone", it] for it in ids])
    with op.batch_alter_table("account_handover") as table:
        table.alter_column("matters", nullable=False)
        table.drop_column("milestones")


def downgrade():
    """What was handed over besides milestones is not known to the former program, and is left out."""
    op.add_column("account_handover", sa.Column("milestones", sa.JSON(), nullable=True))
    _convert("milestones", "matters", lambda matters: [it for name, it in matters if name == "milestone"])
    with op.batch_alter_table("account_handover") as table:
        table.alter_column("milestones", nullable=False)
        table.drop_column("matters")


def _convert(to: str, source: str, converted) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_handover.c.id, _handover.c[source])).all():
        connection.execute(sa.update(_handover).where(_handover.c.id == row.id).values({to: converted(row[1])}))
