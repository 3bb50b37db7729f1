"""The review queue: what awaits a judgement, by its clock, then by risk, then by how long it has waited."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import Session

from models import Milestone
from reports.ledger import Filters, narrowing
from workflow.actor import Actor
from workflow.authority import Offer, awaits_where, offers
from workflow.calendar import local_day
from workflow.clocks import CLOCK_ORDER, Judging
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Light, light_of, urgency
from workflow.openings import Seen, seen_of
from workflow.subjects import last_move, load_milestones, milestone_rows


@dataclass(frozen=True)
class Queued:
    """One that waits: its light, the light of its judge's clock with the working days it has been held."""

    subject: Milestone
    light: Light
    clock: Light | None
    days: int
    offers: list[Offer]
    seen: Seen = Seen()


@dataclass(frozen=True)
class Queue:
    """A page of the queue, and how many there are in all."""

    rows: list[Queued]
    total: int


def queue_where(actor: Actor, day: Judging, filters: Filters, clock: str | None = None) -> list:
    """What awaits this person's judgement within the filters; `clock` is the code of a clock's light."""
    found = [*narrowing(filters, day), awaits_where(MILESTONE, actor), Milestone.state != MILESTONE.initial.name]
    if clock:
        found.append(day.clocks.nearness() == [light.code for light in CLOCK_ORDER].index(clock))
    return found


def queue(
    session: Session, actor: Actor, day: Judging, filters: Filters, clock: str | None = None, *, limit: int,
    offset: int = 0, seen: bool = False,
) -> Queue:
    """Two statements, and one for whether files were opened, where asked."""
    since = last_move(Milestone.id)
    places = session.execute(
        milestone_rows(Milestone.id, since.label("since"), func.count().over().label("total"))
        .where(*queue_where(actor, day, filters, clock))
        .order_by(day.clocks.nearness(), urgency(day), since, Milestone.id).limit(limit).offset(offset)
    ).all()
    ids = [place.id for place in places]
    found = {it.id: it for it in load_milestones(
        session, milestone_rows(Milestone).where(Milestone.id.in_(ids))
    )} if ids else {}
    looked = seen_of(session, ids) if seen else {}
    rows = [
        _queued(found[place.id], place.since, actor, day, looked.get(place.id, Seen()))
        for place in places if place.id in found
    ]
    return Queue(rows, places[0].total if places else 0)


def queued_ids(
    session: Session, actor: Actor, day: Judging, filters: Filters, clock: str | None, state: str, limit: int
) -> list[int]:
    """All within the filters that stand in `state`, in the queue's order."""
    return list(session.scalars(
        milestone_rows(Milestone.id)
        .where(*queue_where(actor, day, filters, clock), Milestone.state == state)
        .order_by(day.clocks.nearness(), urgency(day), last_move(Milestone.id), Milestone.id).limit(limit)
    ))


def _queued(milestone: Milestone, since, actor: Actor, day: Judging, seen: Seen) -> Queued:
    days = day.clocks.held_days(local_day(since)) if since else 0
    return Queued(
        milestone, light_of(milestone, day), day.clocks.light(milestone.state, days), days,
        offers(MILESTONE, actor, milestone), seen,
    )
