"""Many signed off at one go against the same number one by one through HTTP, on the same ledger."""

import time

from sqlalchemy import func, select

from models import Account, Database, Job, JobLine, Milestone, Round
from plans.demonstration import PASSWORD
from tests.bench.load import Client
from tests.bench.servers import free_port, gunicorn, serving
from tests.bench.transition import SECRET
from workflow.definitions.milestone import MILESTONE

WHO, TRIGGER = "guanweihui", "accept"


def prepare(database: Database, count: int) -> list[int]:
    """So many milestones that wait for the committee, without going through the pages."""
    source = MILESTONE.first(TRIGGER).source
    with database.writing() as session:
        ids = list(session.scalars(
            select(Milestone.id).where(Milestone.state == MILESTONE.initial.name).order_by(Milestone.id.desc())
            .limit(count)
        ))
        handler = session.scalars(select(Account).order_by(Account.id).limit(1)).one()
        for milestone in session.scalars(select(Milestone).where(Milestone.id.in_(ids))):
            milestone.state = source
        for content in session.scalars(select(Round).where(Round.milestone_id.in_(ids))):
            content.account, content.submitted_at, content.digest = "已完成。", database.clock(), "0" * 64
            content.submitted_by_id, content.submitted_unit_id = handler.id, handler.unit_id
    return ids


def against_single(url: str, ids: list[int], evidence: str) -> tuple[float, float, float]:
    """Items a second: in bulk (preflight page, confirmation, until the job has ended), singly by the page that has
    the form and its press, and singly by the press alone. A third of `ids` each."""
    port, third = free_port(), len(ids) // 3
    environment = {
        "DATABASE_URL": url, "SECRET_KEY": SECRET, "SECURE_COOKIES": "0", "DEMO": "1",
        "EVIDENCE_URL": f"file://{evidence}",
    }
    database = Database(url, pool_size=1)
    with serving(gunicorn("wsgi:application", port, 2, 4), port, **environment):
        client = Client(port, WHO, PASSWORD)
        as_people = third / _timed(lambda: [_singly(client, database, it, True) for it in ids[:third]])
        press = third / _timed(lambda: [_singly(client, database, it, False) for it in ids[third : 2 * third]])
        bulk = third / _timed(lambda: _at_one_go(client, database, ids[2 * third : 3 * third]))
    database.dispose()
    return bulk, as_people, press


def _timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _versions(database: Database, ids: list[int]) -> dict[int, int]:
    with database.reading() as session:
        return dict(session.execute(select(Milestone.id, Milestone.version).where(Milestone.id.in_(ids))).all())


def _singly(client: Client, database: Database, milestone_id: int, looking: bool) -> None:
    version = _versions(database, [milestone_id])[milestone_id]
    if looking:
        client.get(f"/milestones/{milestone_id}")
    status, _page = client.post(f"/milestones/{milestone_id}/act/{TRIGGER}", {"version": version})
    if status != 302:
        raise RuntimeError(f"{milestone_id}: {status}")


def _at_one_go(client: Client, database: Database, ids: list[int]) -> None:
    status, _page = client.post("/review/preflight", [("trigger", TRIGGER), *(("item", it) for it in ids)])
    versions = _versions(database, ids)
    if status != 200:
        raise RuntimeError(f"preflight: {status}")
    items = [("item", f"{it}:{versions[it]}") for it in ids]
    status, _page = client.post("/review/many", [("trigger", TRIGGER), *items])
    if status != 302:
        raise RuntimeError(f"confirmation: {status}")
    while True:
        with database.reading() as session:
            ended = session.scalar(select(Job.ended_at).order_by(Job.id.desc()).limit(1))
            if ended is not None:
                well = session.scalar(select(func.count()).select_from(JobLine).where(JobLine.well))
                break
        time.sleep(0.05)
    if well != len(ids):
        raise RuntimeError(f"{well} of {len(ids)} went well")
