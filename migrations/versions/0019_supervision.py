"""Supervision sheets: the numbered document, its milestones, and what each unit answers."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    time = sa.DateTime(timezone=True)
    op.create_table(
        "sheet_number",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_sheet_number"),
    )
    op.create_table(
        "supervision_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("issued_at", time, nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_for_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_supervision_sheet_plan_id_plan"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_supervision_sheet_unit_id_unit"),
        *(
            sa.ForeignKeyConstraint([it], ["account.id"], name=f"fk_supervision_sheet_{it}_account")
            for it in ("issued_by_id", "issued_for_id")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_supervision_sheet"),
        sa.UniqueConstraint("year", "number", name="uq_supervision_sheet_year_number"),
    )
    op.create_table(
        "sheet_item",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["supervision_sheet.id"], name="fk_sheet_item_sheet_id_supervision_sheet"
        ),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_sheet_item_milestone_id_milestone"),
        sa.PrimaryKeyConstraint("sheet_id", "milestone_id", name="pk_sheet_item"),
    )
    op.create_index("ix_sheet_item_milestone_id", "sheet_item", ["milestone_id"])
    op.create_table(
        "supervision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", time, nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_for_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["supervision_sheet.id"], name="fk_supervision_sheet_id_supervision_sheet"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_supervision_unit_id_unit"),
        *(
            sa.ForeignKeyConstraint([it], ["account.id"], name=f"fk_supervision_{it}_account")
            for it in ("answered_by_id", "answered_for_id")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_supervision"),
        sa.UniqueConstraint("sheet_id", "unit_id", name="uq_supervision_sheet_id_unit_id"),
    )
    op.create_index("ix_supervision_unit_id", "supervision", ["unit_id"])


def downgrade():
    for table in ("supervision", "sheet_item", "supervision_sheet", "sheet_number"):
        op.drop_table(table)
