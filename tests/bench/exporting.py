"""The ledger as a workbook: how long it takes and how much memory, at either size; each in a process of its own."""

import re
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from models import Account, Database, Role, utc_now
from reports.documents.ledger import write_ledger
from reports.documents.taken import taken
from reports.ledger import Filters
from workflow.actor import load_actor
from workflow.calendar import calendar_of, local_day
from workflow.clocks import Clocks, Judging


def export(url: str) -> tuple[float, float, float]:
    """Seconds, MB of the file, and MB of memory at the peak."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.exporting", url], capture_output=True, text=True, check=True
    )
    seconds, size, peak = map(float, done.stdout.split())
    return seconds, size, peak


def _export(url: str) -> None:
    database = Database(url)
    now = database.clock()
    today = local_day(now)
    with database.snapshot() as session:
        actor = load_actor(session, session.scalar(select(Account.id).where(Account.username == "guanweihui")))
        clocks = Clocks({Role.REVIEWER: 5, Role.COMMITTEE: 10}, calendar_of(session), today)
        day = Judging(today, 30, 10, 30, clocks=clocks)
        written = write_ledger(session, taken(session, actor, day, Filters(), now))
    size = written.seek(0, 2)
    seconds = (utc_now() - now).total_seconds()
    # Of this program alone; what getrusage tells goes back to before it was started.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(seconds, size / 2**20, int(peak.group(1)) / 1024)


if __name__ == "__main__":
    _export(sys.argv[1])
