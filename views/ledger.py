"""The ledger: the map of tasks and years, cut by filters that live in the address."""

from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from models import Part, Role
from reports import ledger as report
from reports.figures import ANSWER, FIGURE, Tally
from views.access import for_roles
from views.context import actor, judging, own, past_day, reading, today
from views.numbers import whole
from workflow.days import read_day
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, LIGHTS, Colour, Day
from workflow.saved_views import views_of

bp = Blueprint("ledger", __name__)

# The map on one screen, tasks with their units, one row for each milestone.
VIEWS = ("map", "tasks", "list")
MOST_PAGES = 10_000
MOST_WORDS = 60  # characters that are searched for
EARLIEST = date(1970, 1, 1)  # clocks count working days back from a past day, and need some to count
READERS = (Role.HANDLER, Role.LEADER, Role.REVIEWER, Role.COMMITTEE, Role.AUDITOR)


@bp.get("/ledger")
@for_roles(*READERS)
def show():
    filters = read_filters(request.args)
    plans = report.plan_choices(reading())
    filters = filters.but(plan=asked_plan(plans, filters.plan))
    plan = next((p for p in plans if p.id == filters.plan), plans[0] if len(plans) == 1 else None)
    judged = judged_by(filters, plan)
    counted = report.tally(reading(), actor(), judged, filters)
    every = counted if not filters.narrowed else report.tally(reading(), actor(), judged, filters.wide)
    view = request.args.get("view")
    view = view if view in VIEWS else VIEWS[0]
    page = max(1, min(request.args.get("page", 1, whole), MOST_PAGES))
    areas = report.ledger_map(reading(), actor(), judged, filters, page=page)
    shown = sum(len(area.tasks) for area in areas)
    return render_template(
        "ledger.html", filters=filters, plans=plans, plan=plan, view=view, chips=_chips(every, filters),
        areas=areas, legend={cell.light.code for area in areas for cell in area.cells},
        bare=report.unscheduled_tasks(reading(), actor(), judged, filters),
        years=columns_of(areas), known_years=sorted({year for it in ([plan] if plan else plans) for year in it.years}),
        titles={it.id: it.title for it in plans},
        area_choices=report.area_choices(reading(), plans, filters), unit_choices=report.unit_choices(reading()),
        parts=Part, states=MILESTONE.states, lights=LIGHTS, colours=Colour, total=counted["total"],
        today=judged.today, figure=FIGURE.get(filters.figure or ""), answer=ANSWER.get(filters.answer or ""),
        newest=today(), page=page, pages=page + (shown == report.TASKS),
        saved=views_of(reading(), own()),
    )


def judged_by(filters: report.Filters, plan: report.PlanChoice | None) -> Day:
    """The day that the address asks for; with the clocks where a figure asks whether one has run out."""
    given = past_day(filters.asof)
    needed = filters.figure and FIGURE[filters.figure].over is not None
    return judging(given, plan and plan.id) if needed else given


def asked_plan(plans: list[report.PlanChoice], asked: int | None) -> int | None:
    """The plan that an address asks for, where there is such a plan; None for all of them."""
    return asked if asked in {plan.id for plan in plans} else None


def columns_of(areas: list[report.AreaRows]) -> list[int | None]:
    """The columns of the map: the years that its cells have, and one for what has no year."""
    found = {cell.year for area in areas for cell in area.cells}
    return sorted(found, key=lambda year: (year is None, year or 0))


def read_filters(given: MultiDict) -> report.Filters:
    """Filters from an address; what is no possible value asks for nothing."""
    state = given.get("state")
    light = given.get("light")
    part = given.get("part")
    figure, answer, quarter = given.get("figure"), given.get("answer"), given.get("quarter", "")
    return report.Filters(
        plan=given.get("plan", type=whole), area=given.get("area", type=whole), unit=given.get("unit", type=whole),
        year=given.get("year", type=_year), starred=given.get("starred") == "1" or None,
        dropped=given.get("dropped") == "1" or None,
        part=part if part in set(Part) else None,
        state=state if state in MILESTONE.by_name else None,
        light=light if light in BY_CODE or light in set(Colour) else None,
        figure=figure if figure in FIGURE else None, answer=answer if answer in ANSWER else None,
        quarter=quarter if report.is_quarter(quarter) else None, asof=_past(given.get("asof", "")),
        words=(given.get("words") or "").replace("\x00", "").strip()[:MOST_WORDS] or None,
    )


def _year(text: str) -> int:
    return report.NO_YEAR if text == str(report.NO_YEAR) else whole(text)


def _past(text: str) -> date | None:
    """A day before today: today, and what is no day, or no day of any ledger's, is the present."""
    found = read_day(text)
    return found if found and EARLIEST < found < today() else None


# One press each, beside everything and the states: what asks for something.
_ASKING = ("overdue", "near", "returned")


def _chips(tally: Tally, filters: report.Filters) -> list[dict]:
    names = ("total", *_ASKING, *(state.name for state in MILESTONE.states))
    asked = {"state": filters.state, "light": filters.light, "figure": filters.figure}
    return [
        {
            "label": _("全部") if name == "total" else FIGURE[name].label, "count": tally[name],
            "filters": filters.wide.counting(name),
            "on": {key: value for key, value in asked.items() if value} == FIGURE[name].filters,
        } for name in names
    ]
