"""What is found again: the words of evidence documents, views of the ledger that people save, calendars they follow."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    time = sa.DateTime(timezone=True)
    op.create_table(
        "document_text",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("read_at", time, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_document_text"),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.String(500), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_saved_view_account_id_account"),
    )
    op.create_index("ix_saved_view_account_id", "saved_view", ["account_id"])
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", time, nullable=False),
        sa.Column("used_at", time, nullable=True),
        sa.Column("revoked_at", time, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feed"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_calendar_feed_account_id_account"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_feed_token_hash"),
    )
    op.create_index("ix_calendar_feed_account_id_revoked_at", "calendar_feed", ["account_id", "revoked_at"])


def downgrade():
    op.drop_table("calendar_feed")
    op.drop_table("saved_view")
    op.drop_table("document_text")
