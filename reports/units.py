"""Units side by side: what each leads, what each supports, how it answered where it was asked."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func
from sqlalchemy.orm import Session

from models import ContributionRequest, Milestone, Part, Plan, Responsibility, Round, Task, Unit
from reports.as_of import stood
from reports.figures import ANSWERS, STOOD, Kind, kind_columns
from reports.ledger import Filters, summed, visible
from reports.monitor import Line
from reports.remembered import among, by_plan
from workflow.actor import Actor
from workflow.lights import Day
from workflow.subjects import milestone_rows, request_rows


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
