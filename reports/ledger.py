"""The ledger: every task × year that an actor may see, cut by filters; rows, counts and choices."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from itertools import chain

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models import ActionArea, AuditEvent, ContributionRequest, Milestone, Part, Plan, Responsibility, Task, Unit
from reports.as_of import stood
from reports.figures import ANSWER, DONE, FIGURE, STOOD, Kind, Tally, kind_columns
from reports.newest import beside_newest
from reports.remembered import among, by_plan
from workflow import periods
from workflow.actor import Actor
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, Colour, Day, Light, codes_of, light_code
from workflow.subjects import milestone_rows, request_rows

NO_YEAR = -1  # what a filter asks for where milestones have no year
NO_QUARTER = "none"  # and where they have no deadline


@dataclass(frozen=True)
class Filters:
    """What the address of a ledger page asks for; None asks for everything.

    `light` is a colour, or the code of one light; `figure` the name of one of `reports.figures`, `answer` of one of
    what the unit was asked; `part` and `answer` need `unit`. `quarter` is that of the deadline, as 2018Q4. `asof` is a
    past day, at whose end the ledger is looked at: whoever judges by it makes the `Day` for it.
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
    figure: str | None = None
    answer: str | None = None
    quarter: str | None = None
    asof: date | None = None
    dropped: bool | None = None  # what the edition that is followed no longer asks for, instead of what it asks for

    def query(self) -> dict[str, str]:
        """As the parameters of an address; what asks for nothing is left out."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in given.items() if value}

    def but(self, **changes) -> "Filters":
        return replace(self, **changes)

    @property
    def narrowed(self) -> bool:
        """Whether a state, a light or a figure is asked for: what a table of figures does by itself."""
        return bool(self.state or self.light or self.figure)

    @property
    def wide(self) -> "Filters":
        return self.but(state=None, light=None, figure=None)

    def counting(self, figure: str) -> "Filters":
        """The filters that list exactly what the figure of that name counts within these."""
        return self.but(**FIGURE[figure].filters)


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

    def add_unit(self, part: Part, inferred: bool, name: str) -> None:
        (self.leads if part == Part.LEAD else self.supports).append(name)
        self.inferred |= inferred


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
        return self._count(DONE)

    @property
    def wanted(self) -> int:
        return self._count("wanted")

    def _count(self, figure: str) -> int:
        holds = FIGURE[figure].holds
        return sum(holds(Kind(cell.state, cell.light.code)) for cell in self.cells)


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
    imported_at: datetime


def conditions(filters: Filters, day: Day) -> list[ColumnElement[bool]]:
    """The filters as conditions over `milestone_rows`."""
    dropped = Milestone.dropped_in.is_not(None) if filters.dropped else Milestone.dropped_in.is_(None)
    return [dropped, *narrowing(filters, day)]


def narrowing(filters: Filters, day: Day) -> list[ColumnElement[bool]]:
    """The same, whether an edition has dropped them or not."""
    found = [condition(value) for name, condition in _PLAIN.items() if (value := getattr(filters, name))]
    found += [condition(value, day) for name, condition in _OF_DAY.items() if (value := getattr(filters, name))]
    if filters.unit and filters.answer:
        # Whoever was asked may have no seat of its own: it answers for a collective name.
        found.append(Milestone.id.in_(_answered(filters.answer, filters.unit, day)))
    elif filters.unit:
        found.append(Milestone.task_id.in_(_tasks_of(filters.unit, filters.part)))
    return found


def is_quarter(text: str) -> bool:
    return text == NO_QUARTER or periods.is_quarter(text)


def _in_quarter(quarter: str) -> ColumnElement[bool]:
    return Milestone.due.is_(None) if quarter == NO_QUARTER else Milestone.due.between(*periods.quarter_days(quarter))


def _answered(answer: str, unit_id: int, day: Day):
    return request_rows(Milestone.id).where(
        ContributionRequest.unit_id == unit_id, STOOD, ANSWER[answer].where(day.today)
    ).correlate(None)


def visible(actor: Actor, day: Day, filters: Filters = Filters()) -> ColumnElement[bool]:
    """What this actor may see, within the filters: over `milestone_rows`."""
    return and_(MILESTONE.sees.where(actor), *conditions(filters, day))


@by_plan(join=lambda tallies, *_about: Tally.of(tallies))
def tally(session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters) -> dict[int, Tally]:
    """Every figure of what an actor may see within the filters. One statement."""
    kinds = kind_columns(day)
    query = (
        milestone_rows(Task.plan_id, *kinds, func.count()).where(visible(actor, day, filters), among(Plan.id, plans))
        .group_by(Task.plan_id, *kinds)
    )
    found: dict[int, Tally] = {}
    for plan, *kind, count in session.execute(stood(session, query, day, plans)):
        found.setdefault(plan, Tally()).add(Kind(*kind), count)
    return found


FEW_PLANS = 20  # all of whose action areas are one list to choose from
TASKS = 150  # on one page of the map: every plan by itself fits, a hundred at once do not


def ledger_map(
    session: Session, actor: Actor, day: Day, filters: Filters, units: bool = True, page: int | None = None,
    tasks_each: int = TASKS,
) -> list[AreaRows]:
    """The map: action areas with their tasks and cells, in the plan's order; who leads and supports, where asked.

    All of it, or the page of so many tasks, for which one statement more tells which they are. One statement, and one
    for the units.
    """
    tasks = None
    if page is not None:
        tasks = _in_order(session, actor, day, filters)[tasks_each * (page - 1):tasks_each * page]
    return _areas(session, actor, day, filters, units, tasks) if tasks is None or tasks else []


def one_after_another(parts: Iterable[Iterable], *_about) -> list:
    return list(chain.from_iterable(parts))


@by_plan(join=one_after_another, then=lambda tasks, *_about: tuple(tasks))
def _in_order(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters
) -> dict[int, list[int]]:
    """The tasks of the map, in its order."""
    query = (
        milestone_rows(Plan.id, Task.id).join(ActionArea, ActionArea.id == Task.area_id)
        .where(visible(actor, day, filters), among(Plan.id, plans))
        .group_by(Task.id, Plan.id, ActionArea.position, Task.position)
        .order_by(Plan.id, ActionArea.position, Task.position)
    )
    found: dict[int, list[int]] = {}
    for plan, task in session.execute(stood(session, query, day, plans)):
        found.setdefault(plan, []).append(task)
    return found


@by_plan(join=one_after_another)
def _areas(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters, units: bool,
    asked: tuple[int, ...] | None,
) -> dict[int, list[AreaRows]]:
    """The areas of the map with their tasks, or with these tasks."""
    within = [visible(actor, day, filters), among(Plan.id, plans)]
    if asked is not None:
        within.append(Task.id.in_(asked))
    light = light_code(day).label("light")
    query = (
        milestone_rows(
            Milestone.id, Milestone.year, Milestone.state, Milestone.due, light, Milestone.times_extended,
            Task.id.label("task_id"), Task.plan_id, Task.area_id, Task.number, Task.title, Task.starred, Task.position,
            ActionArea.title.label("area"),
        )
        .join(ActionArea, ActionArea.id == Task.area_id)
        .where(*within)
        .order_by(Plan.id, ActionArea.position, Task.position, Milestone.year)
    )
    areas: dict[int, AreaRows] = {}
    tasks: dict[int, TaskRow] = {}
    for row in session.execute(stood(session, query, day, plans)):
        task = tasks.get(row.task_id)
        if task is None:
            task = tasks[row.task_id] = TaskRow(
                row.task_id, row.plan_id, row.area_id, row.number, row.title, row.starred, row.position
            )
            areas.setdefault(row.area_id, AreaRows(row.area_id, row.area, row.plan_id)).tasks.append(task)
        task.cells[row.year] = Cell(row.id, row.year, row.state, BY_CODE[row.light], row.due, row.times_extended)
    if units:
        _add_units(session, tasks, day, plans)
    return _of_each_plan(areas.values())


def _of_each_plan(rows: Iterable) -> dict[int, list]:
    """Rows by their plan, in the order in which they come."""
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.plan_id, []).append(row)
    return found


def _add_units(session: Session, tasks: dict[int, TaskRow], day: Day, plans: frozenset[int] | None) -> None:
    """Fill in who leads and who supports. One statement, however many tasks."""
    query = (
        select(Responsibility.task_id, Responsibility.part, Responsibility.inferred, Unit.name)
        .join(Unit).order_by(Responsibility.task_id, Responsibility.position)
    )
    if len(tasks) < 500:  # beyond that the whole table is the shorter list
        query = query.where(Responsibility.task_id.in_(list(tasks)))
    for task_id, part, inferred, name in session.execute(stood(session, query, day, plans)):
        task = tasks.get(task_id)
        if task is not None:
            task.add_unit(part, inferred, name)


@by_plan(join=one_after_another)
def unscheduled_tasks(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters
) -> dict[int, list[TaskRow]]:
    """Tasks without a requirement in any year: they have no milestone, and would be lost from the map."""
    of_tasks = {"plan", "area", "unit", "part", "starred", "words", "dropped", "asof"}
    if filters.query().keys() - of_tasks:
        return {}  # a state, a light or a year is asked for, and they have none
    query = (
        select(
            Task.id, Task.plan_id, Task.area_id, Task.number, Task.title, Task.starred, Task.position,
            Responsibility.part, Responsibility.inferred, Unit.name,
        )
        .select_from(Task).outerjoin(Responsibility, Responsibility.task_id == Task.id)
        .outerjoin(Unit, Unit.id == Responsibility.unit_id)
        .where(~select(Milestone.id).where(Milestone.task_id == Task.id, Milestone.dropped_in.is_(None)).exists())
        .where(Task.dropped_in.is_not(None) if filters.dropped else Task.dropped_in.is_(None))
        .where(MILESTONE.sees.where(actor), among(Task.plan_id, plans))
        .order_by(Task.plan_id, Task.position, Responsibility.position)
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
    if day.until:  # a milestone tells by itself that it came later; a task without any does not
        query = query.where(_began(Task) < day.until)
    tasks: dict[int, TaskRow] = {}
    for *task, part, inferred, name in session.execute(stood(session, query, day, plans)):
        row = tasks.setdefault(task[0], TaskRow(*task))
        if name is not None:
            row.add_unit(part, inferred, name)
    return _of_each_plan(tasks.values())


def area_choices(session: Session, plans: list[PlanChoice], filters: Filters) -> list[AreaChoice]:
    """The action areas to choose from, plan by plan: of the plan that is chosen, else of all; of very many, of none."""
    query = select(ActionArea.id, ActionArea.title, ActionArea.plan_id).order_by(
        ActionArea.plan_id.desc(), ActionArea.position
    )
    if filters.plan:
        query = query.where(ActionArea.plan_id == filters.plan)
    elif len(plans) > FEW_PLANS and not filters.area:
        return []
    return [AreaChoice(*row) for row in session.execute(query)]


def plan_choices(session: Session) -> list[PlanChoice]:
    """All plans, the newest first."""
    query = (
        select(Plan.id, Plan.title, Plan.years, Plan.edition_number, Plan.imported_at).select_from(Plan)
        .order_by(Plan.id.desc())
    )
    return [PlanChoice(*row) for row in beside_newest(session, query)]


def summed(counters: Iterable[Counter], *_about) -> Counter:
    """All of them together; what counts nothing stays in it."""
    found: Counter = Counter()
    for counter in counters:
        found.update(counter)
    return found


def _most_first(leads: Counter[tuple[int, str]]) -> list[Choice]:
    return [Choice(*unit) for unit, _count in sorted(leads.items(), key=lambda it: (-it[1], it[0]))]


@by_plan(join=summed, then=_most_first, only=lambda: None)
def unit_choices(session: Session, plans: frozenset[int] | None) -> dict[int, Counter[tuple[int, str]]]:
    """Units with a part in any task, those that lead most first."""
    leads = func.count().filter(Responsibility.part == Part.LEAD)
    query = (
        select(Task.plan_id, Unit.id, Unit.name, leads)
        .select_from(Responsibility).join(Unit).join(Task, Task.id == Responsibility.task_id)
        .where(among(Task.plan_id, plans)).group_by(Task.plan_id, Unit.id, Unit.name)
    )
    found: dict[int, Counter[tuple[int, str]]] = {}
    for plan, unit_id, name, count in session.execute(query):
        found.setdefault(plan, Counter())[unit_id, name] = count
    return found


def _began(model):
    """When the chain of a subject began."""
    return (
        select(func.min(AuditEvent.at))
        .where(AuditEvent.subject_type == model.__tablename__, AuditEvent.subject_id == model.id).scalar_subquery()
    )


def _tasks_of(unit_id: int, part: str | None):
    query = select(Responsibility.task_id).where(Responsibility.unit_id == unit_id)
    return query.where(Responsibility.part == part) if part else query


def _matches(words: str) -> ColumnElement[bool]:
    """Every word somewhere in number or title; LIKE finds two-character words, which full-text search does not."""
    return and_(*(
        or_(Task.title.contains(word, autoescape=True), Task.number == word) for word in words.split()[:8]
    ))


_PLAIN = {
    "plan": lambda plan: Task.plan_id == plan,
    "area": lambda area: Task.area_id == area,
    "state": lambda state: Milestone.state == state,
    "year": lambda year: Milestone.year.is_(None) if year == NO_YEAR else Milestone.year == year,
    "starred": lambda _starred: Task.starred,
    "quarter": _in_quarter,
    "words": _matches,
}
_OF_DAY = {
    "light": lambda light, day: light_code(day).in_([light] if light in BY_CODE else codes_of(Colour(light))),
    "figure": lambda figure, day: FIGURE[figure].where(day),
}
