"""What an action does to the rounds of a milestone: freezing what was submitted, opening the next.

And what the audit asks of them later: whether what was frozen is still what it was.
"""

from collections.abc import Iterator

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.orm import Session, selectinload

from models import Evidence, Round, open_points
from workflow.audit.chain import canonical_json, fingerprint
from workflow.definition import Frozen

BATCH = 1000


def round_digest(content: Round, evidence: list[Evidence]) -> str:
    """SHA-256 over all that a submission states (docs/audit.md, *The round's digest*)."""
    values = [1, content.number, content.account, canonical_json(content.reported), canonical_json(content.points)]
    if content.checklist:  # a form of its own, so that what was frozen before there were any gives what it gave
        values = [3, *values[1:], canonical_json(content.checklist)]
    for piece in evidence:
        values += [piece.unit_id, piece.kind, piece.name, piece.body, piece.size, piece.sha256]
    return fingerprint(values)


def evidence_of(session: Session, content: Round) -> list[Evidence]:
    """Files, links and words of a round, in the order in which they were added."""
    return list(session.scalars(select(Evidence).where(Evidence.round_id == content.id).order_by(Evidence.id)))


def freeze(passage) -> None:
    """Submit: the round becomes what it is for ever; its digest goes into the event."""
    content = passage.subject.round
    content.digest = passage.digest = round_digest(content, evidence_of(passage.session, content))
    content.submitted_at = passage.at
    content.submitted_by_id = passage.actor.account_id
    content.submitted_unit_id = passage.actor.unit_id


def mark_reviewed(passage) -> None:
    """Approve: the reviewer's hand stays on the round, also when it is sent back for another look."""
    content = passage.subject.round
    content.reviewed_at, content.reviewed_by_id = passage.at, passage.actor.account_id
    passage.digest = content.digest


def name_round(passage) -> None:
    """Accept, send back: the event says which submission was meant."""
    passage.digest = passage.subject.round.digest


def open_to_mend(passage) -> None:
    """Return: the next round opens, prefilled, with the points that its submission has to answer."""
    _open_next(passage, [{"words": words, "answer": ""} for words in passage.input["points"]])


def carry_on(passage) -> None:
    """Withdraw, reopen: the next round opens as the last one was, its points and answers included."""
    _open_next(passage, passage.subject.round.points)


_EVIDENCE_COPIED = tuple(
    column.key for column in Evidence.__table__.columns if column.key not in ("id", "round_id")
)


def _open_next(passage, points: list[dict]) -> None:
    """A new round with everything of the last; the last one stays as it was submitted."""
    session, milestone, old = passage.session, passage.subject, passage.subject.round
    passage.digest = old.digest
    number = old.number + 1
    # Inserted by itself: flushing the session here would write the milestone twice.
    new_id = session.scalar(
        insert(Round).returning(Round.id).values(
            milestone_id=milestone.id, number=number, opened_by=passage.action.trigger, opened_at=passage.at,
            account=old.account, reported=old.reported, points=points, open_points=open_points(points),
            checklist=old.checklist, open_checks=old.open_checks,
        )
    )
    milestone.round_number = number
    columns = [getattr(Evidence, name) for name in _EVIDENCE_COPIED]
    session.execute(
        insert(Evidence).from_select(
            ["round_id", *_EVIDENCE_COPIED],
            select(literal(new_id), *columns).where(Evidence.round_id == old.id).order_by(Evidence.id),
        )
    )


def frozen_rounds(session: Session) -> Iterator[list[Frozen]]:
    """Every submitted round, a batch at a time."""
    last_id = 0
    while contents := session.scalars(
        select(Round).where(Round.id > last_id, Round.submitted_at.is_not(None)).order_by(Round.id).limit(BATCH)
        .options(selectinload(Round.evidence))
    ).all():
        last_id = contents[-1].id
        yield [Frozen(c.milestone_id, c.number, c.digest, round_digest(c, c.evidence)) for c in contents]
        session.expunge_all()


def files() -> Select:
    """(sha256, milestone id) of every file of every round."""
    return (
        select(Evidence.sha256, Round.milestone_id).join(Round, Round.id == Evidence.round_id)
        .where(Evidence.kind == Evidence.FILE)
    )
