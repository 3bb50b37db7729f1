"""The monitor: what is signed off, what is late, who holds it."""

from flask import Blueprint, render_template, request

from models import Role
from reports import monitor as report
from reports.implementation import standings
from views.access import for_roles
from views.context import actor, day, reading
from views.ledger import read_filters
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Colour

bp = Blueprint("monitor", __name__)


@bp.get("/monitor")
@for_roles(Role.COMMITTEE, Role.REVIEWER, Role.AUDITOR)
def show():
    filters = read_filters(request.args)
    who, today = actor(), day()
    areas = report.by_area(reading(), who, today, filters)
    return render_template(
        "monitor.html", filters=filters, today=today.today, areas=areas, total=report.total(areas, "", filters),
        years=report.by_year(reading(), who, today, filters), units=report.by_unit(reading(), who, today, filters),
        late=report.late_and_stuck(reading(), who, today, filters), states=MILESTONE.states, colours=Colour,
        workflow=MILESTONE, standings=standings(reading(), who, today.today),
    )
