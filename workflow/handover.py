"""A person leaving: what they have in hand, to whom it was given, and that nothing closes before it was.

Authority lies with units, so nothing is rewritten: what is handed over is who looks after it. What somebody
did stays theirs for ever.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Account,
    AccountHandover,
    Database,
    Delegation,
    Part,
    Responsibility,
    Role,
    RoleGrant,
    Task,
    Unit,
    UnitMember,
    Words,
)
from workflow.actor import Actor, load_actor
from workflow.audiences import Telling, to_accounts
from workflow.audit.chain import append
from workflow.calendar import local_day
from workflow.definition import Workflow
from workflow.definitions.milestone import MILESTONE
from workflow.delegation import end
from workflow.errors import Incomplete, NotVisible, Reason, Refused
from workflow.notice_kinds import said
from workflow.notices import tell
from workflow.registry import WORKFLOWS

NOT_THE_OFFICE = Words("此项由系统管理员办理。", "This is for the system administrator.")
NOT_HANDED_OVER = Words(
    "还有 {count} 件在办事项未交接：{titles}。请先办理交接。",
    "{count} matters in hand have not been handed over: {titles}. Please hand them over first.",
)
NOBODY = Words(
    "请选择本单位另一个在用、并有同样角色的账号。",
    "Please choose another account of the unit, in use and with the same roles.",
)
NAMED = 5  # in a message; the page lists all

ONLY_HANDLER = Words("其为牵头单位唯一经办人", "is the only handler of its lead unit")



@dataclass(frozen=True)
class Work:
    """One subject of a workflow that somebody has in hand, and how; `handed_over`: given to another since."""

    workflow: Workflow
    subject: Any
    why: Words
    handed_over: bool

    @property
    def matter(self) -> list:
        """What a handover writes down of it."""
        return [self.workflow.name, self.subject.id]

    @property
    def title(self) -> Words:
        return self.workflow.title(self.subject)


def open_work(session: Session, account: Account) -> list[Work]:
    """What this account has in hand, by workflow, each subject once and the earliest deadline first."""
    given = {
        tuple(matter) for row in session.scalars(
            select(AccountHandover).where(AccountHandover.account_id == account.id)
        ) for matter in row.matters
    }
    found: dict[tuple, Work] = {}
    for workflow, why, condition in _conditions(session, account):
        query = (
            workflow.rows(workflow.model)
            .where(workflow.model.state.not_in([state.name for state in workflow.final]), condition)
            .order_by(*(() if workflow.due is None else (workflow.due,)), workflow.model.id)
        )
        for subject in workflow.many(session, query):
            key = (workflow.name, subject.id)
            found.setdefault(key, Work(workflow, subject, why, key in given))
    return list(found.values())


def hand_over(database: Database, actor: Actor, account_id: int, successor_id: int) -> None:
    """Give everything that the account has in hand to another of its unit. Raises Incomplete, Refused, NotVisible."""
    with database.writing() as session:
        at = database.clock()
        acting = actor if actor.account_id is None else load_actor(session, actor.account_id, actor.origin)
        if acting is None or Role.SYSTEM_ADMIN not in acting.roles or account_id == acting.account_id:
            raise Refused([Reason("not-the-role", NOT_THE_OFFICE)])
        account = session.scalars(select(Account).where(Account.id == account_id).with_for_update()).one_or_none()
        if account is None:
            raise NotVisible()
        if successor_id not in {known for known, _ in successors(session, account)}:
            raise Incomplete({"successor": NOBODY})
        work = [it for it in open_work(session, account) if not it.handed_over]
        if not work:
            return
        matters = [it.matter for it in work]
        session.add(AccountHandover(account_id=account_id, successor_id=successor_id, matters=matters, at=at))
        event = append(
            session, account, acting, at, "hand-over", role=Role.SYSTEM_ADMIN,
            detail={"to": successor_id, "matters": matters},
        )
        alone = work[0].subject.id if len(work) == 1 and work[0].workflow is MILESTONE else None
        detail = {"from_title": account.title, "about": said(_titles(work)), "milestone": alone}
        tell(session, event, [Telling("handed-over", to_accounts([successor_id]))], detail, acting)


def leave(session: Session, account: Account, actor: Actor, at: datetime) -> None:
    """Inside the change that closes the account or moves it: nothing may be left, and nobody acts any more.

    Raises Incomplete where something was not handed over.
    """
    left = [it for it in open_work(session, account) if not it.handed_over]
    if left:
        raise Incomplete({"active": NOT_HANDED_OVER.format(count=len(left), titles=_titles(left))})
    held = session.scalars(
        select(Delegation).where(
            or_(Delegation.giver_id == account.id, Delegation.taker_id == account.id),
            Delegation.revoked_at.is_(None), Delegation.last_day >= local_day(at),
        )
    ).all()
    for row in held:
        end(session, row, actor, at)


def successors(session: Session, account: Account) -> list[tuple[int, str]]:
    """Who could take over: in use, of the same unit, with every role of the work that the account holds."""
    offices = [role for role in Role if role.is_administrative]
    wanted = set(session.scalars(
        select(RoleGrant.role).where(RoleGrant.account_id == account.id, RoleGrant.role.not_in(offices))
    ))
    holds = [
        exists().where(RoleGrant.account_id == Account.id, RoleGrant.role == role) for role in sorted(wanted)
    ]
    rows = session.scalars(
        select(Account).options(joinedload(Account.unit))
        .where(Account.unit_id == account.unit_id, Account.active, Account.id != account.id, *holds)
        .order_by(Account.id)
    )
    return [(row.id, f"{row.title}（{row.username}）") for row in rows]


def handovers(session: Session, account_id: int) -> list[AccountHandover]:
    """What was handed over before, the newest first."""
    return list(session.scalars(
        select(AccountHandover).where(AccountHandover.account_id == account_id).order_by(AccountHandover.id.desc())
        .options(joinedload(AccountHandover.successor).joinedload(Account.unit))
    ))


def _conditions(session: Session, account: Account):
    """How something can be in somebody's hand, as (workflow, words, condition over the workflow's rows)."""
    for workflow in WORKFLOWS.values():
        for why, condition in workflow.hands(account):
            yield workflow, why, condition
    if _only_handler(session, account):
        units = [account.unit_id, *session.scalars(
            select(UnitMember.collective_id).where(UnitMember.member_id == account.unit_id)
        )]
        led = select(Responsibility.task_id).where(Responsibility.unit_id.in_(units), Responsibility.part == Part.LEAD)
        yield MILESTONE, ONLY_HANDLER, Task.id.in_(led)


def _only_handler(session: Session, account: Account) -> bool:
    """Whether the account holds the role of a handler, and no other open account of its unit does."""
    handlers = set(session.scalars(
        select(Account.id).join(RoleGrant, RoleGrant.account_id == Account.id).join(Unit, Unit.id == Account.unit_id)
        .where(Account.unit_id == account.unit_id, Account.active, Unit.active, RoleGrant.role == Role.HANDLER)
    ))
    return handlers == {account.id}


def _titles(work: list[Work]) -> Words:
    more = " …" if len(work) > NAMED else ""
    named = [it.title for it in work[:NAMED]]
    return Words("、".join(it.zh for it in named) + more, "; ".join(it.en for it in named) + more)
