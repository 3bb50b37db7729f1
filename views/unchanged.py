"""本期无变化 for several milestones at one go: what is a unit's to say it of, and saying it of the chosen ones."""

from flask import Blueprint, render_template, request

from models import Milestone, Role, Task
from reports.forms import UNCHANGED
from views.access import for_roles
from views.context import actor, database, reading, today
from views.jobs import begin_and_show
from views.numbers import whole
from workflow import bulk
from workflow.authority import may_where
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Incomplete
from workflow.periods import period_words, quarter_of
from workflow.subjects import load_milestones, milestone_rows

bp = Blueprint("unchanged", __name__, url_prefix="/unchanged")
MOST = 300  # in one list


@bp.get("")
@for_roles(Role.HANDLER, Role.LEADER)
def show():
    """The milestones of which it may be said; with `?all=1` each of them is chosen."""
    return _page(set(), {})


@bp.post("")
@for_roles(Role.HANDLER, Role.LEADER)
def say_of_many():
    """Each by itself, in the background; what became of each stands on the job's page."""
    chosen = [
        (milestone_id, request.form.get(f"seen-{milestone_id}", -1, whole))
        for milestone_id in dict.fromkeys(request.form.getlist("milestone", whole)[:MOST])
    ]
    try:
        job_id = bulk.ask_for_many(database(), actor(), MILESTONE, UNCHANGED, chosen, {}, {})
    except Incomplete as error:
        return _page({milestone_id for milestone_id, _version in chosen}, error.errors), 422
    return begin_and_show(job_id)


def _page(chosen: set[int], problems: dict):
    query = milestone_rows(Milestone).where(
        MILESTONE.sees.where(actor()), may_where(MILESTONE, UNCHANGED, actor())
    ).order_by(Task.plan_id, Task.position, Milestone.year).limit(MOST)
    return render_template(
        "unchanged.html", milestones=load_milestones(reading(), query), chosen=chosen,
        every=request.args.get("all") == "1", problems=problems, workflow=MILESTONE,
        quarter=period_words(quarter_of(today())), action=MILESTONE.first(UNCHANGED),
    )
