"""The review queue: what awaits a judgement, one item open beside the list."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import joinedload, selectinload

from models import Evidence, Milestone, Role, Round
from reports.workbench import as_rows
from views.access import for_roles
from views.context import actor, day, reading
from views.forms import action_form
from workflow.authority import awaits_where, offers
from workflow.definitions.milestone import MILESTONE
from workflow.lights import light_of
from workflow.subjects import load_milestone, milestone_rows

bp = Blueprint("review", __name__)
MOST = 100


@bp.get("/review")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def queue():
    """The longest waiting first; `?id=` opens one, else the first is open."""
    who, today = actor(), day()
    query = (
        milestone_rows(Milestone)
        .where(awaits_where(MILESTONE, who), Milestone.state != MILESTONE.initial.name)
        .order_by(Round.submitted_at, Milestone.id).limit(MOST)
    )
    rows = as_rows(reading(), MILESTONE, query, who, today)
    asked = request.args.get("id", type=int)
    chosen = next((row.subject for row in rows if row.subject.id == asked), rows[0].subject if rows else None)
    opened = _opened(chosen.id) if chosen else None
    given = [o for o in offers(MILESTONE, who, opened) if o.action.target] if opened else []
    return render_template(
        "review.html", rows=rows, milestone=opened, offers=given,
        light=light_of(opened, today) if opened else None,
        forms={o.action.trigger: action_form(o.action, opened.version, formdata=None) for o in given if o.open},
        before=_round_before(opened), workflow=MILESTONE,
    )


def _opened(milestone_id: int) -> Milestone:
    milestone = load_milestone(reading(), milestone_id)
    reading().get(
        Milestone, milestone.id, populate_existing=True,
        options=[selectinload(Milestone.rounds).options(selectinload(Round.evidence).options(joinedload(Evidence.unit)))],
    )
    return milestone


def _round_before(milestone: Milestone | None) -> Round | None:
    if milestone is None or milestone.round_number == 1:
        return None
    return next(r for r in milestone.rounds if r.number == milestone.round_number - 1)
