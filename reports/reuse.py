"""What was reported before: the same file in another milestone pointed out, an earlier year's report to begin from."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Evidence, Milestone, Round, Task
from workflow.actor import Actor
from workflow.drafts import sees_piece_where
from workflow.lead_rules import is_apart


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


def earlier_report(session: Session, milestone: Milestone) -> Round | None:
    """The newest submitted round of an earlier year of the same task, for an empty first draft to begin from.

    None once something was written, and where each of several leads writes its own part. At most one statement.
    """
    content = milestone.round
    if content.number > 1 or content.draft_version or milestone.year is None or is_apart(milestone):
        return None
    return session.scalars(
        select(Round).join(Milestone, Milestone.id == Round.milestone_id).where(
            Milestone.task_id == milestone.task_id, Milestone.year < milestone.year, Round.submitted_at.is_not(None)
        ).options(joinedload(Round.milestone)).order_by(Milestone.year.desc(), Round.number.desc()).limit(1)
    ).one_or_none()
