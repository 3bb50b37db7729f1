"""The list of reasons for a return: kept by the system administrator, chosen from by reviewers and the committee."""

from flask import abort, render_template, request, url_for

from views.admin.base import bp, change, system_office
from views.context import actor, database, reading
from views.numbers import whole
from workflow import reason_list
from workflow.reasons import every


@bp.get("/reasons")
@system_office
def reasons():
    return _page({})


@bp.post("/reasons")
@system_office
def add_reason():
    form = request.form
    return change(
        lambda: reason_list.add(database(), actor(), form.get("zh", ""), form.get("en", "")), url_for(".reasons"), _page
    )


@bp.post("/reasons/<int:reason_id>")
@system_office
def change_reason(reason_id: int):
    """Its words, and whether it is offered."""
    form = request.form
    return change(
        lambda: reason_list.change(
            database(), actor(), reason_id, form.get("zh", ""), form.get("en", ""), form.get("offered") == "1",
            form.get("seen", -1, whole),
        ),
        url_for(".reasons"), lambda errors: _page(errors, reason_id),
    )


@bp.post("/reasons/<int:reason_id>/move")
@system_office
def move_reason(reason_id: int):
    """One place `to` "up" or "down"; anything else moves nothing."""
    to = request.form.get("to")
    if to not in ("up", "down"):
        abort(400)
    return change(
        lambda: reason_list.move(database(), actor(), reason_id, up=to == "up"),
        url_for(".reasons"), lambda errors: _page(errors, reason_id),
    )


def _page(errors: dict, typed: int | None = None):
    """`typed` is the row whose form was sent and will not do: what was typed stays; None is the form for a new one."""
    return render_template("admin/reasons.html", rows=every(reading()), errors=errors, typed=typed)
