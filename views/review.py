"""The review queue: what awaits a judgement, one item open beside the list; and many judged at one go."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import joinedload, selectinload

from models import Evidence, Milestone, Role, Round
from reports.ledger import area_choices, plan_choices, unit_choices
from reports.queue import queue as queued
from reports.queue import queued_ids
from reports.reuse import used_elsewhere
from reports.rounds import beside
from views.access import for_roles
from views.context import actor, database, day, judging, reading
from views.forms import action_form
from views.jobs import begin_and_show
from views.numbers import whole
from views.queueing import Asked, query_of, read_asked, read_query
from views.scope import check_scope
from views.together import support_shown
from workflow import bulk
from workflow.authority import offers
from workflow.clocks import CLOCK_ORDER, JUDGED
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Incomplete
from workflow.jobs import said
from workflow.lights import LIGHTS, Colour, light_of
from workflow.measures import measured
from workflow.openings import first_openings
from workflow.subjects import load_milestone

bp = Blueprint("review", __name__)
MOST = 100


@bp.get("/review")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def queue():
    """The most urgent first; `?id=` opens one, else the first is open."""
    who, today, listed = actor(), day(), _listed()
    rows = listed["rows"]
    wanted = request.args.get("id", type=whole)
    chosen = next((row for row in rows if row.subject.id == wanted), rows[0] if rows else None)
    opened = _opened(chosen.subject.id) if chosen else None
    before = _round_before(opened)
    given = [o for o in offers(MILESTONE, who, opened) if o.action.target] if opened else []
    return render_template(
        "review.html", **listed, milestone=opened, offers=given, clock=chosen,
        light=light_of(opened, today) if opened else None,
        forms={o.action.trigger: action_form(o.action, opened.version, formdata=None) for o in given if o.open},
        before=before, beside=beside(before, opened.round) if before else None, uses=_uses(who, opened, before),
        opened_by=first_openings(reading(), opened.id, opened.round.submitted_unit_id) if opened else {},
        requests_workflow=CONTRIBUTION, support=support_shown(who, opened) if opened else None,
        measures=measured(
            opened.indicators, opened.round.reported, opened.year, opened.due, today.today
        ) if opened else [],
    )


@bp.get("/review/choose")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def choose():
    """The queue as a table to choose from; `?tick=1` has all of the page chosen."""
    return render_template("review_choose.html", **_listed(seen=True), tick=request.args.get("tick") == "1")


@bp.post("/review/preflight")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def preflight():
    """Each chosen item, ready or not with its reason; nothing is done yet."""
    trigger, asked = request.form.get("trigger", ""), read_query(request.form.get("query", ""))
    if request.form.get("all") == "1":
        check_scope(query_of(request.form.get("query", "")))
        action = bulk.bulk_action(MILESTONE, trigger)
        chosen = queued_ids(reading(), actor(), _judged(asked), asked.filters, asked.clock, action.source, bulk.MOST)
    else:
        chosen = request.form.getlist("item", type=whole)
    return _preflight_page(trigger, asked, chosen)


@bp.post("/review/many")
@for_roles(Role.REVIEWER, Role.COMMITTEE)
def many():
    """What was confirmed goes to work; what was not ready is told of in the result."""
    trigger, asked = request.form.get("trigger", ""), read_query(request.form.get("query", ""))
    action = bulk.bulk_action(MILESTONE, trigger)
    chosen, left = _versions(request.form.getlist("item")), request.form.getlist("left", type=whole)
    reasons = {
        it.subject_id: said([reason.words for reason in it.reasons] or [bulk.NOT_CONFIRMED])
        for it in bulk.preflight(reading(), MILESTONE, trigger, actor(), left)
    }
    try:
        job_id = bulk.ask_for_many(
            database(), actor(), MILESTONE, trigger, chosen, reasons, action_form(action).raw_input(action)
        )
    except Incomplete as error:
        ticked = [subject_id for subject_id, _version in chosen]
        return _preflight_page(trigger, asked, [*ticked, *left], error.errors), 422
    return begin_and_show(job_id)


def _preflight_page(trigger: str, asked: Asked, chosen: list[int], problems: dict | None = None):
    action = bulk.bulk_action(MILESTONE, trigger)
    if len(chosen) > bulk.MOST:
        problems = {"item": bulk.TOO_MANY.format(most=bulk.MOST)}
    checked = bulk.preflight(reading(), MILESTONE, trigger, actor(), list(dict.fromkeys(chosen[: bulk.MOST])))
    return render_template(
        "review_preflight.html", action=action, asked=asked, problems=problems or {}, form=action_form(action),
        ready=[it for it in checked if it.ready], left=[it for it in checked if not it.ready],
    )


def _listed(seen: bool = False) -> dict:
    """The page of the queue that the address asks for, and what its filters offer."""
    plans = plan_choices(reading())
    asked, who = read_asked(request.args, plans), actor()
    page = max(1, min(request.args.get("page", 1, whole), 10_000))
    found = queued(
        reading(), who, _judged(asked), asked.filters, asked.clock, limit=MOST, offset=MOST * (page - 1), seen=seen
    )
    plan = next((it for it in plans if it.id == asked.filters.plan), plans[0] if len(plans) == 1 else None)
    return {
        "rows": found.rows, "total": found.total, "asked": asked, "filters": asked.filters, "plans": plans,
        "plan": asked.filters.plan, "page": page, "pages": max(1, -(-found.total // MOST)), "workflow": MILESTONE,
        "area_choices": area_choices(reading(), plans, asked.filters), "unit_choices": unit_choices(reading()),
        "known_years": sorted({year for it in ([plan] if plan else plans) for year in it.years}),
        "clocks": CLOCK_ORDER, "lights": LIGHTS, "colours": Colour,
        "states": [it for it in MILESTONE.states if it.holder in who.roles and it is not MILESTONE.initial],
        "bulk": bulk.bulk_actions(MILESTONE, who.roles & set(JUDGED.values())),
    }


def _judged(asked: Asked):
    return judging(day(), asked.filters.plan)


def _versions(given: list[str]) -> list[tuple[int, int]]:
    """ "id:version" as the preflight page sent it out; what is no such thing was tampered with and is left out."""
    found = {}
    for text in given:
        try:
            subject_id, version = map(whole, text.split(":"))
        except ValueError:
            continue
        found[subject_id] = version
    return list(found.items())


def _opened(milestone_id: int) -> Milestone:
    milestone = load_milestone(reading(), milestone_id)
    reading().get(
        Milestone, milestone.id, populate_existing=True,
        options=[selectinload(Milestone.rounds).options(selectinload(Round.evidence).options(joinedload(Evidence.unit)))],
    )
    return milestone


def _uses(who, milestone: Milestone | None, before: Round | None) -> dict:
    if milestone is None:
        return {}
    pieces = [*milestone.round.evidence, *(before.evidence if before else [])]
    return used_elsewhere(reading(), who, milestone.id, pieces)


def _round_before(milestone: Milestone | None) -> Round | None:
    if milestone is None or milestone.round_number == 1:
        return None
    return next(r for r in milestone.rounds if r.number == milestone.round_number - 1)
