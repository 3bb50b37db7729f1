"""Rounds by when they were opened (ledgers of past days), implementation plans by state (what awaits somebody)."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_round_opened_at", "round", ["opened_at"])
    op.create_index("ix_implementation_state", "implementation", ["state"])


def downgrade():
    op.drop_index("ix_implementation_state", "implementation")
    op.drop_index("ix_round_opened_at", "round")
