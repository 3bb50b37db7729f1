"""A plan as the ledger has it now, beside the words of the edition that it follows."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from models import Milestone, Part, Plan, PlanEdition, Responsibility, Task
from plans.checked import CheckedMilestone, CheckedPlan, CheckedTask, Seat, Step
from plans.kept import load


@dataclass
class Standing:
    """One task: its row, its words now, those of the edition, and its milestones by year."""

    row: Task
    now: CheckedTask
    paper: CheckedTask
    milestones: dict[int | None, Milestone] = field(default_factory=dict)


def standing_of(session: Session, plan: Plan, lock: bool = False) -> list[Standing]:
    """The tasks that the plan has, in their order; those that an edition dropped are not among them."""
    tasks = session.scalars(
        select(Task).where(Task.plan_id == plan.id, Task.dropped_in.is_(None)).order_by(Task.position)
        .options(
            joinedload(Task.area), undefer(Task.source_text),
            joinedload(Task.responsibilities).joinedload(Responsibility.unit),
        ).execution_options(populate_existing=True)
    ).unique().all()
    query = (
        select(Milestone).join(Task, Task.id == Milestone.task_id).where(Task.plan_id == plan.id)
        .order_by(Milestone.year, Milestone.id).execution_options(populate_existing=True)
    )
    milestones: dict[int, dict[int | None, Milestone]] = {}
    for milestone in session.scalars(query.with_for_update(of=Milestone) if lock else query):
        milestones.setdefault(milestone.task_id, {})[milestone.year] = milestone
    content = content_of(session, plan, plan.edition_number)
    papers = dict(enumerate(content.tasks, 1)) if content else {}
    found = []
    for task in tasks:
        own = milestones.get(task.id, {})
        now = _words_of(task, own)
        found.append(Standing(task, now, papers.get(task.position, now), own))
    return found


def content_of(session: Session, plan: Plan, number: int) -> CheckedPlan | None:
    """The words of one edition as they were stored; None where they were not kept."""
    kept = session.scalar(
        select(PlanEdition.content).where(PlanEdition.plan_id == plan.id, PlanEdition.number == number)
    )
    return load(kept) if kept else None


def as_plan(plan: Plan, standing: list[Standing]) -> CheckedPlan:
    """The plan as the ledger has it now, as if it had just been read."""
    return CheckedPlan(plan.title, list(plan.years), plan.plan_due, [it.now for it in standing])


def _words_of(task: Task, milestones: dict[int | None, Milestone]) -> CheckedTask:
    seats = tuple(
        Seat(seat.unit.name, Part(seat.part), seat.inferred, seat.unit.collective, seat.source)
        for seat in task.responsibilities
    )
    return CheckedTask(
        number=task.number, title=task.title, starred=task.starred, area=task.area.title, contents=tuple(task.contents),
        seats=seats, milestones=tuple(_milestone(m) for m in milestones.values() if m.dropped_in is None),
        first_line=task.first_line, last_line=task.last_line, source_text=task.source_text,
    )


def _milestone(milestone: Milestone) -> CheckedMilestone:
    steps = tuple(Step(date.fromisoformat(step["due"]), step["text"]) for step in milestone.steps)
    return CheckedMilestone(milestone.year, tuple(milestone.requirements), milestone.due, steps)
