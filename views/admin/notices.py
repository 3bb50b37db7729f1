"""What did not go out, and the days on which nothing is sent: the system administrator's part of the notices."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from notices.worker import send_again, undelivered
from reports.ledger import plan_choices
from views.admin.base import bp, change, system_office
from views.context import actor, database, reading, today
from views.numbers import whole
from workflow.days import read_day
from workflow.working_days import own_days, set_day


@bp.get("/notices")
@system_office
def messages():
    return render_template("admin/messages.html", rows=undelivered(reading()))


@bp.post("/notices/<int:message_id>/again")
@system_office
def send_message_again(message_id: int):
    with database().writing() as session:
        if not send_again(session, message_id, actor(), database().clock()):
            abort(404)
    flash(_("将再发一次。"), "ok")
    return redirect(url_for(".messages"))


@bp.get("/calendar")
@system_office
def calendar():
    return _calendar_page({})


@bp.post("/calendar")
@system_office
def set_calendar_day():
    form = request.form
    working = {"1": True, "0": False}.get(form.get("working", ""))
    return change(
        lambda: set_day(
            database(), actor(), read_day(form.get("day")), working, form.get("words", ""),
            form.get("plan", 0, whole) if form.get("plan") else None,
        ),
        url_for(".calendar"), _calendar_page,
    )


def _calendar_page(errors: dict):
    return render_template(
        "admin/calendar.html", rows=own_days(reading()), plans=plan_choices(reading()), errors=errors, today=today()
    )
