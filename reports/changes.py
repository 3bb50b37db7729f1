"""Change requests as lists and pages show them: what is asked, beside what is in force or was."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlalchemy.orm import Session

from models import ChangeKind, ChangeRequest, Handover, Milestone, Part, Words
from workflow.actor import Actor
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.handover import HANDOVER


@dataclass(frozen=True)
class Compared:
    """One line of a request: what it was (or is), and what it is to be. Dates stay dates, for the page to write."""

    label: Words
    before: date | Words | str | None
    after: date | Words | str | None


_DUE, _REQUIREMENT, _UNITS = Words("期限", "Deadline"), Words("进度要求", "Requirement"), Words("责任单位", "Units")
_TARGET = Words("目标值（{name}）", "target of “{name}”")
_STATE, _IN_FORCE, _CANCELLED = Words("节点", "Milestone"), Words("办理", "In force"), Words("取消", "Cancelled")


def compared(request: ChangeRequest) -> list[Compared]:
    """What the request changes; while it is open, beside what is in force now."""
    return between(request.kind, request.before or _in_force(request), request.proposed, request.milestone)


def between(kind: str, before: dict, after: dict, milestone: Milestone) -> list[Compared]:
    """The lines of a change of `kind` from one to the other, both in the form of `ChangeRequest.proposed`."""
    match kind:
        case ChangeKind.EXTENSION:
            return [Compared(_DUE, _day(before["due"]), _day(after["due"]))]
        case ChangeKind.REQUIREMENT:
            was, now = _lines(before["requirements"]), _lines(after["requirements"])
            return ([Compared(_REQUIREMENT, was, now)] if was != now else []) + _targets(before, after, milestone)
        case ChangeKind.UNITS:
            return [Compared(_UNITS, _seated(before["seats"]), _seated(after["seats"]))]
    return [Compared(_STATE, _IN_FORCE, _CANCELLED)]


def _in_force(request: ChangeRequest) -> dict:
    """What is in force now, of all that a request can change."""
    milestone = request.milestone
    return {
        "due": milestone.due.isoformat() if milestone.due else None, "requirements": milestone.requirements,
        "targets": {it.name: it.target for it in milestone.indicators},
        "seats": [[seat.unit_id, seat.unit.name, seat.part] for seat in milestone.task.responsibilities],
    }


def _targets(before: dict, after: dict, milestone: Milestone) -> list[Compared]:
    units = {it.name: it.unit for it in milestone.indicators}
    was = before.get("targets", {})
    return [
        Compared(_TARGET.format(name=name), *(f"{it}{units.get(name, '')}" for it in (was.get(name, "—"), amount)))
        for name, amount in after.get("targets", {}).items()
    ]


def listed(session: Session, actor: Actor, state: str | None) -> list[ChangeRequest]:
    """What this actor may see, the newest first; `state` "open" for those that are not decided."""
    query = CHANGE_REQUEST.rows(ChangeRequest).where(CHANGE_REQUEST.sees.where(actor))
    if state == "open":
        query = query.where(ChangeRequest.state.in_(ChangeRequest.OPEN))
    elif state:
        query = query.where(ChangeRequest.state == state)
    return CHANGE_REQUEST.many(session, query.order_by(ChangeRequest.id.desc()))


def counted(session: Session, actor: Actor) -> dict[str, int]:
    """How many this actor may see of each state."""
    query = CHANGE_REQUEST.rows(ChangeRequest.state, func.count()).where(CHANGE_REQUEST.sees.where(actor))
    return dict(session.execute(query.group_by(ChangeRequest.state)).all())


def of_milestone(session: Session, milestone_id: int) -> list[ChangeRequest]:
    """Every request for a milestone, the newest first. Who sees the milestone sees them."""
    query = CHANGE_REQUEST.rows(ChangeRequest).where(ChangeRequest.milestone_id == milestone_id)
    return CHANGE_REQUEST.many(session, query.order_by(ChangeRequest.id.desc()))


def handovers(session: Session, actor: Actor, request_id: int | None = None) -> list[Handover]:
    """Those that this actor may see, the newest first; only those of one request where it is given."""
    query = HANDOVER.rows(Handover).where(HANDOVER.sees.where(actor))
    if request_id is not None:
        query = query.where(Handover.request_id == request_id)
    return HANDOVER.many(session, query.order_by(Handover.id.desc()))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _lines(lines: list[str]) -> str:
    return "\n".join(line for line in lines if line)


def _seated(seats: list) -> Words:
    """牵头　甲局、乙局；配合　丙局, in both languages."""

    def said(language: str) -> str:
        parts = []
        for part in Part:
            names = [name for _id, name, its in seats if its == part]
            if names:
                parts.append(f"{part.label[language]}{'　' if language == 'zh' else ': '}{'、'.join(names)}")
        return "\n".join(parts)

    return Words(said("zh"), said("en"))
