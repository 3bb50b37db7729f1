"""Words around the work: comments and notes on a milestone, instructions and their answers."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from models import Instruction, Milestone, Role, Task
from views.access import for_roles
from views.context import actor, database, reading
from views.ledger import READERS
from workflow import instructions, talk
from workflow.days import read_day
from workflow.errors import NotVisible

bp = Blueprint("talk", __name__)


@bp.post("/milestones/<int:milestone_id>/comments")
@for_roles(*READERS)
def write(milestone_id: int):
    talk.write(
        database(), actor(), milestone_id, request.form.get("said", ""), internal=request.form.get("internal") == "1"
    )
    return _back(milestone_id)


@bp.post("/milestones/<int:milestone_id>/comments/<int:comment_id>/edit")
@for_roles(*READERS)
def edit(milestone_id: int, comment_id: int):
    talk.edit(database(), actor(), milestone_id, comment_id, request.form.get("said", ""))
    return _back(milestone_id)


@bp.post("/milestones/<int:milestone_id>/comments/<int:comment_id>/remove")
@for_roles(*READERS)
def remove(milestone_id: int, comment_id: int):
    talk.remove(database(), actor(), milestone_id, comment_id)
    return _back(milestone_id)


@bp.post("/milestones/<int:milestone_id>/instructions")
@for_roles(Role.COMMITTEE)
def instruct(milestone_id: int):
    milestone = reading().get(Milestone, milestone_id)
    if milestone is None:
        raise NotVisible()
    _instruct(milestone.task_id, milestone_id)
    return redirect(url_for("milestones.show", milestone_id=milestone_id, _anchor="instructions"))


@bp.post("/instructions/tasks/<int:task_id>")
@for_roles(Role.COMMITTEE)
def instruct_on_task(task_id: int):
    _instruct(task_id, None)
    task = reading().get_one(Task, task_id)
    return redirect(url_for("tasks.show", number=task.number, plan=task.plan_id, _anchor="instructions"))


@bp.post("/instructions/<int:instruction_id>/answer")
@for_roles(Role.HANDLER)
def answer(instruction_id: int):
    instructions.answer(database(), actor(), instruction_id, request.form.get("reply", ""))
    flash(_("已答复。"), "ok")
    row = reading().get_one(Instruction, instruction_id)
    if row.milestone_id:
        return redirect(url_for("milestones.show", milestone_id=row.milestone_id, _anchor="instructions"))
    task = reading().get_one(Task, row.task_id)
    return redirect(url_for("tasks.show", number=task.number, plan=task.plan_id, _anchor="instructions"))


def _instruct(task_id: int, milestone_id: int | None) -> None:
    form = request.form
    instructions.instruct(
        database(), actor(), task_id, milestone_id, form.get("instruction", ""), read_day(form.get("answer_by"))
    )
    flash(_("已批示，牵头单位已收到通知。"), "ok")


def _back(milestone_id: int):
    return redirect(url_for("milestones.show", milestone_id=milestone_id, _anchor="talk"))
