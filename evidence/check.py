"""What the ledger says is in the store, held against what is there."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence.store import Kept, Missing, Store
from models import ChangeRequest, Evidence, Milestone, Round, Task

MISSING, ALTERED = "missing", "altered"
BATCH = 1000
# An upload is in the store before its row is: what is younger than this may be on its way.
YOUNG = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """One piece of evidence that names the content, by where a person finds it."""

    sha256: str
    number: str | None
    title: str
    year: int | None
    round_number: int
    name: str


@dataclass(frozen=True)
class Fault:
    """A file that is not what was sent: `code` is MISSING or ALTERED; every piece that names it is listed."""

    code: str
    sha256: str
    places: tuple[Place, ...]


def places(session: Session) -> Iterator[tuple[Place, ...]]:
    """Every file that the ledger names, each once, with all pieces that name it."""
    pieces = (
        select(Evidence.sha256, Task.number, Task.title, Milestone.year, Round.number, Evidence.name, Task.position)
        .join(Round, Round.id == Evidence.round_id).join(Milestone, Milestone.id == Round.milestone_id)
        .join(Task, Task.id == Milestone.task_id).where(Evidence.kind == Evidence.FILE)
    )
    attached = (
        select(
            ChangeRequest.sha256, Task.number, Task.title, Milestone.year, Milestone.round_number,
            ChangeRequest.file_name, Task.position,
        )
        .join(Milestone, Milestone.id == ChangeRequest.milestone_id).join(Task, Task.id == Milestone.task_id)
        .where(ChangeRequest.sha256 != "")
    )
    every = pieces.union_all(attached).subquery()
    sha256, number, title, year, round_number, name, position = every.c
    rows = session.execute(
        select(sha256, number, title, year, round_number, name).order_by(sha256, position, year, round_number, name),
        execution_options={"yield_per": BATCH},
    )
    same: list[Place] = []
    for row in rows:
        place = Place(*row)
        if same and same[0].sha256 != place.sha256:
            yield tuple(same)
            same = []
        same.append(place)
    if same:
        yield tuple(same)


def named(session: Session) -> set[str]:
    """The content of every file that the ledger names."""
    pieces = select(Evidence.sha256).where(Evidence.kind == Evidence.FILE)
    return set(session.scalars(pieces.union(select(ChangeRequest.sha256).where(ChangeRequest.sha256 != ""))))


def fault_of(store: Store, sha256: str) -> str | None:
    """Reads the whole content: MISSING, ALTERED, or None where it is right. Raises Unavailable."""
    try:
        with store.open(sha256) as content:
            return None if hashlib.file_digest(content, "sha256").hexdigest() == sha256 else ALTERED
    except Missing:
        return MISSING


def orphans(session: Session, store: Store, now: datetime) -> Iterator[Kept]:
    """What the store holds and nothing names: left by uploads that broke off, and by pieces that were taken out."""
    known = named(session)
    for kept in store.contents():
        if kept.sha256 not in known and now - kept.modified > YOUNG:
            yield kept
