"""Chasing (催办): who is to be urged and why; several chosen, shown first, and sent one by one."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from models import Milestone, Part, Role, Words
from reports import chasing as report
from reports.figures import FIGURE
from reports.ledger import Filters, area_choices, plan_choices, unit_choices
from views.access import for_roles
from views.context import actor, database, day, judging, reading
from views.forms import action_form
from views.ledger import asked_plan, read_filters
from views.numbers import whole
from workflow import urging
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Incomplete, Refused
from workflow.subjects import load_milestones, milestone_rows

bp = Blueprint("chasing", __name__, url_prefix="/chasing")

MOST = 200  # at once: each is a transaction of its own
MOST_PAGES = 10_000
CHASERS = (Role.REVIEWER, Role.COMMITTEE)


@bp.get("")
@for_roles(*CHASERS)
def show():
    """The candidates within the filters; with `?all=1` each of the page is chosen."""
    plans = plan_choices(reading())
    filters, quiet = _asked(request.args)
    filters = filters.but(plan=asked_plan(plans, filters.plan))
    page = max(1, min(request.args.get("page", 1, whole), MOST_PAGES))
    judged = judging(day(), filters.plan)
    found = report.candidates(reading(), actor(), judged, filters, quiet, database().clock(), page)
    return render_template(
        "chasing/show.html", found=found, filters=filters, quiet=quiet, quiets=report.QUIET,
        query=_query(filters, quiet),
        reasons=[FIGURE[name] for name in report.WHY], plans=plans, unit_choices=unit_choices(reading()),
        area_choices=area_choices(reading(), plans, filters),
        years=sorted({year for it in plans for year in it.years}), workflow=MILESTONE, clocks=judged.clocks,
        page=page, pages=-(-found.total // report.PAGE), chosen=request.args.get("all") == "1",
        today=judged.today,
        issues=Role.COMMITTEE in actor().roles,
    )


@dataclass(frozen=True)
class Previewed:
    """One chosen milestone: whom it will reach, or why it will not be sent."""

    milestone: Milestone
    reached: list[str]
    refused: list[Words]
    holders: list[str]


@bp.post("/preview")
@for_roles(*CHASERS)
def preview():
    chosen = request.form.getlist("milestone", whole)[:MOST]
    return _preview_page(chosen, {}), 200 if chosen else 422


@bp.post("/send")
@for_roles(*CHASERS)
def send():
    """Urge each that was shown, as it was shown; what became of each."""
    chosen = {
        milestone_id: request.form.get(f"seen-{milestone_id}", -1, whole)
        for milestone_id in request.form.getlist("milestone", whole)[:MOST]
    }
    if not chosen:
        return _preview_page([], {}), 422
    try:
        outcomes = urging.urge_each(reading(), chosen, actor(), request.form)
    except Incomplete as error:
        return _preview_page(list(chosen), error.errors), 422
    filters, quiet = _asked(request.args)
    return render_template("chasing/sent.html", outcomes=outcomes, query=_query(filters, quiet))


def _preview_page(chosen: list[int], problems: dict):
    filters, quiet = _asked(request.args)
    shown = _previewed(chosen)
    action = MILESTONE.first(urging.TRIGGERS[0])
    ready = [it for it in shown if not it.refused]
    people = sorted({title for it in shown for title in it.reached})
    return render_template(
        "chasing/preview.html", shown=shown, ready=ready, people=people,
        form=action_form(action), action=action, problems=problems, workflow=MILESTONE, query=_query(filters, quiet),
        sample=urging.notice_words(ready[0].milestone, actor()) if ready else None,
    )


def _previewed(chosen: list[int]) -> list[Previewed]:
    """What this person may see of the chosen, in the order of their deadlines."""
    who, at = actor(), database().clock()
    query = milestone_rows(Milestone).where(Milestone.id.in_(chosen), MILESTONE.sees.where(who))
    milestones = load_milestones(reading(), query.order_by(Milestone.due, Milestone.id))
    reached = urging.reached_by_each(reading(), milestones, who, at)
    shown = []
    for milestone in milestones:
        refused = _refused(milestone, who)
        if not refused and not reached[milestone.id]:
            refused = [urging.NOBODY]
        people = [] if refused else reached[milestone.id]
        shown.append(Previewed(milestone, people, refused, report.holding_units(milestone)))
    return shown


def _refused(milestone: Milestone, who) -> list[Words]:
    try:
        urging.trigger_on(milestone, who)
    except Refused as error:
        return [reason.words for reason in error.reasons]
    return []


def _asked(given: MultiDict) -> tuple[Filters, str | None]:
    """Filters and how long nobody chased, from an address; what is no possible value asks for nothing."""
    filters = read_filters(given)
    figure = filters.figure if filters.figure in report.WHY else None
    quiet = given.get("quiet")
    kept = Filters(
        plan=filters.plan, area=filters.area, unit=filters.unit, year=filters.year, words=filters.words, figure=figure,
        part=str(Part.LEAD) if filters.unit else None,
    )
    return kept, quiet if quiet in report.QUIET else None


def _query(filters: Filters, quiet: str | None) -> dict[str, str]:
    """The parameters of an address that asks for the same."""
    return filters.query() | ({"quiet": quiet} if quiet else {})
