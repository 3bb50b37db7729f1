"""What an action does to the rounds of a milestone: freezing what was submitted, opening the next.

And what the audit asks of them later: whether what was frozen is still what it was.
"""

from collections.abc import Iterator
from operator import attrgetter

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.orm import Session, aliased, selectinload

from models import ContributionRequest, Evidence, LeadPart, Round, RoundReviewer, open_points
from workflow.audit.chain import canonical_json, fingerprint
from workflow.calendar import local_day
from workflow.definition import Frozen
from workflow.parts import stand_behind

BATCH = 1000


def round_digest(
    content: Round, evidence: list[Evidence], requests: list[ContributionRequest], parts: list[LeadPart]
) -> str:
    """SHA-256 over all that a submission states (docs/audit.md, *The round's digest*)."""
    own = [content.number, content.account, canonical_json(content.reported), canonical_json(content.points)]
    if content.checklist:
        own.append(canonical_json(content.checklist))
    pieces = [
        value for piece in evidence
        for value in (piece.unit_id, piece.kind, piece.name, piece.body, piece.size, piece.sha256)
    ]
    # Four forms, so that what was frozen before there was any of it gives what it gave.
    form = 1 + bool(requests or parts) + 2 * bool(content.checklist)
    if not (requests or parts):
        return fingerprint([form, *own, *pieces])
    values = [form, *own, len(evidence), *pieces, len(requests)]
    for it in requests:
        values += [
            it.unit_id, it.state, it.due, it.wanted, it.words, canonical_json(it.reported), it.draft_version,
            it.answered_at, it.reply,
        ]
    for part in parts:
        values += [part.unit_id, part.account, canonical_json(part.reported), int(part.given), part.given_at,
                   part.given_by_id, part.signed_at, part.signed_by_id]
    return fingerprint(values)


def added_to(session: Session, content: Round) -> tuple[list[Evidence], list[ContributionRequest]]:
    """What units added to a round and what they answered, in the order of adding and asking. One statement."""
    piece = aliased(Evidence, select(Evidence).where(Evidence.round_id == content.id).subquery())
    asked = aliased(
        ContributionRequest,
        select(ContributionRequest).where(ContributionRequest.round_id == content.id).subquery(),
    )
    rows = session.execute(
        select(piece, asked).select_from(piece).outerjoin(asked, asked.unit_id == piece.unit_id, full=True)
    ).all()
    pieces, requests = ({it.id: it for it in column if it is not None} for column in zip(*rows, strict=True)) if rows \
        else ({}, {})
    return _in_order(pieces.values()), _in_order(requests.values())


def _in_order(rows) -> list:
    return sorted(rows, key=attrgetter("id"))


def freeze(passage) -> None:
    """Submit: the round becomes what it is for ever, with the words that it answers; its digest goes into the event."""
    content = passage.subject.round
    if stand_behind(passage):
        passage.session.flush()  # while the round is still open: its parts freeze with it
    evidence, requests = added_to(passage.session, content)
    content.digest = passage.digest = round_digest(content, evidence, requests, _in_order(content.parts))
    content.submitted_at = passage.at
    content.submitted_by_id = passage.actor.account_id
    content.submitted_for_id = passage.actor.on_behalf_of
    content.submitted_unit_id = passage.actor.unit_id
    milestone = passage.subject
    content.asked, content.asked_due = milestone.requirements, milestone.due
    content.asked_edition = passage.detail["edition"] = milestone.task.plan.edition_number


def say_unchanged(passage) -> None:
    """本期无变化: the quarter's report of a milestone in which there is nothing new."""
    passage.subject.round.unchanged_on = local_day(passage.at)


def mark_reviewed(passage) -> None:
    """Approve: the reviewer's hand is on the round."""
    content = passage.subject.round
    content.reviewed_at, content.reviewed_by_id = passage.at, passage.actor.account_id
    content.reviewed_for_id = passage.actor.on_behalf_of
    passage.digest = content.digest


def name_round(passage) -> None:
    """Accept: the event says which submission was meant."""
    passage.digest = passage.subject.round.digest


def look_again(passage) -> None:
    """Send back: whoever approved it stays a reviewer of this round when somebody else approves it next."""
    content = passage.subject.round
    known = {hand.account_id for hand in content.reviewers} | {None}
    hands = {content.reviewed_by_id, content.reviewed_for_id} - known
    content.reviewers += [RoundReviewer(account_id=hand) for hand in sorted(hands)]
    name_round(passage)


def open_to_mend(passage) -> None:
    """Return: the next round opens, prefilled, with the points that its submission has to answer."""
    _open_next(passage, [{"words": words, "answer": ""} for words in passage.input["points"]], parts_hold=False)


def carry_on(passage) -> None:
    """Withdraw, reopen: the next round opens as the last one was, its points and answers included."""
    _open_next(passage, passage.subject.round.points, parts_hold=True)


_EVIDENCE_COPIED = tuple(
    column.key for column in Evidence.__table__.columns if column.key not in ("id", "round_id")
)


def _open_next(passage, points: list[dict], *, parts_hold: bool) -> None:
    """A new round with everything of the last but its requests; the last one stays as it was submitted.

    `parts_hold`: what several leads gave and signed holds on, for nothing is asked to be changed.
    """
    session, milestone, old = passage.session, passage.subject, passage.subject.round
    passage.digest = old.digest
    number = old.number + 1
    # Inserted by itself: flushing the session here would write the milestone twice.
    new_id = session.scalar(
        insert(Round).returning(Round.id).values(
            milestone_id=milestone.id, number=number, opened_by=passage.action.trigger, opened_at=passage.at,
            account=old.account, reported=old.reported, points=points, open_points=open_points(points),
            figures_missing=old.figures_missing, progress=old.progress, steps_done=old.steps_done,
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
    if old.parts:
        session.execute(insert(LeadPart), [_part_again(part, new_id, parts_hold) for part in old.parts])


_HOLDS = ("given_at", "given_by_id", "sent_at", "signed_at", "signed_by_id")


def _part_again(part: LeadPart, round_id: int, holds: bool) -> dict:
    kept = {name: getattr(part, name) if holds else None for name in _HOLDS}
    return {
        "round_id": round_id, "unit_id": part.unit_id, "account": part.account, "reported": part.reported,
        "draft_version": 0, "given": part.given and holds, **kept,
    }


def frozen_rounds(session: Session) -> Iterator[list[Frozen]]:
    """Every submitted round, a batch at a time."""
    last_id = 0
    while contents := session.scalars(
        select(Round).where(Round.id > last_id, Round.submitted_at.is_not(None)).order_by(Round.id).limit(BATCH)
        .options(selectinload(Round.evidence), selectinload(Round.requests), selectinload(Round.parts))
    ).all():
        last_id = contents[-1].id
        yield [
            Frozen(c.milestone_id, c.number, c.digest, round_digest(c, c.evidence, c.requests, c.parts))
            for c in contents
        ]
        session.expunge_all()


def files() -> Select:
    """(sha256, milestone id) of every file of every round."""
    return (
        select(Evidence.sha256, Round.milestone_id).join(Round, Round.id == Evidence.round_id)
        .where(Evidence.kind == Evidence.FILE)
    )
