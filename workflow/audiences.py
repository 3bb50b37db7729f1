"""Who is told: audiences as conditions over accounts, from the unit, the role and the part in the task.

What definitions name (`Action.told`, `Workflow.opening`) are functions of the subject and of who acts. Most ask
only the subject, and of it only its `task`: so they serve a milestone and whatever belongs to one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    column,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.orm import aliased

from models import Account, ActionArea, Delegation, Part, Role, RoleGrant, Unit, UnitMember
from workflow.actor import Actor
from workflow.calendar import local_day


class Given:
    """What an audience is about, as places in a statement that is built once: its units, people, area or areas."""

    def __init__(self, place: int):
        self._place = place
        self.units = bindparam(f"units_{place}", type_=Integer, expanding=True)
        self.people = bindparam(f"people_{place}", type_=Integer, expanding=True)
        self.area = bindparam(f"area_{place}", type_=Integer)
        self.areas = bindparam(f"areas_{place}", type_=Integer, expanding=True)

    def values(self, audience: "Audience") -> dict[str, Any]:
        place = self._place
        return {
            f"units_{place}": audience.units, f"people_{place}": audience.people, f"area_{place}": audience.area_id,
            f"areas_{place}": audience.areas,
        }


class GivenEach:
    """The same of many audiences at once, as rows: each part is of the audience whose `place` the statement asks."""

    def __init__(self, audiences: Sequence["Audience"]):
        groups = list(dict.fromkeys((it.group, it.personal) for it in audiences))
        self.groups = {group: number for number, group in enumerate(groups)}
        asked = values(column("place", Integer), column("kind", Integer), name="asked", literal_binds=True)
        self.asked = asked.data([
            (place, self.groups[it.group, it.personal]) for place, it in enumerate(audiences)
        ]).cte("asked")
        self._facts = self._of(audiences)
        self.units, self.people, self.areas = (self._ids(what) for what in ("units", "people", "areas"))
        self.area = self._ids("area").scalar_subquery()

    @staticmethod
    def _of(audiences: Sequence["Audience"]) -> CTE:
        facts = values(
            column("place", Integer), column("what", String), column("id", Integer), name="facts", literal_binds=True
        )
        return facts.data([
            (place, what, it)
            for place, audience in enumerate(audiences)
            for what, ids in (
                ("units", audience.units), ("people", audience.people), ("areas", audience.areas),
                ("area", (audience.area_id or 0,)),
            )
            for it in ids
        ]).cte("facts")

    def _ids(self, what: str) -> Select:
        facts = self._facts.c
        return select(facts.id).where(facts.place == self.asked.c.place, facts.what == what).correlate(self.asked)


Group = Callable[[Any, Given | GivenEach], ColumnElement[bool]]


@dataclass(frozen=True)
class Audience:
    """Who is told: `group(who, given)` is a condition over accounts (`who` is Account or an alias of it).

    What it is given are the `units`, `people` and `areas` of this one notice. `area_id` is the action area that it is
    about; whoever acts for one of them there is told too. Where it is `personal`, nobody else is.
    """

    group: Group
    units: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    areas: tuple[int, ...] = ()
    area_id: int | None = None
    personal: bool = False


@dataclass(frozen=True)
class Telling:
    """One kind of notice, to one audience."""

    kind: str
    to: Audience


def to_accounts(ids: Sequence[int]) -> Audience:
    return Audience(_these, people=tuple(ids), personal=True)


def recipients(tellings: Sequence[Telling], at: datetime) -> ColumnElement[bool]:
    """The accounts that these reach at this moment, as a condition over Account."""
    conditions = conditions_of((telling.to.group, telling.to.personal) for telling in tellings)
    told = select(Account.id).where(open_to(conditions)).correlate(None).params(values_of(tellings, at))
    return Account.id.in_(told)


def recipients_of_each(tellings: Sequence[Telling], at: datetime) -> CompoundSelect:
    """The same apart: rows of the `place` of one of these among them, and of an `account_id` that it reaches."""
    given = GivenEach([telling.to for telling in tellings])
    reached = (
        select(given.asked.c.place, Account.id.label("account_id")).select_from(given.asked).join(Account, true())
        .where(given.asked.c.kind == number, open_to([_reached(group, personal, given)]))
        for (group, personal), number in given.groups.items()
    )
    return union_all(*reached).params({"today": local_day(at)})


def values_of(tellings: Sequence[Telling], at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"today": local_day(at)}
    for place, telling in enumerate(tellings):
        values |= Given(place).values(telling.to)
    return values


def conditions_of(groups) -> list[ColumnElement[bool]]:
    return [_reached(group, personal, Given(place)) for place, (group, personal) in enumerate(groups)]


def open_to(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Accounts in use that one of these reaches."""
    return and_(Account.active, Account.unit_id.in_(select(Unit.id).where(Unit.active)), or_(*conditions))


def _reached(group: Group, personal: bool, given: Given | GivenEach) -> ColumnElement[bool]:
    """Those of the group, and those who act for one of them."""
    direct = group(Account, given)
    if personal:
        return direct
    absent = aliased(Account)
    area = or_(Delegation.area_id.is_(None), Delegation.area_id == given.area)
    acting = (
        select(Delegation.taker_id).join(absent, absent.id == Delegation.giver_id)
        .where(Delegation.in_force(bindparam("today", type_=Date)), area, absent.active, group(absent, given))
    )
    return or_(direct, Account.id.in_(acting))


def to_unit(unit_ids: Iterable[int | None], role: Role = Role.HANDLER, area_id: int | None = None) -> Audience:
    """The handlers, or the leaders, of the units, and of those that answer for a collective name among them."""
    units = tuple(unit_id for unit_id in unit_ids if unit_id is not None)
    return Audience(_leaders if role == Role.LEADER else _handlers, units=units, area_id=area_id)


# Of a milestone, or of what belongs to a task.


def lead_handlers(it, _actor: Actor | None = None) -> Audience:
    return to_unit(_seats(it, Part.LEAD), area_id=it.task.area_id)


def all_handlers(it, _actor: Actor | None = None) -> Audience:
    """The handlers of every unit with a part."""
    return to_unit(_seats(it, *Part), area_id=it.task.area_id)


def reviewers(it, _actor: Actor | None = None) -> Audience:
    """Reviewers in whose scope it lies, but for those whose own unit has a part in it."""
    return Audience(_reviewers, units=_seats(it, *Part), area_id=it.task.area_id)


def committee(it, _actor: Actor | None = None) -> Audience:
    return Audience(_committee, units=_seats(it, *Part), area_id=it.task.area_id)


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
    return Audience(_heads, units=_seats(request, *Part), area_id=request.task.area_id)


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
    areas = sorted({entry.milestone.task.area_id for entry in plan.entries})
    return Audience(_plan_reviewers, units=(plan.unit_id,), areas=tuple(areas))


def plan_committee(plan, _actor: Actor | None = None) -> Audience:
    return Audience(_committee, units=(plan.unit_id,))


# Of a supervision sheet before one unit, which spans action areas too.


def supervised_unit(it, _actor: Actor | None = None) -> Audience:
    return to_unit([it.unit_id])


def supervised_leaders(it, _actor: Actor | None = None) -> Audience:
    """The leaders in charge of the unit that it goes to."""
    return to_unit([it.unit_id], Role.LEADER)


def supervisors(it, _actor: Actor | None = None) -> Audience:
    """The committee, but for those of the unit itself."""
    return Audience(_committee, units=(it.unit_id,))


# Of a result of the assessment, and of an objection to it; both span action areas.


def assessed_units(it, _actor: Actor | None = None) -> Audience:
    return to_unit(score.unit_id for score in it.scores)


def assessed_leaders(it, _actor: Actor | None = None) -> Audience:
    return to_unit((score.unit_id for score in it.scores), Role.LEADER)


def objecting_unit(it, _actor: Actor | None = None) -> Audience:
    return to_unit([it.unit_id])


def assessors(it, _actor: Actor | None = None) -> Audience:
    """The committee, but for those of the unit that objects."""
    return Audience(_committee, units=(it.unit_id,))


def _seats(it, *parts: Part) -> tuple[int, ...]:
    return tuple(seat.unit_id for seat in it.task.responsibilities if seat.part in parts)


def _these(who, given: Given) -> ColumnElement[bool]:
    return who.id.in_(given.people)


def _handlers(who, given: Given) -> ColumnElement[bool]:
    return and_(or_(who.unit_id.in_(given.units), who.unit_id.in_(_members(given))), _holds(who, Role.HANDLER))


def _leaders(who, given: Given) -> ColumnElement[bool]:
    return and_(or_(who.unit_id.in_(given.units), who.unit_id.in_(_members(given))), _holds(who, Role.LEADER))


def _heads(who, given: Given) -> ColumnElement[bool]:
    return and_(_holds(who, Role.COMMITTEE_HEAD), _outside(who, given))


def _plan_reviewers(who, given: Given) -> ColumnElement[bool]:
    """Reviewers for whom none of the areas is out of scope."""
    granted = select(RoleGrant.id).where(
        RoleGrant.account_id == who.id, RoleGrant.role == Role.REVIEWER,
        or_(RoleGrant.area_id.is_(None), RoleGrant.area_id == ActionArea.id),
    ).correlate(who, ActionArea)
    beyond = select(ActionArea.id).where(ActionArea.id.in_(given.areas), ~granted.exists()).correlate(who)
    return and_(_holds(who, Role.REVIEWER), _outside(who, given), ~beyond.exists())


def _reviewers(who, given: Given) -> ColumnElement[bool]:
    scope = or_(RoleGrant.area_id.is_(None), RoleGrant.area_id == given.area)
    return and_(_holds(who, Role.REVIEWER, scope), _outside(who, given))


def _committee(who, given: Given) -> ColumnElement[bool]:
    return and_(_holds(who, Role.COMMITTEE), _outside(who, given))


def _holds(who, role: Role, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The committee's head is told what the committee is told; a leader in charge is not told what handlers are."""
    roles = (role, Role.COMMITTEE_HEAD) if role == Role.COMMITTEE else (role,)
    return who.id.in_(select(RoleGrant.account_id).where(RoleGrant.role.in_(roles), *more))


def _outside(who, given: Given) -> ColumnElement[bool]:
    """The accounts whose unit has no part in the task."""
    return and_(who.unit_id.not_in(given.units), who.unit_id.not_in(_members(given)))


def _members(given: Given):
    """The units that answer for a collective name among those given."""
    return select(UnitMember.member_id).where(UnitMember.collective_id.in_(given.units))
