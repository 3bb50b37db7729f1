"""One database: its connections, its sessions for reading and writing, its clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, make_transient_to_detached, object_session

from models.finding import prepare_sqlite

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """The database at `url` (a SQLAlchemy URL; sqlite or postgresql+psycopg).

    `clock` answers the present time (aware, UTC); every time that is stored comes from it.
    """

    def __init__(self, url: str, clock: Clock = utc_now, pool_size: int = 8):
        self.clock = clock
        self.engine = _engine(url, pool_size)
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._immediate = self.engine.execution_options(immediate=True)

    def reading(self) -> Session:
        """A session for pages: each statement stands alone, nothing is held open between them."""
        return Session(self._autocommit, info={"database": self}, autoflush=False, expire_on_commit=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, committed at the end or rolled back whole.

        SQLite has no row locks: there it takes the write lock at once, so that writers queue up
        instead of failing half-way.
        """
        session = Session(self._immediate, info={"database": self}, autoflush=False, expire_on_commit=False)
        with session, session.begin():
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A read-only transaction that sees one moment, however long it takes to walk through."""
        level = {"isolation_level": "REPEATABLE READ"} if self.is_postgresql else {}
        with Session(self.engine.execution_options(**level), info={"database": self}) as session:
            yield session

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def dispose(self) -> None:
        self.engine.dispose()


def database_of(subject) -> Database:
    """The database that `subject` (a loaded object, or a session) came from."""
    session = subject if isinstance(subject, Session) else object_session(subject)
    if session is None:
        raise ValueError("the object is not in a session of this ledger's database")
    return session.info["database"]


def reference(session: Session, model, row_id: int):
    """An object that stands for a row without reading it: enough to say which one is meant."""
    known = session.identity_map.get(session.identity_key(model, row_id))
    if known is not None:
        return known
    stub = model(id=row_id)
    make_transient_to_detached(stub)
    session.add(stub)
    return stub


def release(subject) -> None:
    """Give back the connection that the session of `subject` reads with; what was read stays as it is."""
    session = object_session(subject)
    if session is not None:
        session.commit()


def _engine(url: str, pool_size: int) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        # Prepared at first use: the ledger repeats few statements very often.
        engine = create_engine(url, pool_size=pool_size, max_overflow=4, connect_args={"prepare_threshold": 1})
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgresql(connection, _record) -> None:
    """Pages ask many small questions: to start a second process for one takes longer than it saves."""
    connection.execute("SET max_parallel_workers_per_gather = 0")
    connection.commit()


def _prepare_sqlite(connection, _record) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    prepare_sqlite(connection)


def _begin_sqlite(connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("immediate") else "BEGIN")
