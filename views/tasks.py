"""A task: the row as it was published, its units, its milestones."""

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from models import Milestone, Plan, Responsibility, Role, Task
from views.access import for_roles
from views.context import actor, day, reading
from views.ledger import READERS
from workflow.definitions.milestone import MILESTONE
from workflow.instructions import given_on
from workflow.lights import badge_of, light_of
from workflow.subjects import load_milestones, milestone_rows

bp = Blueprint("tasks", __name__)


@bp.get("/tasks/<number>")
@for_roles(*READERS)
def show(number: str):
    """By the serial as printed; `?plan=` where several plans have it, else the newest."""
    query = (
        select(Task).where(Task.number == number[:20], MILESTONE.sees.where(actor()))
        .options(
            undefer(Task.source_text), joinedload(Task.area),
            joinedload(Task.plan).joinedload(Plan.source),
            joinedload(Task.responsibilities).joinedload(Responsibility.unit),
        )
        .order_by(Task.plan_id.desc())
    )
    plan = request.args.get("plan", type=int)
    if plan:
        query = query.where(Task.plan_id == plan)
    task = reading().scalars(query).unique().first()
    if task is None:
        abort(404)
    found = load_milestones(
        reading(), milestone_rows(Milestone).where(Milestone.task_id == task.id).order_by(Milestone.year)
    )
    today = day()
    rows = [(m, light_of(m, today), badge_of(m), MILESTONE.by_name[m.state].label) for m in found]
    given = given_on(reading(), actor(), task.id, None, today.today)
    return render_template(
        "task.html", task=task, rows=rows, given=given, gives=Role.COMMITTEE in actor().roles, today=today.today
    )
