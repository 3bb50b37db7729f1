"""Help: the workflows as they are drawn from their definitions, the lights and their rules, the words."""

from flask import Blueprint, render_template
from markupsafe import Markup

from reports.figures import ANSWERS, DECISIONS, FIGURES, RETURN_SHARE, SHARES
from reports.monitor import SMALL
from views.access import signed_in
from views.context import language, scanner, settings
from workflow.draw import draw
from workflow.lights import LIGHTS
from workflow.registry import WORKFLOWS

bp = Blueprint("help", __name__)


@bp.get("/help")
@signed_in
def show():
    # A drawing comes from the definition alone and escapes what it writes.
    drawn = [(workflow, Markup(draw(workflow, language()))) for workflow in WORKFLOWS.values()]
    return render_template("help.html", drawn=drawn, lights=LIGHTS, limits=settings(), scanner=scanner())


@bp.get("/help/figures")
@signed_in
def figures():
    """The definitions of all figures, from the same place as the figures."""
    return render_template(
        "help_figures.html", figures=FIGURES, shares=SHARES, answers=ANSWERS,
        decisions=(*DECISIONS, RETURN_SHARE), small=SMALL, limits=settings()
    )
