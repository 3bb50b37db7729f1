"""The monitor: what is signed off, what is late, who holds it."""

from flask import Blueprint, render_template, request

from models import Role
from reports import monitor as report
from reports.implementation import standings
from reports.ledger import PlanChoice, area_choices, plan_choices
from views.access import for_roles
from views.context import actor, day, reading
from views.ledger import asked_plan, read_filters
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Colour

bp = Blueprint("monitor", __name__)


@bp.get("/monitor")
@for_roles(Role.COMMITTEE, Role.REVIEWER, Role.AUDITOR)
def show():
    plans = plan_choices(reading())
    filters = read_filters(request.args)
    filters = filters.but(plan=asked_plan(plans, filters.plan))
    who, today = actor(), day()
    areas = report.by_area(reading(), who, today, filters)
    return render_template(
        "monitor.html", filters=filters, today=today.today, areas=areas, total=report.total(areas, "", filters),
        years=report.by_year(reading(), who, today, filters), units=report.by_unit(reading(), who, today, filters),
        supports=report.by_support(reading(), who, today, filters),
        late=report.late_and_stuck(reading(), who, today, filters), states=MILESTONE.states, colours=Colour,
        workflow=MILESTONE, plans=plans, standings=standings(reading(), who, today.today),
        area_plans=_area_plans(plans) if len(plans) > 1 and not filters.plan else {},
    )


def _area_plans(plans: list[PlanChoice]) -> dict[int, str]:
    """Whose each action area is, where several plans have some."""
    titles = {plan.id: plan.title for plan in plans}
    return {area.value: titles[area.plan_id] for area in area_choices(reading())}
