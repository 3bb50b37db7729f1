"""The worker is killed, again and again, in the midst of it: nothing is lost, nothing comes twice unrecognised."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from models import CalendarDay, Database, Message, Notice, utc_now
from notices.channels import MailServer, hook_channel, mail_channel
from notices.preferences import Wanted, set_contact
from notices.routing import route
from notices.worker import Way, deliver
from settings import ROOT
from workflow.audiences import Telling, to_accounts
from workflow.calendar import local_day
from workflow.notices import write

KILLS, NOTICES = 8, 40
LATEST = 0.03  # seconds after the step at which a kill may come: by then the next step has begun


class Killer:
    """Kills the worker at, or just after, a step of its conversations that is drawn by lot."""

    def __init__(self, lot: random.Random):
        self.lot, self.lock = lot, threading.Lock()
        self.process, self.left, self.killed = None, 0, 0

    def watch(self, process: subprocess.Popen) -> None:
        with self.lock:
            self.process, self.left = process, self.lot.randint(1, 18)

    def step(self) -> None:
        with self.lock:
            self.left -= 1
            if self.process is None or self.left:
                return
            process, self.process = self.process, None
        if self.lot.random() < 0.5:
            self.kill(process)
        else:
            threading.Timer(self.lot.uniform(0, LATEST), self.kill, [process]).start()

    def kill(self, process: subprocess.Popen) -> None:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)


def worker(database_url: str, mailbox) -> subprocess.Popen:
    environment = {
        **os.environ, "DATABASE_URL": database_url, "MAIL_URL": mailbox.url, "MAIL_FROM": "ledger@example.org",
        "HOOK_KINDS": "json",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "deliver"], cwd=ROOT, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )


def told_at_once(ledger, hook: str) -> None:
    """Many notices to one person who wants each by itself; whatever day the test runs on, it is worked."""
    who = ledger.accounts["reviewer"]
    wanted = Wanted("reviewer@example.org", hook, "zh", {"urged": {"mail": "now", "hook": "now"}})
    set_contact(ledger.database, ledger.actor("reviewer"), wanted, ("json",))
    with ledger.database.writing() as session:
        today = local_day(utc_now())
        session.add_all(CalendarDay(day=today + timedelta(n), working=True) for n in range(-1, 7))
        for n in range(NOTICES):
            detail = {"about": f"任务 {n:02}", "actor": "管委会"}
            write(session, ("milestone", 1), f"test:{n}", [Telling("urged", to_accounts([who]))], detail, utc_now())


def test_killed_at_random_points_it_loses_nothing_and_doubles_nothing(ledger, database_url, mailbox, robot):
    told_at_once(ledger, robot.url)
    killer = Killer(random.Random(5))
    mailbox.step = robot.step = killer.step
    ends = Counter()
    for _ in range(KILLS):
        process = worker(database_url, mailbox)
        killer.watch(process)
        output, _ = process.communicate(timeout=120)
        assert process.returncode in (0, -signal.SIGKILL), output.decode()
        ends[process.returncode] += 1
    assert ends[-signal.SIGKILL] >= KILLS // 2
    mailbox.step = robot.step = lambda: None

    # What the dead left behind is found once their leases have run out; nobody is killed any more.
    later = Database(database_url, clock=lambda: utc_now() + timedelta(days=4))
    way = Way({
        "mail": mail_channel(MailServer.parse(mailbox.url), "ledger@example.org", 10), "hook": hook_channel(10),
    }, timedelta(minutes=5))
    route(later, 8, frozenset(way.channels))
    deliver(later, way)

    with later.reading() as session:
        assert session.scalars(select(Notice.routed_at).where(Notice.routed_at.is_(None))).all() == []
        messages = session.execute(select(Message.channel, Message.state, Message.key, Message.token)).all()
    later.dispose()
    assert Counter(m.channel for m in messages) == {"mail": NOTICES, "hook": NOTICES}

    # Mail: each arrived; what came twice carries the number, the words and the time of the first.
    assert {m.state for m in messages if m.channel == "mail"} == {"sent"}
    numbers = Counter(mail["Message-ID"] for mail in mailbox.mails)
    assert set(numbers) == {f"<{m.token}@example.org>" for m in messages if m.channel == "mail"}
    assert len({mail["Subject"] for mail in mailbox.mails}) == NOTICES
    same = {(mail["Message-ID"], mail["Subject"], mail["Date"], mail.get_content()) for mail in mailbox.mails}
    assert len(same) == NOTICES

    # Web hooks, which nothing knows again: none came twice; each came, or is named as uncertain.
    calls = Counter(call["title"] for call in robot.calls)
    assert set(calls.values()) <= {1}
    uncertain = sum(m.state == Message.UNCERTAIN for m in messages if m.channel == "hook")
    sent = sum(m.state == Message.SENT for m in messages if m.channel == "hook")
    assert sent + uncertain == NOTICES and sent <= len(calls) <= NOTICES
    assert uncertain <= ends[-signal.SIGKILL]


def test_two_workers_at_once_send_each_message_once(ledger, database_url, mailbox):
    told_at_once(ledger, "")
    workers = [worker(database_url, mailbox) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0].decode() for process in workers]
    assert [process.returncode for process in workers] == [0, 0], outputs
    numbers = Counter(mail["Message-ID"] for mail in mailbox.mails)
    assert len(numbers) == NOTICES and set(numbers.values()) == {1}
