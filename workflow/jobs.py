"""Work in the background: asked for, claimed by a worker, done in the authority of whoever asked, kept.

A claim is a lease, as a message's is (notices/worker.py): a worker that shows no sign of life for as long as that
is taken for dead, and another goes on from what was kept. So a job survives a restart, and what it does may be begun
twice: a kind has to bear that, as `fire` does by the expected version. A sign of life is given beside the work, however
long it takes.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, undefer

from models import Database, Job, JobLine, JobStatus, Words
from workflow.actor import Actor, Origin
from workflow.delegation import again
from workflow.errors import NotVisible, Reason, Refused

logger = logging.getLogger("taizhang.jobs")

MOST_ATTEMPTS = 5
LISTED = 100
LEASE = timedelta(minutes=1)
SIGN_EVERY = 15.0  # seconds between two signs of life
TELL_EVERY = 1.0  # seconds

CLOSED = Words("申请人的账号已停用，未再办理。", "The account of whoever asked is closed; nothing more was done.")
BROKEN = Words(
    "办理时出现意外错误，已完成的部分保留。请稍候重新发起；仍不行时告知运维人员。",
    "It failed unexpectedly; what was done is kept. Begin again later, or tell your operators.",
)


@dataclass(frozen=True)
class Line:
    """What came of one item: the subject as the trail names it, its title, whether it went well, in words."""

    position: int
    subject_type: str
    subject_id: int
    title: Words
    well: bool
    words: Words


@dataclass(frozen=True)
class Made:
    """A file that a job made."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Kind:
    """A kind of work: its code, what it is called, and the function that does it.

    The function takes the database, the job's input, the actor (read again when it begins) and a `Teller`; it gives
    a file, or None where its lines are what came of it. It may be called again for the same job, after a restart.
    WorkflowErrors' words reach the person.
    """

    name: str
    label: Words
    work: "Callable[[Database, dict, Actor, Teller], Made | None]"


class Overtaken(Exception):
    """Another worker has taken the job up: this one was silent for too long."""


class Teller:
    """What a job's function says how far it has come by; `kept` are the positions whose lines an earlier attempt kept.

    `done` and `total` count items. Lines are written in one go, at most once a second: what a crash loses of them is
    found out again by doing the item once more.
    """

    def __init__(self, database: Database, job_id: int, attempt: int):
        self.database, self._job_id, self._attempt = database, job_id, attempt
        self._lines: list[Line] = []
        self._said = float("-inf")
        with database.reading() as session:
            self.kept = frozenset(session.scalars(select(JobLine.position).where(JobLine.job_id == job_id)))

    def __call__(self, done: int, total: int | None = None, line: Line | None = None) -> None:
        """Say how far it is, with the line of an item. Raises Overtaken."""
        if line is not None:
            self._lines.append(line)
        if monotonic() - self._said >= TELL_EVERY or done == total:
            self._write(done, total)
            self._said = monotonic()

    def _write(self, done: int, total: int | None) -> None:
        with self.database.writing() as session:
            values = {"claimed_at": self.database.clock(), "done": done, "total": total}
            _mark(session, self._job_id, self._attempt, values)
            session.add_all(JobLine(
                job_id=self._job_id, position=line.position, subject_type=line.subject_type,
                subject_id=line.subject_id, title=_kept(line.title), well=line.well, words=_kept(line.words),
            ) for line in self._lines)
        self._lines = []


def request_of(job_id: int) -> str:
    """What the audit trail has as the request number of what a job does."""
    return f"job-{job_id}"


def ask(
    session: Session, kind: Kind, actor: Actor, at: datetime, input: dict[str, Any], title: Words,
    total: int | None = None,
) -> int:
    """Ask for work, inside a write transaction; the job's id. `input` is plain JSON, `title` says what is asked for."""
    job = Job(
        kind=kind.name, account_id=actor.account_id, on_behalf_of=actor.on_behalf_of, address=actor.origin.address,
        asked_at=at, title=_kept(title), input=input, total=total, status=JobStatus.WAITING, done=0, attempts=0,
    )
    session.add(job)
    session.flush()
    return job.id


def work_off(database: Database, kinds: Mapping[str, Kind]) -> int:
    """Do everything that is due, one after another; how many jobs were begun. May be killed at any moment."""
    begun = 0
    while (job := _claim(database, kinds)) is not None:
        begun += 1
        _run(database, kinds[job.kind], job)
    return begun


def due(session: Session, kinds: Mapping[str, Kind], now: datetime) -> bool:
    """Whether anything waits for a worker. One statement."""
    return session.scalar(select(Job.id).where(_due(kinds, now)).limit(1)) is not None


def jobs_of(session: Session, account_id: int) -> list[Job]:
    """What a person has asked for, the newest first."""
    return list(session.scalars(
        select(Job).where(Job.account_id == account_id).order_by(Job.id.desc()).limit(LISTED)
    ))


def job_of(session: Session, account_id: int, job_id: int, whole: bool = False) -> Job:
    """One of a person's own jobs, with its file where `whole`. Raises NotVisible."""
    query = select(Job).where(Job.id == job_id, Job.account_id == account_id)
    found = session.scalars(query.options(undefer(Job.result)) if whole else query).one_or_none()
    if found is None:
        raise NotVisible()
    return found


def lines_of(session: Session, job_id: int, limit: int | None = None, offset: int = 0) -> list[Line]:
    """What came of each item so far, in their order."""
    rows = session.scalars(
        select(JobLine).where(JobLine.job_id == job_id).order_by(JobLine.position).limit(limit).offset(offset)
    )
    return [
        Line(it.position, it.subject_type, it.subject_id, Words(**it.title), it.well, Words(**it.words)) for it in rows
    ]


def well_of(session: Session, job_id: int) -> tuple[int, int]:
    """How many items went well so far, and how many did not."""
    counts = dict(session.execute(
        select(JobLine.well, func.count()).where(JobLine.job_id == job_id).group_by(JobLine.well)
    ).all())
    return counts.get(True, 0), counts.get(False, 0)


def _due(kinds: Mapping[str, Kind], now: datetime):
    silent = and_(Job.status == JobStatus.RUNNING, Job.claimed_at <= now - LEASE)
    return and_(Job.kind.in_(kinds), or_(Job.status == JobStatus.WAITING, silent))


def _claim(database: Database, kinds: Mapping[str, Kind]) -> Job | None:
    with database.writing() as session:
        now = database.clock()
        job = session.scalars(
            select(Job).where(_due(kinds, now)).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
        ).one_or_none()
        if job is None:
            return None
        job.status, job.claimed_at, job.attempts = JobStatus.RUNNING, now, job.attempts + 1
        return job


def _run(database: Database, kind: Kind, job: Job) -> None:
    """Do it, and keep how it ended. What it raises beyond the workflow's own is logged and said to be unexpected."""
    try:
        if job.attempts > MOST_ATTEMPTS:  # whatever it does, worker after worker died of it
            _fail(database, job, BROKEN)
            return
        with _alive(database, job):
            made = kind.work(database, job.input, _actor(database, job), Teller(database, job.id, job.attempts))
    except Overtaken:
        logger.warning("job %s, attempt %s: overtaken", job.id, job.attempts)
    except Refused as error:
        _fail(database, job, said([reason.words for reason in error.reasons]))
    except OperationalError:
        raise  # the database is away: once it is back, another attempt goes on
    except Exception:
        logger.exception("job %s, attempt %s", job.id, job.attempts)
        _fail(database, job, BROKEN)
    else:
        file = {"result_name": made.name, "result_type": made.media_type, "result": made.data} if made else {}
        _end(database, job, {"status": JobStatus.DONE, **file})


@contextmanager
def _alive(database: Database, job: Job) -> Iterator[None]:
    """Meanwhile a thread gives signs of life, which end with the process whatever ends it."""
    ended = threading.Event()

    def sign() -> None:
        while not ended.wait(SIGN_EVERY):
            try:
                with database.writing() as session:
                    _mark(session, job.id, job.attempts, {"claimed_at": database.clock()})
            except Overtaken:  # the work itself will find that out
                return
            except OperationalError:
                logger.warning("job %s: the database is away", job.id)

    thread = threading.Thread(target=sign, name=f"job-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _actor(database: Database, job: Job) -> Actor:
    """Whoever asked, as they stand now. Raises Refused where they may no longer act so."""
    with database.reading() as session:
        asked = Actor(
            job.account_id, "", None, "", on_behalf_of=job.on_behalf_of,
            origin=Origin(job.address, request_of(job.id)),
        )
        actor = again(session, asked, database.clock())
    if actor is None:
        raise Refused([Reason("account-closed", CLOSED)])
    return actor


def _fail(database: Database, job: Job, words: Words) -> None:
    _end(database, job, {"status": JobStatus.FAILED, "error": _kept(words)})


def _end(database: Database, job: Job, values: dict) -> None:
    try:
        with database.writing() as session:
            _mark(session, job.id, job.attempts, values | {"ended_at": database.clock()})
    except Overtaken:
        logger.warning("job %s, attempt %s: overtaken", job.id, job.attempts)


def _mark(session: Session, job_id: int, attempt: int, values: dict) -> None:
    """Change a job that is still in this attempt's hand. Raises Overtaken."""
    found = session.execute(
        update(Job).where(Job.id == job_id, Job.attempts == attempt, Job.status == JobStatus.RUNNING).values(**values)
    )
    if found.rowcount != 1:
        raise Overtaken()


def said(words: Sequence[Words]) -> Words:
    """Several sentences as one."""
    return Words("".join(it.zh for it in words), " ".join(it.en for it in words))


def _kept(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
