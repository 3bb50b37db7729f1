"""What the actions on a result and on objections to it change, and the fingerprint of what was published."""

from collections.abc import Iterator
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import (
    ADJUSTMENT,
    Assessment,
    AssessmentItem,
    AssessmentLine,
    AssessmentObjection,
    AssessmentScore,
    Words,
)
from workflow.audit.chain import canonical_json, fingerprint
from workflow.definition import Frozen
from workflow.errors import Incomplete

FORM = 1  # of the fingerprint's bytes: another order of fields is another form
FULL = 100
TOO_MUCH = Words(
    "「{item}」最多可加 {most} 分（不超过该项满分，合计不超过 {full} 分）；异议成立而分数不变的，请填 0。",
    "At most {most} can be added for “{item}”: no more than the item has, and no more than {full} in all. "
    "0 where the score stays as it is.",
)
NOTHING_TO_ADD_TO = Words(
    "该单位本期没有可计分的事项，不能加分；异议成立的，请填 0。",
    "The unit has nothing that points are given for in this period: uphold it with 0.",
)


def result_digest(session: Session, it: Assessment) -> str:
    """SHA-256 over all that a result states, adjustments included (docs/audit.md, *What a result states*)."""
    rule = it.rule
    scores = session.scalars(
        select(AssessmentScore).where(AssessmentScore.assessment_id == it.id).order_by(AssessmentScore.unit_id)
    ).all()
    lines = session.scalars(
        select(AssessmentLine).where(AssessmentLine.assessment_id == it.id).order_by(AssessmentLine.id)
    ).all()
    values = [
        FORM, it.plan_id, it.period, it.first, it.last, it.edition, it.corrects_id, it.words,
        rule.number, *rule.weights.values(), rule.per_return, rule.objection_days,
        it.taken_at, it.last_event, len(scores),
    ]
    for score in scores:
        values += [score.unit_id, score.name, score.forms, canonical_json(score.items), score.points]
    values.append(len(lines))
    for line in lines:
        values += [
            line.unit_id, line.item, line.subject_type, line.subject_id, line.title, line.due, line.outcome, line.part,
            line.of, line.points, line.version, line.head, canonical_json(line.events),
        ]
    return fingerprint(values)


def objection_digest(it: AssessmentObjection) -> str:
    """SHA-256 over what was objected; every event of it carries this."""
    return fingerprint([FORM, it.assessment_id, it.unit_id, it.item, it.words])


def frozen_results(session: Session) -> Iterator[list[Frozen]]:
    """Every published result, one at a time: it may be long."""
    query = select(Assessment).where(Assessment.digest.is_not(None)).order_by(Assessment.id)
    for it in session.scalars(query.options(selectinload(Assessment.rule))).all():
        yield [Frozen(it.id, None, it.digest, result_digest(session, it))]


def frozen_objections(session: Session) -> Iterator[list[Frozen]]:
    rows = session.scalars(select(AssessmentObjection).order_by(AssessmentObjection.id)).all()
    yield [Frozen(it.id, None, it.digest, objection_digest(it)) for it in rows]


def publish(passage) -> None:
    """From here on the result is frozen: its fingerprint is in the row and in the event."""
    it: Assessment = passage.subject
    it.published_at, it.published_by = passage.at, passage.actor.title
    it.digest = passage.digest = result_digest(passage.session, it)
    passage.detail |= {"rule": it.rule.number, "last_event": it.last_event}


def withdraw(passage) -> None:
    """What was objected to it has nothing to be about any more."""
    still = select(AssessmentObjection).where(
        AssessmentObjection.assessment_id == passage.subject.id,
        AssessmentObjection.state == AssessmentObjection.OPEN,
    ).order_by(AssessmentObjection.id).with_for_update()
    for objection in passage.session.scalars(still).all():
        passage.bring_along(objection, "lapse", {})


def uphold(passage) -> None:
    """The points that are added are a line of the result, with its event; also none, which says that it was upheld.

    Raises Incomplete beyond what the item that was objected to has, and beyond a hundred in all.
    """
    objection: AssessmentObjection = passage.subject
    added = Fraction(passage.input["points"])
    if added:
        _check_room(passage.session, objection, added)
    passage.session.add(AssessmentLine(
        assessment_id=objection.assessment_id, unit_id=objection.unit_id, item=ADJUSTMENT,
        subject_type=AssessmentObjection.__tablename__, subject_id=objection.id,
        title=AssessmentItem(objection.item).label.zh, due=None, outcome="upheld", part=str(added), of=0,
        points=str(added), version=objection.version, head=objection.chain_head,
        events=[[objection.version + 1, passage.action.trigger, passage.at.isoformat()]],
    ))
    objection.points = passage.input["points"]
    settle(passage)


def _check_room(session: Session, objection: AssessmentObjection, added: Fraction) -> None:
    key = objection.assessment_id, objection.unit_id
    score = session.get_one(AssessmentScore, key, with_for_update=True)  # another of the unit's waits for this one
    if score.points is None:
        raise Incomplete({"points": NOTHING_TO_ADD_TO})
    upheld = session.execute(
        select(AssessmentObjection.item, AssessmentObjection.points).where(
            AssessmentObjection.assessment_id == objection.assessment_id,
            AssessmentObjection.unit_id == objection.unit_id, AssessmentObjection.points.is_not(None),
        )
    ).all()
    room = FULL - Fraction(score.points) - sum(Fraction(points) for _item, points in upheld)
    if given := score.items.get(objection.item):
        before = sum(Fraction(points) for item, points in upheld if item == objection.item)
        room = min(room, Fraction(given["weight"]) - Fraction(given["points"]) - before)
    if added > room:
        most = f"{int(room * 100) / 100:.2f}"  # rounded down: what it says can be added
        label = AssessmentItem(objection.item).label
        raise Incomplete({"points": TOO_MUCH.format(item=label, full=FULL, most=most)})


def settle(passage) -> None:
    objection: AssessmentObjection = passage.subject
    objection.answer = passage.input.get("words", "")
    objection.settled_at, objection.settled_by = passage.at, passage.actor.title
    passage.digest = objection.digest


def name_objection(passage) -> None:
    """The event says which objection was meant."""
    passage.digest = passage.subject.digest
