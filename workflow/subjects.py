"""How a milestone is read for the rules: one statement for one, the same joins for many."""

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import Milestone, Plan, Responsibility, Round, RoundReviewer, Task

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
    .where(Milestone.id == bindparam("id"))
    .order_by(Responsibility.position)
    .options(
        contains_eager(Milestone.round).contains_eager(Round.reviewers),
        contains_eager(Milestone.task).options(contains_eager(Task.plan), contains_eager(Task.responsibilities)),
    )
    .execution_options(populate_existing=True)
)


def load_milestone(session: Session, milestone_id: int, lock: bool = False) -> Milestone | None:
    """The milestone with round, task, plan and responsibilities.

    The lock is a statement of its own: what is read with it would be as old as the moment at which
    the waiting began, what is read after it is as new as the lock.
    """
    if lock:
        session.execute(_LOCK, {"id": milestone_id})
    return session.scalars(_ONE, {"id": milestone_id}).unique().one_or_none()


def load_milestones(session: Session, query: Select) -> list[Milestone]:
    """The milestones of a `milestone_rows(Milestone)` query, ready for rules, in two statements."""
    query = query.options(
        contains_eager(Milestone.round).joinedload(Round.reviewers),
        contains_eager(Milestone.task).options(
            contains_eager(Task.plan), joinedload(Task.area), joinedload(Task.responsibilities)
        ),
    )
    return list(session.scalars(query).unique())
