"""Which unit is given what back, and why: rounds that were returned, by the unit that submitted them and by reason.

Taken from the audit trail, and so true for any past day. A return counts for the day on which it was made, and for the
unit that had submitted the round, whoever leads the task today. `reports/figures.py` says what each number counts.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, true
from sqlalchemy.orm import Session, aliased

from models import AuditEvent, Milestone, Round, Task, Unit, Words
from reports.as_of import stood
from reports.figures import DECISION, RETURN_SHARE
from reports.ledger import Filters, visible
from reports.monitor import SMALL
from reports.remembered import among, by_plan
from workflow.actor import Actor
from workflow.audit.words import action_words
from workflow.calendar import day_begins
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Day
from workflow.reasons import every
from workflow.subjects import milestone_rows

RETURNED, SETTLED = RETURN_SHARE.part, RETURN_SHARE.whole
PAGE = 100
BACKWARDS = Words("起始日期晚于截止日期，请更正。", "The period ends before it begins: please correct it.")
_DECIDED = aliased(Round)  # the round that a decision was about: the milestone has others since


@dataclass(frozen=True)
class Period:
    """From one day to another, both included; None is without an end on that side."""

    since: date | None = None
    until: date | None = None

    @property
    def backwards(self) -> bool:
        """Whether it ends before it begins: then nothing lies in it."""
        return bool(self.since and self.until and self.since > self.until)

    def query(self) -> dict[str, str]:
        """As the parameters of an address."""
        given = {"since": self.since, "until": self.until}
        return {name: day.isoformat() for name, day in given.items() if day}

    def where(self) -> ColumnElement[bool]:
        """Whether an event happened in it."""
        begins = AuditEvent.at >= day_begins(self.since) if self.since else true()
        ends = AuditEvent.at < day_begins(self.until + timedelta(1)) if self.until else true()
        return and_(begins, ends)


ALWAYS = Period()


@dataclass
class UnitReturns:
    """One unit (None: all of them): its rounds by what was decided of them, the returned ones by reason."""

    unit_id: int | None
    name: str
    reasons: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)  # by trigger

    def __getitem__(self, name: str) -> int:
        """The figure of this name."""
        return sum(self.decided[trigger] for trigger in DECISION[name].triggers)

    @property
    def share(self) -> int | None:
        return RETURN_SHARE.of(self)

    @property
    def small(self) -> bool:
        return self[SETTLED] < SMALL

    def add(self, trigger: str, reason: str | None, count: int) -> None:
        self.decided[trigger] += count
        if trigger in DECISION[RETURNED].triggers:
            self.reasons[reason or ""] += count

    def include(self, other: "UnitReturns") -> None:
        self.reasons.update(other.reasons)
        self.decided.update(other.decided)


@dataclass
class Returns:
    """All units together, each of them in the order of the directory, and the reasons in that of their list."""

    total: UnitReturns
    units: list[UnitReturns]
    reasons: list[tuple[str, Words]]

    def of(self, unit_id: int) -> UnitReturns:
        """The line of a unit, with nothing in it where nothing of its was decided."""
        return next((it for it in self.units if it.unit_id == unit_id), UnitReturns(unit_id, ""))


@dataclass(frozen=True)
class Asked:
    """Which of the decided rounds: of a unit, for a reason, returned or settled (the name of a figure)."""

    figure: str = RETURNED
    unit: int | None = None
    reason: str | None = None

    def query(self) -> dict[str, str]:
        """As the parameters of an address; `unit` is another filter there."""
        given = {"figure": self.figure, "by": self.unit, "reason": self.reason}
        return {name: str(value) for name, value in given.items() if value}


@dataclass(frozen=True)
class Decided:
    """One round that was decided: what it was about, who had submitted it, what was said; `reason` as it was given."""

    milestone_id: int
    number: str | None
    title: str
    year: int | None
    round: int
    unit: str
    at: datetime
    action: Words
    role: str
    reason: Words | None
    words: str


def _together(parts: Iterable[dict[int, UnitReturns]], *_about) -> dict[int, UnitReturns]:
    """What several plans say of each unit as one."""
    found: dict[int, UnitReturns] = {}
    for lines in parts:
        for unit_id, line in lines.items():
            found.setdefault(unit_id, UnitReturns(unit_id, line.name)).include(line)
    return found


@by_plan(join=_together)
def _lines(
    session: Session, plans: frozenset[int] | None, actor: Actor, day: Day, filters: Filters, period: Period
) -> dict[int, dict[int, UnitReturns]]:
    """What was decided, by the unit that had submitted it."""
    query = (
        _rows(
            actor, day, filters, period, Asked(SETTLED), Task.plan_id, Unit.id, Unit.name, AuditEvent.action,
            AuditEvent.reason, func.count(),
        )
        .where(among(Task.plan_id, plans))
        .group_by(Task.plan_id, Unit.id, Unit.name, AuditEvent.action, AuditEvent.reason)
    )
    found: dict[int, dict[int, UnitReturns]] = {}
    for plan, unit_id, name, trigger, reason, count in session.execute(stood(session, query, day, plans)):
        found.setdefault(plan, {}).setdefault(unit_id, UnitReturns(unit_id, name)).add(trigger, reason, count)
    return found


def returns(session: Session, actor: Actor, day: Day, filters: Filters, period: Period = ALWAYS) -> Returns:
    """Two statements."""
    lines, total = _lines(session, actor, day, filters, period), UnitReturns(None, "")
    for line in lines.values():
        total.include(line)
    return Returns(total, [lines[unit_id] for unit_id in sorted(lines)], _reasons(session, total.reasons))


def rounds(
    session: Session, actor: Actor, day: Day, filters: Filters, period: Period, asked: Asked, page: int = 1
) -> tuple[int, list[Decided]]:
    """How many there are, and a page of them, the newest first. One statement."""
    query = _rows(
        actor, day, filters, period, asked, func.count().over(), Milestone.id, Task.number, Task.title, Milestone.year,
        AuditEvent.round, Unit.name, AuditEvent.at, AuditEvent.action, AuditEvent.actor_role, AuditEvent.reason,
        AuditEvent.detail,
    )
    query = query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(PAGE).offset(PAGE * (page - 1))
    listed, found = session.execute(stood(session, query, day)).all(), []
    for _total, *row, action, role, reason, detail in listed:
        said = json.loads(detail)
        words = MILESTONE.reason_words(reason, said) if reason else None
        found.append(Decided(*row, action_words(MILESTONE, action), role, words, said.get("words", "")))
    return (listed[0][0] if listed else 0), found


def _rows(actor: Actor, day: Day, filters: Filters, period: Period, asked: Asked, *entities) -> Select:
    """The decisions that are asked for, each with its milestone, its round and the unit that submitted that."""
    query = (
        milestone_rows(*entities)
        .join(AuditEvent, and_(
            AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == Milestone.id,
            DECISION[asked.figure].where(),
        ))
        .join(_DECIDED, and_(_DECIDED.milestone_id == Milestone.id, _DECIDED.number == AuditEvent.round))
        .join(Unit, Unit.id == _DECIDED.submitted_unit_id)
        .where(visible(actor, day, filters), period.where())
    )
    if asked.unit:
        query = query.where(Unit.id == asked.unit)
    return query.where(AuditEvent.reason == asked.reason) if asked.reason else query


def _reasons(session: Session, used: Iterable[str]) -> list[tuple[str, Words]]:
    """Those that are offered, and those that were once and have been used, in the order of the list."""
    return [(it.code, it.words) for it in every(session) if it.offered or it.code in used]
