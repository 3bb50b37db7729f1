"""`make test`: checks and tests, one after another, with one summary at the end.

Exit status 0 where everything passed; 1 where anything failed or could not run. Nothing is skipped.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from settings import ROOT
from tests.chromium.finding import find_chromium
from tests.servers.clamd import find_clamd

BIN = Path(sys.executable).parent
OWN = ("models", "workflow", "notices", "plans", "evidence", "reports", "views", "settings.py", "wsgi.py")

CHECKS = {
    "style and complexity (ruff)": [str(BIN / "ruff"), "check", "--quiet", "."],
    "imports run one way (import-linter)": [str(BIN / "lint-imports"), "--no-cache"],
    "dead code (vulture)": [str(BIN / "vulture"), *OWN],
}
# One more than there are processors: a test often waits for a browser or a server. Each begins at another place, so
# that not all of them have a browser at once, and what a file's tests share is made once.
WORKERS = (os.cpu_count() or 1) + 1
TESTS = {
    "tests on SQLite and PostgreSQL, with Chromium (pytest)": [
        str(BIN / "pytest"), "-n", str(WORKERS), "--dist", "worksteal", "-W", "ignore::RuntimeWarning:platformdirs",
        "-rfE", "--strict-config", "--durations=40",
    ],
}
# Tracing every statement costs a third more, so it is asked for.
COVERAGE = [*(f"--cov={name.removesuffix('.py')}" for name in OWN), "--cov-report=term:skip-covered"]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--checks", action="store_true", help="only what reads the code, without running it")
    asked.add_argument("--coverage", action="store_true", help="report which statements ran")
    given = asked.parse_args()
    only_checks = given.checks
    tests = {name: [*command, *(COVERAGE if given.coverage else ())] for name, command in TESTS.items()}
    steps = CHECKS if only_checks else CHECKS | tests
    if not only_checks:
        try:
            find_chromium()
            find_clamd()
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    results = [(name, *_run(name, command)) for name, command in steps.items()]
    print("\nSummary")
    for name, passed, seconds in results:
        print(f"  {'passed' if passed else 'FAILED'}  {seconds:6.0f} s  {name}")
    return 0 if all(passed for _, passed, _ in results) else 1


def _run(name: str, command: list[str]) -> tuple[bool, float]:
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    passed = subprocess.run(command, cwd=ROOT).returncode == 0
    return passed, time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
