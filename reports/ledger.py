"""The ledger: every task × year that an actor may see, cut by filters; rows, counts and choices."""

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models import ActionArea, Milestone, Part, Plan, Responsibility, Task, Unit
from workflow.actor import Actor
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, CANCELLED, Colour, Day, Light, codes_of, light_code
from workflow.subjects import milestone_rows

NO_YEAR = -1  # what a filter asks for where milestones have no year


@dataclass(frozen=True)
class Filters:
    """What the address of a ledger page asks for; None asks for everything.

    `light` is a colour, or the code of one light; `part` needs `unit`.
    """

    plan: int | None = None
    area: int | None = None
    unit: int | None = None
    part: str | None = None
    state: str | None = None
    light: str | None = None
    year: int | None = None
    starred: bool | None = None
    words: str | None = None
    dropped: bool | None = None  # what the edition that is followed no longer asks for, instead of what it asks for

    def query(self) -> dict[str, str]:
        """As the parameters of an address; what asks for nothing is left out."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in given.items() if value}

    def but(self, **changes) -> "Filters":
        return replace(self, **changes)


@dataclass(frozen=True)
class Cell:
    """One milestone of the map."""

    id: int
    year: int | None
    state: str
    light: Light
    due: date | None
    extended: int = 0  # how often


@dataclass
class TaskRow:
    """One task of the map, with its milestones by year."""

    id: int
    plan_id: int
    area_id: int
    number: str | None
    title: str
    starred: bool
    position: int = 0
    leads: list[str] = field(default_factory=list)
    supports: list[str] = field(default_factory=list)
    inferred: bool = False
    cells: dict[int | None, Cell] = field(default_factory=dict)


@dataclass
class AreaRows:
    id: int
    title: str
    plan_id: int
    tasks: list[TaskRow] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        return [cell for task in self.tasks for cell in task.cells.values()]

    @property
    def done(self) -> int:
        return sum(cell.state in DONE for cell in self.cells)

    @property
    def wanted(self) -> int:
        """All but what was cancelled."""
        return sum(cell.state not in CANCELLED for cell in self.cells)


@dataclass(frozen=True)
class Choice:
    """One value that a filter can take, and its name."""

    value: int
    name: str


@dataclass(frozen=True)
class AreaChoice:
    """An action area, and whose it is."""

    value: int
    name: str
    plan_id: int


@dataclass(frozen=True)
class PlanChoice:
    """A plan, and the edition that the ledger follows."""

    id: int
    title: str
    years: list[int]
    edition_number: int


# What counts as done: signed off.
DONE = tuple(state.name for state in MILESTONE.sealed)


def conditions(filters: Filters, day: Day) -> list[ColumnElement[bool]]:
    """The filters as conditions over `milestone_rows`."""
    found = [Milestone.dropped_in.is_not(None) if filters.dropped else Milestone.dropped_in.is_(None)]
    if filters.plan:
        found.append(Task.plan_id == filters.plan)
    if filters.area:
        found.append(Task.area_id == filters.area)
    if filters.state:
        found.append(Milestone.state == filters.state)
    if filters.year:
        found.append(Milestone.year.is_(None) if filters.year == NO_YEAR else Milestone.year == filters.year)
    if filters.starred:
        found.append(Task.starred)
    if filters.unit:
        found.append(Milestone.task_id.in_(_tasks_of(filters.unit, filters.part)))
    if filters.light:
        known = [filters.light] if filters.light in BY_CODE else codes_of(Colour(filters.light))
        found.append(light_code(day).in_(known))
    if filters.words:
        found.append(_matches(filters.words))
    return found


def visible(actor: Actor, day: Day, filters: Filters = Filters()) -> ColumnElement[bool]:
    """What this actor may see, within the filters: over `milestone_rows`."""
    return and_(MILESTONE.sees.where(actor), *conditions(filters, day))


def counts(session: Session, actor: Actor, day: Day, filters: Filters) -> Counter:
    """How many milestones there are of each (state, light code, year): every other count is a sum of these."""
    light = light_code(day).label("light")
    query = (
        milestone_rows(Milestone.state, light, Milestone.year, func.count())
        .where(visible(actor, day, filters)).group_by(Milestone.state, light, Milestone.year)
    )
    return Counter({(state, code, year): count for state, code, year, count in session.execute(query)})


def ledger_map(session: Session, actor: Actor, day: Day, filters: Filters) -> list[AreaRows]:
    """The map: action areas with their tasks and cells, in the plan's order. Two statements."""
    light = light_code(day).label("light")
    query = (
        milestone_rows(
            Milestone.id, Milestone.year, Milestone.state, Milestone.due, light, Milestone.times_extended,
            Task.id.label("task_id"), Task.plan_id, Task.area_id, Task.number, Task.title, Task.starred, Task.position,
            ActionArea.title.label("area"),
        )
        .join(ActionArea, ActionArea.id == Task.area_id)
        .where(visible(actor, day, filters))
        .order_by(Plan.id, ActionArea.position, Task.position, Milestone.year)
    )
    areas: dict[int, AreaRows] = {}
    tasks: dict[int, TaskRow] = {}
    for row in session.execute(query):
        task = tasks.get(row.task_id)
        if task is None:
            task = tasks[row.task_id] = TaskRow(
                row.task_id, row.plan_id, row.area_id, row.number, row.title, row.starred, row.position
            )
            areas.setdefault(row.area_id, AreaRows(row.area_id, row.area, row.plan_id)).tasks.append(task)
        task.cells[row.year] = Cell(row.id, row.year, row.state, BY_CODE[row.light], row.due, row.times_extended)
    add_units(session, tasks)
    return list(areas.values())


def add_units(session: Session, tasks: dict[int, TaskRow]) -> None:
    """Fill in who leads and who supports. One statement, however many tasks."""
    query = (
        select(Responsibility.task_id, Responsibility.part, Responsibility.inferred, Unit.name)
        .join(Unit).order_by(Responsibility.task_id, Responsibility.position)
    )
    if len(tasks) < 500:  # beyond that the whole table is the shorter list
        query = query.where(Responsibility.task_id.in_(list(tasks)))
    for task_id, part, inferred, name in session.execute(query):
        task = tasks.get(task_id)
        if task is not None:
            (task.leads if part == Part.LEAD else task.supports).append(name)
            task.inferred |= inferred


def unscheduled_tasks(session: Session, actor: Actor, filters: Filters) -> list[TaskRow]:
    """Tasks without a requirement in any year: they have no milestone, and would be lost from the map."""
    if filters.but(plan=None, area=None, unit=None, part=None, starred=None, words=None, dropped=None).query():
        return []  # a state, a light or a year is asked for, and they have none
    query = (
        select(Task.id, Task.plan_id, Task.area_id, Task.number, Task.title, Task.starred, Task.position)
        .where(~select(Milestone.id).where(Milestone.task_id == Task.id, Milestone.dropped_in.is_(None)).exists())
        .where(Task.dropped_in.is_not(None) if filters.dropped else Task.dropped_in.is_(None))
        .where(MILESTONE.sees.where(actor)).order_by(Task.plan_id, Task.position)
    )
    if filters.plan:
        query = query.where(Task.plan_id == filters.plan)
    if filters.area:
        query = query.where(Task.area_id == filters.area)
    if filters.starred:
        query = query.where(Task.starred)
    if filters.unit:
        query = query.where(Task.id.in_(_tasks_of(filters.unit, filters.part)))
    if filters.words:
        query = query.where(_matches(filters.words))
    tasks = {row.id: TaskRow(*row) for row in session.execute(query)}
    add_units(session, tasks)
    return list(tasks.values())


def area_choices(session: Session, plan_id: int | None = None) -> list[AreaChoice]:
    """The action areas of one plan, or of all, plan by plan."""
    query = select(ActionArea.id, ActionArea.title, ActionArea.plan_id).order_by(
        ActionArea.plan_id.desc(), ActionArea.position
    )
    if plan_id:
        query = query.where(ActionArea.plan_id == plan_id)
    return [AreaChoice(*row) for row in session.execute(query)]


def plan_choices(session: Session) -> list[PlanChoice]:
    """All plans, the newest first."""
    query = select(Plan.id, Plan.title, Plan.years, Plan.edition_number).order_by(Plan.id.desc())
    return [PlanChoice(*row) for row in session.execute(query)]


def unit_choices(session: Session) -> list[Choice]:
    """Units with a part in any task, those that lead most first."""
    leads = func.count().filter(Responsibility.part == Part.LEAD)
    query = select(Unit.id, Unit.name).join(Responsibility).group_by(Unit.id, Unit.name).order_by(leads.desc(), Unit.id)
    return [Choice(*row) for row in session.execute(query)]


def _tasks_of(unit_id: int, part: str | None):
    query = select(Responsibility.task_id).where(Responsibility.unit_id == unit_id)
    return query.where(Responsibility.part == part) if part else query


def _matches(words: str) -> ColumnElement[bool]:
    """Every word somewhere in number or title; LIKE finds two-character words, which full-text search does not."""
    return and_(*(
        or_(Task.title.contains(word, autoescape=True), Task.number == word) for word in words.split()[:8]
    ))
