"""Who acts: an account as it stands at this moment, and where the request came from."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from models import Account, Role, RoleGrant, Unit, UnitMember, Words, database_of
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


COMMAND = Words("命令行", "Command line")


def title_words(title: str) -> Words:
    """A title as the trail keeps it, for readers of both languages: of a command's, the first word is ours."""
    return Words(title, title.replace(COMMAND.zh, COMMAND.en, 1) if title.startswith(f"{COMMAND.zh} ") else title)


def command_line(name: str) -> Actor:
    """The actor of a command run on the server: no account, all power; the trail says which command."""
    return Actor(account_id=None, post=f"{COMMAND.zh} flask {name}", unit_id=None, unit_name="", roles=frozenset(Role))


_QUERY = (
    select(
        Account.id, Account.post, Account.unit_id, Account.must_change_password,
        Unit.name, Unit.leader_signs, RoleGrant.role, RoleGrant.area_id, UnitMember.collective_id,
    )
    .join(Unit, Account.unit_id == Unit.id)
    .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .outerjoin(UnitMember, UnitMember.member_id == Account.unit_id)
)


def actor_query(*conditions, columns=()):
    """The statement whose rows `actor_of` understands; closed accounts and units are nobody."""
    return _QUERY.add_columns(*columns).where(and_(Account.active, Unit.active, *conditions))


def actor_of(rows, origin: Origin = Origin(), now: datetime | None = None) -> Actor | None:
    """The actor told by the rows of `actor_query`, None where there are none.

    A leader in charge may do in their unit what its handlers may, and the committee's head is one of its members:
    the one role brings the other.
    """
    if not rows:
        return None
    first = rows[0]
    grants = {(row.role, row.area_id) for row in rows if row.role}
    roles = {Role(role) for role, _ in grants}
    if Role.LEADER in roles:
        roles.add(Role.HANDLER)
    if Role.COMMITTEE_HEAD in roles:
        roles.add(Role.COMMITTEE)
    reviewer_areas = {area for role, area in grants if role == Role.REVIEWER}
    return Actor(
        account_id=first.id, post=first.post, unit_id=first.unit_id, unit_name=first.name,
        unit_ids=frozenset({first.unit_id} | {r.collective_id for r in rows if r.collective_id}),
        roles=frozenset(roles),
        area_ids=frozenset(area for area in reviewer_areas if area is not None),
        reviews_everywhere=None in reviewer_areas,
        must_change_password=first.must_change_password, origin=origin, now=now, leader_signs=first.leader_signs,
    )


_BY_ID = actor_query(Account.id == bindparam("account_id"))


def load_actor(session: Session, account_id: int, origin: Origin = Origin()) -> Actor | None:
    """The account as it stands now, None where it is closed or unknown. One statement."""
    rows = session.execute(_BY_ID, {"account_id": account_id}).all()
    return actor_of(rows, origin, database_of(session).clock())
