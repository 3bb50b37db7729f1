"""The same file offered for another milestone: pointed out to those who may see it there too."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Evidence, Milestone, Round, Task
from workflow.actor import Actor
from workflow.drafts import sees_piece_where


@dataclass(frozen=True)
class Use:
    """One other milestone in which the same content lies, by its newest round that shows it."""

    milestone_id: int
    number: str | None
    title: str
    year: int | None
    round_number: int


def used_elsewhere(
    session: Session, actor: Actor, milestone_id: int, pieces: Iterable[Evidence]
) -> dict[str, list[Use]]:
    """By content hash: other milestones that hold one of these files too. One statement; none without files.

    What this person may not see there is not counted, and not hinted at.
    """
    hashes = {piece.sha256 for piece in pieces if piece.kind == Evidence.FILE}
    if not hashes:
        return {}
    query = (
        select(Evidence.sha256, Milestone.id, Task.number, Task.title, Milestone.year, Round.number)
        .join(Round, Round.id == Evidence.round_id)
        .join(Milestone, Milestone.id == Round.milestone_id).join(Task, Task.id == Milestone.task_id)
        .where(Evidence.sha256.in_(hashes), Milestone.id != milestone_id, sees_piece_where(actor))
        .order_by(Task.position, Milestone.year, Round.number)
    )
    found: dict[str, dict[int, Use]] = {}
    for sha256, *use in session.execute(query):
        found.setdefault(sha256, {})[use[0]] = Use(*use)  # the newest round stays
    return {sha256: list(uses.values()) for sha256, uses in found.items()}
