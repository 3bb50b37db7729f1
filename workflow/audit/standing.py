"""What the events say of the rows that authority follows from, and what the tables say: the two must agree.

While a chain is walked its events are heard one by one; at its end stands what they leave of the account, the unit
or the task. docs/audit.md lists what is compared.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Delegation, Responsibility, ReturnReason, RoleGrant, Task, Unit, UnitMember, Words

# By aspect: a value, or a set of what there can be several of.
Standing = dict[str, Any]

ASPECTS: dict[str, Words] = {
    "username": Words("用户名", "user name"),
    "post": Words("岗位", "post"),
    "unit": Words("所属单位", "unit of the account"),
    "active": Words("是否在用", "in use"),
    "roles": Words("角色和审核范围", "roles with their action areas"),
    "delegations": Words("代办授权", "delegations"),
    "name": Words("单位名称", "name"),
    "collective": Words("是否集合称谓", "collective name"),
    "leader_signs": Words("是否须审签", "signed by its leader"),
    "members": Words("集合称谓的成员单位", "members"),
    "parts": Words("责任单位", "units and their parts"),
    "apart": Words("是否分别负责", "leads are apart"),
    "code": Words("代码", "code"),
    "zh": Words("中文", "words in Chinese"),
    "en": Words("英文", "words in English"),
    "position": Words("次序", "place in the list"),
    "offered": Words("是否可选", "offered"),
}


@dataclass(frozen=True)
class Book:
    """A table that authority follows from, or a list that judgements are taken from.

    `heard(standing, action, detail)` is what stands after one more event, None as long as the events have not said
    what there was at the beginning. `kept(session, ids)` is what the tables say of these rows, by id.
    """

    heard: Callable[[Standing | None, str, dict], Standing | None]
    kept: Callable[[Session, Sequence[int]], dict[int, Standing]]


class Told:
    """What the events of one subject have said so far: `standing`, None where nothing can be said."""

    def __init__(self, book: Book):
        self._book = book
        self._readable = True
        self.standing: Standing | None = None

    def hear(self, action: str, detail: str) -> None:
        """One more event. After one that cannot be read, which the walk names, nothing can be said."""
        try:
            self.standing = self._book.heard(self.standing, action, json.loads(detail)) if self._readable else None
        except (ValueError, KeyError, TypeError, IndexError):
            self._readable, self.standing = False, None


def differences(told: Standing, kept: Standing) -> Iterator[tuple[Words, str, str]]:
    """(aspect, as it is in the table, as the events have it) wherever the two do not agree."""
    for aspect, said in told.items():
        found = kept[aspect]
        if found == said:
            continue
        if isinstance(said, frozenset):  # only what is not on both sides
            found, said = (sorted(map(str, one - other)) for one, other in ((found, said), (said, found)))
        yield ASPECTS[aspect], str(found), str(said)


def _account_heard(standing: Standing | None, action: str, detail: dict) -> Standing | None:
    if action == "create":
        return {
            "username": detail["username"], "post": detail["post"], "unit": detail["unit"], "active": True,
            "roles": frozenset(), "delegations": frozenset(),
        }
    if standing is None:
        return None
    roles, delegations = standing["roles"], standing["delegations"]
    if action == "change":
        return standing | {name: detail[name][1] for name in ("unit", "post", "active")}
    if action == "grant":
        return standing | {"roles": roles | {(detail["role"], detail["area"])}}
    if action == "revoke":
        return standing | {"roles": roles - {(detail["role"], detail["area"])}}
    if action == "delegate":
        given = tuple(detail[name] for name in ("delegation", "to", "area", "from", "until"))
        return standing | {"delegations": delegations | {given}}
    if action == "end-delegation":
        return standing | {"delegations": frozenset(it for it in delegations if it[0] != detail["delegation"])}
    return standing


def _accounts(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
    rows = session.execute(
        select(Account.id, Account.username, Account.post, Account.unit_id, Account.active).where(Account.id.in_(ids))
    )
    grants = session.execute(
        select(RoleGrant.account_id, RoleGrant.role, RoleGrant.area_id).where(RoleGrant.account_id.in_(ids))
    )
    delegations = session.execute(
        select(
            Delegation.giver_id, Delegation.id, Delegation.taker_id, Delegation.area_id, Delegation.first_day,
            Delegation.last_day,
        ).where(Delegation.giver_id.in_(ids), Delegation.revoked_at.is_(None))
    )
    roles = _grouped((account, (role, area)) for account, role, area in grants)
    given = _grouped(
        (giver, (number, taker, area, first.isoformat(), last.isoformat()))
        for giver, number, taker, area, first, last in delegations
    )
    return {
        row.id: {
            "username": row.username, "post": row.post, "unit": row.unit_id, "active": row.active,
            "roles": frozenset(roles.get(row.id, ())), "delegations": frozenset(given.get(row.id, ())),
        }
        for row in rows
    }


def _unit_heard(standing: Standing | None, action: str, detail: dict) -> Standing | None:
    if action == "create":
        return {
            "name": detail["name"], "collective": detail["collective"], "active": True, "leader_signs": False,
            "members": frozenset(),
        }
    if action == "change" and standing is not None:
        return standing | {
            "active": detail["active"][1], "leader_signs": detail["leader_signs"][1],
            "members": frozenset(detail["members"][1]),
        }
    return standing


def _units(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
    rows = session.execute(
        select(Unit.id, Unit.name, Unit.collective, Unit.active, Unit.leader_signs).where(Unit.id.in_(ids))
    )
    members = _grouped(session.execute(
        select(UnitMember.collective_id, UnitMember.member_id).where(UnitMember.collective_id.in_(ids))
    ))
    return {
        row.id: {
            "name": row.name, "collective": row.collective, "active": row.active, "leader_signs": row.leader_signs,
            "members": frozenset(members.get(row.id, ())),
        }
        for row in rows
    }


def _task_heard(standing: Standing | None, action: str, detail: dict) -> Standing | None:
    """Whatever states all parts is where it begins: an import, a new edition, a granted change of units."""
    if "parts" in detail:
        apart = {"apart": detail["apart"]} if "apart" in detail else {}
        return (standing or {}) | apart | {"parts": frozenset((unit, part) for unit, part in detail["parts"])}
    if standing is None:
        return None
    if action == "set-part":
        others = {(unit, part) for unit, part in standing["parts"] if unit != detail["unit"]}
        now = {(detail["unit"], detail["part"][1])} if detail["part"][1] else set()
        return standing | {"parts": frozenset(others | now)}
    return standing | {"apart": detail["apart"][1]} if action == "set-apart" else standing


def _tasks(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
    rows = session.execute(select(Task.id, Task.leads_apart).where(Task.id.in_(ids)))
    seats = session.execute(
        select(Responsibility.task_id, Responsibility.unit_id, Responsibility.part)
        .where(Responsibility.task_id.in_(ids))
    )
    parts = _grouped((task, (unit, part)) for task, unit, part in seats)
    return {row.id: {"apart": row.leads_apart, "parts": frozenset(parts.get(row.id, ()))} for row in rows}


def _reason_heard(standing: Standing | None, action: str, detail: dict) -> Standing | None:
    return detail["after"]


def _reasons(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
    rows = session.scalars(select(ReturnReason).where(ReturnReason.id.in_(ids)))
    return {row.id: row.stands for row in rows}


def _grouped(pairs) -> dict[int, list]:
    found: dict[int, list] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


BOOKS: dict[str, Book] = {
    Account.__tablename__: Book(_account_heard, _accounts),
    Unit.__tablename__: Book(_unit_heard, _units),
    Task.__tablename__: Book(_task_heard, _tasks),
    ReturnReason.__tablename__: Book(_reason_heard, _reasons),
}
