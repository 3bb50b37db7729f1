"""Responsibilities: which unit leads and which supports, and confirming what the paper does not say."""

from flask import abort, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import Comparison, IndicatorKind, Milestone, Part, Responsibility, Task, Unit
from reports.ledger import plan_choices
from views.admin.base import bp, change, system_office
from views.context import actor, database, reading
from views.ledger import asked_plan
from views.numbers import whole
from workflow import directory
from workflow.indicators import Measure, set_indicators


@bp.get("/tasks")
@system_office
def tasks():
    """All tasks, or with `?inferred=1` those with a part that nobody has confirmed; `?plan=` those of one plan."""
    inferred = request.args.get("inferred") == "1"
    plans = plan_choices(reading())
    plan = asked_plan(plans, request.args.get("plan", type=whole))
    query = (
        select(Task).options(joinedload(Task.responsibilities).joinedload(Responsibility.unit))
        .where(Task.dropped_in.is_(None)).order_by(Task.plan_id.desc(), Task.position)
    )
    if plan:
        query = query.where(Task.plan_id == plan)
    if inferred:
        query = query.where(Task.id.in_(select(Responsibility.task_id).where(Responsibility.inferred)))
    return render_template(
        "admin/tasks.html", tasks=reading().scalars(query).unique().all(), inferred=inferred, parts=Part,
        plans=plans, plan=plan,
    )


@bp.route("/tasks/<int:task_id>", methods=["GET", "POST"])
@system_office
def task(task_id: int):
    if request.method == "GET":
        return _task_page(task_id, {})
    part = request.form.get("part")
    if part not in {*Part, "none"}:
        abort(400)
    return change(
        lambda: directory.set_part(
            database(), actor(), task_id, request.form.get("unit", 0, whole), None if part == "none" else Part(part)
        ),
        url_for(".task", task_id=task_id), lambda errors: _task_page(task_id, errors),
    )


@bp.post("/tasks/<int:task_id>/apart")
@system_office
def apart(task_id: int):
    """分别负责: each lead reports its own part, or they report together."""
    return change(
        lambda: directory.set_leads_apart(database(), actor(), task_id, request.form.get("apart") == "1"),
        url_for(".task", task_id=task_id), lambda errors: _task_page(task_id, errors),
    )


@bp.route("/tasks/<int:task_id>/indicators/<int:milestone_id>", methods=["GET", "POST"])
@system_office
def indicators(task_id: int, milestone_id: int):
    """What a milestone is measured by; changed here until something is submitted against it."""
    if request.method == "GET":
        return _indicators_page(task_id, milestone_id, {})
    _milestone(task_id, milestone_id)
    columns = [request.form.getlist(name) for name in ("name", "target", "unit", "kind", "comparison", "baseline")]
    measures = [Measure(*line) for line in zip(*columns, strict=False)]
    return change(
        lambda: set_indicators(database(), actor(), milestone_id, measures),
        url_for(".task", task_id=task_id), lambda errors: _indicators_page(task_id, milestone_id, errors, measures),
    )


def _milestone(task_id: int, milestone_id: int) -> Milestone:
    found = reading().scalars(
        select(Milestone).where(Milestone.id == milestone_id, Milestone.task_id == task_id)
        .options(joinedload(Milestone.task), joinedload(Milestone.round), selectinload(Milestone.indicators))
    ).one_or_none()
    if found is None:
        abort(404)
    return found


def _indicators_page(task_id: int, milestone_id: int, errors: dict, typed: list[Measure] | None = None):
    return render_template(
        "admin/indicators.html", milestone=_milestone(task_id, milestone_id), errors=errors, typed=typed,
        kinds=IndicatorKind, comparisons=Comparison,
    )


def _task_page(task_id: int, errors: dict):
    found = reading().scalars(
        select(Task).where(Task.id == task_id)
        .options(joinedload(Task.responsibilities).joinedload(Responsibility.unit))
    ).unique().one_or_none()
    if found is None:
        abort(404)
    seated = {seat.unit_id for seat in found.responsibilities}
    units = reading().execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.name)).all()
    return render_template(
        "admin/task.html", task=found, errors=errors, parts=Part, others=[u for u in units if u.id not in seated],
        milestones=reading().scalars(
            select(Milestone).where(Milestone.task_id == task_id).options(selectinload(Milestone.indicators))
            .order_by(Milestone.year)
        ).all(),
    )
