"""The fault run: worlds, points, and what became of them."""

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from evidence import store_for
from models import Contact, Database, Message, Notice, utc_now
from models.schema import upgrade
from settings import ROOT
from tests.bench.servers import free_port
from tests.ledger import Ledger, build
from tests.servers import die_with_the_tests
from tests.servers.s3 import S3Server, serving_s3
from tests.torture.acts import PIECES, SAVE, SUBMIT, UPLOAD, Violation, World
from tests.torture.cluster import Cluster
from tests.torture.mail import SENDER, Mailbox, check_mail, mail_server
from tests.torture.people import LOST, wait_until_ready
from tests.torture.steps import BOTH, FOLDER, MARK, SELF, Blow
from workflow.calendar import local_day
from workflow.drafts import Draft, save_draft
from workflow.notice_kinds import KINDS
from workflow.working_days import set_day

NOTIFY = "notify"
TEMPLATE = "torture_template"
A_WORLD = 50  # points in one ledger
S3_EVERY = 5  # of so many ledgers one keeps its evidence in S3
# What is struck, and how often.
DEEDS = {
    SUBMIT: 30, UPLOAD: 16, PIECES: 12, NOTIFY: 26, SAVE: 3, "return": 4, "approve": 4, "accept": 3, "withdraw": 1,
    "reopen": 1,
}
KILLS = {SELF: 50, "all": 16, "postmaster": 12, "connection": 10, BOTH: 12}
# Half of the blows come at the step itself; the others so many seconds after it, in the midst of something.
AFTER = (0.0, 0.0, 0.0, 0.0005, 0.003, 0.02)
NOTICED = 0.03  # seconds until a killed process is seen to be dead
LATER = 1200  # seconds between two runs of the delivery, by its clock: leases have run out, and waits
FIRST_GUESS = 30  # steps of a deed that was not seen to its end yet
WANTING_MAIL = ("lead", "lead2", "reviewer", "area1", "committee", "committee2", "support")


@dataclass
class Figures:
    """What came out. `outcomes` counts how acts without an answer turned out."""

    points: int = 0
    deeds: Counter = field(default_factory=Counter)
    kills: Counter = field(default_factory=Counter)
    stores: Counter = field(default_factory=Counter)
    outcomes: Counter = field(default_factory=Counter)
    mails: int = 0
    mails_again: int = 0
    untouched: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{
            name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__
        })

    def lines(self) -> list[str]:
        def counted(counter: Counter) -> str:
            return ", ".join(f"{name} {count}" for name, count in counter.most_common())

        return [
            f"points      {self.points} in {self.seconds:.0f} s ({self.untouched} more where the deed was over first)",
            f"struck      {counted(self.deeds)}",
            f"killed      {counted(self.kills)}",
            f"evidence    {counted(self.stores)}",
            f"unanswered  {counted(self.outcomes)}",
            f"mails       {self.mails}, of which {self.mails_again} came again with the same Message-ID",
        ]


@contextmanager
def ground(with_s3: bool) -> Iterator["Ground"]:
    """What all worlds stand on: a cluster with a prepared ledger, a mail server, an S3 server where one is needed."""
    with ExitStack() as stack:
        cluster = Cluster()
        stack.callback(cluster.remove)
        cluster.start()
        s3 = stack.enter_context(serving_s3()) if with_s3 else None
        yield Ground(cluster, _prepare(cluster), s3)


@dataclass(frozen=True)
class Ground:
    cluster: Cluster
    ledger: Ledger
    s3: S3Server | None


def _prepare(cluster: Cluster) -> Ledger:
    """The ledger that every world is a copy of: drafts begun, supporting units' answers in, mail wanted at once."""
    cluster.execute(f"CREATE DATABASE {TEMPLATE}")
    database = Database(cluster.url(TEMPLATE))
    upgrade(database)
    ledger = build(database)
    for year in (2018, 2019):
        milestone = ledger.milestone("1", year)
        save_draft(milestone, ledger.actor("lead"), Draft("", [], []), milestone.round.number, 0)
        ledger.all_answer("1", year)
    today = local_day(utc_now())  # whatever day it is, it is worked
    for n in range(-1, 4):
        set_day(database, ledger.actor("system"), today + timedelta(n), True, "")
    with database.writing() as session:
        session.add_all(
            Contact(account_id=ledger.accounts[name], mail=f"{name}@example.org", hook="", language="zh",
                    choices={kind: {"mail": "now"} for kind in KINDS})
            for name in WANTING_MAIL
        )
    for session in ledger.sessions:
        session.close()
    database.dispose()
    return ledger


def run_world(
    ground: Ground, seed: str, points: int, *, on_s3: bool = False, commands: bool = True
) -> Figures:
    """So many points in a ledger of its own. Raises Violation, which names the seed and the point."""
    begun = time.monotonic()
    lot, figures = random.Random(seed), Figures()
    with _world(ground, lot, on_s3) as play:
        while figures.points < points:
            try:
                play.point(figures)
            except Violation as violation:
                said = play.said()
                raise Violation(f"world {seed}, point {figures.points + 1}: {violation}\n{said}") from violation
        play.finish(figures, commands)
    figures.stores["S3" if on_s3 else "folder"] += figures.points
    figures.seconds = time.monotonic() - begun
    return figures


class Play:
    """One world with its servers under it."""

    def __init__(self, ground: Ground, world: World, post: subprocess.Popen, box: Mailbox, environment: dict,
                 log: Path):
        self.ground, self.world, self.post, self.box, self.log = ground, world, post, box, log
        self.mark = Path(environment[MARK])
        self.environment, self.lot = environment, world.lot
        self.later, self.cut_off, self.delivery_steps = 0, 0, FIRST_GUESS

    def point(self, figures: Figures) -> None:
        """One deed, one blow, and everything looked at afterwards."""
        deed, kind = (self.lot.choices(list(table), table.values())[0] for table in (DEEDS, KILLS))
        landed = self._notify(kind, figures) if deed == NOTIFY else self._act(deed, kind, figures)
        if not landed:
            figures.untouched += 1
            return
        figures.points += 1
        figures.deeds[deed] += 1
        figures.kills[kind] += 1

    def said(self) -> str:
        """What the servers last wrote."""
        return self.log.read_text(errors="replace")[-4000:]

    def finish(self, figures: Figures, commands: bool) -> None:
        """The last mails go out; then the ledger's own commands say what they find."""
        self._deliver(None)
        figures.mails_again += check_mail(self.world.database, self.box, self.cut_off, all_out=True)
        figures.mails += len(self.box.mails)
        self.world.check(every_file=True)
        for words in (("evidence", "verify"), ("audit", "verify", "--files")) if commands else ():
            done = subprocess.run(
                [sys.executable, "-m", "flask", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True,
                timeout=300,
            )
            if done.returncode:
                raise Violation(f"flask {' '.join(words)}: {done.stdout}{done.stderr}")

    # -- a deed at the web server ----------------------------------------------------------------------------

    def _act(self, deed: str, kind: str, figures: Figures) -> bool:
        world = self.world
        act = world.make_ready_for(deed)
        blow = self._blow(kind, world.steps.get(deed, FIRST_GUESS))
        aside = world.act(self.lot.choices((SAVE, UPLOAD), (5, 1))[0], world.aside)
        beside = threading.Thread(target=self._quietly, args=(aside,))
        beside.start()  # somebody else is at work too, and may be hit
        answer = world.do(act, blow)
        beside.join()
        landed = self._fallen(10 if answer.status in (LOST, 500, 503) or answer.steps >= blow.at else 0)
        self._mend()
        figures.outcomes.update(
            "done after all" if done else "not done" for done in self._patiently(world.look_again).values()
        )
        self._patiently(world.check)
        told = world.told[act.milestone_id]
        if deed in (UPLOAD, PIECES):  # whoever got no answer sends it again, whether it went through or not
            told.present = [it for it in told.present if it != act.piece]
            world.do(act)
        return landed

    def _quietly(self, act) -> None:
        with contextlib.suppress(Violation):  # what is hit beside is a doubt like any other
            self.world.do(act, Blow("none", 0))

    def _blow(self, kind: str, steps: int) -> Blow:
        self.mark.unlink(missing_ok=True)
        return Blow(kind, self.lot.randint(1, max(steps, 1)), self.lot.choice(AFTER))

    def _fallen(self, seconds: float) -> bool:
        """Whether the blow has fallen; where it is certain to, wait for it."""
        end = time.monotonic() + seconds
        while not self.mark.exists() and time.monotonic() < end:
            time.sleep(0.005)
        return self.mark.exists()

    def _mend(self) -> None:
        """What was killed is started again."""
        time.sleep(NOTICED)
        self.ground.cluster.wait_until_it_answers()
        self.world.database.engine.dispose()
        try:
            wait_until_ready(self.world.port)
        except TimeoutError as error:
            raise Violation(str(error)) from error

    def _patiently(self, look):
        """A look at the database, again where it was not quite back yet."""
        for _ in range(5):
            try:
                return look()
            except OperationalError:
                time.sleep(0.2)
                self.ground.cluster.wait_until_it_answers()
                self.world.database.engine.dispose()
        return look()

    # -- the delivery ----------------------------------------------------------------------------------------

    def _notify(self, kind: str, figures: Figures) -> bool:
        world = self.world
        for _ in range(2):  # something to tell
            state = world.told[world.main].state
            world.do(world.make_ready_for("return" if state == "submitted" else SUBMIT))
        blow = self._blow(kind, self.delivery_steps)
        self._deliver(blow)
        landed = self._fallen(0)
        self._mend()
        self._patiently(world.check)
        self._patiently(lambda: check_mail(world.database, self.box, self.cut_off, all_out=False))
        self._deliver(None)
        check_mail(world.database, self.box, self.cut_off, all_out=True)
        return landed

    def _deliver(self, blow: Blow | None) -> None:
        """One run of the worker. One that is to survive its database goes on until it has."""
        self.later += LATER
        forever = blow is not None and blow.kind not in (SELF, BOTH)
        self.post.stdin.write(json.dumps({
            "blow": str(blow) if blow else None, "forever": forever, "later": self.later,
        }) + "\n")
        self.post.stdin.flush()
        child = int(self.post.stdout.readline())
        if forever:
            self._outlives(child)
        steps = code = int(self.post.stdout.readline())
        if steps != -9:
            code = int(self.post.stdout.readline())
            # A blow to both may meet the process on its way out for want of its database, or at the door.
            if code and not (blow and blow.kind == BOTH):
                raise Violation(f"the delivery ended with {code}")
            if not code:
                self.delivery_steps = max(steps, 1)
        self.cut_off += bool(code) or forever

    def _outlives(self, child: int) -> None:
        """The worker loses its database, waits until it is back, and goes on by itself."""
        database = self.world.database
        end = time.monotonic() + 60
        while True:
            self.ground.cluster.wait_until_it_answers()
            with contextlib.suppress(OperationalError), database.reading() as session:
                untried = Message.state == Message.WAITING, Message.attempts == 0
                left = session.scalars(select(Message.id).where(*untried).limit(1)).first()
                unrouted = session.scalars(select(Notice.id).where(Notice.routed_at.is_(None)).limit(1)).first()
                if left is None and unrouted is None:
                    break
            if time.monotonic() > end:
                os.kill(child, 9)
                raise Violation("the delivery does not go on after its database was away")
            time.sleep(0.05)
        os.kill(child, 9)


@contextmanager
def _world(ground: Ground, lot: random.Random, on_s3: bool) -> Iterator[Play]:
    cluster, name = ground.cluster, f"w{uuid.uuid4().hex[:10]}"
    folder = Path(tempfile.mkdtemp(prefix="tz-world-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        cluster.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        # A copied sequence hands out numbers that it holds to be logged already, which they are for the template alone:
        # without this a crash would take the copy's numbers back.
        cluster.execute("CHECKPOINT")
        stack.callback(cluster.execute, f"DROP DATABASE {name} WITH (FORCE)")
        database = Database(cluster.url(name))
        stack.callback(database.dispose)
        box, port = stack.enter_context(mail_server()), free_port()
        evidence = _evidence(ground, folder, on_s3)
        environment = {
            **os.environ, **evidence, "DATABASE_URL": cluster.url(name), "PREVIEW_FOLDER": f"{folder}/previews",
            "UPLOAD_FOLDER": f"{folder}/uploads",
            "SECRET_KEY": "tests-only-" * 4, "SECURE_COOKIES": "0", "MAIL_URL": box.url, "MAIL_FROM": SENDER,
            "MAX_ROUND_PIECES": "2000", FOLDER: str(cluster.folder), MARK: f"{folder}/struck",
        }
        log = stack.enter_context((folder / "server.log").open("ab"))
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "tests.torture.web:application", "--preload", "--workers", "1",
             "--worker-class", "gthread", "--threads", "4", "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
            cwd=ROOT, env=environment, stdout=log, stderr=log, preexec_fn=die_with_the_tests,
        )
        stack.callback(_end, web)
        post = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.post"], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=die_with_the_tests,
        )
        stack.callback(_end, post)
        wait_until_ready(port)
        store = store_for(
            evidence["EVIDENCE_URL"], evidence.get("EVIDENCE_KEY", ""), evidence.get("EVIDENCE_SECRET", "")
        )
        ledger = replace(ground.ledger, database=database, sessions=[])
        yield Play(ground, World(ledger, database, store, port, lot), post, box, environment, folder / "server.log")


def _evidence(ground: Ground, folder: Path, on_s3: bool) -> dict[str, str]:
    if not on_s3:
        return {"EVIDENCE_URL": f"file://{folder}/evidence"}
    bucket = f"b{uuid.uuid4().hex[:12]}"
    ground.s3.make_bucket(bucket)
    return {
        "EVIDENCE_URL": ground.s3.url(bucket, "evidence"), "EVIDENCE_KEY": ground.s3.key,
        "EVIDENCE_SECRET": ground.s3.secret,
    }


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
