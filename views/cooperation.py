"""Asking supporting units, and what they answer."""

from itertools import zip_longest

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from models import Milestone, reference
from views.access import for_roles
from views.context import actor, reading, say, terms, today
from views.ledger import READERS
from views.milestones import milestone_page
from views.uploads import keep_uploads
from views.visible import visible_or_404
from workflow import drafts, requests
from workflow.days import read_day
from workflow.definitions.contribution import CONTRIBUTION
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow
from workflow.subjects import load_request

bp = Blueprint("cooperation", __name__, url_prefix="/milestones/<int:milestone_id>")


@bp.post("/requests")
@for_roles(*READERS)
def ask(milestone_id: int):
    """Ask every supporting unit that was not asked in this round yet."""
    milestone = reference(reading(), Milestone, milestone_id)
    typed = request.form.get("due", "")
    due = read_day(typed)
    if typed and due is None:  # not the usual days either: somebody meant one
        requests.DUE.read(None, today())
    count = requests.ask(milestone, actor(), request.form.get("wanted", ""), due, terms())
    flash(_("已提请 %(count)s 个配合单位。", count=count), "ok")
    return redirect(url_for("milestones.show", milestone_id=milestone_id, _anchor="support"))


@bp.post("/contribution")
@for_roles(*READERS)
def contribute(milestone_id: int):
    """A supporting unit's own words, figures and files; with `then`, its answer right after."""
    milestone, trigger = visible_or_404(milestone_id), request.form.get("then")
    try:
        request_id = drafts.put_words(
            milestone, actor(), request.form.get("body", ""), _typed_figures(), terms(), answering=bool(trigger)
        )
    except Incomplete as error:
        return milestone_page(milestone_id, problems=error.errors, status=422)
    _kept, wrong = keep_uploads(milestone)
    if wrong:
        return milestone_page(milestone_id, notice="\n".join([_("其余内容已保存。"), *wrong]), status=422)
    if not trigger or request_id is None:
        flash(_("配合材料已保存。"), "ok")
        return redirect(url_for("milestones.show", milestone_id=milestone_id, _anchor="next"))
    asked = load_request(reading(), request_id)
    try:
        fire(asked, trigger, actor(), {}, asked.version)
    except NotNow as error:
        reasons = "".join(say(reason.words) for reason in error.reasons)
        return milestone_page(milestone_id, notice=_("材料已保存，但还不能反馈：") + reasons, status=409)
    flash(_("已反馈：%(action)s。", action=say(CONTRIBUTION.label_of(trigger))), "ok")
    return redirect(url_for("milestones.show", milestone_id=milestone_id))


def _typed_figures() -> list[tuple[str, str, str]]:
    columns = (request.form.getlist(f"figure_{name}") for name in ("name", "amount", "unit"))
    return list(zip_longest(*columns, fillvalue=""))
