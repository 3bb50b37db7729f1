"""Who acts: an account as it stands at this moment, and where the request came from."""

from dataclasses import dataclass, replace

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models import Account, Role, RoleGrant, Unit, UnitMember


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
    areas it reviews, where `reviews_everywhere` is false.

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
    on_behalf_of: int | None = None
    hand_title: str = ""
    hand_unit_ids: frozenset[int] = frozenset()
    only_area: int | None = None

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


_QUERY = (
    select(
        Account.id, Account.post, Account.unit_id, Account.must_change_password,
        Unit.name, RoleGrant.role, RoleGrant.area_id, UnitMember.collective_id,
    )
    .join(Unit, Account.unit_id == Unit.id)
    .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .outerjoin(UnitMember, UnitMember.member_id == Account.unit_id)
)


def actor_query(*conditions, columns=()):
    """The statement whose rows `actor_of` understands; closed accounts and units are nobody."""
    return _QUERY.add_columns(*columns).where(and_(Account.active, Unit.active, *conditions))


def actor_of(rows, origin: Origin = Origin()) -> Actor | None:
    """The actor told by the rows of `actor_query`, None where there are none."""
    if not rows:
        return None
    first = rows[0]
    grants = {(row.role, row.area_id) for row in rows if row.role}
    reviewer_areas = {area for role, area in grants if role == Role.REVIEWER}
    return Actor(
        account_id=first.id, post=first.post, unit_id=first.unit_id, unit_name=first.name,
        unit_ids=frozenset({first.unit_id} | {r.collective_id for r in rows if r.collective_id}),
        roles=frozenset(Role(role) for role, _ in grants),
        area_ids=frozenset(area for area in reviewer_areas if area is not None),
        reviews_everywhere=None in reviewer_areas,
        must_change_password=first.must_change_password, origin=origin,
    )


def load_actor(session: Session, account_id: int, origin: Origin = Origin()) -> Actor | None:
    """The account as it stands now, None where it is closed or unknown. One statement."""
    return actor_of(session.execute(actor_query(Account.id == account_id)).all(), origin)
