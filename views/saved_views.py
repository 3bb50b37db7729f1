"""Saved views of the ledger: kept from the ledger page, and looked after on a page of their own."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from views.access import for_roles
from views.context import database, own, reading, say
from views.ledger import READERS, VIEWS, read_filters
from workflow import saved_views
from workflow.errors import Incomplete

bp = Blueprint("saved_views", __name__, url_prefix="/ledger/views")


@bp.get("")
@for_roles(*READERS)
def show():
    return _page()


@bp.post("")
@for_roles(*READERS)
def save():
    """The query of a ledger page under a name; what of it is no filter is left out."""
    query = _query(request.form.get("query", ""))
    shared = request.form.get("shared") == "1"
    try:
        saved_views.save_view(database(), own(), request.form.get("view_name", ""), query, shared)
    except Incomplete as error:
        return _page(error, query, 422)
    flash(_("已保存视图。"), "ok")
    return redirect(f"{url_for('ledger.show')}?{query}")


@bp.post("/<int:view_id>")
@for_roles(*READERS)
def change(view_id: int):
    try:
        saved_views.change_view(
            database(), own(), view_id, request.form.get("view_name", ""), request.form.get("shared") == "1"
        )
    except Incomplete as error:
        return _page(error, status=422)
    flash(_("已保存视图。"), "ok")
    return redirect(url_for(".show"))


@bp.post("/<int:view_id>/remove")
@for_roles(*READERS)
def remove(view_id: int):
    saved_views.drop_view(database(), own(), view_id)
    flash(_("已删去视图。"), "ok")
    return redirect(url_for(".show"))


def _query(given: str) -> str:
    asked = MultiDict(parse_qsl(given[:1000]))
    view = {"view": asked["view"]} if asked.get("view") in VIEWS[1:] else {}
    return urlencode(read_filters(asked).query() | view)


def _page(error: Incomplete | None = None, query: str = "", status: int = 200):
    """The views; after a form that failed with what was typed, so that it can be sent again."""
    who = own()
    return render_template(
        "saved_views.html", saved=saved_views.views_of(reading(), who), own_id=who.account_id,
        problem="".join(say(words) for words in error.errors.values()) if error else "", query=query,
        asks=bool(query) or (error is not None and request.endpoint == "saved_views.save"),
        typed=request.form.get("view_name", ""), shared=request.form.get("shared") == "1",
        changing=(request.view_args or {}).get("view_id"),
    ), status
