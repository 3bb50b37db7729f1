"""A form that is sent twice makes one draw, or one supervision sheet; what is to be checked stands on workbenches."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sent_form",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("made_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_sent_form_account_id_account"),
        sa.PrimaryKeyConstraint("account_id", "kind", "mark", name="pk_sent_form"),
    )
    op.create_index("ix_sample_item_state", "sample_item", ["state"])


def downgrade():
    op.drop_index("ix_sample_item_state", "sample_item")
    op.drop_table("sent_form")
