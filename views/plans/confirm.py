"""What will be stored, and the word that stores it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from models import DraftStatus
from plans import intake
from plans.store import HasDoubts, HasErrors
from plans.summary import summarise
from views.context import actor, database, reading, today
from views.numbers import whole
from views.plans.base import bp, corrected, read_draft_or_404, read_in_background, system_office
from workflow.days import read_day


@bp.route("/admin/plans/drafts/<int:draft_id>/confirm", methods=["GET", "POST"])
@system_office
def confirm(draft_id: int):
    found = read_draft_or_404(draft_id)
    if found.revises_id:
        return redirect(url_for(".compare", draft_id=draft_id))
    if request.method == "GET":
        return _confirm_page(found)
    opened = read_day(request.form.get("opened_on") or today().isoformat())
    if opened is None:
        return _confirm_page(found, _("启用日期须是日期，如 2024-06-30。")), 422
    try:
        stored = intake.store(
            database(), actor(), draft_id, request.form.get("version", -1, whole),
            accept_doubts=request.form.get("accept_doubts") == "1", opened_on=opened,
        )
    except HasErrors:
        return _confirm_page(found, _("还有错误级疑点，须先更正。")), 409
    except HasDoubts:
        return _confirm_page(found, _("还有未处理的疑点。请逐条处理，或勾选按所示读法接受。")), 409
    counted = {"tasks": stored.tasks, "milestones": stored.milestones}
    flash(_("已入库：任务 %(tasks)s 项，年度节点 %(milestones)s 个。", **counted), "ok")
    return redirect(url_for(".shelf"))


@bp.post("/admin/plans/drafts/<int:draft_id>/revises")
@system_office
def revises(draft_id: int):
    """Whether it is a plan of its own, or a revised edition of one."""
    plan_id = request.form.get("plan", type=whole)
    if intake.revise(database(), actor(), draft_id, request.form.get("version", -1, whole), plan_id):
        read_in_background(draft_id)
        return redirect(url_for(".draft", draft_id=draft_id))
    return redirect(url_for(".compare" if plan_id else ".draft", draft_id=draft_id))


def _confirm_page(found, problem: str = ""):
    made = corrected(found)
    return render_template(
        "plans/confirm.html", draft=found, made=made, summary=summarise(reading(), made.plan, today()), problem=problem,
        today=today(), open=found.status == DraftStatus.READ,
    )
