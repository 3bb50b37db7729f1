"""What every test may ask for: both databases with the real schema, a small plan, people with every role."""

import uuid
from contextlib import nullcontext

import pytest
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.util import LRUCache

import models.database
import workflow.passwords
from models import Database
from settings import Settings
from tests.browser import Browser
from tests.clock import Clock
from tests.ledger import CHEAP, Ledger, opened
from tests.prepared import CONTENTS, Prepared
from tests.servers.clamd import scanning
from tests.servers.postgresql import serving_postgresql
from tests.servers.s3 import S3Server, serving_s3
from views.app import create_app

COMPILED = 5000  # statements kept compiled for each kind of database


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once():
    """All engines of a run share a dialect for each kind of database, and what was compiled for it.

    Every test has an engine of its own; to compile the same statements for each took a third of the run.
    """
    make, known = models.database._engine, {}

    def make_sharing(url: str, pool_size: int):
        engine = make(url, pool_size)
        engine.dialect, engine._compiled_cache = known.setdefault(
            engine.dialect.name, (engine.dialect, LRUCache(COMPILED))
        )
        return engine

    models.database._engine = make_sharing
    yield
    models.database._engine = make


@pytest.fixture(scope="session", autouse=True)
def _passwords_hashed_fast():
    """Passwords are hashed as always, with the cheapest parameters: argon2 is slow on purpose, and people are many."""
    slow = workflow.passwords._HASHER, workflow.passwords._NOBODYS
    workflow.passwords._HASHER, workflow.passwords._NOBODYS = CHEAP, CHEAP.hash("nobody's")
    yield
    workflow.passwords._HASHER, workflow.passwords._NOBODYS = slow


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server of this run's own; the address of its maintenance database."""
    with serving_postgresql() as url:
        yield url


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
def prepared(tmp_path_factory) -> Prepared:
    """Databases that are made once, and copied for each test."""
    return Prepared(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, prepared, tmp_path) -> str:
    """The address of a database with the schema, of its own for each test, on both databases.

    It is empty, or has what the test asks for by the fixture `ledger` or `demonstration`.
    """
    content = next((name for name in CONTENTS if name in request.fixturenames), "schema")
    if request.param == "sqlite":
        yield prepared.copy_of_file(content, tmp_path / "ledger.db")
        return
    with prepared.copy_on_server(content, request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_copies(request, prepared, tmp_path):
    """`with ledger_copies() as url`: the small plan anew, as often as a test wants it, on both databases."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        return lambda: prepared.copy_on_server("ledger", server)
    return lambda: nullcontext(prepared.copy_of_file("ledger", tmp_path / f"{uuid.uuid4().hex}.db"))


@pytest.fixture
def demonstration(database_url) -> str:
    """The address of a database as `make run` fills it."""
    return database_url


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
    return opened(database)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory) -> FileSystemBytecodeCache:
    """Templates compiled once for all the applications that tests make."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(ledger, database_url, clock, tmp_path, evidence_settings, compiled_templates):
    """The application over the small plan."""
    settings = Settings(
        database_url=database_url, preview_folder=f"{tmp_path}/previews", upload_folder=f"{tmp_path}/uploads",
        secret_key="tests-only-" * 4, secure_cookies=False, max_file_mb=1, max_round_mb=2, max_round_pieces=6,
        **evidence_settings,
    )
    made = create_app(settings, serving=True, clock=clock)
    made.jinja_env.bytecode_cache = compiled_templates
    yield made
    made.extensions["database"].dispose()


@pytest.fixture
def browse(app):
    """`browse("lead")` is a browser that is signed in as that person; `browse()` one that is not."""
    return lambda name=None: Browser(app, name)
