"""Search: one field in the head of every page. A task's serial by itself leads to the task."""

from flask import Blueprint, redirect, render_template, request, url_for

from reports import search as report
from views.access import for_roles
from views.context import actor, reading
from views.display import task_url
from views.ledger import READERS
from views.numbers import whole

bp = Blueprint("search", __name__)


@bp.get("/search")
@for_roles(*READERS)
def show():
    """`?q=`, and `?in=` one kind of thing, `?page=` by page. Several plans with that serial: both are shown."""
    sought = request.args.get("q", "").strip()[:report.MOST_LETTERS]
    words = report.words_of(sought)
    only = report.BY_CODE.get(request.args.get("in"))
    page = max(request.args.get("page", 1, whole), 1)
    same = report.numbered(reading(), actor(), sought) if words and not only else []
    if len(same) == 1:
        return redirect(task_url(same[0]))
    found = report.search(reading(), actor(), words, only, page) if words else []
    here = next((it for it in found if it.kind is only), None)
    pages = -(-here.count // report.PAGE) if here else 1
    if here and here.count and page > pages:
        return redirect(url_for(".show", q=sought, **{"in": only.code, "page": pages}))
    return render_template(
        "search.html", sought=sought, words=words, found=found, total=sum(it.count for it in found), only=only,
        page=page, pages=pages, few=report.FEW,
    )
