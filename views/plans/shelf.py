"""The shelf: plans that are stored, documents on their way, and the form that takes a new one."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from evidence.names import safe_name
from models import DraftStatus, Plan, PlanDraft, PlanEdition, PlanSource, Task
from plans import intake
from plans.unreadable import Unreadable
from views.context import actor, database, reading, say
from views.files import attached
from views.numbers import whole
from views.plans.base import bp, draft_or_404, read_in_background, system_office


@bp.get("/admin/plans")
@system_office
def shelf():
    return _shelf_page()


@bp.post("/admin/plans")
@system_office
def upload():
    """Take a document in. The same bytes again lead to the draft, or the plan, that they have become."""
    file = request.files.get("file")
    data = file.read() if file and file.filename else b""
    if not data:
        return _shelf_page(_("请选择要上传的文件；文件不能是空的。")), 422
    try:
        draft_id, unread = intake.take_in(database(), actor(), data, _name(file.filename))
    except Unreadable as error:
        return _shelf_page(say(error.words)), 422
    if unread:
        read_in_background(draft_id)
    else:
        flash(_("这份文件上传过：已找回原来的读取结果和更正。"), "ok")
    return redirect(url_for(".draft", draft_id=draft_id))


@bp.post("/admin/plans/drafts/<int:draft_id>/again")
@system_office
def again(draft_id: int):
    """Read once more."""
    intake.begin_again(database(), actor(), draft_id)
    read_in_background(draft_id)
    return redirect(url_for(".draft", draft_id=draft_id))


@bp.post("/admin/plans/drafts/<int:draft_id>/discard")
@system_office
def discard(draft_id: int):
    intake.discard(database(), actor(), draft_id, request.form.get("version", -1, whole))
    flash(_("已放弃。更正仍保留：再次上传同一文件即可找回。"), "ok")
    return redirect(url_for(".shelf"))


@bp.get("/admin/plans/drafts/<int:draft_id>/source")
@system_office
def source(draft_id: int):
    """The document as it was uploaded; only ever saved, never shown in place."""
    draft = draft_or_404(draft_id)
    data = reading().scalar(select(PlanSource.content).where(PlanSource.id == draft.source_id))
    if data is None:
        abort(404)
    return attached(data, "application/octet-stream", draft.name)


def _shelf_page(problem: str = ""):
    editions = reading().scalars(
        select(PlanEdition).options(joinedload(PlanEdition.source)).order_by(PlanEdition.plan_id, PlanEdition.number)
    ).all()
    tasks = dict(reading().execute(
        select(Task.plan_id, func.count()).where(Task.dropped_in.is_(None)).group_by(Task.plan_id)
    ).all())
    plans = reading().scalars(select(Plan).order_by(Plan.id.desc())).all()
    under_way = reading().scalars(
        select(PlanDraft).where(PlanDraft.status.not_in((DraftStatus.STORED, DraftStatus.DISCARDED)))
        .order_by(PlanDraft.uploaded_at.desc()).limit(100)
    ).all()
    return render_template(
        "plans/shelf.html", plans=plans, tasks=tasks, under_way=under_way, problem=problem, statuses=DraftStatus,
        editions={plan.id: [it for it in editions if it.plan_id == plan.id] for plan in plans},
    )


def _name(given: str) -> str:
    """The document's name, made harmless, with the extension it came with."""
    stem, dot, extension = given.rpartition(".")
    return safe_name(given, extension[:8].lower() if dot and stem and extension.isalnum() else "txt")
