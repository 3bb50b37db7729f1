"""People are told in time, act for one another while away, and write around the work."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# For whom it was done, beside who did it.
WHOM = (
    ("round", "submitted_for_id"), ("round", "reviewed_for_id"), ("change_request", "asked_for_id"),
    ("change_request", "opinion_for_id"), ("implementation", "submitted_for_id"), ("implementation", "reviewed_for_id"),
)


def _account(name: str, table: str, nullable: bool = False) -> tuple:
    return (
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], ["account.id"], name=f"fk_{table}_{name}_account"),
    )


def _chain() -> tuple:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
    )


def _time(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade():
    _notices()
    _absence()
    _talk()
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=True),
        sa.Column("words", sa.String(length=60), nullable=False),
        *_chain(),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_day"),
        sa.UniqueConstraint("day", name="uq_calendar_day_day"),
    )
    _whose_hand()
    _versions_stay()


def _notices():
    op.create_table(
        "notice",
        sa.Column("id", ROW_NUMBER, nullable=False),
        *_account("account_id", "notice"),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_type", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        _time("at"),
        sa.Column("detail", sa.JSON(), nullable=False),
        _time("read_at", nullable=True),
        _time("routed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("account_id", "key", name="uq_notice_account_id_key"),
    )
    op.create_index("ix_notice_account_id_read_at", "notice", ["account_id", "read_at"])
    op.create_index("ix_notice_routed_at", "notice", ["routed_at"])
    op.create_table(
        "contact",
        *_account("account_id", "contact"),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("hook", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_contact"),
    )
    op.create_table(
        "message",
        sa.Column("id", ROW_NUMBER, nullable=False),
        *_account("account_id", "message"),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        _time("send_after"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("claimed_at", nullable=True),
        _time("ended_at", nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("account_id", "channel", "key", name="uq_message_account_id_channel_key"),
    )
    op.create_index("ix_message_state_send_after", "message", ["state", "send_after"])
    op.create_table(
        "carried",
        sa.Column("notice_id", ROW_NUMBER, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("message_id", ROW_NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name="fk_carried_notice_id_notice"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_carried_message_id_message"),
        sa.PrimaryKeyConstraint("notice_id", "channel", name="pk_carried"),
    )
    op.create_index("ix_carried_message_id", "carried", ["message_id"])


def _absence():
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        *_account("giver_id", "delegation"),
        *_account("taker_id", "delegation"),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        _time("given_at"),
        _time("revoked_at", nullable=True),
        sa.CheckConstraint("giver_id <> taker_id", name="ck_delegation_to_somebody_else"),
        sa.CheckConstraint("first_day <= last_day", name="ck_delegation_days_in_order"),
        sa.ForeignKeyConstraint(["area_id"], ["action_area.id"], name="fk_delegation_area_id_action_area"),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
    )
    op.create_index("ix_delegation_giver_id", "delegation", ["giver_id"])
    op.create_index("ix_delegation_taker_id", "delegation", ["taker_id"])
    op.create_table(
        "account_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        *_account("account_id", "account_handover"),
        *_account("successor_id", "account_handover"),
        sa.Column("milestones", sa.JSON(), nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="pk_account_handover"),
    )
    op.create_index("ix_account_handover_account_id", "account_handover", ["account_id"])


def _talk():
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        *_account("author_id", "comment"),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _time("at"),
        _time("edited_at", nullable=True),
        _time("deleted_at", nullable=True),
        *_chain(),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_comment_milestone_id_milestone"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_milestone_id_internal", "comment", ["milestone_id", "internal"])
    op.create_table(
        "comment_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _time("until"),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_comment_version_comment_id_comment"),
        sa.PrimaryKeyConstraint("id", name="pk_comment_version"),
    )
    op.create_index("ix_comment_version_comment_id", "comment_version", ["comment_id"])
    op.create_table(
        "instruction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        *_account("author_id", "instruction"),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _time("at"),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        _time("answered_at", nullable=True),
        sa.Column("answerer_name", sa.String(length=200), nullable=False),
        *_chain(),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name="ck_instruction_answered_in_words"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_instruction_task_id_task"),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name="fk_instruction_milestone_id_milestone"),
        sa.PrimaryKeyConstraint("id", name="pk_instruction"),
    )
    op.create_index("ix_instruction_task_id_answered_at", "instruction", ["task_id", "answered_at"])
    op.create_index("ix_instruction_milestone_id", "instruction", ["milestone_id"])


def _whose_hand():
    """For whom a round was submitted or reviewed. Not in batch mode on SQLite: that would lose the triggers."""
    for table, name in WHOM:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {name} INTEGER "
            f"CONSTRAINT fk_{table}_{name}_account REFERENCES account (id)"
        )
    frozen = "BEFORE UPDATE OF submitted_for_id ON round"
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER round_frozen_whose {frozen} FOR EACH ROW "
            "WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_round()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER round_frozen_whose {frozen} WHEN OLD.submitted_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a submitted round does not change'); END"
        )


def _versions_stay():
    """Old words of a comment are only ever added to."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER comment_version_append_only BEFORE UPDATE OR DELETE ON comment_version "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER comment_version_no_{verb.lower()} BEFORE {verb} ON comment_version "
            "BEGIN SELECT RAISE(ABORT, 'comment_version is only ever added to'); END"
        )


def downgrade():
    on_round = " ON round" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER round_frozen_whose{on_round}")
    for table, name in WHOM:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for table in (
        "calendar_day", "instruction", "comment_version", "comment", "account_handover", "delegation", "carried",
        "message", "contact", "notice",
    ):
        op.drop_table(table)
