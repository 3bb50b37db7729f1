"""What an action does to the rounds of a milestone: freezing what was submitted, opening the next."""

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from models import Evidence, Round, open_points
from workflow.audit.chain import canonical_json, fingerprint


def round_digest(content: Round, evidence: list[Evidence]) -> str:
    """SHA-256 over all that a submission states (docs/audit.md, *The round's digest*)."""
    values = [1, content.number, content.account, canonical_json(content.reported), canonical_json(content.points)]
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
    content.submitted_for_id = passage.actor.on_behalf_of
    content.submitted_unit_id = passage.actor.unit_id


def mark_reviewed(passage) -> None:
    """Approve: the reviewer's hand stays on the round, also when it is sent back for another look."""
    content = passage.subject.round
    content.reviewed_at, content.reviewed_by_id = passage.at, passage.actor.account_id
    content.reviewed_for_id = passage.actor.on_behalf_of
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
