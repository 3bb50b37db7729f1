"""Acting for somebody who is away: giving it, taking it back, and choosing as whom to act in this browser."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy import select

from models import Account, ActionArea, Unit
from views.access import signed_in
from views.context import database, own, reading, say, today
from views.display import area_name
from views.identity import ACTING_FOR
from views.numbers import whole
from workflow import delegation
from workflow.days import read_day
from workflow.errors import Incomplete

bp = Blueprint("delegations", __name__, url_prefix="/delegations")


@bp.get("")
@signed_in
def show():
    return _page({})


@bp.post("")
@signed_in
def give():
    form = request.form
    try:
        delegation.delegate(
            database(), own(), form.get("taker", 0, whole), form.get("area", type=whole),
            read_day(form.get("first_day")), read_day(form.get("last_day")),
        )
    except Incomplete as error:
        return _page({name: say(words) for name, words in error.errors.items()}), 422
    flash(_("已授权，并记入审计留痕。对方已收到通知。"), "ok")
    return redirect(url_for(".show"))


@bp.post("/<int:delegation_id>/end")
@signed_in
def end(delegation_id: int):
    delegation.revoke(database(), own(), delegation_id)
    flash(_("已结束代办授权，即刻生效。"), "ok")
    return redirect(url_for(".show"))


@bp.post("/act")
@signed_in
def act():
    """From now on, in this browser, for that account; `giver` blank for oneself again."""
    giver = request.form.get("giver", type=whole)
    if giver is None:
        cookie.pop(ACTING_FOR, None)
        return redirect(url_for("workbench.show"))
    if delegation.acting_for(reading(), own(), giver, today()) is None:
        abort(403)
    cookie[ACTING_FOR] = giver
    return redirect(url_for("workbench.show"))


def _page(errors: dict):
    who = own()
    rows = delegation.delegations_of(reading(), who.account_id)
    takers = reading().scalars(
        delegation.takers_query(who.account_id).order_by(Account.unit_id != who.unit_id, Unit.name, Account.id)
    ).all()
    return render_template(
        "delegations.html", errors=errors, who=who, today=today(),
        given=[row for row in rows if row.giver_id == who.account_id],
        held=[row for row in rows if row.taker_id == who.account_id],
        givers=delegation.givers(reading(), who.account_id, today()),
        takers=[(it.id, it.title) for it in takers],
        areas=[
            (it.id, area_name(it.title))
            for it in reading().execute(select(ActionArea.id, ActionArea.title).order_by(ActionArea.id))
        ],
        gives=any(not role.is_administrative for role in who.roles),
    )
