"""What a granted change does to a milestone: the old values are always kept.

A grant works from its moment on: what was late before stays late (`Milestone.extensions`), what was published
stays readable (`Milestone.published`), what a unit handed over stays listed (`Handover`).
"""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import (
    ChangeKind,
    ChangeRequest,
    ContributionRequest,
    Evidence,
    Handover,
    Milestone,
    Part,
    Responsibility,
    Round,
    Task,
    Unit,
    Words,
)
from workflow.assigning import tell_parts
from workflow.audiences import givers, takers
from workflow.audit.chain import append, canonical_json, fingerprint
from workflow.calendar import local_day
from workflow.change_rules import milestone_open
from workflow.definition import Frozen
from workflow.errors import NotNow
from workflow.lights import days_overdue
from workflow.measures import progress_of
from workflow.notices import tell_told
from workflow.subjects import load_milestone, lock_milestones
from workflow.supports import asked_in_drafts, no_longer_asked

TO_SIGN = (("handover-to-sign", givers), ("handover-to-sign", takers))


def asked_digest(request: ChangeRequest) -> str:
    """SHA-256 over all that was asked (docs/audit.md, *What was asked, and what is handed over*)."""
    return fingerprint([
        1, request.milestone_id, request.kind, request.words, canonical_json(request.proposed),
        int(request.needs_head), request.file_name, request.size, request.sha256,
    ])


def handover_digest(handover: Handover) -> str:
    return fingerprint([
        1, handover.request_id, handover.task_id, handover.from_unit_id, handover.to_unit_id,
        canonical_json(handover.items),
    ])


def handover_title(handover: Handover) -> Words:
    task = f"{handover.task.number or ''} {handover.task.title}".strip()
    return Words(f"牵头移交：{task}", f"Lead handed over: {task}")


def frozen_requests(session: Session):
    rows = session.scalars(select(ChangeRequest).order_by(ChangeRequest.id))
    yield [Frozen(r.id, None, r.digest, asked_digest(r)) for r in rows]


def frozen_handovers(session: Session):
    rows = session.scalars(select(Handover).order_by(Handover.id))
    yield [Frozen(h.id, None, h.digest, handover_digest(h)) for h in rows]


def attachments():
    """(sha256, request id) of every attachment."""
    return select(ChangeRequest.sha256, ChangeRequest.id).where(ChangeRequest.sha256 != "")


def note_opinion(passage) -> None:
    """Support or not: the reviewer's hand stays on the request."""
    passage.subject.opinion_by_id = passage.actor.account_id
    passage.subject.opinion_for_id = passage.actor.on_behalf_of
    name_request(passage)


def name_request(passage) -> None:
    """The event says what exactly was judged."""
    passage.digest = passage.subject.digest


def apply(passage) -> None:
    """Grant: change the milestone, keep what it was, and write it in the milestone's own chain too."""
    request = passage.subject
    if request.kind == ChangeKind.UNITS:  # the drafts of all years go with the lead
        lock_milestones(passage.session, Milestone.task_id == request.milestone.task_id)
    milestone = load_milestone(passage.session, request.milestone_id, lock=True)
    if not milestone_open.holds(passage.actor, request):  # since the request was read
        raise NotNow([milestone_open.reason])
    name_request(passage)
    request.before = _APPLIED[ChangeKind(request.kind)](passage, request, milestone)
    passage.detail |= {"before": request.before, "after": request.proposed}
    if request.kind != ChangeKind.CANCELLATION:  # which is an action of the milestone's own
        append(
            passage.session, milestone, passage.actor, passage.at, "change", role=passage.action.by,
            moved=(milestone.state, milestone.state), round_number=milestone.round_number,
            detail={"request": request.id, "kind": request.kind, "before": request.before, "after": request.proposed},
        )


def _remember(milestone: Milestone) -> None:
    """What was published, the first time that anything of it is replaced."""
    if milestone.published is None:
        milestone.published = {
            "due": milestone.due.isoformat() if milestone.due else None, "requirements": milestone.requirements,
            "targets": {it.name: it.target for it in milestone.indicators},
        }


def _extend(passage, request: ChangeRequest, milestone: Milestone) -> dict:
    _remember(milestone)
    old = milestone.due.isoformat() if milestone.due else None
    milestone.extensions = [*milestone.extensions, {
        "due": old, "at": passage.at.isoformat(), "late": days_overdue(milestone, local_day(passage.at)),
        "request": request.id,
    }]
    milestone.times_extended = len(milestone.extensions)
    milestone.due = date.fromisoformat(request.proposed["due"])
    return {"due": old}


def _require(_passage, request: ChangeRequest, milestone: Milestone) -> dict:
    _remember(milestone)
    old, milestone.requirements = milestone.requirements, request.proposed["requirements"]
    wanted = request.proposed.get("targets", {})
    targets = {}
    for indicator in milestone.indicators:
        if indicator.name in wanted:
            targets[indicator.name], indicator.target = indicator.target, wanted[indicator.name]
    if targets and not milestone.round.frozen:  # what was submitted keeps the progress that it had
        milestone.round.progress = progress_of(milestone.indicators, milestone.round.reported)
    return {"requirements": old} | ({"targets": targets} if targets else {})


def _cancel(passage, request: ChangeRequest, milestone: Milestone) -> dict:
    words = f"变更申请第 {request.id} 号：{request.words}"
    passage.bring_along(milestone, "cancel", {"words": words})
    return {}


def _reseat(passage, request: ChangeRequest, milestone: Milestone) -> dict:
    """The whole task gets other units, for all of its years; a change of lead opens the handovers."""
    session = passage.session
    task = session.scalars(select(Task).where(Task.id == milestone.task_id).with_for_update()).one()
    seats = {seat.unit_id: seat for seat in task.responsibilities}
    names = dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(seats))).all())
    before = [[seat.unit_id, names[seat.unit_id], seat.part] for seat in task.responsibilities]
    after = request.proposed["seats"]
    wanted = {unit_id: part for unit_id, _name, part in after}
    last = max((seat.position for seat in task.responsibilities), default=0)
    for seat in list(task.responsibilities):
        if seat.unit_id not in wanted:
            session.delete(seat)
        elif seat.part != wanted[seat.unit_id]:
            seat.part, seat.inferred = wanted[seat.unit_id], False
    session.add_all(
        Responsibility(task_id=task.id, unit_id=unit_id, position=last + n, part=part, inferred=False, source="")
        for n, (unit_id, part) in enumerate(wanted.items(), 1) if unit_id not in seats
    )
    event = append(
        session, task, passage.actor, passage.at, "change", role=passage.action.by,
        detail={
            "request": request.id, "seats": [before, after], "parts": [[unit_id, part] for unit_id, _, part in after],
        },
    )
    tell_parts(session, event, task, {unit_id: part for unit_id, _name, part in before}, wanted, passage.actor)
    session.flush()
    for it in no_longer_asked(session, task, local_day(passage.at)):
        passage.bring_along(it, "release", {"words": f"变更申请第 {request.id} 号"})
    _hand_over(passage, request, task, _leads(before), _leads(after))
    return {"seats": before}


def _leads(seats: list) -> list[int]:
    return [unit_id for unit_id, _name, part in seats if part == Part.LEAD]


def _hand_over(passage, request: ChangeRequest, task: Task, before: list[int], after: list[int]) -> None:
    """From each unit that leads no longer: to the first that leads anew, else to the first that still leads."""
    coming = [unit_id for unit_id in after if unit_id not in before] or after
    for unit_id in before:
        if unit_id not in after:
            _open_handover(passage, request, task, unit_id, coming[0])


def _open_handover(passage, request: ChangeRequest, task: Task, giver: int, taker: int) -> None:
    session = passage.session
    handover = Handover(
        request_id=request.id, task_id=task.id, from_unit_id=giver, to_unit_id=taker,
        items=[
            *_drafts(session, task, giver, taker), *_contributions(session, task),
            *_requests(session, request, task, giver, taker),
        ],
        opened_at=passage.at, state="open",
    )
    handover.digest = handover_digest(handover)
    session.add(handover)
    session.flush()
    event = append(
        session, handover, passage.actor, passage.at, "open", role=passage.action.by, moved=(None, "open"),
        detail={"request": request.id, "from": giver, "to": taker, "items": handover.items},
        evidence_digest=handover.digest,
    )
    tell_told(session, event, TO_SIGN, handover, handover_title(handover), passage.actor, {})


def _drafts(session: Session, task: Task, giver: int, taker: int) -> list[dict]:
    """Every draft of the task's milestones; the giver's pieces in it become the taker's, to keep or to replace."""
    rows = session.execute(
        select(Milestone.id, Milestone.year, Round.id.label("round"), Round.draft_version)
        .join(Round, (Round.milestone_id == Milestone.id) & (Round.number == Milestone.round_number))
        .where(Milestone.task_id == task.id, Round.submitted_at.is_(None)).order_by(Milestone.year)
    ).all()
    found = []
    for row in rows:
        moved = session.execute(
            update(Evidence).where(Evidence.round_id == row.round, Evidence.unit_id == giver).values(unit_id=taker)
        ).rowcount
        if moved or row.draft_version:
            found.append({"what": "draft", "milestone": row.id, "year": row.year, "count": moved})
    return found


def _contributions(session: Session, task: Task) -> list[dict]:
    """What supporting units were asked for, and where it stands: it goes on under the new lead."""
    return [
        {"what": "contribution", "request": it.id, "milestone": it.milestone.id, "year": it.milestone.year,
         "unit": it.unit.name, "state": it.state}
        for it in asked_in_drafts(session, task) if it.state != ContributionRequest.RELEASED
    ]


def _requests(session: Session, granted: ChangeRequest, task: Task, giver: int, taker: int) -> list[dict]:
    """The giver's open change requests for other years of the task become the taker's."""
    rows = session.execute(
        select(ChangeRequest.id, Milestone.id.label("milestone"), Milestone.year).join(Milestone)
        .where(
            Milestone.task_id == task.id, ChangeRequest.unit_id == giver, ChangeRequest.id != granted.id,
            ChangeRequest.state.in_(ChangeRequest.OPEN),
        ).order_by(ChangeRequest.id)
    ).all()
    session.execute(update(ChangeRequest).where(ChangeRequest.id.in_([r.id for r in rows])).values(unit_id=taker))
    return [{"what": "request", "request": r.id, "milestone": r.milestone, "year": r.year} for r in rows]


_APPLIED = {
    ChangeKind.EXTENSION: _extend, ChangeKind.REQUIREMENT: _require, ChangeKind.UNITS: _reseat,
    ChangeKind.CANCELLATION: _cancel,
}
