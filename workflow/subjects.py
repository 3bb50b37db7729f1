"""How the subjects of a workflow are read for its rules: one of them (locked, where asked), or many.

`loading` makes both for any table; the milestone's own read it with round, task and plan in one statement.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload, selectinload

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
)

Load = Callable[[Session, int, bool], object]
Many = Callable[[Session, Select], list]


def loading(rows: Callable[..., Select], model: type, *options) -> tuple[Load, Many]:
    """`load` and `many` of a workflow over `model`; `options` say what is loaded with each."""

    def load(session: Session, subject_id: int, lock: bool = False):
        if lock:
            _lock(session, model, subject_id)
        query = many_query(rows(model).where(model.id == subject_id)).execution_options(populate_existing=True)
        return session.scalars(query).unique().one_or_none()

    def many(session: Session, query: Select) -> list:
        return list(session.scalars(many_query(query)).unique())

    def many_query(query: Select) -> Select:
        return query.options(*options)

    return load, many


def _lock(session: Session, model: type, subject_id: int) -> None:
    """The lock is a statement of its own: what is read with it would be as old as the moment at which
    the waiting began, what is read after it is as new as the lock."""
    session.execute(select(model.id).where(model.id == subject_id).with_for_update())


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


# Built once: each transition asks these, and building them anew costs as much as running them.
_LOCK = select(Milestone.id).where(Milestone.id == bindparam("id")).with_for_update()
_ONE = (
    milestone_rows(Milestone)
    .outerjoin(Responsibility, Responsibility.task_id == Task.id)
    .outerjoin(RoundReviewer, RoundReviewer.round_id == Round.id)
    .outerjoin(LeadPart, LeadPart.round_id == Round.id).outerjoin(DraftLock, DraftLock.round_id == Round.id)
    .where(Milestone.id == bindparam("id"))
    .order_by(Responsibility.position, LeadPart.id)
    .options(
        contains_eager(Milestone.round).options(
            contains_eager(Round.reviewers), contains_eager(Round.parts), contains_eager(Round.lock)
        ),
        contains_eager(Milestone.task).options(contains_eager(Task.plan), contains_eager(Task.responsibilities)),
    )
    .execution_options(populate_existing=True)
)


def load_milestone(session: Session, milestone_id: int, lock: bool = False) -> Milestone | None:
    """The milestone with round (its parts and lock), task, plan and responsibilities."""
    if lock:
        session.execute(_LOCK, {"id": milestone_id})
    return session.scalars(_ONE, {"id": milestone_id}).unique().one_or_none()


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


def load_request(session: Session, request_id: int, lock: bool = False) -> ContributionRequest | None:
    """The request with round, milestone, task, plan and responsibilities.

    Its milestone is locked first: a submission freezes the answers, and must not meet one half-way.
    """
    if lock:
        milestone_id = (
            select(Round.milestone_id).join(ContributionRequest, ContributionRequest.round_id == Round.id)
            .where(ContributionRequest.id == request_id).scalar_subquery()
        )
        session.execute(select(Milestone.id).where(Milestone.id == milestone_id).with_for_update())
        _lock(session, ContributionRequest, request_id)
    query = (
        request_rows(ContributionRequest)
        .outerjoin(Responsibility, Responsibility.task_id == Task.id)
        .where(ContributionRequest.id == request_id).order_by(Responsibility.position)
        .options(_REQUEST_WITH.options(contains_eager(Task.plan), contains_eager(Task.responsibilities)))
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).unique().one_or_none()


def last_move(subject_id: InstrumentedAttribute) -> ColumnElement:
    """When a subject (its model's `id`) last came to another state, and so to its holder. Urging moves nothing."""
    moved = AuditEvent.from_state.is_distinct_from(AuditEvent.to_state)
    return select(func.max(AuditEvent.at)).where(
        AuditEvent.subject_type == subject_id.class_.__tablename__, AuditEvent.subject_id == subject_id, moved
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
