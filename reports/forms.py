"""How many forms units had to fill in and hand in, from the audit trail: what reporting costs them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from models import Account, AuditEvent, Role, Words
from workflow.calendar import day_begins
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Day
from workflow.periods import quarter_days, quarter_of
from workflow.registry import WORKFLOWS
from workflow.rounds import say_unchanged


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
