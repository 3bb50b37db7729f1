"""Change requests on the web: asking, the list, one request with its attachment."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

import evidence as intake
from models import ChangeKind, ChangeRequest, Milestone, Part, Responsibility, Task, Unit
from reports import changes as report
from reports.timeline import holding, stations, timeline
from views.access import for_roles
from views.context import actor, evidence_intake, reading, say, settings, today
from views.files import hand_out
from views.ledger import READERS
from views.numbers import whole
from views.subjects import forms_of, page_of
from views.visible import subject_or_404
from workflow import asking
from workflow.authority import offers
from workflow.days import read_day
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.handover import HANDOVER
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Incomplete

bp = Blueprint("changes", __name__)

BLANK_SEATS = 2  # lines for further units in the form
STATES = ("open", *(state.name for state in CHANGE_REQUEST.final))


@bp.get("/changes")
@for_roles(*READERS)
def listing():
    """Open ones, or with `?state=` those that were decided so; `all` for every one."""
    state = request.args.get("state", "open")
    state = state if state in STATES else None
    counts = report.counted(reading(), actor())
    chips = [("open", _("未办结"), sum(counts.get(name, 0) for name in ChangeRequest.OPEN))]
    chips += [(it.name, say(it.label), counts.get(it.name, 0)) for it in CHANGE_REQUEST.final]
    return render_template(
        "changes/list.html", rows=report.listed(reading(), actor(), state), state=state, workflow=CHANGE_REQUEST,
        chips=[*chips, ("all", _("全部"), sum(counts.values()))], handovers=report.handovers(reading(), actor()),
        handover=HANDOVER, kinds=ChangeKind,
    )


@bp.route("/milestones/<int:milestone_id>/changes/new", methods=["GET", "POST"])
@for_roles(*READERS)
def ask(milestone_id: int):
    """The form of one kind (`?kind=`); sent, it becomes a request."""
    milestone = subject_or_404(MILESTONE, milestone_id)
    kind = request.values.get("kind", ChangeKind.EXTENSION)
    if kind not in set(ChangeKind):
        abort(400)
    asking.check_may_ask(milestone, actor())
    if request.method == "GET":
        return _ask_page(milestone_id, ChangeKind(kind), {})
    try:
        request_id = asking.ask(
            milestone, actor(), _asked(ChangeKind(kind)), _limits(), request.form.get("version", -1, whole)
        )
    except Incomplete as error:
        return _ask_page(milestone_id, ChangeKind(kind), error.errors), 422
    except intake.Refusal as refusal:
        return _ask_page(milestone_id, ChangeKind(kind), {"file": refusal.words}), 422
    flash(_("已提出申请，由审核人先行审核。"), "ok")
    return redirect(page_of(CHANGE_REQUEST, request_id))


@bp.get("/changes/<int:request_id>")
@for_roles(*READERS)
def show(request_id: int):
    found = subject_or_404(CHANGE_REQUEST, request_id)
    moments = timeline(reading(), CHANGE_REQUEST, found, actor())
    given = offers(CHANGE_REQUEST, actor(), found)
    return render_template(
        "changes/show.html", workflow=CHANGE_REQUEST, subject=found, milestone=found.milestone,
        compared=report.compared(found), kind=ChangeKind(found.kind), offers=given, forms=forms_of(given, found),
        moments=moments, holding=holding(reading(), moments, CHANGE_REQUEST, found, today()),
        stations=stations(CHANGE_REQUEST, moments, found),
        handovers=report.handovers(reading(), actor(), found.id), handover=HANDOVER,
    )


@bp.get("/changes/<int:request_id>/attachment")
@for_roles(*READERS)
def attachment(request_id: int):
    found = subject_or_404(CHANGE_REQUEST, request_id)
    if not found.sha256:
        abort(404)
    return hand_out(found.sha256, found.file_name, found.media_type, found.size)


def _limits() -> asking.HeadLimits:
    return asking.HeadLimits(settings().extension_head_days, settings().extensions_without_head)


def _asked(kind: ChangeKind) -> asking.Asked:
    form = request.form
    seats = zip(form.getlist("seat_unit", whole), form.getlist("seat_part"), strict=False)
    return asking.Asked(
        kind, form.get("words", ""), read_day(form.get("due")), tuple(form.getlist("requirement")),
        tuple(zip(form.getlist("indicator"), form.getlist("target"), strict=False)),
        tuple((unit_id, part) for unit_id, part in seats if unit_id and part != "none"), _attached(),
    )


def _attached() -> asking.Attachment | None:
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    taken = evidence_intake().take(file.stream, file.filename)
    return asking.Attachment(taken.name, taken.media_type, taken.size, taken.sha256)


def _ask_page(milestone_id: int, kind: ChangeKind, problems: dict):
    milestone = reading().scalars(
        select(Milestone).where(Milestone.id == milestone_id).execution_options(populate_existing=True).options(
            selectinload(Milestone.indicators),
            joinedload(Milestone.task).options(
                joinedload(Task.area), selectinload(Task.responsibilities).joinedload(Responsibility.unit),
            )
        )
    ).one()
    units = reading().execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.name)).all()
    return render_template(
        "changes/ask.html", milestone=milestone, workflow=MILESTONE, kind=kind, kinds=ChangeKind, problems=problems,
        units=units, parts=Part, seats=_seats(milestone), limits=_limits(),
        term=asking.DUE, begins=asking.counted_from(milestone, today()),
        most_file_mb=settings().max_file_mb,
    )


def _seats(milestone: Milestone) -> list[tuple[int, str]]:
    """The lines of the form: what was typed, or the present units and some blank ones."""
    if request.method == "POST":
        return list(zip(request.form.getlist("seat_unit", whole), request.form.getlist("seat_part"), strict=False))
    present = [(seat.unit_id, seat.part) for seat in milestone.task.responsibilities]
    return present + [(0, str(Part.SUPPORT))] * BLANK_SEATS
