"""Sampling: draws by lot with their seed, and what checking each milestone found."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    time = sa.DateTime(timezone=True)
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        *(sa.Column(it, sa.Text(), nullable=False) for it in ("scope", "query")),
        *(sa.Column(it, sa.Date(), nullable=True) for it in ("since", "until")),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(32), nullable=False),
        sa.Column("listed", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("drawn_at", time, nullable=False),
        sa.Column("drawn_by_title", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sample"),
    )
    op.create_table(
        "sample_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(64), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_for_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("found_at", time, nullable=True),
        sa.Column("found_by_title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_sample_item_sample_id_sample"),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_sample_item_milestone_id_milestone"),
        *(
            sa.ForeignKeyConstraint([it], ["account.id"], name=f"fk_sample_item_{it}_account")
            for it in ("signed_by_id", "signed_for_id")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sample_item"),
        sa.UniqueConstraint("sample_id", "milestone_id", name="uq_sample_item_sample_id_milestone_id"),
    )
    op.create_index("ix_sample_item_milestone_id", "sample_item", ["milestone_id"])


def downgrade():
    op.drop_table("sample_item")
    op.drop_table("sample")
