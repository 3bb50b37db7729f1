"""Assessment: versions of the rule, results with their scores and lines, objections; what stands does not change.

The triggers are those of events and rounds once more (0002): the application's own connection meets them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
# Never changed and never taken away; of lines and scores none comes once a result is published.
KEPT = ("assessment_rule", "assessment_score", "assessment_line")
ADDED = ("assessment_score", "assessment_line")
# Of a subject: what it states, and what settles it once (while it is in the given state).
STATED = {
    "assessment": (
        "plan_id", "period", "first", "last", "edition", "corrects_id", "words", "rule_id", "taken_at", "last_event",
        "objections_until", "drawn_by_id", "drawn_for_id",
    ),
    "assessment_objection": (
        "assessment_id", "unit_id", "item", "words", "raised_at", "raised_by_id", "raised_for_id", "digest",
    ),
}
SETTLED = {
    "assessment": ("open", ("state", "published_at", "published_by", "digest")),
    "assessment_objection": ("raised", ("state", "points", "answer", "settled_at", "settled_by")),
}


def upgrade():
    op.create_table(
        "assessment_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("number", "completion", "on_time", "quality", "supporting", "per_return", "objection_days")
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=True),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_assessment_rule_plan_id_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_rule"),
        sa.UniqueConstraint("plan_id", "number", name="uq_assessment_rule_plan_id_number"),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(6), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", _TIME, nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("objections_until", sa.Date(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.Column("drawn_for_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("published_at", _TIME, nullable=True),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_assessment_plan_id_plan"),
        sa.ForeignKeyConstraint(["corrects_id"], ["assessment.id"], name="fk_assessment_corrects_id_assessment"),
        sa.ForeignKeyConstraint(["rule_id"], ["assessment_rule.id"], name="fk_assessment_rule_id_assessment_rule"),
        *_accounts("assessment", "drawn_by_id", "drawn_for_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_plan_id_period", "assessment", ["plan_id", "period"])
    op.create_table(
        "assessment_score",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("points", sa.String(80), nullable=True),
        *_of("assessment_score"),
        sa.PrimaryKeyConstraint("assessment_id", "unit_id", name="pk_assessment_score"),
    )
    op.create_index("ix_assessment_score_unit_id", "assessment_score", ["unit_id"])
    op.create_table(
        "assessment_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(20), nullable=False),
        sa.Column("subject_type", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("points", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        *_of("assessment_line"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_line"),
    )
    op.create_index("ix_assessment_line_assessment_id_unit_id", "assessment_line", ["assessment_id", "unit_id"])
    op.create_table(
        "assessment_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("raised_at", _TIME, nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_for_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("points", sa.String(20), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("settled_by", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(64), nullable=False),
        *_of("assessment_objection"),
        *_accounts("assessment_objection", "raised_by_id", "raised_for_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_objection"),
    )
    for name in ("assessment_id", "unit_id"):
        op.create_index(f"ix_assessment_objection_{name}", "assessment_objection", [name])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _of(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=f"fk_{table}_assessment_id_assessment"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=f"fk_{table}_unit_id_unit"),
    ]


def _accounts(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([it], ["account.id"], name=f"fk_{table}_{it}_account") for it in columns]


def _guard_postgresql():
    op.execute("""
CREATE FUNCTION refuse_added_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM assessment WHERE id = NEW.assessment_id AND state <> 'open') THEN
        RAISE EXCEPTION 'a result that was published or withdrawn does not change';
    END IF;
    RETURN NEW;
END $$;
""")
    for table in KEPT:
        _refuse(f"{table}_append_only", "UPDATE OR DELETE", table)
    for table in ADDED:
        op.execute(
            f"CREATE TRIGGER {table}_closed BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_added_line()"
        )
    for table, columns in STATED.items():
        state, settled = SETTLED[table]
        _refuse(f"{table}_stated", f"UPDATE OF {_named(columns)}", table)
        _refuse(f"{table}_settled", f"UPDATE OF {_named(settled)}", table, f"WHEN (OLD.state <> '{state}') ")
        _refuse(f"{table}_kept", "DELETE", table)
    for table in (*KEPT, *STATED):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        )


def _refuse(name: str, what: str, table: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION refuse_change()"
    )


def _named(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{it}"' for it in columns)


def _guard_sqlite():
    for table in KEPT:
        for verb in ("UPDATE", "DELETE"):
            _abort(f"{table}_no_{verb.lower()}", verb, table)
    for table in ADDED:
        _abort(
            f"{table}_closed", "INSERT", table,
            "WHEN EXISTS (SELECT 1 FROM assessment WHERE id = NEW.assessment_id AND state <> 'open') ",
        )
    for table, columns in STATED.items():
        state, settled = SETTLED[table]
        _abort(f"{table}_stated", f"UPDATE OF {_named(columns)}", table)
        _abort(f"{table}_settled", f"UPDATE OF {_named(settled)}", table, f"WHEN OLD.state <> '{state}' ")
        _abort(f"{table}_kept", "DELETE", table)


def _abort(name: str, what: str, table: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {what} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{table} does not change'); END"
    )


def downgrade():
    for table in (
        "assessment_objection", "assessment_line", "assessment_score", "assessment", "assessment_rule"
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_added_line()")
