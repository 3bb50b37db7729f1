"""A milestone: requirement, draft, evidence, rounds, actions, timeline; and what people do on its page."""

from itertools import zip_longest

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload, undefer

from models import Evidence, Milestone, Plan, Responsibility, Role, Round, Task, reference
from reports.timeline import holding, sign_off, timeline
from views.access import for_roles
from views.context import actor, database, day, reading, say, settings
from views.forms import action_form
from views.ledger import READERS
from views.uploads import keep_uploads
from workflow import drafts
from workflow.authority import offers
from workflow.definitions.milestone import MILESTONE
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow
from workflow.instructions import given_on
from workflow.lights import badge_of, days_late, light_of
from workflow.subjects import load_milestone
from workflow.talk import mentionable, talk_of
from workflow.urging import TRIGGERS

bp = Blueprint("milestones", __name__, url_prefix="/milestones")


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
            milestone, actor(), _typed_draft(), request.form.get("round_number", -1, int),
            request.form.get("draft_version", -1, int),
        )
    except Incomplete as error:
        return milestone_page(milestone_id, problems=error.errors, status=422)
    kept, wrong = keep_uploads(milestone)
    if wrong:
        return milestone_page(milestone_id, notice="\n".join([_("其余内容已保存。"), *wrong]), status=422)
    trigger = request.form.get("then")
    if not trigger:
        flash(_("已暂存，新添 %(count)s 件材料。", count=kept) if kept else _("已暂存。"), "ok")
        return redirect(url_for(".show", milestone_id=milestone_id, _anchor="next"))
    try:
        fire(milestone, trigger, actor(), {}, request.form.get("version", -1, int))
    except NotNow as error:
        reasons = "".join(say(reason.words) for reason in error.reasons)
        return milestone_page(milestone_id, notice=_("草稿已保存，但还不能提交：") + reasons, status=409)
    flash(_("已办理：%(action)s。", action=say(MILESTONE.label_of(trigger))), "ok")
    return redirect(url_for(".show", milestone_id=milestone_id))


@bp.post("/<int:milestone_id>/contribution")
@for_roles(*READERS)
def contribute(milestone_id: int):
    """A supporting unit's own words and files."""
    milestone = visible_or_404(milestone_id)
    try:
        drafts.put_words(milestone, actor(), request.form.get("body", ""))
    except Incomplete as error:
        return milestone_page(milestone_id, problems=error.errors, status=422)
    _kept, wrong = keep_uploads(milestone)
    if wrong:
        return milestone_page(milestone_id, notice="\n".join([_("其余内容已保存。"), *wrong]), status=422)
    flash(_("配合材料已保存。"), "ok")
    return redirect(url_for(".show", milestone_id=milestone_id, _anchor="next"))


@bp.route("/<int:milestone_id>/act/<trigger>", methods=["GET", "POST"])
@for_roles(*READERS)
def act(milestone_id: int, trigger: str):
    action = MILESTONE.first(trigger)
    if action.target is None:
        return redirect(url_for(".show", milestone_id=milestone_id))
    if request.method == "GET":
        return _act_page(milestone_id, action, {})
    form = action_form(action)
    try:
        # Not read here: the engine reads it, locked, and says who may see it.
        fire(
            reference(reading(), Milestone, milestone_id), trigger, actor(), form.raw_input(action), form.seen_version()
        )
    except Incomplete as error:
        return _act_page(milestone_id, action, error.errors), 422
    flash(_("已办理：%(action)s。", action=say(action.label)), "ok")
    if request.form.get("from") == "review":
        return redirect(url_for("review.queue"))
    return redirect(url_for(".show", milestone_id=milestone_id))


def _act_page(milestone_id: int, action, problems: dict):
    milestone = visible_or_404(milestone_id)
    return render_template(
        "milestone/act.html", milestone=milestone, action=action, form=action_form(action, milestone.version),
        problems=problems,
    )


def milestone_page(milestone_id: int, *, problems: dict | None = None, notice: str = "", status: int = 200):
    """The page; after a failed form with what had been typed, so that nothing is lost."""
    milestone = visible_or_404(milestone_id)
    who, today = actor(), day()
    # One statement a relation, however many rounds there are.
    reading().get(
        Milestone, milestone.id, populate_existing=True,
        options=[
            joinedload(Milestone.round),
            joinedload(Milestone.task).options(
                undefer(Task.source_text), joinedload(Task.area), joinedload(Task.plan).joinedload(Plan.source),
                selectinload(Task.responsibilities).joinedload(Responsibility.unit),
            ),
            selectinload(Milestone.rounds).options(
                selectinload(Round.evidence).joinedload(Evidence.unit),
            ),
        ],
    )
    moments = timeline(reading(), milestone)
    given = offers(MILESTONE, who, milestone)
    return render_template(
        "milestone/show.html", milestone=milestone, light=light_of(milestone, today), badge=badge_of(milestone),
        workflow=MILESTONE, offers=given, forms=_forms(given, milestone),
        can={offer.action.trigger for offer in given if offer.open and offer.action.target is None},
        rounds=[content for content in milestone.rounds if drafts.sees_round(who, milestone, content)],
        pieces=_pieces(who, milestone), moments=moments, holding=holding(reading(), moments, milestone, today.today),
        seal=sign_off(moments, milestone), today=today.today,
        late=days_late(milestone.due, milestone.task.plan.opened_on, milestone.round.submitted_at),
        typed=_typed_draft() if problems else None, problems=problems or {}, notice=notice, who=who,
        most_file_mb=settings().max_file_mb, **_talk(who, milestone, today.today),
    ), status


def _talk(who, milestone: Milestone, today) -> dict:
    """Instructions, comments and notes, as far as this person may read them, and whom they can mention."""
    found, at = talk_of(reading(), who, milestone), database().clock()
    return {
        "talk": found, "given": given_on(reading(), who, milestone.task_id, milestone.id, today),
        "gives": Role.COMMITTEE in who.roles, "urging": TRIGGERS,
        "names": mentionable(reading(), milestone, False, at) if found.writes else [],
        "inner_names": mentionable(reading(), milestone, True, at) if found.notes is not None else [],
    }


def visible_or_404(milestone_id: int) -> Milestone:
    milestone = load_milestone(reading(), milestone_id)
    if milestone is None or not MILESTONE.sees.holds(actor(), milestone):
        abort(404)
    return milestone


def _pieces(who, milestone: Milestone) -> dict[int, list[Evidence]]:
    """By round: the pieces that this person may read."""
    return {
        content.number: [p for p in content.evidence if drafts.sees_piece(who, milestone, content, p)]
        for content in milestone.rounds
    }


def _forms(given, milestone: Milestone) -> dict:
    """An empty form for each action that can be taken now."""
    return {
        offer.action.trigger: action_form(offer.action, milestone.version, formdata=None)
        for offer in given if offer.open and offer.action.target is not None
    }


def _typed_draft() -> drafts.Draft:
    form = request.form
    columns = (form.getlist(f"figure_{name}") for name in ("name", "amount", "unit"))
    figures = zip_longest(*columns, fillvalue="")
    return drafts.Draft(form.get("account", ""), list(figures), form.getlist("answer"))


