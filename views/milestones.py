"""A milestone: requirement, draft, evidence, rounds, actions, timeline; and what people do on its page."""

from itertools import chain, zip_longest

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload, undefer

from models import (
    ChangeKind,
    DraftLock,
    Evidence,
    LeadPart,
    Milestone,
    Plan,
    Responsibility,
    Role,
    Round,
    Task,
    reference,
)
from reports import changes
from reports.reuse import used_elsewhere
from reports.sampling import findings
from reports.sampling import of_milestone as checks_of
from reports.supervision import of_milestone
from reports.timeline import Holding, holding, sign_off, stations, timeline
from views.access import for_roles
from views.context import actor, clock_limits, database, day, reading, say, scanner, settings, terms
from views.ledger import READERS
from views.numbers import whole
from views.subjects import forms_of
from views.together import leads_shown, support_shown
from views.uploads import keep_uploads
from views.visible import visible_or_404
from workflow import drafts
from workflow.asking import ASK
from workflow.authority import offers
from workflow.clocks import JUDGED, clock_light
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.sample import READS, SAMPLE
from workflow.definitions.supervision import SUPERVISION
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow
from workflow.instructions import given_on
from workflow.lights import Light, badge_of, days_late, due_at, light_of, step_lights
from workflow.measures import measured
from workflow.supervising import SUPERVISE
from workflow.talk import mentionable, talk_of
from workflow.urging import TRIGGERS

bp = Blueprint("milestones", __name__, url_prefix="/milestones")
# Sent as `then` by the button that keeps a shared draft and ends its lock.
LET_GO = "let-go"


@bp.get("/<int:milestone_id>")
@for_roles(*READERS)
def show(milestone_id: int):
    return milestone_page(milestone_id)


@bp.post("/<int:milestone_id>/draft")
@for_roles(*READERS)
def save(milestone_id: int):
    """Keep the draft; with `then`, take that action right after."""
    milestone = visible_or_404(milestone_id)
    try:
        drafts.save_draft(
            milestone, actor(), _typed_draft(), request.form.get("round_number", -1, whole),
            request.form.get("draft_version", -1, whole), terms(),
        )
    except Incomplete as error:
        return milestone_page(
            milestone_id, problems=error.errors, doubtful=isinstance(error, drafts.Implausible), status=422
        )
    kept, wrong = keep_uploads(milestone)
    if wrong:
        return milestone_page(milestone_id, notice="\n".join([_("其余内容已保存。"), *wrong]), status=422)
    trigger = request.form.get("then")
    if trigger == LET_GO:
        drafts.end_draft(milestone, actor())
        flash(_("已暂存，另一牵头单位可以起草或确认。"), "ok")
        return redirect(url_for(".show", milestone_id=milestone_id))
    if not trigger:
        flash(_("已暂存，新添 %(count)s 件材料。", count=kept) if kept else _("已暂存。"), "ok")
        return redirect(url_for(".show", milestone_id=milestone_id, _anchor="next"))
    try:
        fire(milestone, trigger, actor(), {}, request.form.get("version", -1, whole))
    except NotNow as error:
        reasons = "".join(say(reason.words) for reason in error.reasons)
        return milestone_page(milestone_id, notice=_("草稿已保存，但还不能提交：") + reasons, status=409)
    flash(_("已办理：%(action)s。", action=say(MILESTONE.label_of(trigger))), "ok")
    return redirect(url_for(".show", milestone_id=milestone_id))


@bp.post("/<int:milestone_id>/draft/begin")
@for_roles(*READERS)
def begin(milestone_id: int):
    """Lock a draft that several leads share."""
    drafts.begin_draft(reference(reading(), Milestone, milestone_id), actor(), terms())
    return redirect(url_for(".show", milestone_id=milestone_id, _anchor="next"))


def milestone_page(
    milestone_id: int, *, problems: dict | None = None, notice: str = "", doubtful: bool = False, status: int = 200
):
    """The page; after a failed form with what had been typed, so that nothing is lost."""
    milestone = visible_or_404(milestone_id)
    who, today = actor(), day()
    # One statement a relation, however many rounds there are.
    reading().get(
        Milestone, milestone.id, populate_existing=True,
        options=[
            joinedload(Milestone.round).options(
                selectinload(Round.parts).options(joinedload(LeadPart.unit), joinedload(LeadPart.signed_by)),
                joinedload(Round.lock).joinedload(DraftLock.account),
            ),
            selectinload(Milestone.indicators),
            joinedload(Milestone.task).options(
                undefer(Task.source_text), joinedload(Task.area), joinedload(Task.plan).joinedload(Plan.source),
                selectinload(Task.responsibilities).joinedload(Responsibility.unit),
            ),
            selectinload(Milestone.rounds).options(
                selectinload(Round.evidence).joinedload(Evidence.unit),
            ),
        ],
    )
    moments = timeline(reading(), MILESTONE, milestone, who)
    held = holding(reading(), moments, MILESTONE, milestone, today.today)
    given = offers(MILESTONE, who, milestone)
    pieces = _pieces(who, milestone)
    can = {offer.action.trigger for offer in given if offer.open and offer.action.target is None}
    return render_template(
        "milestone/show.html", milestone=milestone, light=light_of(milestone, today), badge=badge_of(milestone),
        workflow=MILESTONE, offers=given, forms=forms_of(given, milestone),
        writes=drafts.SAVE in can, helping=drafts.CONTRIBUTE in can,
        later=[offer for offer in given if offer.action.trigger == drafts.CONTRIBUTE and not offer.open],
        rounds=[content for content in milestone.rounds if drafts.sees_round(who, milestone, content)],
        pieces=pieces, uses=used_elsewhere(reading(), who, milestone.id, chain.from_iterable(pieces.values())),
        moments=moments, holding=held, judged=_judged(milestone, held),
        seal=sign_off(moments, MILESTONE, milestone), stations=stations(MILESTONE, moments, milestone),
        today=today.today,
        late=days_late(
            due_at(milestone, milestone.round.submitted_at), milestone.task.plan.opened_on,
            milestone.round.submitted_at,
        ),
        changes=changes.of_milestone(reading(), milestone.id), compared=changes.compared, kinds=ChangeKind,
        change_workflow=CHANGE_REQUEST, asking=next((o for o in given if o.action.trigger == ASK), None),
        typed=_typed_draft() if problems else None, problems=problems or {}, notice=notice, who=who,
        most_file_mb=settings().max_file_mb, scanned=scanner().on, doubtful=doubtful, LET_GO=LET_GO,
        steps=step_lights(milestone, today), measures=_measures(milestone, who, today.today),
        leads=leads_shown(who, milestone), requests_workflow=CONTRIBUTION,
        supervise=SUPERVISE, sheets=of_milestone(reading(), who, milestone.id), supervision_workflow=SUPERVISION,
        checks=_checks(who, milestone.id), check_workflow=SAMPLE,
        **_support(who, milestone), **_talk(who, milestone, today.today),
    ), status


def _judged(milestone: Milestone, held: Holding | None) -> tuple[Light, int, int] | None:
    """The clock of whoever judges it now: its light, the working days held, and those allowed; None where none runs."""
    if held is None or milestone.state not in JUDGED:
        return None
    limit = clock_limits(settings())[JUDGED[milestone.state]]
    return clock_light(limit, held.days), held.days, limit


def _checks(who, milestone_id: int) -> list[tuple]:
    """Spot checks: with what this person may do of each, where that is theirs; else what was found, read only."""
    if who.roles.isdisjoint(READS):
        return [(item, [], {}) for item in findings(reading(), milestone_id)]
    checks = []
    for item in checks_of(reading(), who, milestone_id):
        given = offers(SAMPLE, who, item)
        checks.append((item, given, forms_of(given, item)))
    return checks


def _support(who, milestone: Milestone) -> dict:
    """The matrix, and the answer that a supporting unit gives with its material: open until it has answered."""
    support = support_shown(who, milestone)
    answer = CONTRIBUTION.first(drafts.CONTRIBUTE)
    asked = support.own.standing.request if support.own else None
    open_now = asked is None or asked.state == answer.source or asked.round_id != milestone.round.id
    return {"support": support, "contributing": answer if open_now else None}


def _measures(milestone: Milestone, who, today):
    """The indicators with what this person may read of their values."""
    reported = milestone.round.reported if drafts.sees_round(who, milestone, milestone.round) else []
    return measured(milestone.indicators, reported, milestone.year, milestone.due, today)


def _talk(who, milestone: Milestone, today) -> dict:
    """Instructions, comments and notes, as far as this person may read them, and whom they can mention."""
    found, at = talk_of(reading(), who, milestone), database().clock()
    return {
        "talk": found, "given": given_on(reading(), who, milestone.task_id, milestone.id, today),
        "gives": Role.COMMITTEE in who.roles, "urging": TRIGGERS,
        "names": mentionable(reading(), milestone, False, at) if found.writes else [],
        "inner_names": mentionable(reading(), milestone, True, at) if found.notes is not None else [],
    }


def _pieces(who, milestone: Milestone) -> dict[int, list[Evidence]]:
    """By round: the pieces that this person may read."""
    return {
        content.number: [p for p in content.evidence if drafts.sees_piece(who, milestone, content, p)]
        for content in milestone.rounds
    }


def _typed_draft() -> drafts.Draft:
    form = request.form
    columns = (form.getlist(f"figure_{name}") for name in ("name", "amount", "unit"))
    figures = zip_longest(*columns, fillvalue="")
    return drafts.Draft(
        form.get("account", ""), list(figures), form.getlist("answer"),
        tuple(int(place) for place in form.getlist("step") if place.isdecimal()), form.get("meant") == "1",
        tuple(form.getlist("check")),
    )
