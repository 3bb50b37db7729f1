"""Work in the background with its results by item, and who opened which piece of evidence first."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0022"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "job",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("on_behalf_of", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("input", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("result_name", sa.String(200), nullable=True),
        sa.Column("result_type", sa.String(100), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_job_account_id_account"),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["account.id"], name="fk_job_on_behalf_of_account"),
    )
    op.create_index("ix_job_account_id", "job", ["account_id"])
    op.create_index("ix_job_status_claimed_at", "job", ["status", "claimed_at"])
    op.create_table(
        "job_line",
        sa.Column("job_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("well", sa.Boolean(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "position", name="pk_job_line"),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name="fk_job_line_job_id_job"),
    )
    op.create_table(
        "evidence_opening",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("milestone_id", "sha256", "account_id", name="pk_evidence_opening"),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name="fk_evidence_opening_milestone_id_milestone"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_evidence_opening_account_id_account"),
    )


def downgrade():
    op.drop_table("evidence_opening")
    op.drop_table("job_line")
    op.drop_table("job")
