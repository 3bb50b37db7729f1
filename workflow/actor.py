"""Who acts: an account as it stands at this moment, and where the request came from."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from models import Account, Role, RoleGrant, Unit, UnitMember, database_of
from workflow.calendar import local_day


@dataclass(frozen=True)
class Origin:
    """Where a request came from, for the audit trail. Both are None for a command."""

    address: str | None = None
    request_id: str | None = None


# Of each of two names in one: both fit where one name of the greatest length would.
NAMED = 98


@dataclass(frozen=True)
class Actor:
    """An account with all that its authority follows from.

    `unit_ids` holds the account's unit and the collective names it answers for; `area_ids` the action
    areas it reviews, where `reviews_everywhere` is false. `now` is the moment at which this was read, by the
    ledger's clock: rules that speak of time judge by it. `leader_signs` is the setting of the account's unit.

    Where somebody acts for another (代办), `account_id` is the one whose hand it is and `on_behalf_of` the
    account whose rights all the rest tells; `hand_unit_ids` are the hand's own units, whose conflicts count
    too, and `only_area` is the action area to which the delegation is limited, if it is.
    """

    account_id: int | None
    post: str
    unit_id: int | None
    unit_name: str
    unit_ids: frozenset[int] = frozenset()
    roles: frozenset[Role] = frozenset()
    area_ids: frozenset[int] = frozenset()
    reviews_everywhere: bool = False
    must_change_password: bool = False
    origin: Origin = Origin()
    now: datetime | None = None
    leader_signs: bool = False
    on_behalf_of: int | None = None
    hand_title: str = ""
    hand_unit_ids: frozenset[int] = frozenset()
    only_area: int | None = None

    @property
    def today(self) -> date:
        """The day in China; the first there is for a command, which has no clock and so outwaits nothing."""
        return local_day(self.now) if self.now else date.min

    @property
    def title(self) -> str:
        """Unit and post; of somebody who acts for another, 「B 代 A」."""
        own = f"{self.unit_name} · {self.post}" if self.unit_name else self.post
        if self.on_behalf_of is None:
            return own
        return f"{self.hand_title[:NAMED]} 代 {own[:NAMED]}"

    @property
    def hands(self) -> frozenset[int]:
        """The accounts whose conflicts of interest count; none for a command."""
        return frozenset({self.account_id, self.on_behalf_of} - {None})

    @property
    def both_units(self) -> frozenset[int]:
        """The units whose part in a task is a conflict."""
        return self.unit_ids | self.hand_unit_ids

    def at(self, origin: Origin) -> "Actor":
        return replace(self, origin=origin)


def command_line(name: str) -> Actor:
    """The actor of a command run on the server: no account, all power; the trail says which command."""
    return Actor(account_id=None, post=f"命令行 flask {name}", unit_id=None, unit_name="", roles=frozenset(Role))


# Tables, not entities: every request asks these, and rows are all that is wanted.
ACCOUNT, _UNIT, _GRANT, _MEMBER = (model.__table__.c for model in (Account, Unit, RoleGrant, UnitMember))

# Roles with their areas ("reviewer:3 handler:") and collective names, in one text each: one row for an account.
_GRANTS = (
    select(func.aggregate_strings(_GRANT.role + ":" + func.coalesce(cast(_GRANT.area_id, String), ""), " "))
    .where(_GRANT.account_id == ACCOUNT.id).correlate(Account.__table__).scalar_subquery()
)
_COLLECTIVES = (
    select(func.aggregate_strings(cast(_MEMBER.collective_id, String), " "))
    .where(_MEMBER.member_id == ACCOUNT.unit_id).correlate(Account.__table__).scalar_subquery()
)


def actor_query(*conditions, columns=()) -> Select:
    """The statement whose rows `actor_of` understands, one an account; closed accounts and units are nobody."""
    return (
        select(
            ACCOUNT.id, ACCOUNT.post, ACCOUNT.unit_id, ACCOUNT.must_change_password, _UNIT.name.label("unit_name"),
            _UNIT.leader_signs, _GRANTS.label("grants"), _COLLECTIVES.label("collectives"), *columns,
        )
        .join(Unit.__table__, ACCOUNT.unit_id == _UNIT.id).where(ACCOUNT.active, _UNIT.active, *conditions)
    )


def actor_of(row, origin: Origin = Origin(), now: datetime | None = None) -> Actor | None:
    """The actor told by a row of `actor_query`, None where there is none.

    A leader in charge may do in their unit what its handlers may, and the committee's head is one of its members:
    the one role brings the other.
    """
    if row is None:
        return None
    grants = [grant.split(":") for grant in (row.grants or "").split()]
    roles = {Role(role) for role, _ in grants}
    if Role.LEADER in roles:
        roles.add(Role.HANDLER)
    if Role.COMMITTEE_HEAD in roles:
        roles.add(Role.COMMITTEE)
    reviewed = {area for role, area in grants if role == Role.REVIEWER}
    return Actor(
        account_id=row.id, post=row.post, unit_id=row.unit_id, unit_name=row.unit_name,
        unit_ids=frozenset({row.unit_id} | set(map(int, (row.collectives or "").split()))),
        roles=frozenset(roles), area_ids=frozenset(int(area) for area in reviewed if area),
        reviews_everywhere="" in reviewed, must_change_password=row.must_change_password, origin=origin, now=now,
        leader_signs=row.leader_signs,
    )


_BY_ID = actor_query(ACCOUNT.id == bindparam("account_id"))


def load_actor(session: Session, account_id: int, origin: Origin = Origin()) -> Actor | None:
    """The account as it stands now, None where it is closed or unknown. One statement."""
    row = session.execute(_BY_ID, {"account_id": account_id}).one_or_none()
    return actor_of(row, origin, database_of(session).clock())
