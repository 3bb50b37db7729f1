"""Databases that are made once in a run and copied for each test: migrations and imports take longer than a copy."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from models import Database, utc_now
from models.schema import upgrade
from plans.demonstration import fill_if_empty
from tests.clock import Clock
from tests.ledger import build
from tests.servers.postgresql import maintenance, named
from tests.variables import DEMO_DAYS

# What a database can hold at the beginning of a test, by the fixture that asks for it: how it is filled, and when.
CONTENTS = {
    "demonstration": (fill_if_empty, lambda: utc_now() + timedelta(days=DEMO_DAYS)),
    "ledger": (build, Clock()),
    "schema": (lambda database: None, Clock()),
}


class Prepared:
    """Each content once for each database server, made when it is first asked for."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._names: set[str] = set()

    def copy_of_file(self, content: str, file: Path) -> str:
        """Copy the SQLite database with this content to `file`; its address."""
        made = self._folder / f"{content}.db"
        if not made.exists():
            _fill(f"sqlite:///{made}", content)
        shutil.copyfile(made, file)
        return f"sqlite:///{file}"

    @contextmanager
    def copy_on_server(self, content: str, server: str) -> Iterator[str]:
        """The address of a copy on the PostgreSQL server, dropped at the end."""
        template, name = f"made_{content}", f"t{uuid.uuid4().hex[:12]}"
        with maintenance(server) as connection:
            if template not in self._names:
                connection.execute(text(f"CREATE DATABASE {template}"))
                _fill(named(server, template), content)
                self._names.add(template)
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG"))
        yield named(server, name)
        with maintenance(server) as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _fill(url: str, content: str) -> None:
    fill, clock = CONTENTS[content]
    database = Database(url, clock=clock)
    upgrade(database)
    fill(database)
    if not database.is_postgresql:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
