"""How the subjects of a workflow are read for its rules: one of them (locked, where asked), or many.

`loading` makes both for any table; the milestone's own read it with round, task and plan in one statement.
"""

from collections.abc import Callable

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import Milestone, Plan, Responsibility, Round, Task, Words

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


def load_milestone(session: Session, milestone_id: int, lock: bool = False) -> Milestone | None:
    """The milestone with round, task, plan and responsibilities."""
    if lock:
        _lock(session, Milestone, milestone_id)
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


def load_milestones(session: Session, query: Select) -> list[Milestone]:
    """The milestones of a `milestone_rows(Milestone)` query, ready for rules, in two statements."""
    query = query.options(
        contains_eager(Milestone.round),
        contains_eager(Milestone.task).options(
            contains_eager(Task.plan), joinedload(Task.area), joinedload(Task.responsibilities)
        ),
    )
    return list(session.scalars(query).unique())


def milestone_title(milestone: Milestone) -> Words:
    name = f"{milestone.task.number or ''} {milestone.task.title}".strip()
    return Words(f"{name} · {milestone.year}", f"{name} · {milestone.year}") if milestone.year else Words(name, name)
