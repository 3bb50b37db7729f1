"""The monitor: what is signed off, what is late, who holds it, since when; the page for the duty room's screen."""

from datetime import date

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from models import Unit
from reports import returns as returned
from reports.figures import ANSWERS, DECISION, DONE, FIGURE, RETURN_SHARE
from reports.forms import forms
from reports.implementation import standings
from reports.late import SHOWN, late_and_stuck, reviewing
from reports.ledger import Filters, PlanChoice, ledger_map, plan_choices
from reports.monitor import WATCHERS, Point, overview
from reports.spells import HELD, held, holdings
from reports.trend import trend
from reports.units import by_unit, no_part
from views.access import for_roles
from views.context import actor, database, judging, past_day, reading, settings, today
from views.ledger import EARLIEST, READERS, asked_plan, columns_of, read_filters
from views.numbers import whole
from workflow.clocks import CLOCK_LIGHTS, Judging
from workflow.days import read_day
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Incomplete
from workflow.lights import LIGHTS
from workflow.periods import quarter_days, quarter_of
from workflow.reasons import every

bp = Blueprint("monitor", __name__, url_prefix="/monitor")
# What a table of figures says of each of its lines, besides how many there are and their share.
SAID = (*(state.name for state in MILESTONE.states), "overdue", "over")
OF_UNIT = (DONE, "held", "overdue", "over")
NEWEST_PLANS = 5  # whose implementation plans stand here, where no plan is chosen; all have a page of their own
ON_SCREEN, OF_ONE = 9, 20  # lines of what is late and stuck on the large screen, and on the page of one unit


@bp.get("")
@for_roles(*WATCHERS)
def show():
    filters, plans, plan, day = _asked()
    board = _board(filters, plans, plan, day, SHOWN)
    return render_template(
        "monitor.html", **board, shown=SHOWN, said=SAID,
        legend={cell.light.code for area in board["areas"] for cell in area.cells},
        standings=standings(reading(), actor(), day, _newest(plans, plan, day)),
    )


def _newest(plans: list[PlanChoice], plan: PlanChoice | None, day: Judging) -> frozenset[int]:
    """The plan that is asked for, else the newest that there were."""
    there = [it.id for it in plans if day.until is None or it.imported_at < day.until]
    return frozenset([plan.id] if plan else there[:NEWEST_PLANS])


@bp.get("/units")
@for_roles(*WATCHERS)
def units():
    filters, plans, plan, day = _asked()
    lines = by_unit(reading(), actor(), day, filters, settings().rank_units)
    return render_template(
        "monitor/units.html", **_common(filters, plans, plan, day), lines=lines, answers=ANSWERS, said=OF_UNIT,
        ranking=settings().rank_units,
    )


@bp.get("/units/<int:unit_id>")
@for_roles(*READERS)
def unit(unit_id: int):
    """What one unit leads and supports. Whoever watches sees every unit; who works in one, their own."""
    found = reading().get(Unit, unit_id)
    if found is None or not (actor().roles & set(WATCHERS) or unit_id in actor().unit_ids):
        abort(404)
    filters, plans, plan, day = _asked()
    own = filters.but(unit=unit_id)
    lines = by_unit(reading(), actor(), day, own)
    line = next((it for it in lines if it.id == unit_id), no_part(found, filters))
    leads = line.lead.filters
    return render_template(
        "monitor/unit.html", **_common(own, plans, plan, day), unit=found, line=line, answers=ANSWERS, said=SAID,
        cut=overview(reading(), actor(), day, leads),
        held=late_and_stuck(reading(), actor(), day, leads, OF_ONE), shown=OF_ONE,
        time=held(reading(), actor(), day, leads), states=HELD, forms=forms(reading(), unit_id, day),
        returns=returned.returns(reading(), actor(), day, filters), returned=returned, decisions=DECISION,
        return_share=RETURN_SHARE,
    )


@bp.get("/time")
@for_roles(*WATCHERS)
def time():
    """The responsibility clock: working days in whose hands."""
    filters, plans, plan, day = _asked()
    total, lines = holdings(reading(), actor(), day, filters)
    return render_template(
        "monitor/time.html", **_common(filters, plans, plan, day), total=total, lines=lines, states=HELD,
        reviewing=reviewing(reading(), actor(), day, filters),
    )


@bp.get("/returns")
@for_roles(*WATCHERS)
def returns():
    """Which unit is given what back, and for which reason, over a period."""
    filters, plans, plan, day = _asked()
    period = read_period(request.args)
    wrong = returned.BACKWARDS if period.backwards else None
    return render_template(
        "monitor/returns.html", **_common(filters, plans, plan, day), period=period, wrong=wrong,
        table=None if wrong else returned.returns(reading(), actor(), day, filters, period), returned=returned,
        decisions=DECISION, return_share=RETURN_SHARE, periods=_periods(day.today),
    ), 422 if wrong else 200


@bp.get("/returns/rounds")
@for_roles(*READERS)
def decided_rounds():
    """The rounds behind a number of that page. Whoever watches sees those of all units; who works in one, its own."""
    filters, plans, plan, day = _asked()
    figure, unit = request.args.get("figure", ""), request.args.get("by", type=whole)
    watches = bool(actor().roles & set(WATCHERS))
    if not (watches or unit in actor().unit_ids):
        abort(404)
    reason = next((it for it in every(reading()) if it.code == request.args.get("reason")), None)
    asked = returned.Asked(figure if figure in DECISION else returned.RETURNED, unit, reason and reason.code)
    period, page = read_period(request.args), max(1, min(request.args.get("page", 1, whole), 10_000))
    if period.backwards:
        raise Incomplete({"until": returned.BACKWARDS})
    total, rows = returned.rounds(reading(), actor(), day, filters, period, asked, page)
    return render_template(
        "monitor/decided.html", **_common(filters, plans, plan, day), period=period, asked=asked, rows=rows,
        total=total, page=page, pages=max(1, -(-total // returned.PAGE)), decision=DECISION[asked.figure],
        unit=reading().get(Unit, unit) if unit else None,
        reason=reason and reason.words, watches=watches,
    )


def read_period(given) -> returned.Period:
    """The period that an address asks for; what is no day leaves that side open."""
    days = (read_day(given.get(name)) for name in ("since", "until"))
    return returned.Period(*(day if day and day > EARLIEST else None for day in days))


def _periods(today: date) -> list[tuple[str, returned.Period]]:
    """What is asked for most: the quarter, the year, everything."""
    first, last = quarter_days(quarter_of(today))
    year = returned.Period(date(today.year, 1, 1), date(today.year, 12, 31))
    return [(_("本季度"), returned.Period(first, last)), (_("本年"), year), (_("启用以来"), returned.Period())]


@bp.get("/screen")
@for_roles(*WATCHERS)
def screen():
    """For the duty room: refreshes itself, needs no hand."""
    return render_template(
        "monitor/screen.html", **_board(*_asked(), ON_SCREEN), now=database().clock(),
        light=request.args.get("look") == "light",
    )


def _board(filters: Filters, plans: list[PlanChoice], plan: PlanChoice | None, day: Judging, most_held: int) -> dict:
    """What the first page of the monitor and the large screen say, each with so much of what is late and stuck."""
    who = actor()
    weeks = trend(reading(), who, day, filters)
    cut = overview(reading(), who, day, filters)
    areas = ledger_map(reading(), who, day, filters, units=False) if plan else []
    return _common(filters, plans, plan, day) | {
        "cut": cut, "areas": areas, "years": columns_of(areas),
        "points": [*weeks, Point(day.today, cut.total.tally)],
        "held": late_and_stuck(reading(), who, day, filters, most_held),
        "reviewing": reviewing(reading(), who, day, filters),
    }


def _asked() -> tuple[Filters, list[PlanChoice], PlanChoice | None, Judging]:
    """What the address asks for: states, lights and figures are what the tables say, so they are not asked here."""
    plans = plan_choices(reading())
    filters = read_filters(request.args).wide.but(words=None, answer=None)
    filters = filters.but(plan=asked_plan(plans, filters.plan))
    plan = next((it for it in plans if it.id == filters.plan), plans[0] if len(plans) == 1 else None)
    return filters, plans, plan, judging(past_day(filters.asof), plan and plan.id)


def _common(filters: Filters, plans: list[PlanChoice], plan: PlanChoice | None, day: Judging) -> dict:
    return {
        "filters": filters, "plans": plans, "plan": plan, "today": day.today, "newest": today(), "clocks": day.clocks,
        "figures": FIGURE, "workflow": MILESTONE, "lights": LIGHTS, "clock_lights": CLOCK_LIGHTS,
        "titles": {it.id: it.title for it in plans},
    }

