"""What would be stored: counted, and held against the unit directory, before anybody confirms it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Part, Unit, UnitMember
from plans.checked import CheckedPlan
from plans.findings import DOUBT, ERROR, NOTE
from plans.unit_directory import known_units, paper_day


@dataclass(frozen=True)
class Summary:
    """Counts of a plan; units by name in the order of the paper, with the number of tasks that they have a part in."""

    areas: int
    tasks: int
    starred: int
    milestones: int
    by_year: dict[int | None, int]
    inferred: int
    grades: dict[str, int]
    doubts: dict[str, int]  # open ones, by code
    known_units: dict[str, int]
    new_units: dict[str, int]
    new_collectives: dict[str, int]
    without_account: dict[str, int]  # known or new, and nobody could sign in for them
    unresolved: dict[str, int]  # collectives that no unit answers for


def summarise(session: Session, plan: CheckedPlan, today: date) -> Summary:
    """Four statements."""
    seats = Counter(seat.name for task in plan.tasks for seat in task.seats)
    leads = {seat.name for task in plan.tasks for seat in task.seats if seat.part == Part.LEAD}
    collective = {seat.name for task in plan.tasks for seat in task.seats if seat.collective}
    known = known_units(session, seats, paper_day(plan.years, today))
    manned = set(session.scalars(
        select(Account.unit_id).where(Account.active, Account.unit_id.in_(known.values()))
    ))
    resolved = set(session.scalars(
        select(Unit.name).join(UnitMember, UnitMember.collective_id == Unit.id).where(Unit.name.in_(collective))
    ))
    by_year = Counter(m.year for task in plan.tasks for m in task.milestones)
    grades = Counter(finding.grade for finding in plan.findings)

    def picked(names) -> dict[str, int]:
        return {name: seats[name] for name in seats if name in names}

    return Summary(
        areas=len(plan.areas), tasks=len(plan.tasks), starred=sum(task.starred for task in plan.tasks),
        milestones=by_year.total(),
        by_year={year: by_year[year] for year in sorted(by_year, key=lambda year: (year is None, year or 0))},
        inferred=sum(seat.inferred for task in plan.tasks for seat in task.seats),
        grades={grade: grades[grade] for grade in (ERROR, DOUBT, NOTE)},
        doubts=dict(Counter(f.code for f in plan.findings if f.grade == DOUBT).most_common()),
        known_units=picked(known.keys()), new_units=picked(seats.keys() - known.keys() - collective),
        new_collectives=picked(collective - known.keys()),
        without_account=picked({name for name in leads - collective if known.get(name) not in manned}),
        unresolved=picked(collective - resolved),
    )
