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

from plans.grid import Grid
from plans.readers.limits import AT_ONCE, MOST_ANSWER, SECONDS
from plans.readers.packing import unpack
from plans.readers.refused import Refused

ROOT = Path(__file__).resolve().parents[2]
log = logging.getLogger(__name__)
_turns = threading.BoundedSemaphore(AT_ONCE)


def read_in_child(kind: str, data: bytes) -> tuple[str, Grid]:
    """What the file is, and its grid. Raises Refused.

    A new interpreter, not a fork: a fork would inherit locks held by other threads, and open databases.
    """
    with _turns:
        answer = run([sys.executable, "-m", "plans.readers.child", kind], data, SECONDS)
    try:
        found = json.loads(answer)
        if "refused" not in found:
            return found["kind"], unpack(found)
        code, fields = found["refused"], found["fields"]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Refused("damaged") from error
    if "detail" in found:
        log.info("a %s file was not read: %s", kind, found["detail"])
    raise Refused(code, **fields)


def run(
    command: list[str], data: bytes, seconds: float, home: str = "/nonexistent", limits: dict[int, int] | None = None
) -> bytes:
    """What `command` answers to `data`. Raises Refused where it does not end well or in time; then it is dead.

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
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        answer = _converse(process, data)
        code = process.wait()
    finally:
        timer.cancel()
        _kill(process)
        process.wait()
        process.stdout.close()
    if late.is_set() or -code in (signal.SIGXCPU, signal.SIGALRM):
        raise Refused("too-slow")
    if code != 0 or len(answer) > MOST_ANSWER:
        log.warning("%s ended with %s", command[-1], code)
        raise Refused("crashed")
    return answer


def _converse(process: subprocess.Popen, data: bytes) -> bytes:
    """The child reads all of its input before it answers, so the two do not wait for each other."""
    with suppress(BrokenPipeError):  # it ended before it had read all: how it ended tells why
        process.stdin.write(data)
    with suppress(BrokenPipeError):
        process.stdin.close()
    return process.stdout.read(MOST_ANSWER + 1)


def _kill(process: subprocess.Popen) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
