"""Who is told: audiences as conditions over accounts, from the unit, the role and the part in the task.

What definitions name (`Action.told`, `Workflow.opening`) are functions of the subject and of who acts. Most ask
only the subject, and of it only its `task`: so they serve a milestone and whatever belongs to one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from models import Account, Delegation, Part, Role, RoleGrant, Unit, UnitMember
from workflow.actor import Actor
from workflow.calendar import local_day


@dataclass(frozen=True)
class Audience:
    """Who is told: `where(who)` is a condition over accounts (`who` is Account or an alias of it).

    `area_id` is the action area that it is about; whoever acts for one of them there is told too. Where
    it is `personal`, nobody else is.
    """

    where: Callable[[Any], ColumnElement[bool]]
    area_id: int | None = None
    personal: bool = False


@dataclass(frozen=True)
class Telling:
    """One kind of notice, to one audience."""

    kind: str
    to: Audience


def recipients(tellings: Sequence[Telling], at: datetime) -> ColumnElement[bool]:
    """The accounts that these reach at this moment, as a condition over Account."""
    units = select(Unit.id).where(Unit.active)
    return and_(Account.active, Account.unit_id.in_(units), or_(*(reached(telling.to, at) for telling in tellings)))


def reached(audience: Audience, at: datetime) -> ColumnElement[bool]:
    """Those of the audience, and those who act for one of them."""
    direct = audience.where(Account)
    if audience.personal:
        return direct
    absent = aliased(Account)
    area = or_(Delegation.area_id.is_(None), Delegation.area_id == audience.area_id)
    acting = (
        select(Delegation.taker_id).join(absent, absent.id == Delegation.giver_id)
        .where(Delegation.in_force(local_day(at)), area, absent.active, audience.where(absent))
    )
    return or_(direct, Account.id.in_(acting))


def to_accounts(ids: Sequence[int]) -> Audience:
    return Audience(lambda who: who.id.in_(ids), personal=True)


def to_unit(unit_ids: Iterable[int | None], role: Role = Role.HANDLER, area_id: int | None = None) -> Audience:
    """Those who hold `role` in one of the units, or in one that answers for a collective name among them."""
    ids = sorted(unit_id for unit_id in unit_ids if unit_id is not None)
    members = select(UnitMember.member_id).where(UnitMember.collective_id.in_(ids))
    return Audience(lambda who: and_(or_(who.unit_id.in_(ids), who.unit_id.in_(members)), _holds(who, role)), area_id)


# Of a milestone, or of what belongs to a task.


def lead_handlers(it, _actor: Actor | None = None) -> Audience:
    return to_unit(_seats(it, Part.LEAD), area_id=it.task.area_id)


def all_handlers(it, _actor: Actor | None = None) -> Audience:
    """The handlers of every unit with a part."""
    return to_unit(_seats(it, *Part), area_id=it.task.area_id)


def reviewers(it, _actor: Actor | None = None) -> Audience:
    """Reviewers in whose scope it lies, but for those whose own unit has a part in it."""
    area_id, outside = it.task.area_id, _outside(_seats(it, *Part))
    return Audience(lambda who: and_(_holds(who, Role.REVIEWER, _scope(area_id)), outside(who)), area_id)


def committee(it, _actor: Actor | None = None) -> Audience:
    outside = _outside(_seats(it, *Part))
    return Audience(lambda who: and_(_holds(who, Role.COMMITTEE), outside(who)), it.task.area_id)


def own_leaders(it, actor: Actor) -> Audience:
    """The leaders in charge of the unit that acts (审签)."""
    return to_unit([actor.unit_id], Role.LEADER, it.task.area_id)


def own_handlers(it, actor: Actor) -> Audience:
    return to_unit([actor.unit_id], area_id=it.task.area_id)


# Of a request to a supporting unit, of a change request, of a handover.


def asked_unit(request, _actor: Actor | None = None) -> Audience:
    return to_unit([request.unit_id], area_id=request.task.area_id)


def deciders(request, _actor: Actor | None = None) -> Audience:
    """Who decides a change request: the committee, or its head alone."""
    if not request.needs_head:
        return committee(request)
    outside = _outside(_seats(request, *Part))
    return Audience(lambda who: and_(_holds(who, Role.COMMITTEE_HEAD), outside(who)), request.task.area_id)


def affected(request, _actor: Actor | None = None) -> Audience:
    """The unit that asked for a change, and every unit with a part in the task, before or after it."""
    seats = [*(request.before or {}).get("seats", ()), *request.proposed.get("seats", ())]
    units = {request.unit_id, *_seats(request, *Part), *(unit_id for unit_id, _name, _part in seats)}
    return to_unit(units, area_id=request.task.area_id)


def givers(handover, _actor: Actor | None = None) -> Audience:
    return to_unit([handover.from_unit_id], area_id=handover.task.area_id)


def takers(handover, _actor: Actor | None = None) -> Audience:
    return to_unit([handover.to_unit_id], area_id=handover.task.area_id)


# Of an implementation plan. It spans action areas, so whoever acts for somebody in one of them is not told.


def planning_unit(plan, _actor: Actor | None = None) -> Audience:
    return to_unit([plan.unit_id])


def plan_reviewers(plan, _actor: Actor | None = None) -> Audience:
    """Reviewers whose scope holds all of its action areas, but for those of the unit itself."""
    areas, outside = {entry.milestone.task.area_id for entry in plan.entries}, _outside([plan.unit_id])
    return Audience(lambda who: and_(
        _holds(who, Role.REVIEWER), outside(who), *(_holds(who, Role.REVIEWER, _scope(area)) for area in sorted(areas))
    ))


def plan_committee(plan, _actor: Actor | None = None) -> Audience:
    outside = _outside([plan.unit_id])
    return Audience(lambda who: and_(_holds(who, Role.COMMITTEE), outside(who)))


def _seats(it, *parts: Part) -> list[int]:
    return [seat.unit_id for seat in it.task.responsibilities if seat.part in parts]


def _scope(area_id: int) -> ColumnElement[bool]:
    return or_(RoleGrant.area_id.is_(None), RoleGrant.area_id == area_id)


def _holds(who, role: Role, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The committee's head is told what the committee is told; a leader in charge is not told what handlers are."""
    roles = (role, Role.COMMITTEE_HEAD) if role == Role.COMMITTEE else (role,)
    return who.id.in_(select(RoleGrant.account_id).where(RoleGrant.role.in_(roles), *more))


def _outside(seats: Sequence[int]) -> Callable[[Any], ColumnElement[bool]]:
    """The accounts whose unit is none of these, and answers for none of them."""
    members = select(UnitMember.member_id).where(UnitMember.collective_id.in_(seats))
    return lambda who: and_(who.unit_id.not_in(seats), who.unit_id.not_in(members))
