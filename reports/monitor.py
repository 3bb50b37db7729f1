"""The monitor: sign-off by action area, unit and year; what is late or stuck, and who holds it.

Every figure is a count of milestones within what the reader may see, and carries the filters that list
exactly those milestones: the page links each number to its own ledger.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from models import (
    ActionArea,
    ContributionRequest,
    Milestone,
    Part,
    Responsibility,
    Role,
    Round,
    Task,
    Unit,
)
from reports.ledger import DONE, NO_YEAR, Filters, visible
from workflow.actor import Actor
from workflow.calendar import calendar_of, local_day
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, CANCELLED, Colour, Day, Light, codes_of, light_code
from workflow.subjects import last_move, milestone_rows, request_rows

OVERDUE = "overdue"  # the light's code: what is far behind is red too, but not late
# What an objection may have come to, the state that it begins in included.
OBJECTIONS = {a.target for a in CONTRIBUTION.actions if a.source == ContributionRequest.OBJECTED} - {
    CONTRIBUTION.initial.name
} | {ContributionRequest.OBJECTED}


@dataclass
class Line:
    """One line of a table: counts by state and by light's colour, and the filters of its milestones."""

    name: str
    filters: Filters
    states: dict[str, int] = field(default_factory=dict)
    colours: dict[str, int] = field(default_factory=dict)
    late: int = 0

    def add(self, state: str, light: Light, count: int) -> None:
        self.states[state] = self.states.get(state, 0) + count
        self.colours[light.colour] = self.colours.get(light.colour, 0) + count
        self.late += count if light.code == OVERDUE else 0

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def done(self) -> int:
        return sum(self.states.get(name, 0) for name in DONE)

    @property
    def share(self) -> int:
        """Signed off, in whole per cent of what was not cancelled, rounded down: 100 only when all are."""
        wanted = self.total - sum(self.states.get(name, 0) for name in CANCELLED)
        return 100 * self.done // wanted if wanted else 0


@dataclass(frozen=True)
class Late:
    """One milestone that is late or has long been held, and by whom."""

    id: int
    number: str | None
    title: str
    year: int | None
    due: date | None
    state: str
    light: Light
    leads: str
    holder: Role
    days: int


def by_area(session: Session, actor: Actor, day: Day, filters: Filters) -> list[Line]:
    rows = _counted(session, actor, day, filters, ActionArea.id, ActionArea.title, area=True)
    return _lines(rows, lambda key: filters.but(area=key))


def by_year(session: Session, actor: Actor, day: Day, filters: Filters) -> list[Line]:
    rows = _counted(session, actor, day, filters, Milestone.year, Milestone.year)
    return _lines(rows, lambda key: filters.but(year=NO_YEAR if key is None else key))


def by_unit(session: Session, actor: Actor, day: Day, filters: Filters) -> list[Line]:
    """By lead unit. A milestone with two leads counts for each, so these lines add up to more than the total."""
    light = light_code(day).label("light")
    query = (
        milestone_rows(Unit.id, Unit.name, Milestone.state, light, func.count())
        .join(Responsibility, and_(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD))
        .join(Unit, Unit.id == Responsibility.unit_id)
        .where(visible(actor, day, filters)).group_by(Unit.id, Unit.name, Milestone.state, light)
    )
    lines = _lines(session.execute(query), lambda key: filters.but(unit=key, part=str(Part.LEAD)))
    return sorted(lines, key=lambda line: -line.total)


@dataclass
class SupportLine:
    """One supporting unit: how it answered what it was asked. Nobody else's figures hold this against them."""

    name: str
    asked: int = 0
    in_time: int = 0
    late: int = 0
    lapsed: int = 0
    objected: int = 0

    @property
    def waiting(self) -> int:
        return self.asked - self.in_time - self.late - self.lapsed


def by_support(session: Session, actor: Actor, day: Day, filters: Filters) -> list[SupportLine]:
    """By supporting unit: requests within what the reader may see; those that let most lapse first. One statement."""
    query = (
        request_rows(
            Unit.name, ContributionRequest.state, ContributionRequest.due, ContributionRequest.answered_at,
            Round.submitted_at,
        )
        .join(Unit, Unit.id == ContributionRequest.unit_id)
        .where(visible(actor, day, filters), ContributionRequest.state != ContributionRequest.RELEASED)
    )
    lines: dict[str, SupportLine] = {}
    for name, state, due, answered_at, submitted_at in session.execute(query):
        line = lines.setdefault(name, SupportLine(name))
        line.asked += 1
        line.objected += state in OBJECTIONS
        if answered_at is not None:
            if local_day(answered_at) > due:
                line.late += 1
            else:
                line.in_time += 1
        elif submitted_at is not None or due < day.today:
            line.lapsed += 1
    return sorted(lines.values(), key=lambda line: (-line.lapsed, -line.late, -line.asked, line.name))


def total(lines: list[Line], name: str, filters: Filters) -> Line:
    """The sum of lines that part the milestones between them."""
    found = Line(name, filters)
    for line in lines:
        for state, count in line.states.items():
            found.states[state] = found.states.get(state, 0) + count
        for colour, count in line.colours.items():
            found.colours[colour] = found.colours.get(colour, 0) + count
        found.late += line.late
    return found


def late_and_stuck(
    session: Session, actor: Actor, day: Day, filters: Filters, stuck_days: int = 5, limit: int = 100
) -> list[Late]:
    """Overdue milestones, and those that somebody has held for `stuck_days` working days or more to judge."""
    light = light_code(day).label("light")
    since = last_move(Milestone.id)
    leads = (
        select(func.min(Unit.name)).join(Responsibility, Responsibility.unit_id == Unit.id)
        .where(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD).scalar_subquery()
    )
    judged = [state.name for state in MILESTONE.states if state.holder and state is not MILESTONE.initial]
    query = (
        milestone_rows(
            Milestone.id, Task.number, Task.title, Milestone.year, Milestone.due, Milestone.state, light,
            since.label("since"), leads.label("leads"),
        )
        .where(visible(actor, day, filters), light.in_(codes_of(Colour.RED)) | Milestone.state.in_(judged))
        .order_by(Milestone.due, Milestone.id).limit(limit)
    )
    calendar, found = calendar_of(session), []
    for row in session.execute(query):
        days = calendar.working_days(local_day(row.since), day.today) if row.since else 0
        shown = BY_CODE[row.light]
        if shown.colour == Colour.RED or days >= stuck_days:
            holder = MILESTONE.by_name[row.state].holder
            found.append(Late(
                row.id, row.number, row.title, row.year, row.due, row.state, shown, row.leads or "", holder, days
            ))
    return found


def _counted(session: Session, actor: Actor, day: Day, filters: Filters, key, name, area: bool = False):
    light = light_code(day).label("light")
    columns = [key, name] if key is not name else [key, key.label("name")]
    query = milestone_rows(*columns, Milestone.state, light, func.count())
    if area:
        query = query.join(ActionArea, ActionArea.id == Task.area_id)
    groups = {str(column): column for column in (key, name)}.values()
    return session.execute(
        query.where(visible(actor, day, filters)).group_by(*groups, Milestone.state, light).order_by(key)
    )


def _lines(rows, filters_of) -> list[Line]:
    lines: dict = {}
    for key, name, state, code, count in rows:
        line = lines.setdefault(key, Line(str(name), filters_of(key)))
        line.add(state, BY_CODE[code], count)
    return list(lines.values())
