"""Help: the workflow as it is drawn from its definition, the lights and their rules, the words."""

from flask import Blueprint, render_template
from markupsafe import Markup

from views.access import signed_in
from views.context import language, scanner, settings
from workflow.definitions.milestone import MILESTONE
from workflow.draw import draw
from workflow.lights import LIGHTS

bp = Blueprint("help", __name__)


@bp.get("/help")
@signed_in
def show():
    # The drawing comes from the definition alone and escapes what it writes.
    return render_template(
        "help.html", drawing=Markup(draw(MILESTONE, language())), lights=LIGHTS, workflow=MILESTONE, limits=settings(),
        scanner=scanner(),
    )
