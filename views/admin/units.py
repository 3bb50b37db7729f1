"""Units, and which of them answer for a collective name."""

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from models import Responsibility, Unit, UnitAlias, UnitMember
from views.admin.base import bp, change, either_office, system_office
from views.context import actor, database, reading
from views.numbers import whole
from workflow import directory
from workflow.days import read_day


@bp.get("/units")
@either_office
def units():
    return _units_page({})


@bp.post("/units")
@system_office
def new_unit():
    form = request.form
    return change(
        lambda: directory.create_unit(database(), actor(), form.get("name", ""), form.get("collective") == "1"),
        url_for(".units"), _units_page,
    )


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
@system_office
def unit(unit_id: int):
    if request.method == "GET":
        return _unit_page(unit_id, {})
    form = request.form
    members = form.getlist("member", type=whole)
    return change(
        lambda: directory.change_unit(
            database(), actor(), unit_id, active=form.get("active") == "1", members=members,
            leader_signs=form.get("leader_signs") == "1",
        ),
        url_for(".units"), lambda errors: _unit_page(unit_id, errors),
    )


@bp.post("/units/<int:unit_id>/aliases")
@system_office
def add_alias(unit_id: int):
    """A former name, with when the unit had it."""
    typed = [request.form.get(name, "") for name in ("since", "until")]
    since, until = map(read_day, typed)
    if [bool(text) for text in typed] != [since is not None, until is not None]:
        return _unit_page(unit_id, {"since": _("日期须如 2018-07-25。")}), 422
    return change(
        lambda: directory.add_alias(database(), actor(), unit_id, request.form.get("name", ""), since, until),
        url_for(".unit", unit_id=unit_id), lambda errors: _unit_page(unit_id, errors),
    )


@bp.post("/units/<int:unit_id>/aliases/<int:alias_id>/remove")
@system_office
def drop_alias(unit_id: int, alias_id: int):
    return change(
        lambda: directory.drop_alias(database(), actor(), unit_id, alias_id),
        url_for(".unit", unit_id=unit_id), lambda errors: _unit_page(unit_id, errors),
    )


def _units_page(errors: dict):
    seats = select(Responsibility.unit_id, func.count().label("seats")).group_by(Responsibility.unit_id).subquery()
    members = select(UnitMember.collective_id, func.count().label("members")).group_by(
        UnitMember.collective_id
    ).subquery()
    rows = reading().execute(
        select(Unit, func.coalesce(seats.c.seats, 0), func.coalesce(members.c.members, 0))
        .outerjoin(seats, seats.c.unit_id == Unit.id).outerjoin(members, members.c.collective_id == Unit.id)
        .order_by(Unit.collective.desc(), func.coalesce(seats.c.seats, 0).desc(), Unit.id)
    ).all()
    return render_template("admin/units.html", rows=rows, errors=errors)


def _unit_page(unit_id: int, errors: dict):
    found = reading().get(Unit, unit_id)
    if found is None:
        abort(404)
    members = set(reading().scalars(select(UnitMember.member_id).where(UnitMember.collective_id == unit_id)))
    choices = reading().execute(
        select(Unit.id, Unit.name).where(~Unit.collective, Unit.id != unit_id).order_by(Unit.name)
    ).all()
    aliases = reading().scalars(
        select(UnitAlias).where(UnitAlias.unit_id == unit_id).order_by(UnitAlias.since, UnitAlias.id)
    ).all()
    return render_template(
        "admin/unit.html", unit=found, aliases=aliases, members=members, choices=choices, errors=errors
    )
