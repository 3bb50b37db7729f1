"""How far a reading has come: told to whoever waits for it, and what earns it more time.

A process that reads may work for START_SECONDS, and longer only as it gets rows done: a long paper is read to its
end, and a file on which nothing gets done is stopped by the kernel, in the middle of whatever it keeps busy.
"""

import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

from plans.readers.limits import MOST_SECONDS, ROWS_A_SECOND, SILENT_SECONDS

SIGN = b"#"  # begins a line that tells of progress; what is read never does


@dataclass(frozen=True)
class Progress:
    """`stage` is convert, rows (of the document), sorting (them) or tasks; `total` is None where it is not known."""

    stage: str
    done: int
    total: int | None = None

    def line(self) -> bytes:
        return SIGN + f"{self.stage} {self.done} {self.total or 0}\n".encode()

    @classmethod
    def of(cls, line: bytes) -> "Progress":
        """Raises ValueError for what is no such line."""
        stage, done, total = line[len(SIGN) :].decode("ascii").split()
        return cls(stage, int(done), int(total) or None)


Told = Callable[[Progress], None]


def untold(_progress: Progress) -> None:
    """For those who do not wait for it."""


Paced = Callable[[str, int, int | None], None]


class Pace:
    """The limits of this process, and what it tells. Called with a stage and what is done of it, it tells each STEP."""

    STEP = 200

    def __init__(self, memory: int, seconds: float):
        """No file can be written, so that none can be left behind; `memory` is address space, in bytes."""
        self._seconds, self._stage, self._before, self._earlier = seconds, "", 0, 0
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        self._grant()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage != self._stage:
            self._earlier += self._before
            self._stage, self._before = stage, 0
        if done - self._before >= self.STEP or done == total:
            self._before = done
            self._grant()
            sys.stdout.buffer.write(Progress(stage, done, total).line())
            sys.stdout.buffer.flush()

    def _grant(self) -> None:
        earned = int(self._seconds + (self._earlier + self._before) / ROWS_A_SECOND)
        resource.setrlimit(resource.RLIMIT_CPU, (min(earned, MOST_SECONDS), MOST_SECONDS + 1))
        signal.alarm(SILENT_SECONDS + 1)  # ends it even where the server was ended first


def unpaced(_stage: str, _done: int, _total: int | None) -> None:
    """Where the process has no limits of its own."""
