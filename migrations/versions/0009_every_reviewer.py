"""Keep every reviewer of a round: one who approved before it was sent back may not sign it off either."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "round_reviewer",
        sa.Column("round_id", sa.Integer, sa.ForeignKey("round.id", name="fk_round_reviewer_round_id_round"),
                  nullable=False),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", name="fk_round_reviewer_account_id_account"),
                  nullable=False),
        sa.PrimaryKeyConstraint("round_id", "account_id", name="pk_round_reviewer"),
    )


def downgrade():
    op.drop_table("round_reviewer")
