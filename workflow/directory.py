"""Units, accounts, roles and responsibilities: every change is an event, and nobody raises their own rights.

The three administrative offices are kept apart (三员分立): the system administrator keeps units, accounts
and responsibilities, the security administrator grants roles and resets passwords, the auditor reads.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import (
    Account,
    ActionArea,
    Database,
    Milestone,
    Part,
    Responsibility,
    Role,
    RoleGrant,
    Round,
    Task,
    Unit,
    UnitAlias,
    UnitMember,
    Words,
)
from workflow.actor import Actor, load_actor
from workflow.assigning import tell_parts
from workflow.audit.chain import append
from workflow.calendar import local_day
from workflow.engine import bring_along
from workflow.errors import Incomplete, NotVisible, Reason, Refused
from workflow.handover import leave
from workflow.inputs import Text
from workflow.passwords import check_new, hash_password, matches, one_time_password
from workflow.sign_in import end_sign_ins
from workflow.supports import no_longer_asked

NAME = Text("name", Words("单位名称", "Unit name"), most=120)
USERNAME = Text("username", Words("用户名", "User name"), most=64)
POST = Text("post", Words("岗位", "Post"), most=60)

NOT_THE_OFFICE = Words("此项由「{role}」办理。", "This is for the role “{role}”.")
OWN_RIGHTS = Words("不能改动本人的权限或账号状态。", "You may not change your own rights or close your own account.")
KEPT_APART = Words(
    "系统管理员、安全管理员、审计员须各自独立，不得兼任。",
    "System administrator, security administrator and auditor are kept apart from every other role.",
)
LAST_ONE = Words("这是最后一个安全管理员，不能停用或收回。", "This is the last security administrator.")
TAKEN = Words("「{name}」已存在。", "“{name}” exists already.")
WRONG_PASSWORD = Words("原密码不正确。", "The present password is not right.")
SAME_PASSWORD = Words("新密码与原密码相同。", "The new password is the present one.")
PLAIN_NAME = Words("用户名只能用小写字母、数字和 . _ - @。", "A user name has small letters, digits and . _ - @ only.")
_USERNAME = re.compile(r"[a-z0-9._@-]+")
ENDS_BEFORE = Words("截止日期早于起始日期。", "It ends before it begins.")
SAME_TIME = Words("「{name}」在同一时期已是某单位的曾用名。", "“{name}” is a unit's former name at that time already.")
HELD = Words("已有此角色。", "The account has this role already.")
NO_AREAS = Words("只有审核人按行动划分范围。", "Only reviewers have a scope.")
DRAFTS_BEGUN = Words(
    "该任务已有起草中的填报，报送后才能改变分工方式。",
    "A draft of this task has been begun: how it is shared changes once it is submitted.",
)
NO_PART_ANY_MORE = "本单位不再承担该任务"  # what an event of release says
NO_LEAD = Words("任务至少须有一个牵头单位。", "A task has at least one lead unit.")


def create_unit(database: Database, actor: Actor, name: str, collective: bool = False) -> int:
    name = NAME.read(name)
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        unit = Unit(name=name, collective=collective)
        _add(session, unit, "name", name)
        _record(session, unit, acting, at, "create", Role.SYSTEM_ADMIN, {"name": name, "collective": collective})
        return unit.id


def change_unit(
    database: Database, actor: Actor, unit_id: int, *, active: bool, members: list[int],
    leader_signs: bool | None = None,
) -> None:
    """Close or open a unit; for a collective name, the units that answer for it.

    `leader_signs` switches the leader's signature (审签) on or off; None leaves it as it is.
    """
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        unit = _locked(session, Unit, unit_id)
        before = set(session.scalars(select(UnitMember.member_id).where(UnitMember.collective_id == unit_id)))
        after = set(members) - {unit_id} if unit.collective else set()
        if acting.unit_id == unit_id and not active or acting.unit_id in before ^ after:
            raise Refused([Reason("own-rights", OWN_RIGHTS)])
        signs = unit.leader_signs if leader_signs is None else leader_signs
        if (unit.active, before, unit.leader_signs) == (active, after, signs):
            return
        if not active:
            _keep_one_security_admin(session, Account.unit_id == unit_id)
        known = set(session.scalars(select(Unit.id).where(Unit.id.in_(after), ~Unit.collective)))
        if known != after:
            raise NotVisible()
        for member in before - after:
            session.delete(session.get_one(UnitMember, (unit_id, member)))
        session.add_all(UnitMember(collective_id=unit_id, member_id=member) for member in sorted(after - before))
        detail = {
            "active": [unit.active, active], "members": [sorted(before), sorted(after)],
            "leader_signs": [unit.leader_signs, signs],
        }
        unit.active, unit.leader_signs = active, signs
        _record(session, unit, acting, at, "change", Role.SYSTEM_ADMIN, detail)


def add_alias(
    database: Database, actor: Actor, unit_id: int, name: str, since: date | None = None, until: date | None = None
) -> int:
    """A former name of a unit and when it had it (both ends included, None is open); papers of then are about it."""
    name = NAME.read(name)
    if since and until and until < since:
        raise Incomplete({"until": ENDS_BEFORE})
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        unit = _locked(session, Unit, unit_id)
        if session.scalar(select(Unit.id).where(Unit.name == name)):
            raise Incomplete({"name": TAKEN.format(name=name)})
        others = session.scalars(select(UnitAlias).where(UnitAlias.name == name)).all()
        if any(_overlap(other, since, until) for other in others):
            raise Incomplete({"name": SAME_TIME.format(name=name)})
        alias = UnitAlias(unit_id=unit_id, name=name, since=since, until=until)
        session.add(alias)
        session.flush()
        detail = {"name": name, "since": since and since.isoformat(), "until": until and until.isoformat()}
        _record(session, unit, acting, at, "add-alias", Role.SYSTEM_ADMIN, detail)
        return alias.id


def drop_alias(database: Database, actor: Actor, unit_id: int, alias_id: int) -> None:
    """Take a former name away again; what was stored under it stays the unit's."""
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        unit = _locked(session, Unit, unit_id)
        alias = session.get(UnitAlias, alias_id)
        if alias is None or alias.unit_id != unit_id:
            raise NotVisible()
        session.delete(alias)
        _record(session, unit, acting, at, "drop-alias", Role.SYSTEM_ADMIN, {"name": alias.name})


def _overlap(alias: UnitAlias, since: date | None, until: date | None) -> bool:
    begins, ends = max(alias.since or date.min, since or date.min), min(alias.until or date.max, until or date.max)
    return begins <= ends


def create_account(
    database: Database, actor: Actor, *, unit_id: int, username: str, post: str, password: str | None = None,
    roles: Sequence[tuple[Role, int | None]] = (),
) -> tuple[int, str]:
    """A new account; its id and password. Without `password` a one-time one is made.

    `roles` are roles with their action area; only somebody who also holds the security office may give them.
    """
    username, post = _username(username), POST.read(post)
    given = check_new(password, username) if password else one_time_password()
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        if session.get(Unit, unit_id) is None:
            raise NotVisible()
        account = Account(
            username=username, post=post, unit_id=unit_id, password_hash=hash_password(given),
            must_change_password=password is None,
        )
        _add(session, account, "username", username)
        detail = {"username": username, "post": post, "unit": unit_id}
        _record(session, account, acting, at, "create", Role.SYSTEM_ADMIN, detail)
        if roles and Role.SECURITY_ADMIN not in acting.roles:
            raise Refused([Reason("not-the-role", NOT_THE_OFFICE.format(role=Role.SECURITY_ADMIN.label))])
        for role, area_id in roles:
            _grant(session, account, acting, at, role, area_id)
        return account.id, given


def _username(raw: str) -> str:
    """As it is typed at every sign-in: small letters, digits and . _ - @ alone, so that none looks like another."""
    name = USERNAME.read(raw).lower()
    if not _USERNAME.fullmatch(name):
        raise Incomplete({"username": PLAIN_NAME})
    return name


def change_account(
    database: Database, actor: Actor, account_id: int, *, unit_id: int, post: str, active: bool
) -> None:
    """Move an account to another unit or post, close it or open it again. Its sign-ins end.

    Raises Incomplete where it leaves its unit, or is closed, with open work that was not handed over.
    """
    post = POST.read(post)
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        account = _locked(session, Account, account_id)
        before, after = (account.unit_id, account.post, account.active), (unit_id, post, active)
        if before == after:
            return
        if account_id == acting.account_id:
            raise Refused([Reason("own-rights", OWN_RIGHTS)])
        if session.get(Unit, unit_id) is None:
            raise NotVisible()
        if not active:
            _keep_one_security_admin(session, Account.id == account_id)
        if before[0] != unit_id or account.active and not active:
            leave(session, account, acting, at)
        account.unit_id, account.post, account.active = after
        end_sign_ins(session, account_id, at)
        detail = {name: list(pair) for name, *pair in zip(("unit", "post", "active"), before, after, strict=True)}
        _record(session, account, acting, at, "change", Role.SYSTEM_ADMIN, detail)


def grant(database: Database, actor: Actor, account_id: int, role: Role, area_id: int | None = None) -> None:
    """Give an account a role; a reviewer's for one action area, or for all where `area_id` is None."""
    with changing(database, actor, Role.SECURITY_ADMIN) as (session, acting, at):
        account = _locked(session, Account, account_id)
        if account_id == acting.account_id:
            raise Refused([Reason("own-rights", OWN_RIGHTS)])
        _grant(session, account, acting, at, role, area_id)
        end_sign_ins(session, account_id, at)


def _grant(session: Session, account: Account, acting: Actor, at: datetime, role: Role, area_id: int | None) -> None:
    held = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).all()
    _check_grant(role, area_id, held)
    if area_id is not None and session.get(ActionArea, area_id) is None:
        raise NotVisible()
    session.add(RoleGrant(account_id=account.id, role=role, area_id=area_id))
    session.flush()
    _record(session, account, acting, at, "grant", Role.SECURITY_ADMIN, {"role": role, "area": area_id})


def revoke(database: Database, actor: Actor, account_id: int, grant_id: int) -> None:
    """Take a role away again. The account's sign-ins end."""
    with changing(database, actor, Role.SECURITY_ADMIN) as (session, acting, at):
        account = _locked(session, Account, account_id)
        held = session.get(RoleGrant, grant_id)
        if held is None or held.account_id != account_id:
            raise NotVisible()
        if account_id == acting.account_id:
            raise Refused([Reason("own-rights", OWN_RIGHTS)])
        if held.role == Role.SECURITY_ADMIN:
            _keep_one_security_admin(session, Account.id == account_id)
        session.delete(held)
        end_sign_ins(session, account_id, at)
        detail = {"role": held.role, "area": held.area_id}
        _record(session, account, acting, at, "revoke", Role.SECURITY_ADMIN, detail)


def reset_password(database: Database, actor: Actor, account_id: int) -> str:
    """A one-time password for somebody else's account; its sign-ins end."""
    with changing(database, actor, Role.SECURITY_ADMIN) as (session, acting, at):
        account = _locked(session, Account, account_id)
        if account_id == acting.account_id:
            raise Refused([Reason("own-rights", OWN_RIGHTS)])
        given = one_time_password()
        account.password_hash, account.must_change_password = hash_password(given), True
        end_sign_ins(session, account_id, at)
        _record(session, account, acting, at, "reset-password", Role.SECURITY_ADMIN)
        return given


def change_own_password(database: Database, actor: Actor, present: str, new: str, sign_in_id: int) -> None:
    """Everybody's own business; the other sign-ins of the account end. Raises Incomplete."""
    with database.writing() as session:
        account, at = _locked(session, Account, actor.account_id), database.clock()
        if not matches(present, account.password_hash):
            raise Incomplete({"present": WRONG_PASSWORD})
        if matches(new, account.password_hash):
            raise Incomplete({"password": SAME_PASSWORD})
        account.password_hash = hash_password(check_new(new, account.username))
        account.must_change_password = False
        end_sign_ins(session, account.id, at, keep=sign_in_id)
        append(session, account, actor, at, "change-password")


def set_part(database: Database, actor: Actor, task_id: int, unit_id: int, part: Part | None) -> None:
    """Set a unit's part in a task, or take it out of the task (None); what was inferred is then confirmed."""
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        task = _locked(session, Task, task_id)
        seats = session.scalars(select(Responsibility).where(Responsibility.task_id == task_id)).all()
        seat = next((s for s in seats if s.unit_id == unit_id), None)
        before = (seat.part, seat.inferred) if seat else (None, False)
        if before == (part, False):
            return
        if unit_id in acting.unit_ids:
            raise Refused([Reason("own-rights", OWN_RIGHTS)])
        if part != Part.LEAD and not any(s.part == Part.LEAD and s is not seat for s in seats):
            raise Incomplete({"part": NO_LEAD})
        place = seat.position if seat else None
        _seat(session, task, seats, seat, unit_id, part)
        detail = {
            "unit": unit_id, "part": [before[0], part], "inferred": [before[1], False],
            "position": place,
        }
        event = append(session, task, acting, at, "set-part", role=Role.SYSTEM_ADMIN, detail=detail)
        was, now = ({} if it is None else {unit_id: it} for it in (before[0], part))
        tell_parts(session, event, task, was, now, acting)
        session.flush()
        for it in no_longer_asked(session, task, local_day(at)):
            bring_along(session, it, "release", {"words": NO_PART_ANY_MORE}, acting, Role.SYSTEM_ADMIN, at)


def set_leads_apart(database: Database, actor: Actor, task_id: int, apart: bool) -> None:
    """Say whether several leads are each responsible for their own part (分别负责), or for all of it together."""
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        task = _locked(session, Task, task_id)
        if task.leads_apart == apart:
            return
        if acting.unit_ids & set(session.scalars(_lead_units(task_id))):
            raise Refused([Reason("own-rights", OWN_RIGHTS)])
        if session.scalar(select(func.count()).select_from(_open_drafts(task_id).subquery())):
            raise Refused([Reason("drafts-begun", DRAFTS_BEGUN)])
        task.leads_apart = apart
        _record(session, task, acting, at, "set-apart", Role.SYSTEM_ADMIN, {"apart": [not apart, apart]})


def _lead_units(task_id: int):
    return select(Responsibility.unit_id).where(
        Responsibility.task_id == task_id, Responsibility.part == Part.LEAD
    )


def _open_drafts(task_id: int):
    """Drafts that somebody has begun: what is written jointly has no parts, and parts no joint words."""
    return select(Round.id).join(Milestone, Milestone.id == Round.milestone_id).where(
        Milestone.task_id == task_id, Round.submitted_at.is_(None), Round.draft_version > 0
    )


def _seat(session: Session, task: Task, seats, seat: Responsibility | None, unit_id: int, part: Part | None) -> None:
    if seat is None:
        if session.get(Unit, unit_id) is None:
            raise NotVisible()
        last = max((s.position for s in seats), default=0)
        session.add(Responsibility(
            task_id=task.id, unit_id=unit_id, position=last + 1, part=part, inferred=False, source=""
        ))
    elif part is None:
        session.delete(seat)
    else:
        seat.part, seat.inferred = part, False


def _check_grant(role: Role, area_id: int | None, held) -> None:
    roles = {grant.role for grant in held}
    if area_id is not None and role != Role.REVIEWER:
        raise Incomplete({"area": NO_AREAS})
    if (role, area_id) in {(grant.role, grant.area_id) for grant in held}:
        raise Incomplete({"role": HELD})
    administrative = {r for r in (*roles, role) if Role(r).is_administrative}
    if administrative and {*roles, role} != {role}:
        raise Incomplete({"role": KEPT_APART})


def _keep_one_security_admin(session: Session, leaving) -> None:
    """Raises Refused where nobody who can sign in would hold the office without those whom `leaving` names.

    The grants are locked first, so that two who take the office from each other wait for one another.
    """
    session.execute(
        select(RoleGrant.id).where(RoleGrant.role == Role.SECURITY_ADMIN).order_by(RoleGrant.id).with_for_update()
    )
    holders = (
        select(func.count()).select_from(RoleGrant).join(Account).join(Unit, Unit.id == Account.unit_id)
        .where(RoleGrant.role == Role.SECURITY_ADMIN, Account.active, Unit.active)
    )
    if session.scalar(holders.where(leaving)) and not session.scalar(holders.where(~leaving)):
        raise Refused([Reason("last-one", LAST_ONE)])


@contextmanager
def changing(database: Database, actor: Actor, office: Role) -> Iterator[tuple[Session, Actor, datetime]]:
    """A write transaction for somebody who holds the office now, read again inside it."""
    with database.writing() as session:
        acting = actor if actor.account_id is None else load_actor(session, actor.account_id, actor.origin)
        if acting is None or office not in acting.roles:
            raise Refused([Reason("not-the-role", NOT_THE_OFFICE.format(role=office.label))])
        yield session, acting, database.clock()


def _locked(session: Session, model, row_id: int | None):
    row = session.scalars(select(model).where(model.id == row_id).with_for_update()).one_or_none()
    if row is None:
        raise NotVisible()
    return row


def _add(session: Session, row, field: str, name: str) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Incomplete({field: TAKEN.format(name=name)}) from error


def _record(
    session: Session, subject, actor: Actor, at: datetime, action: str, role: Role, detail: dict | None = None
) -> None:
    append(session, subject, actor, at, action, role=role, detail=detail)
