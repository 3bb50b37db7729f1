"""A task: the row as it was published, its units, its milestones."""

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from models import Milestone, Plan, Responsibility, Role, Task
from views.access import for_roles
from views.context import actor, day, reading
from views.ledger import READERS
from views.numbers import whole
from workflow.definitions.milestone import MILESTONE
from workflow.instructions import given_on
from workflow.lights import badge_of, light_of
from workflow.subjects import load_milestones, milestone_rows

bp = Blueprint("tasks", __name__)
NO_SERIAL = "-"


@bp.get("/tasks/<number>")
@for_roles(*READERS)
def show(number: str):
    """By the serial as printed; `?plan=` where several plans have it, else the newest.

    `?at=` is the place in the plan, for a serial that occurs twice and (with "-") for a task without one.
    """
    at = request.args.get("at", type=whole)
    named = Task.number == number[:20] if number != NO_SERIAL else (Task.number.is_(None)) & (Task.position == at)
    query = (
        select(Task).where(named, MILESTONE.sees.where(actor()))
        .options(
            undefer(Task.source_text), joinedload(Task.area),
            joinedload(Task.plan).joinedload(Plan.source),
            joinedload(Task.responsibilities).joinedload(Responsibility.unit),
        )
        .order_by(Task.plan_id.desc(), Task.dropped_in.is_not(None), Task.position)
    )
    plan = request.args.get("plan", type=whole)
    if plan:
        query = query.where(Task.plan_id == plan)
    found = reading().scalars(query.limit(200)).unique().all()
    if not found:
        abort(404)
    same = [task for task in found if task.plan_id == found[0].plan_id]
    task = next((task for task in same if task.position == at), same[0])
    found = load_milestones(
        reading(), milestone_rows(Milestone).where(Milestone.task_id == task.id).order_by(Milestone.year)
    )
    today = day()
    rows = [(m, light_of(m, today), badge_of(m), MILESTONE.by_name[m.state].label) for m in found]
    given = given_on(reading(), actor(), task.id, None, today.today)
    return render_template(
        "task.html", task=task, rows=rows, others=[it for it in same if it is not task], given=given,
        gives=Role.COMMITTEE in actor().roles, today=today.today
    )
