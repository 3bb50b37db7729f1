"""Asking supporting units: who there is to ask, opening their requests, and where each of them stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ContributionRequest, Milestone, Round, Unit, Words
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.calendar import calendar_of, local_day
from workflow.contribution_rules import is_lapsed, is_late
from workflow.days import Term
from workflow.definitions.contribution import CONTRIBUTION
from workflow.engine import locked, permitted
from workflow.errors import Incomplete
from workflow.inputs import Text
from workflow.lead_rules import lead_seats, own_seats
from workflow.notices import tell_told
from workflow.parts import USUAL, Terms
from workflow.subjects import load_requests, request_rows
from workflow.supports import supporting_units

ASK = "ask"
WANTED = Text("wanted", Words("需要什么", "What is wanted"), required=False, most=1_000)
DUE = Term("due", Words("反馈期限", "Answer by"), most=90)
_SEPARATOR = "、"
NOBODY = Words(
    "没有可提请的配合单位：各单位本轮均已提请，或该任务没有配合单位。",
    "There is nobody to ask: all supporting units have been asked in this round, or the task has none.",
)


@dataclass(frozen=True)
class Asked:
    """One unit to be asked; `via_id` is the collective name that it answers for."""

    unit_id: int
    via_id: int | None


@dataclass(frozen=True)
class Standing:
    """One line of the matrix: a supporting unit and its newest request, or none where it was never asked.

    `unit` is the collective name itself where nobody answers for it.
    """

    unit: Unit
    via: Unit | None
    request: ContributionRequest | None
    lapsed: bool = False
    late: bool = False

    @property
    def nobody(self) -> bool:
        return self.unit.collective

    @property
    def missing(self) -> bool:
        """Whether its answer is still out."""
        return self.request is not None and self.request.state == ContributionRequest.ASKED


def ask(
    milestone: Milestone, actor: Actor, wanted: str = "", due: date | None = None, terms: Terms = USUAL
) -> int:
    """Ask every supporting unit that has no request in this round yet; how many there were.

    Raises what `fire` raises; Incomplete where nobody is left to ask, or the day will not do.
    """
    with locked(milestone, actor) as (session, workflow, fresh, acting, at):
        permitted(workflow, ASK, acting, fresh)
        if due is not None:
            DUE.read(due, local_day(at))
        opened = open_requests(session, fresh, acting, at, terms, WANTED.read(wanted), due)
        if not opened:
            raise Incomplete({"wanted": NOBODY})
        return len(opened)


def open_requests(
    session: Session, milestone: Milestone, actor: Actor, at: datetime, terms: Terms,
    wanted: str = "", due: date | None = None,
) -> list[ContributionRequest]:
    """Inside a write transaction that holds the milestone: a request for each unit that has none in this round."""
    units = [
        Asked(unit.id, via.id if via else None)
        for unit, via in supporting_units(session, milestone.task_id) if not unit.collective
    ]
    due = due or _answer_by(session, milestone, at, terms)
    return _open(session, milestone, units, actor, at, due, wanted)


def own_request(
    session: Session, milestone: Milestone, actor: Actor, at: datetime, terms: Terms, answering: bool
) -> ContributionRequest | None:
    """The acting unit's own request in this round, opened where it comes before it was asked.

    In a later round nobody is asked by themselves, so there it is opened only where it is `answering` at once:
    the lead would wait for it.
    """
    if own_seats(actor, milestone):
        return None
    found = session.scalars(
        select(ContributionRequest).where(
            ContributionRequest.round_id == milestone.round.id, ContributionRequest.unit_id == actor.unit_id
        )
    ).one_or_none()
    if found is None and milestone.round_number == 1:
        open_requests(session, milestone, actor, at, terms)
        return own_request_of(session, milestone.round, actor)
    if found is None and answering:
        seats = [s.unit_id for s in milestone.task.responsibilities if s.unit_id in actor.unit_ids]
        via = None if actor.unit_id in seats else seats[0]
        due = _answer_by(session, milestone, at, terms)
        (found,) = _open(session, milestone, [Asked(actor.unit_id, via)], actor, at, due, "")
    return found


def _answer_by(session: Session, milestone: Milestone, at: datetime, terms: Terms) -> date:
    return calendar_of(session, milestone.task.plan_id).after_working_days(local_day(at), terms.answer_days)


def own_request_of(session: Session, content: Round, actor: Actor) -> ContributionRequest | None:
    return session.scalars(
        select(ContributionRequest).where(
            ContributionRequest.round_id == content.id, ContributionRequest.unit_id == actor.unit_id
        )
    ).one_or_none()


def _open(
    session: Session, milestone: Milestone, units: Iterable[Asked], actor: Actor, at: datetime, due: date, wanted: str
) -> list[ContributionRequest]:
    asked = set(session.scalars(
        select(ContributionRequest.unit_id).where(ContributionRequest.round_id == milestone.round.id)
    ))
    opened = [
        ContributionRequest(
            round_id=milestone.round.id, unit_id=unit.unit_id, via_id=unit.via_id, state=CONTRIBUTION.initial.name,
            wanted=wanted, due=due, asked_at=at, asked_by_id=actor.account_id,
        )
        for unit in units if unit.unit_id not in asked
    ]
    session.add_all(opened)
    session.flush()
    leads = _SEPARATOR.join(seat.unit.name for seat in lead_seats(milestone))
    for request in opened:
        detail = {"unit": request.unit_id, "via": request.via_id, "wanted": wanted, "due": due.isoformat()}
        event = append(
            session, request, actor, at, ASK, moved=(None, request.state), round_number=milestone.round.number,
            detail=detail,
        )
        if request.unit_id != actor.unit_id:  # who comes by themselves needs not be asked
            tell_told(
                session, event, CONTRIBUTION.opening, request, CONTRIBUTION.title(request), actor,
                {"leads": leads, "words": wanted},
            )
    return opened


def standings(session: Session, milestone: Milestone, actor: Actor) -> list[Standing]:
    """Every supporting unit with its newest request over all rounds, as far as this actor may see it.

    An objection of an earlier round is not lost by withdrawing: it stands until the unit is asked again.
    """
    requests = load_requests(
        session,
        request_rows(ContributionRequest).where(Milestone.id == milestone.id).order_by(Round.number),
    )
    newest = {request.unit_id: request for request in requests}
    lines = {unit.id: (unit, via) for unit, via in supporting_units(session, milestone.task_id)}
    # Asked once, and no longer a supporting unit: what it said stays.
    lines |= {r.unit_id: (r.unit, r.via) for r in newest.values() if r.unit_id not in lines}
    sees_all = milestone.round.frozen or bool(own_seats(actor, milestone))
    found = []
    for unit, via in lines.values():
        request = newest.get(unit.id)
        if request is not None and not CONTRIBUTION.sees.holds(actor, request):
            continue
        if request is None and not sees_all and unit.id != actor.unit_id:
            continue
        lapsed = request is not None and is_lapsed(request, actor.today)
        found.append(Standing(unit, via, request, lapsed, request is not None and is_late(request)))
    return found
