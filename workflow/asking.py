"""Asking for a change of a milestone: what may be asked, and what is made of what a form says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ChangeKind, ChangeRequest, Milestone, Part, Role, Unit, Words
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.changes import asked_digest
from workflow.days import Term
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.milestone import MILESTONE
from workflow.engine import locked, permitted, stale
from workflow.errors import Incomplete
from workflow.indicators import read_target
from workflow.inputs import Text, clean
from workflow.notices import tell_told

ASK = "ask_change"  # the milestone's action that gives the right to ask

WORDS = Text("words", Words("申请理由", "Grounds"))
REQUIREMENT = Text("requirement", Words("进度要求", "Progress requirement"), required=False, most=5000)
DUE = Term("due", Words("新期限", "New deadline"))  # counted from the present one, or from today where that is later
NOTHING_CHANGED = Words("与现行内容相同，没有可变更的。", "This is what is in force already: nothing would change.")
NO_REQUIREMENT = Words("请填写进度要求。", "Please give the requirement.")
NO_LEAD = Words("任务至少须有一个牵头单位。", "A task has at least one lead unit.")
UNIT_TWICE = Words("同一单位只能有一项职责。", "A unit has one part only.")
UNIT_UNKNOWN = Words("没有这个单位，或已停用。", "There is no such unit, or it is closed.")
NO_DOCUMENT = Words("取消节点须附上级文件。", "A cancellation needs the superior document as its attachment.")


@dataclass(frozen=True)
class Attachment:
    """A file that the store has taken. `size` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Asked:
    """What a form asks for: of the rest what its kind speaks of.

    `targets` are (indicator, amount as typed), `seats` (unit id, part).
    """

    kind: ChangeKind
    words: str
    due: date | None = None
    requirements: tuple[str, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()
    seats: tuple[tuple[int, str], ...] = ()
    attachment: Attachment | None = None


@dataclass(frozen=True)
class HeadLimits:
    """Up to what the committee's members decide without its head (settings): days, and extensions before."""

    days: int = 90
    extensions: int = 1


def check_may_ask(milestone: Milestone, actor: Actor) -> None:
    """Raises what `ask` would raise for want of authority, without a transaction."""
    permitted(MILESTONE, ASK, actor, milestone)


def ask(milestone: Milestone, actor: Actor, asked: Asked, limits: HeadLimits, expected_version: int) -> int:
    """Ask for a change; the request's id. Raises what `fire` raises, Stale where the milestone moved since."""
    with locked(milestone, actor) as (session, workflow, fresh, acting, at):
        if fresh.version != expected_version:
            raise stale(session, workflow, fresh)
        permitted(workflow, ASK, acting, fresh)
        words = WORDS.read(asked.words)
        proposed = _PROPOSED[asked.kind](session, fresh, asked, acting)
        file = asked.attachment
        request = ChangeRequest(
            milestone_id=fresh.id, unit_id=acting.unit_id, kind=asked.kind, words=words, proposed=proposed,
            needs_head=_needs_head(fresh, asked, limits), asked_at=at, asked_by_id=acting.account_id,
            asked_for_id=acting.on_behalf_of,
            file_name=file.name if file else "", media_type=file.media_type if file else "",
            size=file.size if file else 0, sha256=file.sha256 if file else "", state="requested",
        )
        request.digest = asked_digest(request)
        session.add(request)
        session.flush()
        detail = {
            "milestone": fresh.id, "kind": asked.kind, "words": words, "proposed": proposed,
            "needs_head": request.needs_head, "file": request.sha256,
        }
        event = append(
            session, request, acting, at, "ask", role=Role.HANDLER, moved=(None, request.state), detail=detail,
            evidence_digest=request.digest,
        )
        title = CHANGE_REQUEST.title(request)
        tell_told(session, event, CHANGE_REQUEST.opening, request, title, acting, {"words": words})
        return request.id


def _needs_head(milestone: Milestone, asked: Asked, limits: HeadLimits) -> bool:
    if asked.kind != ChangeKind.EXTENSION:
        return False
    days = (asked.due - milestone.due).days if milestone.due else 0
    return days > limits.days or milestone.times_extended >= limits.extensions


def counted_from(milestone: Milestone, today: date) -> date:
    """The day after which a new deadline lies."""
    return max(milestone.due or today, today)


def _extension(_session: Session, milestone: Milestone, asked: Asked, actor: Actor) -> dict:
    return {"due": DUE.read(asked.due, counted_from(milestone, actor.today)).isoformat()}


def _requirement(_session: Session, milestone: Milestone, asked: Asked, _actor: Actor) -> dict:
    given = [REQUIREMENT.read(line) for line in asked.requirements][: len(milestone.requirements)]
    lines = given + [""] * (len(milestone.requirements) - len(given))
    if not any(lines):
        raise Incomplete({"requirement": NO_REQUIREMENT})
    targets = _targets(milestone, dict(asked.targets))
    if lines == milestone.requirements and not targets:
        raise Incomplete({"requirement": NOTHING_CHANGED})
    return {"requirements": lines} | ({"targets": targets} if targets else {})


def _targets(milestone: Milestone, typed: dict[str, str]) -> dict[str, str]:
    """The targets that are to change, by indicator. A blank one stays."""
    found = {}
    for place, indicator in enumerate(milestone.indicators):
        raw = clean(typed.get(indicator.name, ""))
        if not raw:
            continue
        try:
            amount = read_target(indicator, raw)
        except Incomplete as wrong:
            raise Incomplete({f"target-{place}": words for words in wrong.errors.values()}) from wrong
        if Decimal(amount) != indicator.target_amount:
            found[indicator.name] = amount
    return found


def _units(session: Session, milestone: Milestone, asked: Asked, _actor: Actor) -> dict:
    ids = [unit_id for unit_id, _part in asked.seats]
    names = dict(session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids), Unit.active)).all())
    if len(set(ids)) < len(ids):
        raise Incomplete({"seats": UNIT_TWICE})
    if set(names) != set(ids) or any(part not in set(Part) for _id, part in asked.seats):
        raise Incomplete({"seats": UNIT_UNKNOWN})
    if not any(part == Part.LEAD for _id, part in asked.seats):
        raise Incomplete({"seats": NO_LEAD})
    if set(asked.seats) == {(seat.unit_id, seat.part) for seat in milestone.task.responsibilities}:
        raise Incomplete({"seats": NOTHING_CHANGED})
    return {"seats": [[unit_id, names[unit_id], str(part)] for unit_id, part in asked.seats]}


def _cancellation(_session: Session, _milestone: Milestone, asked: Asked, _actor: Actor) -> dict:
    if asked.attachment is None:
        raise Incomplete({"file": NO_DOCUMENT})
    return {}


_PROPOSED = {
    ChangeKind.EXTENSION: _extension, ChangeKind.REQUIREMENT: _requirement,
    ChangeKind.UNITS: _units, ChangeKind.CANCELLATION: _cancellation,
}
