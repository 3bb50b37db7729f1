"""The ledger: the map of tasks and years, cut by filters that live in the address."""

from collections import Counter

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from models import Part, Role
from reports import ledger as report
from views.access import for_roles
from views.context import actor, day, own, reading
from views.numbers import whole
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, LIGHTS, Colour
from workflow.saved_views import views_of

bp = Blueprint("ledger", __name__)

# The map on one screen, tasks with their units, one row for each milestone.
VIEWS = ("map", "tasks", "list")
READERS = (Role.HANDLER, Role.LEADER, Role.REVIEWER, Role.COMMITTEE, Role.AUDITOR)


@bp.get("/ledger")
@for_roles(*READERS)
def show():
    filters = read_filters(request.args)
    plans = report.plan_choices(reading())
    filters = filters.but(plan=asked_plan(plans, filters.plan))
    plan = next((p for p in plans if p.id == filters.plan), plans[0] if len(plans) == 1 else None)
    counted = report.counts(reading(), actor(), day(), filters)
    every = counted if not _narrowed(filters) else report.counts(reading(), actor(), day(), _wide(filters))
    view = request.args.get("view")
    view = view if view in VIEWS else VIEWS[0]
    areas = report.ledger_map(reading(), actor(), day(), filters)
    return render_template(
        "ledger.html", filters=filters, plans=plans, plan=plan, view=view, chips=_chips(every, filters),
        areas=areas, legend={cell.light.code for area in areas for cell in area.cells},
        bare=report.unscheduled_tasks(reading(), actor(), filters),
        years=_years(areas), known_years=sorted({year for it in ([plan] if plan else plans) for year in it.years}),
        titles={it.id: it.title for it in plans},
        area_choices=report.area_choices(reading(), filters.plan), unit_choices=report.unit_choices(reading()),
        parts=Part, states=MILESTONE.states, lights=LIGHTS, colours=Colour, total=sum(counted.values()),
        today=day().today, saved=views_of(reading(), own()),
    )


def asked_plan(plans: list[report.PlanChoice], asked: int | None) -> int | None:
    """The plan that an address asks for, where there is such a plan; None for all of them."""
    return asked if asked in {plan.id for plan in plans} else None


def _years(areas: list[report.AreaRows]) -> list[int | None]:
    """The columns of the map: the years that its cells have, and one for what has no year."""
    found = {cell.year for area in areas for cell in area.cells}
    return sorted(found, key=lambda year: (year is None, year or 0))


def read_filters(given: MultiDict) -> report.Filters:
    """Filters from an address; what is no possible value asks for nothing."""
    state = given.get("state")
    light = given.get("light")
    part = given.get("part")
    return report.Filters(
        plan=given.get("plan", type=whole), area=given.get("area", type=whole), unit=given.get("unit", type=whole),
        year=given.get("year", type=whole), starred=given.get("starred") == "1" or None,
        dropped=given.get("dropped") == "1" or None,
        part=part if part in set(Part) else None,
        state=state if state in MILESTONE.by_name else None,
        light=light if light in BY_CODE or light in set(Colour) else None,
        words=(given.get("words") or "").replace("\x00", "").strip()[:60] or None,
    )


def _narrowed(filters: report.Filters) -> bool:
    return bool(filters.state or filters.light)


def _wide(filters: report.Filters) -> report.Filters:
    return filters.but(state=None, light=None)


def _chips(counted: Counter, filters: report.Filters) -> list[dict]:
    """One press each: everything, the lights that ask for something, the states."""
    wide = _wide(filters)
    lights, states = Counter(), Counter()
    for (state, code, _year), count in counted.items():
        lights[code] += count
        states[state] += count
    chips = [{"label": _("全部"), "count": sum(counted.values()), "filters": wide, "on": not _narrowed(filters)}]
    for code in ("overdue", "near", "returned"):
        chips.append({
            "label": BY_CODE[code].word, "count": lights[code], "filters": wide.but(light=code),
            "on": filters.light == code, "colour": BY_CODE[code].colour,
        })
    for state in MILESTONE.states:
        chips.append({
            "label": state.label, "count": states[state.name], "filters": wide.but(state=state.name),
            "on": filters.state == state.name,
        })
    return chips
