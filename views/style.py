"""The hidden style page: every component of the visual language, in one place."""

from flask import Blueprint, render_template

from views.access import signed_in
from workflow.definitions.milestone import MILESTONE
from workflow.lights import LIGHTS

bp = Blueprint("style", __name__)


@bp.get("/style")
@signed_in
def show():
    return render_template("style.html", lights=LIGHTS, states=MILESTONE.states)
