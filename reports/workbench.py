"""The workbench: what awaits a person, what they have done, what they have set going, of every workflow."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add

from sqlalchemy import ColumnElement, Date, Integer, and_, cast, func, literal, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from models import AuditEvent, Plan, Words
from workflow.actor import Actor
from workflow.authority import Offer, all_where, awaits_where, limited, offers
from workflow.definition import Action, Workflow
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Day, Light, badge_of, light_code, light_of, urgency, urgency_of_due
from workflow.registry import WORKFLOWS, by_table

# Its year has not begun: it is nobody's work yet, though its lead may fill it in.
_NOT_YET = "not-begun"


@dataclass(frozen=True)
class Waiting:
    """One row: the subject and what this person can do about it, the likeliest first.

    A milestone has its light and its badge besides; of any other, `badge` tells the state.
    """

    workflow: Workflow
    subject: object
    light: Light | None
    badge: Words | None
    due: date | None
    offers: list[Offer]
    open_points: int = 0
    pieces: int = 0
    times_extended: int = 0

    @property
    def plan(self) -> Plan | None:
        return self.workflow.plan(self.subject) if self.workflow.plan else None

    @property
    def title(self) -> Words:
        return self.workflow.title(self.subject)

    @property
    def in_queue(self) -> bool:
        """Whether it is judged in the review queue, beside others of its kind."""
        return self.workflow is MILESTONE and self.next is not None and not self.next.is_units

    @property
    def next(self) -> Offer | None:
        """What can be done now: what brings it onward before any other work, a step back last."""
        ready = [offer for offer in self.offers if offer.open]
        return min(ready, key=self._likely, default=None)

    def _likely(self, offer: Offer) -> int:
        if self.workflow.is_onward(offer.action):
            return 0
        return 1 if _is_work(self.workflow, offer.action) else 2


@dataclass(frozen=True)
class Deed:
    """One thing that a person did."""

    event: AuditEvent
    workflow: Workflow
    subject: object
    action: Words

    @property
    def title(self) -> Words:
        return self.workflow.title(self.subject)


def _is_work(workflow: Workflow, action: Action) -> bool:
    """Whether it is work on the subject by the one who holds it: urging them (催办) is not."""
    return action.target is None and action.by == workflow.by_name[action.source].holder


def waiting_where(workflow: Workflow, actor: Actor, day: Day) -> ColumnElement[bool]:
    """What is this person's to take onward, or to contribute to, now."""
    draft_work = [
        and_(workflow.stands_in(a.source), all_where((*a.who, *a.needs), actor), limited(workflow, actor))
        for a in workflow.actions if a.by in actor.roles and _is_work(workflow, a)
    ]
    mine = or_(awaits_where(workflow, actor), *draft_work)
    return and_(mine, light_code(day) != _NOT_YET if workflow is MILESTONE else true())


def how_many_wait(actor: Actor, day: Day, plan_id: int | None = None) -> ColumnElement[int]:
    """How much `waiting` finds, of all workflows, as a part of a statement."""
    counts = [
        workflow.rows(func.count()).where(waiting_where(workflow, actor, day), of_plan(workflow, plan_id))
        .scalar_subquery()
        for workflow in _listing()
    ]
    return reduce(add, counts)


def of_plan(workflow: Workflow, plan_id: int | None) -> ColumnElement[bool]:
    """The rows of one plan, or of all; what belongs to no plan is among those of each."""
    return Plan.id == plan_id if plan_id and workflow.plan else true()


def _listing() -> list[Workflow]:
    """The workflows whose subjects have rows of their own."""
    return [workflow for workflow in WORKFLOWS.values() if workflow.listed]


def waiting(
    session: Session, actor: Actor, day: Day, limit: int = 50, offset: int = 0, plan_id: int | None = None
) -> list[Waiting]:
    """What awaits this person: the most urgent first, and of those the earliest deadline."""
    return _listed(
        session, actor, day, lambda workflow: waiting_where(workflow, actor, day), plan_id, limit, offset
    )


def under_way(
    session: Session, actor: Actor, day: Day, limit: int = 50, plan_id: int | None = None
) -> list[Waiting]:
    """What this person's unit has set going and others now hold."""

    def where(workflow: Workflow) -> ColumnElement[bool] | None:
        if workflow.mine is None:
            return None
        final = [state.name for state in workflow.final]
        return and_(workflow.mine(actor), workflow.model.state.not_in(final), workflow.sees.where(actor))

    return _listed(session, actor, day, where, plan_id, limit)


def _listed(
    session: Session, actor: Actor, day: Day, where: Callable[[Workflow], ColumnElement[bool] | None],
    plan_id: int | None, limit: int, offset: int = 0,
) -> list[Waiting]:
    """The subjects of all workflows for which `where` holds, the most urgent first.

    One statement, and those that load them.
    """
    parts = [
        workflow.rows(
            literal(workflow.name).label("workflow"), workflow.model.id.label("id"),
            _due(workflow).label("due"),
            (urgency(day) if workflow is MILESTONE else urgency_of_due(_due(workflow), day)).label("urgency"),
        ).where(condition, of_plan(workflow, plan_id))
        for workflow in _listing() if (condition := where(workflow)) is not None
    ]
    every = union_all(*parts).subquery()
    places = session.execute(
        select(every.c.workflow, cast(every.c.id, Integer))
        .order_by(every.c.urgency, every.c.due.asc().nulls_last(), every.c.workflow, every.c.id)
        .limit(limit).offset(offset)
    ).all()
    rows = {
        (workflow.name, row.subject.id): row
        for workflow in WORKFLOWS.values() for row in as_rows(session, workflow, _among(workflow, places), actor, day)
    }
    return [rows[place] for place in map(tuple, places) if place in rows]


def _due(workflow: Workflow) -> ColumnElement:
    return cast(null(), Date) if workflow.due is None else workflow.due


def _among(workflow: Workflow, places):
    """The query of this workflow's subjects among (name, id) pairs; None where there are none."""
    ids = [subject_id for name, subject_id in places if name == workflow.name]
    return workflow.rows(workflow.model).where(workflow.model.id.in_(ids)) if ids else None


def deeds(session: Session, actor: Actor, limit: int = 50, plan_id: int | None = None) -> list[Deed]:
    """What this person has done, the newest first, as far as they may still see it."""
    theirs = [
        and_(AuditEvent.subject_type == workflow.model.__tablename__, AuditEvent.action.in_(workflow.triggers))
        for workflow in WORKFLOWS.values()
    ]
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.actor_id == actor.account_id, or_(*theirs))
        .order_by(AuditEvent.id.desc()).limit(limit)
    ).all()
    found = {}
    for workflow in WORKFLOWS.values():
        query = _among(workflow, [(by_table(event.subject_type).name, event.subject_id) for event in events])
        if query is not None:
            for subject in workflow.many(session, query.where(workflow.sees.where(actor), of_plan(workflow, plan_id))):
                found[workflow.model.__tablename__, subject.id] = workflow, subject
    return [
        Deed(event, *found[key], found[key][0].label_of(event.action))
        for event in events if (key := (event.subject_type, event.subject_id)) in found
    ]


def as_rows(session: Session, workflow: Workflow, query, actor: Actor, day: Day) -> list[Waiting]:
    """The rows of one workflow's query, in its order; none where the query is None."""
    subjects = workflow.many(session, query) if query is not None else []
    return [_row(workflow, subject, actor, day) for subject in subjects]


def _row(workflow: Workflow, subject, actor: Actor, day: Day) -> Waiting:
    given = offers(workflow, actor, subject)
    if workflow is MILESTONE:
        return Waiting(
            workflow, subject, light_of(subject, day), badge_of(subject), subject.due, given,
            subject.round.open_points, subject.round.evidence_count, subject.times_extended,
        )
    due = getattr(subject, workflow.due.key) if workflow.due is not None else None
    return Waiting(workflow, subject, None, workflow.by_name[subject.state].label, due, given)
