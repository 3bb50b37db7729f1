"""The review queue: what awaits a judgement, one item open beside the list."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import joinedload, selectinload

from models import Evidence, Milestone, Role, Round
from reports.ledger import plan_choices
from reports.reuse import used_elsewhere
from reports.workbench import as_rows, of_plan
from views.access import for_roles
from views.context import actor, day, reading
from views.forms import action_form
from views.ledger import asked_plan
from views.numbers import whole
from views.together import support_shown
from workflow.authority import awaits_where, offers
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.lights import light_of
from workflow.measures import measured
from workflow.subjects import load_milestone, milestone_rows

bp = Blueprint("review", __name__)
MOST = 100


@bp.get("/review")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def queue():
    """The longest waiting first; `?id=` opens one, else the first is open."""
    who, today = actor(), day()
    plans = plan_choices(reading())
    plan = asked_plan(plans, request.args.get("plan", type=whole))
    query = (
        milestone_rows(Milestone).where(of_plan(MILESTONE, plan))
        .where(awaits_where(MILESTONE, who), Milestone.state != MILESTONE.initial.name)
        .order_by(Round.submitted_at, Milestone.id).limit(MOST)
    )
    rows = as_rows(reading(), MILESTONE, query, who, today)
    asked = request.args.get("id", type=whole)
    chosen = next((row.subject for row in rows if row.subject.id == asked), rows[0].subject if rows else None)
    opened = _opened(chosen.id) if chosen else None
    before = _round_before(opened)
    given = [o for o in offers(MILESTONE, who, opened) if o.action.target] if opened else []
    return render_template(
        "review.html", rows=rows, milestone=opened, offers=given,
        light=light_of(opened, today) if opened else None,
        forms={o.action.trigger: action_form(o.action, opened.version, formdata=None) for o in given if o.open},
        before=before, workflow=MILESTONE, plans=plans, plan=plan, uses=_uses(who, opened, before),
        requests_workflow=CONTRIBUTION,
        support=support_shown(who, opened) if opened else None,
        measures=measured(
            opened.indicators, opened.round.reported, opened.year, opened.due, today.today
        ) if opened else [],
    )


def _opened(milestone_id: int) -> Milestone:
    milestone = load_milestone(reading(), milestone_id)
    reading().get(
        Milestone, milestone.id, populate_existing=True,
        options=[selectinload(Milestone.rounds).options(selectinload(Round.evidence).options(joinedload(Evidence.unit)))],
    )
    return milestone


def _uses(who, milestone: Milestone | None, before: Round | None) -> dict:
    if milestone is None:
        return {}
    pieces = [*milestone.round.evidence, *(before.evidence if before else [])]
    return used_elsewhere(reading(), who, milestone.id, pieces)


def _round_before(milestone: Milestone | None) -> Round | None:
    if milestone is None or milestone.round_number == 1:
        return None
    return next(r for r in milestone.rounds if r.number == milestone.round_number - 1)
