"""How the subjects of a workflow are read for its rules: one of them (locked, where asked), or many.

`loading` makes both for any table; the milestone's own read it with round, task and plan in one statement.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from models import (
    Account,
    AuditEvent,
    ContributionRequest,
    DraftLock,
    LeadPart,
    Milestone,
    Plan,
    Responsibility,
    Round,
    RoundReviewer,
    Task,
    Words,
    database_of,
)

Many = Callable[[Session, Select], list]


@dataclass(frozen=True, eq=False)
class Loading:
    """How one subject is read for its rules: `one` selects it by "subject_id", `locks` lock its row, in order.

    Both are built once: building them anew costs as much as running them.
    """

    one: Select
    locks: tuple[Select, ...]

    def __call__(self, session: Session, subject_id: int, lock: bool = False):
        """The subject, or None; its row locked where asked, until the transaction ends."""
        if lock:
            self.lock(session, subject_id)
        return session.scalars(self.one, {"subject_id": subject_id}).unique().one_or_none()

    def lock(self, session: Session, subject_id: int) -> None:
        """The lock is a statement of its own: what is read with it would be as old as the moment at which
        the waiting began, what is read after it is as new as the lock. SQLite has taken its one lock already."""
        if database_of(session).is_postgresql:
            for lock in self.locks:
                session.execute(lock, {"subject_id": subject_id})


_ID = bindparam("subject_id", type_=Integer)


def _locking(model: type, subject_id: ColumnElement[int]) -> Select:
    column = model.__table__.c.id
    return select(column).where(column == subject_id).with_for_update()


def loading(rows: Callable[..., Select], model: type, *options) -> tuple[Loading, Many]:
    """`load` and `many` of a workflow over `model`; `options` say what is loaded with each."""
    one = rows(model).where(model.id == _ID).options(*options).execution_options(populate_existing=True)

    def many(session: Session, query: Select) -> list:
        return list(session.scalars(query.options(*options)).unique())

    return Loading(one, (_locking(model, _ID),)), many


def lock_milestones(session: Session, *conditions) -> list[int]:
    """Lock several milestones, always in the same order; their ids. What submits one of them waits, or has been."""
    query = select(Milestone.id).where(*conditions).order_by(Milestone.id).with_for_update()
    return list(session.scalars(query))


_CURRENT_ROUND = and_(Round.milestone_id == Milestone.id, Round.number == Milestone.round_number)


def milestone_rows(*entities) -> Select:
    """Milestones with their current round, task and plan joined."""
    return (
        select(*entities).select_from(Milestone)
        .join(Round, _CURRENT_ROUND).join(Task, Task.id == Milestone.task_id).join(Plan, Plan.id == Task.plan_id)
    )


load_milestone = Loading(
    one=milestone_rows(Milestone)
    .outerjoin(Responsibility, Responsibility.task_id == Task.id)
    .outerjoin(RoundReviewer, RoundReviewer.round_id == Round.id)
    .outerjoin(LeadPart, LeadPart.round_id == Round.id).outerjoin(DraftLock, DraftLock.round_id == Round.id)
    .where(Milestone.id == _ID)
    .order_by(Responsibility.position, LeadPart.id)
    .options(
        contains_eager(Milestone.round).options(
            contains_eager(Round.reviewers), contains_eager(Round.parts), contains_eager(Round.lock)
        ),
        contains_eager(Milestone.task).options(contains_eager(Task.plan), contains_eager(Task.responsibilities)),
    )
    .execution_options(populate_existing=True),
    locks=(_locking(Milestone, _ID),),
)
"""The milestone with round (its parts and lock), task, plan and responsibilities."""


def load_milestones(session: Session, query: Select) -> list[Milestone]:
    """The milestones of a `milestone_rows(Milestone)` query, ready for rules, in two statements."""
    query = query.options(
        contains_eager(Milestone.round).options(
            joinedload(Round.reviewers), joinedload(Round.parts), joinedload(Round.lock),
            selectinload(Round.requests),
        ),
        contains_eager(Milestone.task).options(
            contains_eager(Task.plan), joinedload(Task.area), joinedload(Task.responsibilities)
        ),
    )
    return list(session.scalars(query).unique())


def request_rows(*entities) -> Select:
    """Requests to supporting units, with round, milestone, task and plan joined as in `milestone_rows`."""
    return (
        select(*entities).select_from(ContributionRequest)
        .join(Round, Round.id == ContributionRequest.round_id).join(Milestone, Milestone.id == Round.milestone_id)
        .join(Task, Task.id == Milestone.task_id).join(Plan, Plan.id == Task.plan_id)
    )


_REQUEST_WITH = contains_eager(ContributionRequest.round).contains_eager(Round.milestone).contains_eager(Milestone.task)


_MILESTONE_OF_REQUEST = (
    select(Round.milestone_id).join(ContributionRequest, ContributionRequest.round_id == Round.id)
    .where(ContributionRequest.id == _ID).scalar_subquery()
)

load_request = Loading(
    one=request_rows(ContributionRequest)
    .outerjoin(Responsibility, Responsibility.task_id == Task.id)
    .where(ContributionRequest.id == _ID).order_by(Responsibility.position)
    .options(_REQUEST_WITH.options(contains_eager(Task.plan), contains_eager(Task.responsibilities)))
    .execution_options(populate_existing=True),
    # Its milestone first: a submission freezes the answers, and must not meet one half-way.
    locks=(
        _locking(Milestone, _MILESTONE_OF_REQUEST),
        _locking(ContributionRequest, _ID),
    ),
)
"""The request with round, milestone, task, plan and responsibilities."""


def last_move(milestone_id) -> ColumnElement:
    """When the milestone last came to another state: since when its holder has it. Urging moves nothing."""
    moved = AuditEvent.from_state.is_distinct_from(AuditEvent.to_state)
    return select(func.max(AuditEvent.at)).where(
        AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == milestone_id, moved
    ).scalar_subquery()


def load_requests(session: Session, query: Select) -> list[ContributionRequest]:
    """The requests of a `request_rows(ContributionRequest)` query, ready for rules, in one statement."""
    query = query.options(
        _REQUEST_WITH.options(contains_eager(Task.plan), joinedload(Task.responsibilities)),
        joinedload(ContributionRequest.unit), joinedload(ContributionRequest.via),
        joinedload(ContributionRequest.answered_by).joinedload(Account.unit),
    )
    return list(session.scalars(query).unique())


def milestone_title(milestone: Milestone) -> Words:
    name = f"{milestone.task.number or ''} {milestone.task.title}".strip()
    return Words(f"{name} · {milestone.year}", f"{name} · {milestone.year}") if milestone.year else Words(name, name)
