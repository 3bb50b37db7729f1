"""Supervision sheets on the web: the list, issuing one, one unit's copy with its answer, the Word document."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

import evidence as intake
from models import Milestone, Part, Role, SupervisionSheet, Words
from reports import supervision as report
from reports.documents.sheet import write_sheet
from reports.timeline import holding, stations, timeline
from views.access import for_roles
from views.context import actor, database, reading, today
from views.ledger import READERS
from views.numbers import whole
from views.once import mark_of, new_mark, opened_anew
from views.subjects import forms_of, page_of
from views.visible import subject_or_404
from workflow import supervising
from workflow.authority import offers
from workflow.calendar import calendar_of
from workflow.days import read_day
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.supervision import SUPERVISION
from workflow.engine import permitted
from workflow.errors import Incomplete, Refused, Repeated
from workflow.once import made_by
from workflow.subjects import load_milestones, milestone_rows
from workflow.supervision import note_answer

bp = Blueprint("supervision", __name__, url_prefix="/supervision")

MOST = 50  # milestones on one sheet
MOST_PAGES = 10_000
USUAL_DAYS = 5  # working days to answer in, as the form suggests


@bp.get("")
@for_roles(*READERS)
def listing():
    """Open ones, or with `?state=` those in that state; `all` for every one."""
    counts = report.counted(reading(), actor())
    chosen = request.args.get("state", "open")
    chosen = chosen if chosen == "open" or chosen in SUPERVISION.by_name else "all"
    states = {"open": report.OPEN, "all": None}.get(chosen, (chosen,))
    page = max(1, min(request.args.get("page", 1, whole), MOST_PAGES))
    chips = [("open", Words("未核销", "Open"), sum(counts.get(name, 0) for name in report.OPEN))]
    chips += [(state.name, state.label, counts.get(state.name, 0)) for state in SUPERVISION.states]
    total = sum(counts.get(name, 0) for name in states or counts)
    return render_template(
        "supervision/list.html", rows=report.listed(reading(), actor(), states, page), chosen=chosen,
        chips=[*chips, ("all", Words("全部", "All"), sum(counts.values()))], workflow=SUPERVISION, today=today(),
        page=page, pages=-(-total // report.PAGE), issues=Role.COMMITTEE in actor().roles,
    )


@bp.route("/new", methods=["GET", "POST"])
@for_roles(Role.COMMITTEE)
def new():
    """The form, for the milestones that were chosen; with `?once=`, the one that was opened so."""
    if not mark_of(request.args):
        return opened_anew(url_for(".new"), [("milestone", it) for it in _chosen()])
    return _form({})


@bp.post("")
@for_roles(Role.COMMITTEE)
def issue():
    form, chosen = request.form, _chosen()
    draft = supervising.Draft(
        form.get("title", ""), form.get("words", ""), read_day(form.get("due")), chosen, form.getlist("unit", whole),
        {milestone_id: form.get(f"seen-{milestone_id}", -1, whole) for milestone_id in chosen}, mark_of(form),
    )
    try:
        copies = report.copies(reading(), actor(), supervising.issue(database(), actor(), draft))
    except Incomplete as error:
        return _form(error.errors), 422
    except Repeated as error:
        copies = report.copies(reading(), actor(), error.made_id)
        flash(_("此表先前已提交，未再下发；这是当时下发的%(number)s。", number=copies[0].sheet.named), "warn")
    else:
        flash(_("已下发%(number)s，发给 %(count)s 个单位。", number=copies[0].sheet.named, count=len(copies)), "ok")
    return redirect(page_of(SUPERVISION, copies[0].id))


@bp.get("/<int:supervision_id>")
@for_roles(*READERS)
def show(supervision_id: int):
    found = subject_or_404(SUPERVISION, supervision_id)
    moments = timeline(reading(), SUPERVISION, found, actor())
    given = offers(SUPERVISION, actor(), found)
    forms = forms_of(given, found)
    for offer in given:
        if offer.action.effect is note_answer and offer.open:  # returned: what was answered is there to be mended
            forms[offer.action.trigger].words.data = found.answer
    return render_template(
        "supervision/show.html", it=found, sheet=found.sheet, workflow=SUPERVISION, offers=given, forms=forms,
        moments=moments, holding=holding(reading(), moments, SUPERVISION, found, today()),
        stations=stations(SUPERVISION, moments, found), standing=SUPERVISION.by_clock(found, today()),
        copies=report.copies(reading(), actor(), found.sheet_id), steps=report.escalation(reading(), found),
    )


@bp.get("/<int:supervision_id>/document")
@for_roles(*READERS)
def document(supervision_id: int):
    sheet = report.whole(reading(), subject_or_404(SUPERVISION, supervision_id).sheet_id)
    return send_file(
        io.BytesIO(write_sheet(sheet)), mimetype=intake.KINDS["docx"], as_attachment=True,
        download_name=f"{sheet.named}.docx",
    )


def _form(problems: dict):
    """What was typed, or what is suggested; of the chosen milestones those that cannot be supervised with why."""
    who = actor()
    query = milestone_rows(Milestone).where(Milestone.id.in_(_chosen()), MILESTONE.sees.where(who))
    milestones = load_milestones(reading(), query.order_by(Milestone.due, Milestone.id))
    refused = {it.id: reasons for it in milestones if (reasons := _reasons(it))}
    about = [it for it in milestones if it.id not in refused]
    seats = [seat for it in about for seat in it.task.responsibilities if seat.part == Part.LEAD]
    leads = {seat.unit_id: seat.unit.name for seat in seats}
    sent = "title" in request.form
    typed = request.form if sent else _suggested(about)
    units = set(request.form.getlist("unit", whole)) if sent else set(leads)
    mark = mark_of(request.values) or new_mark()
    issued = made_by(reading(), who, mark, SupervisionSheet)
    return render_template(
        "supervision/new.html", milestones=milestones, refused=refused, about=about, leads=leads, typed=typed,
        units=units, problems=problems, workflow=MILESTONE, title=supervising.TITLE, words=supervising.WORDS,
        term=supervising.DUE, today=today(), most=MOST, mark=mark,
        issued=report.copies(reading(), who, issued) if issued else [],
    )


def _suggested(about: list[Milestone]) -> dict[str, str]:
    if not about:
        return {}
    calendar, due = calendar_of(reading(), about[0].task.plan_id), today()
    for _n in range(USUAL_DAYS):
        due = calendar.next_working_day(due)
    more = f"等 {len(about)} 个节点" if len(about) > 1 else ""
    return {
        "title": f"关于「{about[0].task.title[:40]}」{more}办理进展的督办", "due": due.isoformat(),
        "words": "请对照进度要求抓紧办理，书面答复办理情况、存在问题和下一步措施。",
    }


def _reasons(milestone: Milestone) -> list[Words]:
    try:
        permitted(MILESTONE, supervising.SUPERVISE, actor(), milestone)
    except Refused as error:
        return [reason.words for reason in error.reasons]
    return []


def _chosen() -> list[int]:
    return request.values.getlist("milestone", whole)[:MOST]
