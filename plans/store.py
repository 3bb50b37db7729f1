"""A checked plan into the ledger: all of it or nothing, and the same document only once."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import (
    ActionArea,
    Database,
    Milestone,
    Plan,
    PlanSource,
    Responsibility,
    Round,
    Task,
    Unit,
)
from plans.checked import CheckedPlan, CheckedTask
from workflow.actor import Actor
from workflow.audit.chain import append, append_many
from workflow.calendar import local_day
from workflow.definitions.milestone import MILESTONE
from workflow.planning import open_plans


class HasErrors(Exception):
    """The plan cannot be stored as it stands: it has findings graded *error*."""


@dataclass(frozen=True)
class Stored:
    """What an import came to. `new` is False where these very bytes were stored before."""

    plan_id: int
    new: bool
    tasks: int
    milestones: int


def store_plan(
    database: Database, actor: Actor, checked: CheckedPlan, source: bytes, name: str, opened_on: date | None = None
) -> Stored:
    """Store `checked` with its source document.

    `opened_on` is the day from which the ledger watches deadlines (by default today). Raises HasErrors.
    """
    if any(finding.grade == "error" for finding in checked.findings):
        raise HasErrors()
    digest = hashlib.sha256(source).hexdigest()
    with database.writing() as session:
        known = _known(session, digest)
        if known is not None:
            return known
        at = database.clock()
        kept = PlanSource(sha256=digest, name=name, content=source)
        plan = Plan(
            title=checked.title, years=checked.years, plan_due=checked.plan_due,
            opened_on=opened_on or local_day(at), imported_at=at, source=kept,
        )
        session.add(plan)
        session.flush()
        units = _units(session, checked, actor, at)
        tasks = _tasks(session, plan, checked, units)
        milestones = _milestones(session, list(zip(tasks, checked.tasks, strict=True)), at)
        detail = {
            "source": digest, "name": name, "opened_on": plan.opened_on.isoformat(), "tasks": len(tasks),
            "milestones": len(milestones), "inferred": sum(s.inferred for t in checked.tasks for s in t.seats),
        }
        append(session, plan, actor, at, "import", detail=detail)
        append_many(session, tasks, actor, at, "import", [_task_detail(task) for task in checked.tasks])
        append_many(
            session, milestones, actor, at, "import",
            [{"year": m.year, "due": m.due and m.due.isoformat(), "requirements": m.requirements} for m in milestones],
            state=MILESTONE.initial.name, round_number=1,
        )
        open_plans(session, plan.id, actor, at)
        return Stored(plan.id, True, len(tasks), len(milestones))


def _known(session: Session, digest: str) -> Stored | None:
    plan = session.scalars(select(Plan).join(PlanSource).where(PlanSource.sha256 == digest)).first()
    if plan is None:
        return None
    tasks = session.scalars(select(Task.id).where(Task.plan_id == plan.id)).all()
    milestones = session.scalars(select(Milestone.id).where(Milestone.task_id.in_(tasks))).all()
    return Stored(plan.id, False, len(tasks), len(milestones))


def _units(session: Session, checked: CheckedPlan, actor: Actor, at) -> dict[str, int]:
    """The unit of each name; names that the directory does not have yet are added to it."""
    collective = {seat.name: seat.collective for task in checked.tasks for seat in task.seats}
    known = dict(session.execute(select(Unit.name, Unit.id).where(Unit.name.in_(collective))).all())
    new = [Unit(name=name, collective=collective[name]) for name in collective if name not in known]
    session.add_all(new)
    session.flush()
    append_many(
        session, new, actor, at, "create", [{"name": u.name, "collective": u.collective} for u in new]
    )
    return known | {unit.name: unit.id for unit in new}


def _tasks(session: Session, plan: Plan, checked: CheckedPlan, units: dict[str, int]) -> list[Task]:
    areas = {
        title: ActionArea(plan_id=plan.id, position=position, title=title)
        for position, title in enumerate(checked.areas, 1)
    }
    session.add_all(areas.values())
    session.flush()
    tasks = [
        Task(
            plan_id=plan.id, area_id=areas[task.area].id, position=position, number=task.number, title=task.title,
            starred=task.starred, contents=list(task.contents), first_line=task.first_line,
            last_line=task.last_line, source_text=task.source_text,
        )
        for position, task in enumerate(checked.tasks, 1)
    ]
    session.add_all(tasks)
    session.flush()
    session.execute(insert(Responsibility), [
        {
            "task_id": row.id, "unit_id": units[seat.name], "position": position, "part": seat.part,
            "inferred": seat.inferred, "source": seat.source,
        }
        for row, task in zip(tasks, checked.tasks, strict=True) for position, seat in enumerate(task.seats, 1)
    ])
    return tasks


def _milestones(session: Session, pairs: list[tuple[Task, CheckedTask]], at) -> list[Milestone]:
    milestones = [
        Milestone(
            task_id=row.id, year=m.year, due=m.due, requirements=list(m.requirements),
            steps=[{"due": step.due.isoformat(), "text": step.text} for step in m.steps],
            state=MILESTONE.initial.name, round_number=1,
        )
        for row, task in pairs for m in task.milestones
    ]
    session.add_all(milestones)
    session.flush()
    session.execute(insert(Round), [
        {
            "milestone_id": m.id, "number": 1, "opened_by": "", "opened_at": at, "account": "", "reported": [],
            "points": [], "open_points": 0, "checklist": [], "open_checks": 0, "draft_version": 0,
        }
        for m in milestones
    ])
    return milestones


def _task_detail(task: CheckedTask) -> dict:
    return {
        "number": task.number, "title": task.title,
        "seats": [[seat.name, seat.part, seat.inferred] for seat in task.seats],
    }
