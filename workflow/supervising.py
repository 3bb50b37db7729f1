"""Issuing a supervision sheet (督办单): its number, its milestones, and a copy before each unit, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import (
    Database,
    Milestone,
    Part,
    Role,
    SheetItem,
    SheetNumber,
    Supervision,
    SupervisionSheet,
    Words,
)
from workflow import once
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.calendar import local_day
from workflow.days import Term
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.supervision import SUPERVISION
from workflow.delegation import again
from workflow.engine import SIGNED_OUT, permitted
from workflow.errors import Incomplete, NotVisible, Reason, Refused
from workflow.inputs import Text
from workflow.notices import tell_told
from workflow.subjects import load_milestone, lock_milestones
from workflow.supervision import issued_digest

SUPERVISE = "supervise"  # the milestone's action that gives the right to issue
ISSUE = "issue"  # the event by which a copy begins

TITLE = Text("title", Words("事由", "Subject"), most=100)
WORDS = Text("words", Words("督办要求", "What is required"), most=5000)
DUE = Term("due", Words("答复期限", "To be answered by"))
NO_MILESTONE = Words("请选择要督办的节点。", "Please choose the milestones that it is about.")
TWO_PLANS = Words("一份督办单只能针对同一方案的节点。", "A sheet is about milestones of one plan.")
NO_UNIT = Words("请至少选择一个承办单位。", "Please choose at least one unit.")
NOT_A_LEAD = Words("承办单位须是所选节点的牵头单位。", "A sheet goes to units that lead one of the chosen milestones.")
CHANGED = Words(
    "所选节点刚有变化（如已下发督办单），未下发。请核对后再下发。",
    "Something happened to these milestones just now, such as another sheet. Nothing was issued: look again first.",
)


@dataclass(frozen=True)
class Draft:
    """What a form asks to be issued."""

    title: str
    words: str
    due: date | None
    milestone_ids: Sequence[int]
    unit_ids: Sequence[int]
    seen: Mapping[int, int] | None = None  # the milestones' versions as the form showed them, where one did
    mark: str = ""  # of that form: sent twice, it issues one sheet


def issue(database: Database, actor: Actor, draft: Draft) -> int:
    """Issue it; the sheet's id. Raises what `fire` raises, or Repeated for the same form; no number is used up then."""
    with database.writing() as session:
        locked = lock_milestones(session, Milestone.id.in_(draft.milestone_ids))
        at = database.clock()
        acting = again(session, actor, at)
        if acting is None:
            raise Refused([Reason("account-closed", SIGNED_OUT)])
        once.begin(session, acting, draft.mark, SupervisionSheet, at)
        milestones = [_permitted(session, acting, milestone_id) for milestone_id in locked]
        taken = _read(draft, milestones, local_day(at))
        year = local_day(at).year
        sheet = SupervisionSheet(
            year=year, number=_next_number(session, year), plan_id=milestones[0].task.plan_id, **taken, issued_at=at,
            issued_by_id=acting.account_id, issued_for_id=acting.on_behalf_of, unit_id=acting.unit_id,
            items=[
                SheetItem(milestone=it, title=MILESTONE.title(it).zh, requirement=it.requirement, due=it.due)
                for it in milestones
            ],
            supervisions=[
                Supervision(unit_id=unit_id, state=SUPERVISION.initial.name) for unit_id in sorted(set(draft.unit_ids))
            ],
            digest="",
        )
        session.add(sheet)
        session.flush()
        sheet.digest = issued_digest(sheet)
        once.end(session, acting, draft.mark, sheet)
        _tell(session, sheet, milestones, acting, at)
        return sheet.id


def _permitted(session: Session, actor: Actor, milestone_id: int) -> Milestone:
    milestone = load_milestone(session, milestone_id)
    if not MILESTONE.sees.holds(actor, milestone):
        raise NotVisible()
    permitted(MILESTONE, SUPERVISE, actor, milestone)
    return milestone


def _read(draft: Draft, milestones: list[Milestone], today: date) -> dict:
    """The text of the sheet. Raises Incomplete with words for everything that is wrong."""
    taken, errors = {}, {}
    for asked in (TITLE, WORDS):
        try:
            taken[asked.name] = asked.read(getattr(draft, asked.name))
        except Incomplete as wrong:
            errors |= wrong.errors
    try:
        taken["due"] = DUE.read(draft.due, today)
    except Incomplete as wrong:
        errors |= wrong.errors
    if not milestones:
        errors["milestones"] = NO_MILESTONE
    elif len({it.task.plan_id for it in milestones}) > 1:
        errors["milestones"] = TWO_PLANS
    elif draft.seen is not None and any(draft.seen.get(it.id) != it.version for it in milestones):
        errors["milestones"] = CHANGED  # such as somebody else's sheet
    leads = {seat.unit_id for it in milestones for seat in it.task.responsibilities if seat.part == Part.LEAD}
    if not draft.unit_ids:
        errors["units"] = NO_UNIT
    elif not set(draft.unit_ids) <= leads:
        errors["units"] = NOT_A_LEAD
    if errors:
        raise Incomplete(errors)
    return taken


def _next_number(session: Session, year: int) -> int:
    """The next of the year. Its row stays locked until the sheet is there, so that no number is left out."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(SheetNumber).values(year=year, last=1)
    return session.scalar(
        first.on_conflict_do_update(index_elements=["year"], set_={"last": SheetNumber.last + 1})
        .returning(SheetNumber.last)
    )


def _tell(session: Session, sheet: SupervisionSheet, milestones: list[Milestone], actor: Actor, at) -> None:
    """The events: in the chain of each copy, and in that of each milestone; and the units' notices."""
    detail = {
        "sheet": sheet.id, "number": sheet.named, "title": sheet.title, "words": sheet.words,
        "due": sheet.due.isoformat(), "milestones": [it.milestone_id for it in sheet.items],
        "units": [it.unit_id for it in sheet.supervisions],
    }
    for copy in sheet.supervisions:
        event = append(
            session, copy, actor, at, ISSUE, role=Role.COMMITTEE, moved=(None, copy.state),
            detail=detail, evidence_digest=sheet.digest,
        )
        tell_told(
            session, event, SUPERVISION.opening, copy, SUPERVISION.title(copy), actor, {"words": sheet.words}
        )
    for milestone in milestones:
        append(
            session, milestone, actor, at, SUPERVISE, role=Role.COMMITTEE, moved=(milestone.state, milestone.state),
            round_number=milestone.round_number,
            detail={"sheet": sheet.id, "number": sheet.named, "words": f"{sheet.named} {sheet.title}"},
        )
