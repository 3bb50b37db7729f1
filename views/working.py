"""The worker of this process: a thread that does background work while there is any.

A press begins it, and waits a little, as for a document that is read (views/plans/base.py). A server looks besides
every few seconds for what another process has left behind.
"""

import logging
import threading
import time
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from models import Database
from workflow.jobs import Kind, due, work_off

logger = logging.getLogger("taizhang.jobs")

WAIT = 2.0  # seconds that a press waits for its work, before the page that shows progress
LOOK_EVERY = 5.0  # seconds between two looks for work that was left


class Worker:
    """Does the work of `kinds` that stands in the database, in one thread at a time."""

    def __init__(self, database: Database, kinds: Mapping[str, Kind]):
        self.database, self.kinds = database, kinds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, wait: float = WAIT) -> None:
        """Have everything done that is due, and wait up to so many seconds for it."""
        with self._lock:
            running = self._thread
            # A thread that is about to end may have looked before this work was there: another one looks again.
            self._thread = threading.Thread(target=self._work, args=(running,), name="jobs", daemon=True)
            self._thread.start()
            begun = self._thread
        begun.join(wait)

    def look(self) -> None:
        """Begin where something is due and nobody is at it here."""
        with self.database.reading() as session:
            found = due(session, self.kinds, self.database.clock())
        if found and (self._thread is None or not self._thread.is_alive()):
            self.begin(0)

    def keep_looking(self) -> None:
        """Look again and again, for as long as the process runs."""
        threading.Thread(target=self._keep_looking, name="jobs-left", daemon=True).start()

    def _work(self, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        try:
            work_off(self.database, self.kinds)
        except DBAPIError as error:
            logger.error("the database is not there: %s", error.orig)

    def _keep_looking(self) -> None:
        while True:
            try:
                self.look()
            except DBAPIError as error:
                logger.error("the database is not there: %s", error.orig)
            time.sleep(LOOK_EVERY)
