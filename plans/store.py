"""A checked plan into the ledger: all of it or nothing, and the same document only once."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from models import (
    ActionArea,
    Database,
    Milestone,
    Part,
    Plan,
    PlanEdition,
    PlanSource,
    Responsibility,
    Round,
    Task,
    Unit,
)
from plans.checked import CheckedMilestone, CheckedPlan, CheckedTask, Seat
from plans.findings import DOUBT, ERROR
from plans.kept import dump
from plans.unit_directory import known_units, paper_day
from workflow.actor import Actor
from workflow.audit.chain import append, append_many
from workflow.calendar import local_day
from workflow.definitions.milestone import MILESTONE
from workflow.indicators import add_imported
from workflow.planning import open_plans

# The finding by which the reader says that each lead is responsible for its own part (分别负责).
LEADS_APART = "leads-apart"


class HasErrors(Exception):
    """The plan cannot be stored as it stands: it has findings graded *error*."""


class HasDoubts(Exception):
    """The plan has open findings graded *doubt*, and nobody has said that they are accepted."""


@dataclass(frozen=True)
class Stored:
    """What an import came to. `new` is False where these very bytes were stored before."""

    plan_id: int
    new: bool
    tasks: int
    milestones: int


def check_grades(checked: CheckedPlan, accept_doubts: bool) -> None:
    """Raises HasErrors or HasDoubts."""
    grades = {finding.grade for finding in checked.findings}
    if ERROR in grades:
        raise HasErrors()
    if DOUBT in grades and not accept_doubts:
        raise HasDoubts()


def store_plan(
    database: Database, actor: Actor, checked: CheckedPlan, source: bytes, name: str, opened_on: date | None = None,
    *, accept_doubts: bool = False,
) -> Stored:
    """Store `checked` with its source document.

    `opened_on` is the day from which the ledger watches deadlines (by default today). Raises HasErrors, and
    HasDoubts unless the doubts are accepted as they are read.
    """
    check_grades(checked, accept_doubts)
    with database.writing() as session:
        kept = keep_source(session, source, name)
        known = known_plan(session, kept)
        return known or store_new(session, actor, database.clock(), checked, kept, name, opened_on)


def keep_source(session: Session, source: bytes, name: str) -> PlanSource:
    """The document's row, by its bytes; a new one where they were never seen."""
    digest = hashlib.sha256(source).hexdigest()
    kept = session.scalars(select(PlanSource).where(PlanSource.sha256 == digest)).one_or_none()
    if kept is None:
        kept = PlanSource(sha256=digest, name=name, content=source)
        session.add(kept)
        session.flush()
    return kept


def store_new(
    session: Session, actor: Actor, at: datetime, checked: CheckedPlan, source: PlanSource, name: str,
    opened_on: date | None = None, *, columns: dict[str, str] | None = None, corrections: int = 0,
) -> Stored:
    """A plan that the ledger does not have yet, with its first edition, in the caller's transaction."""
    plan = Plan(
        title=checked.title, years=checked.years, plan_due=checked.plan_due, opened_on=opened_on or local_day(at),
        imported_at=at, source_id=source.id, edition_number=1, columns=columns or {},
    )
    session.add(plan)
    session.flush()
    add_edition(session, plan, checked, source, at)
    units = add_units(session, checked, actor, at)
    tasks = _tasks(session, plan, checked, units)
    milestones = add_milestones(session, list(zip(tasks, checked.tasks, strict=True)), actor, at)
    detail = {
        "source": source.sha256, "name": name, "opened_on": plan.opened_on.isoformat(), "tasks": len(tasks),
        "milestones": len(milestones), "inferred": sum(s.inferred for t in checked.tasks for s in t.seats),
        "corrections": corrections, "doubts": sum(finding.grade == DOUBT for finding in checked.findings),
    }
    append(session, plan, actor, at, "import", detail=detail)
    append_many(session, tasks, actor, at, "import", [
        task_detail(row, task, units) for row, task in zip(tasks, checked.tasks, strict=True)
    ])
    open_plans(session, plan.id, actor, at)
    return Stored(plan.id, True, len(tasks), len(milestones))


def known_plan(session: Session, source: PlanSource) -> Stored | None:
    """The plan one of whose editions is this very document."""
    plan_id = session.scalar(
        select(Plan.id).outerjoin(PlanEdition, PlanEdition.plan_id == Plan.id)
        .where(or_(PlanEdition.source_id == source.id, Plan.source_id == source.id))
    )
    if plan_id is None:
        return None
    tasks = session.scalar(select(func.count()).select_from(Task).where(Task.plan_id == plan_id))
    milestones = session.scalar(
        select(func.count()).select_from(Milestone).join(Task, Task.id == Milestone.task_id)
        .where(Task.plan_id == plan_id)
    )
    return Stored(plan_id, False, tasks, milestones)


def add_edition(session: Session, plan: Plan, checked: CheckedPlan, source: PlanSource, at: datetime) -> PlanEdition:
    """The published words as they are stored now: never changed again."""
    edition = PlanEdition(
        plan_id=plan.id, number=plan.edition_number, title=checked.title, imported_at=at, source_id=source.id,
        content=dump(checked),
    )
    session.add(edition)
    return edition


def add_units(session: Session, checked: CheckedPlan, actor: Actor, at) -> dict[str, int]:
    """The unit of each name, or the one that had it then; names that the directory does not have are added to it."""
    collective = {seat.name: seat.collective for task in checked.tasks for seat in task.seats}
    known = known_units(session, collective, paper_day(checked.years, local_day(at)))
    new = [Unit(name=name, collective=collective[name]) for name in collective if name not in known]
    session.add_all(new)
    session.flush()
    append_many(
        session, new, actor, at, "create", [{"name": u.name, "collective": u.collective} for u in new]
    )
    return known | {unit.name: unit.id for unit in new}


def add_areas(session: Session, plan: Plan, titles: list[str], first: int = 1) -> dict[str, int]:
    """New action areas in their order, from position `first` on."""
    areas = [ActionArea(plan_id=plan.id, position=n, title=title) for n, title in enumerate(titles, first)]
    session.add_all(areas)
    session.flush()
    return {area.title: area.id for area in areas}


def _tasks(session: Session, plan: Plan, checked: CheckedPlan, units: dict[str, int]) -> list[Task]:
    areas = add_areas(session, plan, checked.areas)
    return add_tasks(session, plan, checked, list(enumerate(checked.tasks, 1)), areas, units)


def add_tasks(
    session: Session, plan: Plan, checked: CheckedPlan, placed: list[tuple[int, CheckedTask]],
    areas: dict[str, int], units: dict[str, int],
) -> list[Task]:
    """New tasks with their units; `placed` gives each its position in the document."""
    apart = {finding.position for finding in checked.findings if finding.code == LEADS_APART}
    tasks = [
        Task(
            plan_id=plan.id, area_id=areas[task.area], position=position, number=task.number, title=task.title,
            starred=task.starred, contents=list(task.contents), first_line=task.first_line,
            last_line=task.last_line, source_text=task.source_text, leads_apart=position in apart,
        )
        for position, task in placed
    ]
    session.add_all(tasks)
    session.flush()
    seats = [
        {
            "task_id": row.id, "unit_id": units[seat.name], "position": position, "part": seat.part,
            "inferred": seat.inferred, "source": seat.source,
        }
        for row, (_, task) in zip(tasks, placed, strict=True)
        for position, seat in enumerate(once(task.seats, units), 1)
    ]
    if seats:
        session.execute(insert(Responsibility), seats)
    return tasks


def once(seats, units: dict[str, int]) -> list[Seat]:
    """One seat a unit, the leading one first of all: a paper may call a unit by its old name and by its new one."""
    found: dict[int, Seat] = {}
    for seat in seats:
        kept = found.setdefault(units[seat.name], seat)
        if kept.part != Part.LEAD and seat.part == Part.LEAD:
            found[units[seat.name]] = seat
    return list(found.values())


def add_milestones(
    session: Session, pairs: list[tuple[Task, CheckedTask]], actor: Actor, at: datetime
) -> list[Milestone]:
    """The milestones of new tasks, or new ones of old tasks; each begins its chain."""
    milestones = [
        Milestone(
            task_id=row.id, year=m.year, due=m.due, requirements=list(m.requirements), steps=steps_of(m),
            state=MILESTONE.initial.name, round_number=1,
        )
        for row, task in pairs for m in task.milestones
    ]
    if not milestones:
        return []
    session.add_all(milestones)
    session.flush()
    session.execute(insert(Round), [
        {
            "milestone_id": m.id, "number": 1, "opened_by": "", "opened_at": at, "account": "", "reported": [],
            "points": [], "open_points": 0, "checklist": [], "open_checks": 0, "draft_version": 0, "steps_done": [],
            "figures_missing": add_imported(session, m.id, getattr(read, "indicators", ())),
        }
        for m, read in zip(milestones, (read for _, task in pairs for read in task.milestones), strict=True)
    ])
    append_many(
        session, milestones, actor, at, "import",
        [{"year": m.year, "due": m.due and m.due.isoformat(), "requirements": m.requirements} for m in milestones],
        state=MILESTONE.initial.name, round_number=1,
    )
    return milestones


def steps_of(milestone: CheckedMilestone) -> list[dict]:
    return [{"due": step.due.isoformat(), "text": step.text} for step in milestone.steps]


def task_detail(row: Task, task: CheckedTask, units: dict[str, int]) -> dict:
    """What the event of a new task says: as the paper has it, and which unit has which part in the ledger."""
    return {
        "number": task.number, "title": task.title,
        "seats": [[seat.name, seat.part, seat.inferred] for seat in task.seats],
        "parts": parts_of(task, units), "apart": row.leads_apart,
    }


def parts_of(task: CheckedTask, units: dict[str, int]) -> list[list]:
    return [[units[seat.name], seat.part] for seat in once(task.seats, units)]
