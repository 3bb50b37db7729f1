"""Urging by hand (催办): whom it will reach, then, on a second press, the notices."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from models import Role
from views.access import for_roles
from views.context import actor, database, reading, say
from views.forms import action_form
from views.numbers import whole
from views.visible import visible_or_404
from workflow import urging
from workflow.definitions.milestone import MILESTONE
from workflow.engine import permitted
from workflow.errors import Incomplete, Unknown

bp = Blueprint("urging", __name__, url_prefix="/milestones/<int:milestone_id>/urge")


@bp.get("/<trigger>")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def preview(milestone_id: int, trigger: str):
    return _page(milestone_id, trigger, {})


@bp.post("/<trigger>")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def send(milestone_id: int, trigger: str):
    milestone = visible_or_404(milestone_id)
    try:
        urging.urge(milestone, _known(trigger), actor(), request.form, request.form.get("version", type=whole))
    except Incomplete as error:
        return _page(milestone_id, trigger, error.errors), 422
    flash(_("已催办，并记入审计留痕。"), "ok")
    return redirect(url_for("milestones.show", milestone_id=milestone_id))


def _page(milestone_id: int, trigger: str, problems: dict):
    milestone = visible_or_404(milestone_id)
    action = permitted(MILESTONE, _known(trigger), actor(), milestone)
    reached = urging.reached_by(reading(), milestone, actor(), database().clock())
    return render_template(
        "milestone/urge.html", milestone=milestone, action=action, form=action_form(action, formdata=None),
        reached=reached, nobody=urging.NOBODY, problems={name: say(words) for name, words in problems.items()},
    )


def _known(trigger: str) -> str:
    """An action that urges. Raises Unknown for any other."""
    if trigger not in urging.TRIGGERS:
        raise Unknown(trigger)
    return trigger
