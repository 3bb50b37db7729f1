"""Accounts to try the ledger with: one handler for each unit of the plan, and the offices around them.

They exist only where they are asked for (DEMO=1, `make run`); all have one password that is no secret.
"""

from dataclasses import dataclass

from pypinyin import lazy_pinyin
from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from models import Account, ActionArea, Database, Part, Plan, Responsibility, Role, RoleGrant, Task, Unit
from plans.reading import read_plan
from plans.store import store_plan
from settings import ROOT
from workflow.actor import Actor, command_line
from workflow.directory import change_unit, create_account, create_unit, set_part

PASSWORD = "taizhang-demo"
SAMPLE = ROOT / "plans" / "samples" / "zhanjiang-rural-revitalization-2018-2020.txt"

# Unit, post, user name, role; a reviewer's action areas as positions, none for all.
OFFICES = (
    ("督查室", "审核一岗", "shenhe1", Role.REVIEWER, ()),
    ("督查室", "审核二岗", "shenhe2", Role.REVIEWER, (1, 2, 3)),
    ("管委会", "审定岗", "guanweihui", Role.COMMITTEE, ()),
    ("管委会", "分管领导", "fenguan", Role.COMMITTEE, ()),
    ("管委会", "主要负责人", "fuzeren", Role.COMMITTEE_HEAD, ()),
    ("信息中心", "系统管理岗", "xitong", Role.SYSTEM_ADMIN, ()),
    ("保密办", "安全管理岗", "anquan", Role.SECURITY_ADMIN, ()),
    ("审计室", "审计岗", "shenji", Role.AUDITOR, ()),
)
# A leader in charge, for the unit that leads most: unit, post, user name.
LEADERS = (("区农业局", "分管领导", "qunongyeju-fenguan"),)
# Who answers for a collective name, as far as the plan names them.
MEMBERS = {"各街道（镇）": ("东山街道", "东简街道", "硇洲镇")}
# What the paper's odd label leaves open and an administrator settles: two units lead task 40, four support them.
SETTLED = {"40": ("区财政局", "区国土局", "区住建局", "各街道（镇）")}


@dataclass(frozen=True)
class Shown:
    """One account as the sign-in page and the terminal list it; `leads` and `supports` count tasks."""

    username: str
    unit: str
    post: str
    roles: tuple[Role, ...]
    leads: int = 0
    supports: int = 0


def fill_if_empty(database: Database) -> None:
    """The sample plan and the accounts, where the database has no plan yet."""
    with database.reading() as session:
        if session.scalar(select(func.count()).select_from(Plan)):
            return
    data = SAMPLE.read_bytes()
    store_plan(
        database, command_line("serve"), read_plan(data, SAMPLE.name), data, SAMPLE.name, accept_doubts=True
    )
    create_demonstration(database)


def create_demonstration(database: Database) -> int:
    """Create the accounts, audited like any others. How many there are now; those that exist stay.

    Before there is a plan, those are left out that review parts of one: call it again when it is there.
    """
    actor = command_line("demonstration")
    with database.reading() as session:
        units = session.execute(select(Unit.name, Unit.id, Unit.collective).order_by(Unit.id)).all()
        areas = dict(session.execute(select(ActionArea.position, ActionArea.id)).all())
        taken = set(session.scalars(select(Account.username)))
    ids, before = {name: unit_id for name, unit_id, _ in units}, len(taken)
    for unit, post, username, role, positions in OFFICES:
        if username in taken or not areas.keys() >= set(positions):
            continue
        if unit not in ids:
            ids[unit] = create_unit(database, actor, unit)
        _create(database, actor, ids[unit], username, post, [(role, areas[p]) for p in positions] or [(role, None)])
        taken.add(username)
    office_units = {unit for unit, *_ in OFFICES}
    for name, unit_id, collective in units:
        username = username_of(name)
        if collective or name in office_units or username in taken:
            continue
        _create(database, actor, unit_id, username, "经办人", [(Role.HANDLER, None)])
        taken.add(username)
    for unit, post, username in LEADERS:
        if unit in ids and username not in taken:
            _create(database, actor, ids[unit], username, post, [(Role.LEADER, None)])
            taken.add(username)
    if len(taken) > before:  # not again at the next start: an administrator may have changed it since
        _settle(database, actor, ids)
    return len(taken)


def _settle(database: Database, actor: Actor, ids: dict[str, int]) -> None:
    """Members of collective names and parts that the paper leaves open, as a system administrator would set them."""
    for name, members in MEMBERS.items():
        found = [ids[member] for member in members if member in ids]
        if name in ids and found:
            change_unit(database, actor, ids[name], active=True, members=found)
    with database.reading() as session:
        tasks = session.execute(select(Task.number, Task.id).where(Task.number.in_(SETTLED))).all()
    for number, task_id in tasks:
        for unit in SETTLED[number]:
            if unit in ids:
                set_part(database, actor, task_id, ids[unit], Part.SUPPORT)


def username_of(unit: str) -> str:
    """A unit's name in Latin letters, as it is typed: without brackets, at most 30 letters."""
    letters = "".join(lazy_pinyin(unit.split("（")[0].split("(")[0]))
    return "".join(sign for sign in letters.lower() if sign.isascii() and sign.isalnum())[:30]


def accounts_to_show(session: Session) -> list[Shown]:
    """Every account with its roles: the offices first, then the units that lead most."""
    seats = (
        select(
            Responsibility.unit_id,
            func.sum((Responsibility.part == Part.LEAD).cast(Integer)).label("leads"),
            func.sum((Responsibility.part == Part.SUPPORT).cast(Integer)).label("supports"),
        ).group_by(Responsibility.unit_id).subquery()
    )
    rows = session.execute(
        select(Account.username, Unit.name, Account.post, RoleGrant.role, seats.c.leads, seats.c.supports)
        .join(Unit, Unit.id == Account.unit_id).join(RoleGrant, RoleGrant.account_id == Account.id)
        .outerjoin(seats, seats.c.unit_id == Unit.id)
        .where(Account.active)
        .order_by(RoleGrant.role == Role.HANDLER, func.coalesce(seats.c.leads, 0).desc(), Account.id)
    ).all()
    shown: dict[str, Shown] = {}
    for username, unit, post, role, leads, supports in rows:
        roles = (*(shown[username].roles if username in shown else ()), Role(role))
        shown[username] = Shown(username, unit, post, tuple(dict.fromkeys(roles)), leads or 0, supports or 0)
    return list(shown.values())


def _create(database: Database, actor, unit_id: int, username: str, post: str, grants) -> None:
    create_account(
        database, actor, unit_id=unit_id, username=username, post=post, password=PASSWORD, roles=grants
    )
