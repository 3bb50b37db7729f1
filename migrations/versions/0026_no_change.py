"""A lead unit may say with one press that nothing changed in a quarter (本期无变化)."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("round", sa.Column("unchanged_on", sa.Date(), nullable=True))


def downgrade():
    # Not as a batch on SQLite: copying the table would lose the triggers on it.
    op.drop_column("round", "unchanged_on")
