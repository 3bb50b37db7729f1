"""The monitor: sign-off by plan, action area, unit, year and quarter; what is late or stuck, who holds it, since when.

Every number is a figure of `reports.figures` over some of the milestones that the reader may see, and carries the
filters that list exactly those: the page links each to its own ledger.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, extract, func, or_, select
from sqlalchemy.orm import Session

from models import (
    Account,
    ActionArea,
    AuditEvent,
    ContributionRequest,
    Milestone,
    Part,
    Plan,
    Responsibility,
    Role,
    Round,
    Task,
    Unit,
    Words,
)
from reports.as_of import stood
from reports.figures import ANSWERS, STOOD, Kind, Tally, kind_columns
from reports.ledger import NO_QUARTER, NO_YEAR, Filters, visible
from reports.remembered import remembered
from workflow.actor import Actor
from workflow.calendar import day_begins, local_day
from workflow.clocks import JUDGED, Judging
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, Colour, Day, Light, codes_of, light_code
from workflow.periods import quarter_days, quarter_of
from workflow.registry import WORKFLOWS
from workflow.rounds import say_unchanged
from workflow.subjects import last_move, milestone_rows, request_rows

SMALL = 5  # a share of fewer than so many is marked: one more or less would change it by a fifth or more


@dataclass
class Line:
    """One line of a table: its figures, and the filters of its milestones. `plan_id`: whose the area is."""

    name: str
    filters: Filters
    tally: Tally = field(default_factory=Tally)
    plan_id: int | None = None

    @property
    def share(self) -> int | None:
        return self.tally.share()

    @property
    def small(self) -> bool:
        return self.tally["wanted"] < SMALL


@dataclass(frozen=True)
class Point:
    """The figures at the end of one day."""

    day: date
    tally: Tally


@dataclass
class Overview:
    """The same milestones cut four ways; each of the ways adds up to `total`."""

    total: Line
    plans: list[Line]
    areas: list[Line]
    years: list[Line]
    quarters: list[Line]


@remembered
def overview(session: Session, actor: Actor, day: Day, filters: Filters) -> Overview:
    """One statement."""
    kinds = kind_columns(day)
    quarter = case(
        (Milestone.due.is_(None), None), (extract("month", Milestone.due) <= 3, 1),
        (extract("month", Milestone.due) <= 6, 2), (extract("month", Milestone.due) <= 9, 3), else_=4,
    )
    names = (
        Plan.id, Plan.title, ActionArea.id, ActionArea.title, ActionArea.position, Milestone.year,
        extract("year", Milestone.due), quarter,
    )
    keys = [name.label(f"k{n}") for n, name in enumerate(names)]
    query = (
        milestone_rows(*keys, *kinds, func.count()).join(ActionArea, ActionArea.id == Task.area_id)
        .where(visible(actor, day, filters)).group_by(*keys, *kinds)
        .order_by(Plan.id.desc(), ActionArea.position, ActionArea.id)
    )
    found = Overview(Line("", filters), [], [], [], [])
    plans, areas, years, quarters = {}, {}, {}, {}
    for plan, title, area, area_title, _place, year, due_year, due_quarter, *kind, count in session.execute(
        stood(session, query, day)
    ):
        when = f"{int(due_year)}Q{due_quarter}" if due_quarter else NO_QUARTER
        lines = (
            found.total,
            _line(plans, plan, title, lambda key: filters.but(plan=key)),
            _line(areas, area, area_title, lambda key: filters.but(area=key), plan),
            _line(years, year, str(year or ""), lambda key: filters.but(year=NO_YEAR if key is None else key)),
            _line(quarters, when, "" if when == NO_QUARTER else when, lambda key: filters.but(quarter=key)),
        )
        for line in lines:
            line.tally.add(Kind(*kind), count)
    found.plans, found.areas = list(plans.values()), list(areas.values())
    found.years = [years[key] for key in sorted(years, key=lambda year: (year is None, year or 0))]
    found.quarters = [quarters[key] for key in sorted(quarters, key=lambda it: (it == NO_QUARTER, it))]
    return found


def _line(
    lines: dict, key: Hashable, name: str, filters_of: Callable[[Hashable], Filters], plan_id: int | None = None
) -> Line:
    if key not in lines:
        lines[key] = Line(name, filters_of(key), plan_id=plan_id)
    return lines[key]


@dataclass
class UnitLine:
    """One unit: the milestones that it leads, those that it supports, and how it answered where it was asked.

    `answers` counts by the names of `reports.figures.ANSWERS`: what a unit supports never counts against it, what it
    answers does.
    """

    id: int
    name: str
    lead: Line
    support: Line
    answers: dict[str, int] = field(default_factory=dict)
    place: int | None = None  # in a ranking, where there is one

    def asked(self, answer: str) -> tuple[int, Filters]:
        """One of its answers, and the filters of exactly those milestones."""
        return self.answers.get(answer, 0), self.support.filters.but(part=None, answer=answer)


@remembered
def by_unit(session: Session, actor: Actor, day: Day, filters: Filters, ranking: bool = False) -> list[UnitLine]:
    """Every unit with a part, by the order of the directory; by their share signed off where they are ranked.

    A milestone with two leads counts for each, so these lines add up to more than the total. Two statements.
    """
    kinds = kind_columns(day)
    query = (
        milestone_rows(Unit.id, Unit.name, Responsibility.part, *kinds, func.count())
        .join(Responsibility, Responsibility.task_id == Task.id).join(Unit, Unit.id == Responsibility.unit_id)
        .where(visible(actor, day, filters)).group_by(Unit.id, Unit.name, Responsibility.part, *kinds)
        .order_by(Unit.id)
    )
    lines: dict[int, UnitLine] = {}
    for unit_id, name, part, *kind, count in session.execute(stood(session, query, day)):
        line = _unit_line(lines, unit_id, name, filters)
        (line.lead if part == Part.LEAD else line.support).tally.add(Kind(*kind), count)
    for (unit_id, name), answers in _answers(session, actor, day, filters).items():
        _unit_line(lines, unit_id, name, filters).answers = answers
    found = sorted(lines.values(), key=lambda line: line.id)
    return ranked(found) if ranking else found


def no_part(unit: Unit, filters: Filters) -> UnitLine:
    """The line of a unit that has no part in any of these."""
    return _unit_line({}, unit.id, unit.name, filters)


def _unit_line(lines: dict[int, UnitLine], unit_id: int, name: str, filters: Filters) -> UnitLine:
    if unit_id not in lines:
        own = [Line(name, filters.but(unit=unit_id, part=str(part))) for part in (Part.LEAD, Part.SUPPORT)]
        lines[unit_id] = UnitLine(unit_id, name, *own)
    return lines[unit_id]


def ranked(lines: list[UnitLine]) -> list[UnitLine]:
    """By share signed off; equal shares have equal places, and small numbers are not ranked but come after."""
    shares = [line.lead.share for line in lines if not line.lead.small]
    for line in lines:
        if not line.lead.small:
            line.place = 1 + sum(share > line.lead.share for share in shares)
    return sorted(lines, key=lambda line: (line.place is None, line.place or 0, line.id))


def _answers(session: Session, actor: Actor, day: Day, filters: Filters) -> dict[tuple[int, str], dict[str, int]]:
    """By unit (id, name): milestones by what it was asked in them. One statement."""
    within = milestone_rows(Milestone.id).where(visible(actor, day, filters))
    query = (
        request_rows(
            Unit.id, Unit.name, Milestone.id.label("milestone_id"), ContributionRequest.state, ContributionRequest.due,
            ContributionRequest.answered_at, Round.submitted_at,
        )
        .join(Unit, Unit.id == ContributionRequest.unit_id).where(Milestone.id.in_(within.correlate(None)), STOOD)
    )
    found: dict[tuple[int, str], dict[str, set[int]]] = {}
    for row in session.execute(stood(session, query, day)):
        sets = found.setdefault((row.id, row.name), {answer.name: set() for answer in ANSWERS})
        for answer in ANSWERS:
            if answer.holds(row, day.today):
                sets[answer.name].add(row.milestone_id)
    return {unit: {name: len(milestones) for name, milestones in sets.items()} for unit, sets in found.items()}


@dataclass(frozen=True)
class Held:
    """One milestone that is late, or that somebody has held for too long: who holds it, since when.

    `days` are working days; `clock` is the holder's own light, where a clock runs for them.
    """

    id: int
    number: str | None
    title: str
    year: int | None
    due: date | None
    state: str
    light: Light
    leads: str
    holder: Role
    since: date | None
    days: int
    clock: Light | None


@remembered
def late_and_stuck(session: Session, actor: Actor, day: Judging, filters: Filters, limit: int = 100) -> list[Held]:
    """What is red, and what somebody has had for longer than their clock allows; the earliest deadline first.

    One statement.
    """
    light = light_code(day).label("light")
    leads = (
        select(func.min(Unit.name)).join(Responsibility, Responsibility.unit_id == Unit.id)
        .where(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD).scalar_subquery()
    )
    query = (
        milestone_rows(
            Milestone.id, Task.number, Task.title, Milestone.year, Milestone.due, Milestone.state, light,
            last_move(Milestone.id).label("since"), leads.label("leads"),
        )
        .where(visible(actor, day, filters), light.in_(codes_of(Colour.RED)) | day.clocks.over_where())
        .order_by(Milestone.due, Milestone.id).limit(limit)
    )
    found = []
    for row in session.execute(stood(session, query, day)):
        since = row.since and local_day(row.since)
        days = day.clocks.held_days(since) if since else 0
        found.append(Held(
            row.id, row.number, row.title, row.year, row.due, row.state, BY_CODE[row.light], row.leads or "",
            MILESTONE.by_name[row.state].holder, since, days, day.clocks.light(row.state, days),
        ))
    return found


@dataclass
class Reviewing:
    """What one role has in hand to judge: how many, by the light of its clock, and the longest in working days."""

    state: str
    role: Role
    limit: int | None
    lights: dict[str, int] = field(default_factory=dict)
    longest: int = 0

    @property
    def total(self) -> int:
        return sum(self.lights.values())


@remembered
def reviewing(session: Session, actor: Actor, day: Judging, filters: Filters) -> list[Reviewing]:
    """The clocks of those who judge. One statement."""
    found = {state: Reviewing(state, role, day.clocks.limit(state)) for state, role in JUDGED.items()}
    query = (
        milestone_rows(Milestone.state, last_move(Milestone.id))
        .where(visible(actor, day, filters), Milestone.state.in_(sorted(JUDGED)))
    )
    for state, since in session.execute(stood(session, query, day)):
        days = day.clocks.held_days(local_day(since)) if since else 0
        line, light = found[state], day.clocks.light(state, days)
        line.longest = max(line.longest, days)
        if light is not None:
            line.lights[light.code] = line.lights.get(light.code, 0) + 1
    return list(found.values())


@dataclass(frozen=True)
class Forms:
    """What a unit had to fill in and hand in during a quarter, by kind of subject, from the audit trail."""

    quarter: str
    counts: list[tuple[Words, int]]
    unchanged: int = 0  # how often one press (本期无变化) stood in for a form

    @property
    def total(self) -> int:
        return sum(count for _label, count in self.counts)


def forms(session: Session, unit_id: int, day: Day) -> Forms:
    """Of the quarter in which the day lies. One statement."""
    quarter = quarter_of(day.today)
    first, _last = quarter_days(quarter)
    found = forms_between(session, day_begins(first), _end(day), unit_id).get(unit_id, {})
    counts = [(it.label, found.get(it.model.__tablename__, 0)) for it in HANDED_IN]
    return Forms(quarter, counts, found.get(UNCHANGED, 0))


# What units fill in and hand in, by workflow.
HANDED_IN = {
    workflow: triggers for workflow in WORKFLOWS.values()
    if (triggers := sorted({a.trigger for a in workflow.actions if a.by == Role.HANDLER and workflow.leads_on(a)}))
}
UNCHANGED = next(a.trigger for a in MILESTONE.actions if a.effect is say_unchanged)  # one press, and no form


def forms_between(
    session: Session, since: datetime, until: datetime, unit_id: int | None = None
) -> dict[int, dict[str, int]]:
    """By unit, of one or of all, and by kind of subject (its table): how many were handed in; under `UNCHANGED` how
    often one press stood in for one. One statement."""
    what = case((AuditEvent.action == UNCHANGED, UNCHANGED), else_=AuditEvent.subject_type)
    query = (
        select(Account.unit_id, what, func.count())
        .join(Account, Account.id == AuditEvent.actor_id)
        .where(AuditEvent.at >= since, AuditEvent.at < until, or_(*(
            and_(AuditEvent.subject_type == workflow.model.__tablename__, AuditEvent.action.in_(
                [*triggers, UNCHANGED] if workflow is MILESTONE else triggers
            )) for workflow, triggers in HANDED_IN.items()
        ))).group_by(Account.unit_id, what)
    )
    if unit_id is not None:
        query = query.where(Account.unit_id == unit_id)
    found: dict[int, dict[str, int]] = {}
    for unit, name, count in session.execute(query):
        found.setdefault(unit, {})[name] = count
    return found


def _end(day: Day) -> datetime:
    return day.until or day_begins(day.today + timedelta(1))
