"""`flask deliver` again and again, each time in a process of its own that can be struck.

Reads a job a line from its input (JSON: `blow` or null, `forever`, `later` in seconds) and answers with the process's
number, then with how it ended and in how many steps. The process is forked from this one, which has everything loaded.
"""

import contextlib
import json
import os
import sys
from datetime import timedelta

from models import utc_now
from settings import Settings
from tests.torture.steps import Blow, count_steps
from views.app import create_app
from views.commands import notices


def main() -> None:
    app = create_app(Settings.read())
    steps = count_steps(app)
    notices.POLL = 0.05
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(deliver(app, steps, job))
        say(child)
        _, status = os.waitpid(child, 0)
        say(os.waitstatus_to_exitcode(status))


def deliver(app, steps, job: dict) -> int:
    """In the child. How many steps it took goes to the error output, which the fault run reads."""
    app.extensions["database"].clock = lambda: utc_now() + timedelta(seconds=job["later"])
    steps.begin(Blow.parse(job["blow"]) if job["blow"] else None)
    code = 0
    try:
        with app.app_context(), contextlib.redirect_stdout(sys.stderr):
            notices.deliver.main(["--forever"] if job["forever"] else [], standalone_mode=False)
    except Exception as error:  # the database was taken away: a service manager would start it again
        print(f"deliver: {type(error).__name__}: {str(error)[:200]}", file=sys.stderr, flush=True)
        code = 1
    say(steps.end())
    return code


def say(number: int) -> None:
    os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    main()
