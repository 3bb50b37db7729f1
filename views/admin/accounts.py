"""Accounts: created and moved by the system administrator, given roles by the security administrator."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models import Account, ActionArea, Plan, Role, Unit
from views.admin.base import bp, change, either_office, security_office, system_office
from views.context import actor, database, reading, say
from views.display import area_name
from views.numbers import whole
from workflow import directory, handover
from workflow.errors import Incomplete


@bp.get("")
@either_office
def show():
    query = (
        select(Account).join(Unit).options(joinedload(Account.unit), joinedload(Account.grants))
        .order_by(Unit.name, Account.id)
    )
    words = request.args.get("words", "").replace("\x00", "").strip()[:60]
    if words:
        named = [column.contains(words, autoescape=True) for column in (Unit.name, Account.username, Account.post)]
        query = query.where(or_(*named))
    accounts = reading().scalars(query).unique().all()
    return render_template("admin/accounts.html", accounts=accounts, words=words, areas=_areas())


@bp.route("/accounts/new", methods=["GET", "POST"])
@system_office
def new_account():
    if request.method == "GET":
        return _new_page({})
    form = request.form
    try:
        account_id, password = directory.create_account(
            database(), actor(), unit_id=form.get("unit", 0, whole), username=form.get("username", ""),
            post=form.get("post", ""),
        )
    except Incomplete as error:
        return _new_page({name: say(words) for name, words in error.errors.items()}), 422
    return _password_page(account_id, password)


@bp.route("/accounts/<int:account_id>", methods=["GET", "POST"])
@either_office
def account(account_id: int):
    if request.method == "GET":
        return _account_page(account_id, {})
    form = request.form
    return change(
        lambda: directory.change_account(
            database(), actor(), account_id, unit_id=form.get("unit", 0, whole), post=form.get("post", ""),
            active=form.get("active") == "1",
        ),
        url_for(".account", account_id=account_id), lambda errors: _account_page(account_id, errors),
    )


@bp.post("/accounts/<int:account_id>/hand-over")
@system_office
def hand_over(account_id: int):
    return change(
        lambda: handover.hand_over(database(), actor(), account_id, request.form.get("successor", 0, whole)),
        url_for(".account", account_id=account_id), lambda errors: _account_page(account_id, errors),
    )


@bp.post("/accounts/<int:account_id>/grant")
@security_office
def grant(account_id: int):
    role = request.form.get("role")
    if role not in set(Role):
        abort(400)
    # An empty area is every area; what is no number must not become that.
    raw = request.form.get("area", "") if role == Role.REVIEWER else ""
    area = request.form.get("area", type=whole) if raw else None
    if raw and area is None:
        abort(400)
    return change(
        lambda: directory.grant(database(), actor(), account_id, Role(role), area),
        url_for(".account", account_id=account_id), lambda errors: _account_page(account_id, errors),
    )


@bp.post("/accounts/<int:account_id>/revoke/<int:grant_id>")
@security_office
def revoke(account_id: int, grant_id: int):
    directory.revoke(database(), actor(), account_id, grant_id)
    flash(_("已收回，并记入审计留痕。"), "ok")
    return redirect(url_for(".account", account_id=account_id))


@bp.post("/accounts/<int:account_id>/password")
@security_office
def reset_password(account_id: int):
    return _password_page(account_id, directory.reset_password(database(), actor(), account_id))


def _account_page(account_id: int, errors: dict):
    found = reading().get(
        Account, account_id, options=[joinedload(Account.unit), joinedload(Account.grants)], populate_existing=True
    )
    if found is None:
        abort(404)
    return render_template(
        "admin/account.html", account=found, errors=errors, units=_units(), areas=_areas(), roles=Role,
        own=account_id == actor().account_id, held=actor().roles, work=handover.open_work(reading(), found),
        successors=handover.successors(reading(), found), handed=handover.handovers(reading(), account_id),
    )


def _new_page(errors: dict):
    chosen = request.form.get("unit", type=whole)
    return render_template("admin/new_account.html", errors=errors, units=_units(), chosen=chosen)


def _password_page(account_id: int, password: str):
    """Shown once, here; only its hash is kept."""
    account_now = reading().get(Account, account_id, options=[joinedload(Account.unit)])
    return render_template("admin/password.html", account=account_now, password=password)


def _units():
    return reading().execute(select(Unit.id, Unit.name).where(~Unit.collective, Unit.active).order_by(Unit.name)).all()


def _areas() -> dict[int, str]:
    """The action areas; where there are several plans, with the plan that each belongs to."""
    rows = reading().execute(
        select(ActionArea.id, ActionArea.title, ActionArea.plan_id, Plan.title.label("plan"))
        .join(Plan, Plan.id == ActionArea.plan_id).order_by(ActionArea.plan_id, ActionArea.position)
    ).all()
    several = len({row.plan_id for row in rows}) > 1
    return {
        row.id: f"{area_name(row.title)} · {row.plan[:20]}" if several else area_name(row.title) for row in rows
    }
