"""Urging by hand (催办): whom it reaches, shown first; then an event on the milestone, and their notices."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, AuditEvent, Milestone, Role, Unit
from workflow.actor import Actor
from workflow.audiences import Telling, committee, lead_handlers, recipients, reviewers
from workflow.audit.chain import append
from workflow.definitions.milestone import MILESTONE
from workflow.engine import locked, permitted
from workflow.inputs import read_input
from workflow.notices import about, tell

TRIGGERS = ("urge", "chase")
HOLDERS = {Role.HANDLER: lead_handlers, Role.REVIEWER: reviewers, Role.COMMITTEE: committee}


def reached_by(session: Session, milestone: Milestone, actor: Actor, at) -> list[str]:
    """Whom it would reach now, by unit and post: those who hold the milestone, and who act for them."""
    rows = session.execute(
        select(Unit.name, Account.post).join(Unit, Unit.id == Account.unit_id)
        .where(recipients(_tellings(milestone), at), Account.id.not_in(sorted(actor.hands)))
        .order_by(Unit.id, Account.id)
    )
    return [f"{unit} · {post}" for unit, post in rows]


def urge(milestone: Milestone, trigger: str, actor: Actor, raw: dict) -> AuditEvent:
    """Write the event and the notices of those who hold the milestone. Raises what `fire` raises."""
    with locked(milestone, actor) as (session, workflow, fresh, acting, at):
        action = permitted(workflow, trigger, acting, fresh)
        taken = read_input(action.input, raw)
        event = append(
            session, fresh, acting, at, trigger, role=action.by, moved=(fresh.state, fresh.state),
            round_number=fresh.round_number, detail=taken,
        )
        tell(session, event, _tellings(fresh), {"about": about(fresh), "words": taken["words"]}, acting)
        return event


def _tellings(milestone: Milestone) -> list[Telling]:
    holder = MILESTONE.by_name[milestone.state].holder
    return [Telling("urged", HOLDERS[holder](milestone))] if holder else []
