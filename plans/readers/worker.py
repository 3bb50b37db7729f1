"""Parsing in a child process that can be killed without taking the server along."""

import json
import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from plans.readers.limits import AT_ONCE, MOST_ANSWER, SILENT_SECONDS
from plans.readers.pace import SIGN, Progress, Told, untold
from plans.readers.refused import Refused

ROOT = Path(__file__).resolve().parents[2]
log = logging.getLogger(__name__)
_turns = threading.BoundedSemaphore(AT_ONCE)


def ask_child(module: str, arguments: list[str], data: bytes, told: Told = untold) -> tuple[dict, bytes]:
    """What a module of ours, run in a process of its own, answers to `data`: a line of JSON, and a body.

    Raises Refused. A new interpreter, not a fork: a fork would inherit locks held by other threads, and open databases.
    """
    with _turns:
        answer = run([sys.executable, "-m", module, *arguments], data, SILENT_SECONDS, told=told)
    line, _, body = answer.partition(b"\n")
    try:
        head = json.loads(line)
        if "refused" not in head:
            return head, body
        code, fields = head["refused"], head["fields"]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("damaged") from error
    if "detail" in head:
        log.info("%s refused a file: %s", module, head["detail"])
    raise Refused(code, **fields)


def run(
    command: list[str], data: bytes, seconds: float, home: str = "/nonexistent", limits: dict[int, int] | None = None,
    told: Told = untold,
) -> bytes:
    """What `command` answers to `data`. Raises Refused where it does not end well or in time; then it is dead.

    It has `seconds`, by the clock, to its first sign of progress, and as much from each to the next.
    It gets none of the environment, where secrets are, and is the leader of its own group, so that what it
    started ends with it. `home` is the folder for what it keeps, and for its temporary files; `limits` are for
    a program that does not limit itself.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": home, "TMPDIR": home},
        start_new_session=True,
    )
    for limit, most in (limits or {}).items():
        with suppress(ProcessLookupError):  # it ended already
            resource.prlimit(process.pid, limit, (most, most))
    patience = _Patience(process, seconds)
    try:
        answer = _converse(process, data, patience, told)
        code = process.wait()
    finally:
        patience.end()
        _kill(process)
        process.wait()
        process.stdout.close()
    if patience.lost or -code in (signal.SIGXCPU, signal.SIGALRM):
        raise Refused("too-slow")
    if code != 0 or len(answer) > MOST_ANSWER:
        log.warning("%s ended with %s", command[-1], code)
        raise Refused("crashed")
    return answer


class _Patience:
    """Kills a process that shows nothing for so many seconds."""

    def __init__(self, process: subprocess.Popen, seconds: float):
        self.process, self.seconds, self.lost = process, seconds, False
        self._begin()

    def _begin(self) -> None:
        self.timer = threading.Timer(self.seconds, self._lose)
        self.timer.start()

    def _lose(self) -> None:
        self.lost = True
        _kill(self.process)

    def renew(self) -> None:
        self.timer.cancel()
        if not self.lost:
            self._begin()

    def end(self) -> None:
        self.timer.cancel()


def _converse(process: subprocess.Popen, data: bytes, patience: _Patience, told: Told) -> bytes:
    """The child reads all of its input before it answers, so the two do not wait for each other.

    Lines of progress come before the answer. Raises Refused where they are none of ours.
    """
    with suppress(BrokenPipeError):  # it ended before it had read all: how it ended tells why
        process.stdin.write(data)
    with suppress(BrokenPipeError):
        process.stdin.close()
    line = process.stdout.readline(MOST_ANSWER)
    while line.startswith(SIGN):
        try:
            progress = Progress.of(line)
        except ValueError as error:
            raise Refused("crashed") from error
        patience.renew()
        told(progress)
        line = process.stdout.readline(MOST_ANSWER)
    return line + process.stdout.read(MOST_ANSWER + 1 - len(line))


def _kill(process: subprocess.Popen) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
