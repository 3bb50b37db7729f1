"""What is written once stays as it was: events for ever, a round from its submission on.

The application's own connection meets these triggers; somebody with full rights over the database can
take them away, which is why heads are also kept outside (docs/audit.md).
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_event", "checkpoint", "security_event")

# Kept apart from what a review adds to a frozen round (reviewed_at, reviewed_by_id).
FROZEN = (
    "milestone_id", "number", "opened_by", "opened_at", "account", "reported", "points", "open_points",
    "submitted_at", "submitted_by_id", "submitted_unit_id", "digest",
)

POSTGRESQL_FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME;
END $$;
CREATE FUNCTION refuse_frozen_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a submitted round does not change';
END $$;
CREATE FUNCTION refuse_frozen_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM round WHERE id = OLD.round_id AND submitted_at IS NOT NULL
    ) OR TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM round WHERE id = NEW.round_id AND submitted_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the evidence of a submitted round does not change';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
    else:
        _upgrade_sqlite()


def _upgrade_postgresql():
    op.execute(POSTGRESQL_FUNCTIONS)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        f"CREATE TRIGGER round_frozen BEFORE UPDATE OF {', '.join(FROZEN)} ON round "
        "FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_round()"
    )
    op.execute(
        "CREATE TRIGGER round_kept BEFORE DELETE ON round "
        "FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION refuse_frozen_round()"
    )
    op.execute(
        "CREATE TRIGGER evidence_frozen BEFORE INSERT OR UPDATE OR DELETE ON evidence "
        "FOR EACH ROW EXECUTE FUNCTION refuse_frozen_evidence()"
    )


def _upgrade_sqlite():
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )
    frozen = "SELECT RAISE(ABORT, 'a submitted round does not change')"
    op.execute(
        f"CREATE TRIGGER round_frozen BEFORE UPDATE OF {', '.join(FROZEN)} ON round "
        f"WHEN OLD.submitted_at IS NOT NULL BEGIN {frozen}; END"
    )
    op.execute(
        f"CREATE TRIGGER round_kept BEFORE DELETE ON round WHEN OLD.submitted_at IS NOT NULL BEGIN {frozen}; END"
    )
    for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        touched = " OR ".join(
            f"EXISTS (SELECT 1 FROM round WHERE id = {row}.round_id AND submitted_at IS NOT NULL)" for row in rows
        )
        op.execute(
            f"CREATE TRIGGER evidence_frozen_{verb.lower()} BEFORE {verb} ON evidence WHEN {touched} "
            "BEGIN SELECT RAISE(ABORT, 'the evidence of a submitted round does not change'); END"
        )


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
        for name in ("round_frozen", "round_kept"):
            op.execute(f"DROP TRIGGER {name} ON round")
        op.execute("DROP TRIGGER evidence_frozen ON evidence")
        for name in ("refuse_change", "refuse_frozen_round", "refuse_frozen_evidence"):
            op.execute(f"DROP FUNCTION {name}()")
        return
    names = [f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")]
    names += ["round_frozen", "round_kept"]
    names += [f"evidence_frozen_{verb}" for verb in ("insert", "update", "delete")]
    for name in names:
        op.execute(f"DROP TRIGGER {name}")
