"""Counts the steps of what a process does, and strikes at the one that is asked for.

A step is a statement (before, and after), a commit (before, and after), a file that is made, renamed or removed, a
program that is started, a line of a conversation with the mail server, a file that is put into the store, an answer
that is about to be given. It lives here and not in the product: it hangs on SQLAlchemy's events and Python's own.
"""

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from tests.torture.cluster import kill_database

# The environment's words for the folder of the cluster, and for the file that says that a blow has fallen.
FOLDER, MARK = "TORTURE_DATABASE", "TORTURE_MARK"
HEARD = frozenset({
    "os.rename", "os.remove", "os.mkdir", "os.chmod", "subprocess.Popen", "smtplib.connect", "smtplib.send",
})
SELF = "worker"
BOTH = "both"


@dataclass(frozen=True)
class Blow:
    """What is killed: the process itself, something of the database, or both; at which step, how long (s) after it."""

    kind: str
    at: int
    after: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind}:{self.at}:{self.after}"

    @classmethod
    def parse(cls, text: str) -> "Blow":
        kind, at, after = text.split(":")
        return cls(kind, int(at), float(after))

    def strike(self) -> None:
        if self.after:
            threading.Thread(target=self._later, daemon=True).start()
        else:
            self._now()

    def _later(self) -> None:
        time.sleep(self.after)
        self._now()

    def _now(self) -> None:
        if self.kind != SELF:
            kill_database(Path(os.environ[FOLDER]), "all" if self.kind == BOTH else self.kind)
        Path(os.environ[MARK]).touch()
        if self.kind in (SELF, BOTH):
            os.kill(os.getpid(), signal.SIGKILL)


class Steps(threading.local):
    """Those of one thread, from `begin` to `end`."""

    counting, count, blow = False, 0, None

    def begin(self, blow: Blow | None) -> None:
        self.counting, self.count, self.blow = True, 0, blow

    def end(self) -> int:
        self.counting = False
        return self.count

    def step(self, *_) -> None:
        if not self.counting:
            return
        self.count += 1
        if self.blow and self.count == self.blow.at:
            self.blow.strike()


def count_steps(app) -> Steps:
    """The steps of the application `app` in this process."""
    steps, engine = Steps(), app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", steps.step)
    event.listen(engine, "after_cursor_execute", steps.step)
    commit = engine.dialect.do_commit

    def do_commit(connection) -> None:
        steps.step()
        commit(connection)
        steps.step()

    engine.dialect.do_commit = do_commit
    app.extensions["evidence"] = _Watched(app.extensions["evidence"], steps)
    sys.addaudithook(lambda name, _arguments: steps.step() if name in HEARD else None)
    return steps


class _Watched:
    """A store whose `put` is a step before and after."""

    def __init__(self, store, steps: Steps):
        self._store, self._steps = store, steps

    def put(self, source):
        self._steps.step()
        kept = self._store.put(source)
        self._steps.step()
        return kept

    def __getattr__(self, name: str):
        return getattr(self._store, name)
