"""The monitor: sign-off by plan, action area, unit, year and quarter; what is late or stuck, who holds it, since when.

Every number is a figure of `reports.figures` over some of the milestones that the reader may see, and carries the
filters that list exactly those: the page links each to its own ledger.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, groupby

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
from reports.ledger import NO_QUARTER, NO_YEAR, Filters, one_after_another, summed, visible
from reports.remembered import among, by_plan
from workflow.actor import Actor
from workflow.calendar import day_begins, local_day
from workflow.clocks import JUDGED, Judging
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, Colour, Day, Light, codes_of, light_code
from workflow.periods import quarter_days, quarter_of
from workflow.registry import WORKFLOWS
from workflow.rounds import say_unchanged
from workflow.rules import READS_ALL
from workflow.subjects import last_move, milestone_rows, request_rows

WATCHERS = READS_ALL  # who sees the monitor, and takes its documents along
SMALL = 5  # a share of fewer than so many is marked: one more or less would change it by a fifth or more
SHOWN = 50  # lines of what is late and stuck on a page


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


def _cut_together(cuts: list[Overview], _actor: Actor, _day: Day, filters: Filters) -> Overview:
    """The cuts of several plans as one: the newest plan first, years and quarters of all of them together."""
    return Overview(
        _all_of([cut.total for cut in cuts], "", filters),
        one_after_another(cut.plans for cut in reversed(cuts)), one_after_another(cut.areas for cut in reversed(cuts)),
        _like_with_like(one_after_another(cut.years for cut in cuts), lambda of: (of.year == NO_YEAR, of.year)),
        _like_with_like(
            one_after_another(cut.quarters for cut in cuts), lambda of: (of.quarter == NO_QUARTER, of.quarter)
        ),
    )


def _all_of(lines: list[Line], name: str, filters: Filters) -> Line:
    return Line(name, filters, Tally.of(line.tally for line in lines))


def _like_with_like(lines: list[Line], order: Callable[[Filters], tuple]) -> list[Line]:
    """The lines about the same milestones of several plans as one each."""
    found: dict[Filters, list[Line]] = {}
    for line in lines:
        found.setdefault(line.filters, []).append(line)
    return [_all_of(found[of], found[of][0].name, of) for of in sorted(found, key=order)]


@by_plan(join=_cut_together)
def overview(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters
) -> dict[int, Overview]:
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
        .where(visible(actor, day, filters), among(Plan.id, plans)).group_by(*keys, *kinds)
        .order_by(Plan.id, ActionArea.position, ActionArea.id)
    )
    rows = session.execute(stood(session, query, day, plans))
    return {plan: _cut(own, filters) for plan, own in groupby(rows, key=lambda row: row[0])}


def _cut(rows: Iterable, filters: Filters) -> Overview:
    """One plan's."""
    total, plans, areas, years, quarters = Line("", filters), {}, {}, {}, {}
    for plan, title, area, area_title, _place, year, due_year, due_quarter, *kind, count in rows:
        when = f"{int(due_year)}Q{due_quarter}" if due_quarter else NO_QUARTER
        lines = (
            total,
            _line(plans, plan, title, lambda key: filters.but(plan=key)),
            _line(areas, area, area_title, lambda key: filters.but(area=key), plan),
            _line(years, year, str(year or ""), lambda key: filters.but(year=NO_YEAR if key is None else key)),
            _line(quarters, when, "" if when == NO_QUARTER else when, lambda key: filters.but(quarter=key)),
        )
        for line in lines:
            line.tally.add(Kind(*kind), count)
    return Overview(
        total, list(plans.values()), list(areas.values()),
        [years[key] for key in sorted(years, key=lambda year: (year is None, year or 0))],
        [quarters[key] for key in sorted(quarters, key=lambda it: (it == NO_QUARTER, it))],
    )


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


def _unit_lines(counts: Counter, _actor: Actor, _day: Day, filters: Filters, ranking: bool = False) -> list[UnitLine]:
    lines: dict[int, UnitLine] = {}
    for (unit_id, name, what, kind), count in counts.items():
        line = _unit_line(lines, unit_id, name, filters)
        if kind is None:
            line.answers[what] = count
        else:
            (line.lead if what == Part.LEAD else line.support).tally.add(kind, count)
    found = sorted(lines.values(), key=lambda line: line.id)
    return ranked(found) if ranking else found


@by_plan(join=summed, then=_unit_lines)
def by_unit(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters, ranking: bool = False
) -> dict[int, Counter[tuple[int, str, str, Kind | None]]]:
    """Every unit with a part, by the order of the directory; by their share signed off where they are ranked.

    A milestone with two leads counts for each, so these lines add up to more than the total. Two statements.
    """
    kinds = kind_columns(day)
    query = (
        milestone_rows(Task.plan_id, Unit.id, Unit.name, Responsibility.part, *kinds, func.count())
        .join(Responsibility, Responsibility.task_id == Task.id).join(Unit, Unit.id == Responsibility.unit_id)
        .where(visible(actor, day, filters), among(Plan.id, plans))
        .group_by(Task.plan_id, Unit.id, Unit.name, Responsibility.part, *kinds)
    )
    found: dict[int, Counter[tuple[int, str, str, Kind | None]]] = {}
    for plan, unit_id, name, part, *kind, count in session.execute(stood(session, query, day, plans)):
        found.setdefault(plan, Counter())[unit_id, name, part, Kind(*kind)] += count
    for (plan, unit_id, name), answers in _answers(session, plans, actor, day, filters).items():
        own = found.setdefault(plan, Counter())
        for answer, count in answers.items():
            own[unit_id, name, answer, None] = count
    return found


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


def _answers(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters
) -> dict[tuple[int, int, str], dict[str, int]]:
    """By plan and unit (id, name): milestones by what it was asked in them. One statement."""
    within = milestone_rows(Milestone.id).where(visible(actor, day, filters), among(Plan.id, plans))
    query = (
        request_rows(
            Task.plan_id, Unit.id, Unit.name, Milestone.id.label("milestone_id"), ContributionRequest.state,
            ContributionRequest.due, ContributionRequest.answered_at, Round.submitted_at,
        )
        .join(Unit, Unit.id == ContributionRequest.unit_id).where(Milestone.id.in_(within.correlate(None)), STOOD)
    )
    found: dict[tuple[int, int, str], dict[str, set[int]]] = {}
    for row in session.execute(stood(session, query, day, plans)):
        sets = found.setdefault((row.plan_id, row.id, row.name), {answer.name: set() for answer in ANSWERS})
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


def late_and_stuck(session: Session, actor: Actor, day: Judging, filters: Filters, limit: int) -> list[Held]:
    """What is red, and what somebody has had for longer than their clock allows; the earliest deadline first.

    Two statements: which they are, and what is to be said of them.
    """
    places = _late(session, actor, day, filters, limit)
    return _held(session, actor, day, filters, tuple(it for _no_due, _due, it in places)) if places else []


def _earliest(places: Iterable[Iterable[tuple]], _actor: Actor, _day: Judging, _filters: Filters, limit: int) -> list:
    return sorted(chain.from_iterable(places))[:limit]


@by_plan(join=_earliest)
def _late(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters, limit: int
) -> dict[int, list[tuple[bool, date, int]]]:
    """By plan the first ones: whether it has no deadline, the deadline (else any day), the milestone."""
    order = Milestone.due.asc().nulls_last(), Milestone.id
    place = func.row_number().over(partition_by=Task.plan_id, order_by=order)
    late = (
        milestone_rows(Task.plan_id, Milestone.due, Milestone.id, place.label("place"))
        .where(
            visible(actor, day, filters), among(Plan.id, plans),
            light_code(day).in_(codes_of(Colour.RED)) | day.clocks.over_where(),
        ).subquery("late")
    )
    query = select(late.c.plan_id, late.c.due, late.c.id).where(late.c.place <= limit).order_by(late.c.place)
    found: dict[int, list[tuple[bool, date, int]]] = {}
    for plan, due, milestone_id in session.execute(stood(session, query, day, plans)):
        found.setdefault(plan, []).append((due is None, due or date.min, milestone_id))
    return found


@by_plan(join=lambda parts, *_about: sorted(
    chain.from_iterable(parts), key=lambda it: (it.due is None, it.due or date.min, it.id)
))
def _held(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters, ids: tuple[int, ...]
) -> dict[int, list[Held]]:
    """What is to be said of these milestones."""
    leads = (
        select(func.min(Unit.name)).join(Responsibility, Responsibility.unit_id == Unit.id)
        .where(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD).scalar_subquery()
    )
    query = (
        milestone_rows(
            Task.plan_id, Milestone.id, Task.number, Task.title, Milestone.year, Milestone.due, Milestone.state,
            light_code(day).label("light"), last_move(Milestone.id).label("since"), leads.label("leads"),
        )
        .where(visible(actor, day, filters), Milestone.id.in_(ids), among(Plan.id, plans))
        .order_by(Milestone.due.asc().nulls_last(), Milestone.id)
    )
    found: dict[int, list[Held]] = {}
    for row in session.execute(stood(session, query, day, plans)):
        since = row.since and local_day(row.since)
        days = day.clocks.held_days(since) if since else 0
        found.setdefault(row.plan_id, []).append(Held(
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
    lights: Counter[str] = field(default_factory=Counter)
    longest: int = 0

    @property
    def total(self) -> int:
        return self.lights.total()


def _hands(day: Judging) -> dict[str, Reviewing]:
    return {state: Reviewing(state, role, day.clocks.limit(state)) for state, role in JUDGED.items()}


def _all_hands(parts: Iterable[list[Reviewing]], _actor: Actor, day: Judging, _filters: Filters) -> list[Reviewing]:
    found = _hands(day)
    for line in chain.from_iterable(parts):
        found[line.state].lights.update(line.lights)
        found[line.state].longest = max(found[line.state].longest, line.longest)
    return list(found.values())


@by_plan(join=_all_hands)
def reviewing(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Judging, filters: Filters
) -> dict[int, list[Reviewing]]:
    """The clocks of those who judge. One statement."""
    found: dict[int, dict[str, Reviewing]] = {}
    query = (
        milestone_rows(Task.plan_id, Milestone.state, last_move(Milestone.id))
        .where(visible(actor, day, filters), Milestone.state.in_(sorted(JUDGED)), among(Plan.id, plans))
    )
    for plan, state, since in session.execute(stood(session, query, day, plans)):
        days = day.clocks.held_days(local_day(since)) if since else 0
        line, light = found.setdefault(plan, _hands(day))[state], day.clocks.light(state, days)
        line.longest = max(line.longest, days)
        if light is not None:
            line.lights[light.code] += 1
    return {plan: list(lines.values()) for plan, lines in found.items()}


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
