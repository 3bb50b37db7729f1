"""How a milestone is read for the rules: one statement for one, the same joins for many."""

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import AuditEvent, Milestone, Plan, Responsibility, Round, Task

_CURRENT_ROUND = and_(Round.milestone_id == Milestone.id, Round.number == Milestone.round_number)


def milestone_rows(*entities) -> Select:
    """Milestones with their current round, task and plan joined."""
    return (
        select(*entities).select_from(Milestone)
        .join(Round, _CURRENT_ROUND).join(Task, Task.id == Milestone.task_id).join(Plan, Plan.id == Task.plan_id)
    )


def load_milestone(session: Session, milestone_id: int, lock: bool = False) -> Milestone | None:
    """The milestone with round, task, plan and responsibilities.

    The lock is a statement of its own: what is read with it would be as old as the moment at which
    the waiting began, what is read after it is as new as the lock.
    """
    if lock:
        session.execute(select(Milestone.id).where(Milestone.id == milestone_id).with_for_update())
    query = (
        milestone_rows(Milestone)
        .outerjoin(Responsibility, Responsibility.task_id == Task.id)
        .where(Milestone.id == milestone_id)
        .order_by(Responsibility.position)
        .options(
            contains_eager(Milestone.round),
            contains_eager(Milestone.task).options(
                contains_eager(Task.plan), contains_eager(Task.responsibilities)
            ),
        )
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).unique().one_or_none()


def last_move(milestone_id) -> ColumnElement:
    """When the milestone last came to another state: since when its holder has it. Urging moves nothing."""
    moved = AuditEvent.from_state.is_distinct_from(AuditEvent.to_state)
    return select(func.max(AuditEvent.at)).where(
        AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == milestone_id, moved
    ).scalar_subquery()


def load_milestones(session: Session, query: Select) -> list[Milestone]:
    """The milestones of a `milestone_rows(Milestone)` query, ready for rules, in two statements."""
    query = query.options(
        contains_eager(Milestone.round),
        contains_eager(Milestone.task).options(
            contains_eager(Task.plan), joinedload(Task.area), joinedload(Task.responsibilities)
        ),
    )
    return list(session.scalars(query).unique())
