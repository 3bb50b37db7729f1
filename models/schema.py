"""Bringing a database to the present schema, by the migrations alone."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.database import Database

_ROOT = Path(__file__).resolve().parent.parent


def _config(connection) -> Config:
    config = Config(toml_file=_ROOT / "pyproject.toml")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply the migrations up to `revision`, all or nothing."""
    with database.engine.begin() as connection:
        config = _config(connection)
        config.attributes["clock"] = database.clock  # for what a migration writes in the trail
        command.upgrade(config, revision)


def is_behind(database: Database) -> bool:
    """Whether migrations of this program are still to be applied: there are no tables yet, or older ones.

    What a later program has made of a database is for that one to say.
    """
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        script = ScriptDirectory.from_config(_config(connection))
    earlier = {it.revision for it in script.walk_revisions()} - {script.get_current_head()}
    return present is None or present in earlier


def downgrade(database: Database, revision: str) -> None:
    """Take the migrations back to `revision` ("base" for an empty database)."""
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), revision)
