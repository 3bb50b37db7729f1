"""Who had which submitted file opened or shown first (查阅记录): so that nobody signs off what nobody has looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Account, Database, Evidence, EvidenceOpening, Milestone, Round, Unit
from workflow.actor import Actor
from workflow.subjects import milestone_rows

AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True)
class Seen:
    """The files of a milestone's present round, and how many of them nobody outside the reporting unit has opened."""

    files: int = 0
    unopened: int = 0


@dataclass(frozen=True)
class Opening:
    """Who opened a file, and when (UTC)."""

    who: str
    at: datetime


def note_opening(session: Session, database: Database, actor: Actor, content: Round, piece: Evidence) -> None:
    """Write down that the actor's hand opened a file, the first time. A draft's files may still change: not those.

    `session` is one for reading.
    """
    key = (content.milestone_id, piece.sha256, actor.account_id)
    if content.submitted_at is None or session.get(EvidenceOpening, key) is not None:
        return
    try:
        with database.writing() as writing:
            writing.add(EvidenceOpening(
                milestone_id=key[0], sha256=key[1], account_id=key[2], opened_at=database.clock()
            ))
    except IntegrityError:
        return  # twice at once: the other was first


def seen_of(session: Session, milestone_ids: Sequence[int]) -> dict[int, Seen]:
    """By milestone, for those that have files. One statement for each 500."""
    opened = (
        select(EvidenceOpening.account_id).join(Account, Account.id == EvidenceOpening.account_id)
        .where(EvidenceOpening.milestone_id == Milestone.id, EvidenceOpening.sha256 == Evidence.sha256)
        .where(Account.unit_id.is_distinct_from(Round.submitted_unit_id)).correlate(Milestone, Evidence, Round).exists()
    )
    found = {}
    for begin in range(0, len(milestone_ids), AT_ONCE):
        rows = session.execute(
            milestone_rows(Milestone.id, func.count(), func.sum(case((opened, 0), else_=1)))
            .join(Evidence, Evidence.round_id == Round.id)
            .where(Milestone.id.in_(milestone_ids[begin : begin + AT_ONCE]), Evidence.kind == Evidence.FILE)
            .group_by(Milestone.id)
        )
        found |= {milestone_id: Seen(files, int(unopened)) for milestone_id, files, unopened in rows}
    return found


def first_openings(session: Session, milestone_id: int, unit_id: int | None) -> dict[str, Opening]:
    """Who first opened each file of a milestone, by its hash; the reporting unit's own people do not count."""
    rows = session.execute(
        select(EvidenceOpening.sha256, EvidenceOpening.opened_at, Unit.name, Account.post)
        .join(Account, Account.id == EvidenceOpening.account_id).join(Unit, Unit.id == Account.unit_id)
        .where(EvidenceOpening.milestone_id == milestone_id, Account.unit_id.is_distinct_from(unit_id))
        .order_by(EvidenceOpening.opened_at.desc())
    )
    return {row.sha256: Opening(f"{row.name} · {row.post}", row.opened_at) for row in rows}
