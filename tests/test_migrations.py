"""Up, down and up again on both databases, with data; models and migrations agree; one head."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from models import Base
from models.schema import downgrade, upgrade
from tests.ledger import build

PROJECT = Path("pyproject.toml")


def state(ledger) -> str:
    """Without the models: they speak of columns that older schemas do not have."""
    with ledger.database.engine.connect() as connection:
        query = text("SELECT state FROM milestone WHERE id = :id")
        return connection.execute(query, {"id": ledger.milestones["1", 2018]}).scalar_one()


def test_up_down_and_up_again_with_data(ledger):
    """Down step by step: what a milestone is stays stored until its own table goes."""
    ledger.submit()
    ledger.fire("reviewer", "approve")
    steps = [step.revision for step in ScriptDirectory.from_config(Config(toml_file=PROJECT)).walk_revisions()]
    for revision in steps[1:]:
        downgrade(ledger.database, revision)
        assert states(ledger) == {"planned", "reviewed"}, revision
    upgrade(ledger.database)
    assert state(ledger) == ledger.milestone().state == "reviewed"
    downgrade(ledger.database, "base")
    assert set(inspect(ledger.database.engine).get_table_names()) <= {"alembic_version"}
    upgrade(ledger.database)
    build(ledger.database)


def states(ledger) -> set[str]:
    """Asked without the models, which speak of the newest schema."""
    with ledger.database.engine.connect() as connection:
        return set(connection.execute(text("SELECT state FROM milestone")).scalars())


def in_models(_item, name, kind, *_) -> bool:
    """Whether the models tell of it. Indexes over folded texts are PostgreSQL's alone."""
    return kind != "index" or not name.endswith(("_pairs", "_folded"))


def test_models_and_migrations_agree(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": in_models}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_head():
    script = ScriptDirectory.from_config(Config(toml_file=PROJECT))
    assert len(script.get_heads()) == 1
