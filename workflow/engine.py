"""The one way in: `fire` is the only function that changes a state, and it owns the transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Role, database_of, release
from workflow import authority
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.audit.words import action_words
from workflow.definition import Action, Workflow
from workflow.delegation import again_beside
from workflow.errors import NotNow, NotVisible, Reason, Refused, Stale, Unknown
from workflow.inputs import Listed, read_input
from workflow.notices import tell_of
from workflow.registry import workflow_of

SIGNED_OUT = authority.Words("账号已停用。", "The account is closed.")


@dataclass
class Passage:
    """One action under way, as its effect sees it. The effect may add to `detail` and set `digest`."""

    session: Session
    workflow: Workflow
    action: Action
    subject: Any
    actor: Actor
    input: dict[str, Any]
    at: datetime
    round_number: int | None
    detail: dict[str, Any] = field(default_factory=dict)
    digest: str | None = None

    def bring_along(self, subject, trigger: str, input: Mapping[str, Any]) -> AuditEvent:
        """Take an action on another subject because of this one (see the function of this name)."""
        return bring_along(self.session, subject, trigger, input, self.actor, self.action.by, self.at)


def bring_along(
    session: Session, subject, trigger: str, input: Mapping[str, Any], actor: Actor, role: Role, at: datetime
) -> AuditEvent:
    """Take an action on `subject` because of something else, inside its transaction; the event that was written.

    The authority is that of what it follows from, which was done in `role`: whether the actor might take this action
    by itself is not asked, only whether it can be taken from where the subject is (NotNow). `subject` was read and
    locked here.
    """
    workflow = workflow_of(subject)
    action = workflow.arrow(trigger, subject.state)
    if action is None or action.target is None:
        raise NotNow([authority.wrong_state(workflow, list(workflow.arrows(trigger)), subject.state)])
    return _take(Passage(
        session, workflow, action, subject, actor, read_input(action.input, input, session), at,
        workflow.rounds(subject),
    ), role)


def fire(
    subject, trigger: str, actor: Actor, input: Mapping[str, Any], expected_version: int
) -> AuditEvent:
    """Take `trigger` on `subject` as `actor`, or change nothing.

    `subject` is any loaded object of a workflow's table; it is read again, locked, and left as it was.
    `expected_version` is what the actor had seen. Returns the event that was written.

    Raises NotVisible, Stale, Refused (not theirs), NotNow (theirs, but not yet), Incomplete (the input),
    Unknown (no such trigger).
    """
    with locked(subject, actor, _chosen(subject, trigger, input)) as (session, workflow, fresh, acting, at):
        if fresh.version != expected_version:
            raise stale(session, workflow, fresh)
        action, taken = decide(session, workflow, trigger, acting, fresh, input)
        passage = Passage(session, workflow, action, fresh, acting, taken, at, workflow.rounds(fresh))
        return _take(passage, action.by)


def _take(passage: Passage, role: Role) -> AuditEvent:
    """Move the subject, let the action's effect change what it changes, and write the event, as done in `role`."""
    subject, action = passage.subject, passage.action
    passage.detail |= passage.input
    source, target = subject.state, passage.workflow.move(action.trigger, subject.state)
    if action.effect:
        action.effect(passage)
    subject.state = target
    event = append(
        passage.session, subject, passage.actor, passage.at, action.trigger, role=role,
        moved=(source, target), round_number=passage.round_number, reason=passage.input.get("reason"),
        detail=passage.detail, evidence_digest=passage.digest,
    )
    tell_of(passage, event)
    return event


def decide(
    session: Session, workflow: Workflow, trigger: str, actor: Actor, subject, input: Mapping[str, Any]
) -> tuple[Action, dict[str, Any]]:
    """The action and its input as read; raises as `fire` does. Touches nothing."""
    action = permitted(workflow, trigger, actor, subject)
    if action.target is None:
        raise Unknown(trigger)
    return action, read_input(action.input, input, session)


def permitted(workflow: Workflow, trigger: str, actor: Actor, subject) -> Action:
    """The action of `trigger` that `actor` may take on `subject` now, with the same reasons as its button."""
    action = workflow.arrow(trigger, subject.state)
    if action is None:
        arrows = workflow.arrows(trigger)
        theirs = [arrow for arrow in arrows if authority.related(arrow, actor, subject)]
        if not theirs:
            raise Refused(authority.unrelated_reasons(arrows[0], actor, subject))
        raise NotNow([authority.wrong_state(workflow, theirs, subject.state)])
    if reasons := authority.unrelated_reasons(action, actor, subject):
        raise Refused(reasons)
    if reasons := authority.conflicts(action, actor, subject):
        raise Refused(reasons)
    if reasons := authority.missing(action, actor, subject):
        raise NotNow(reasons)
    return action


def _chosen(subject, trigger: str, input: Mapping[str, Any]) -> tuple[Listed, str] | None:
    """What was chosen from a list that is kept: it is looked up beside the subject, in the same statement."""
    fields = (it for arrow in workflow_of(subject).arrows(trigger)[:1] for it in arrow.input)
    asked = next((it for it in fields if isinstance(it, Listed)), None)
    code = input.get(asked.name) if asked else None
    return (asked, code) if code and isinstance(code, str) else None


@contextmanager
def locked(
    subject, actor: Actor, chosen: tuple[Listed, str] | None = None
) -> Iterator[tuple[Session, Workflow, Any, Actor, datetime]]:
    """A write transaction with the subject's row locked, and subject and actor read again inside it."""
    database, workflow, subject_id = database_of(subject), workflow_of(subject), subject.id
    release(subject)  # one request, one connection
    with database.writing() as session:
        workflow.load.lock(session, subject_id)
        at = database.clock()
        fresh, acting = again_beside(session, workflow.load, subject_id, actor, at, chosen)
        if acting is None:
            raise Refused([Reason("account-closed", SIGNED_OUT)])
        if fresh is None or not workflow.sees.holds(acting, fresh):
            raise NotVisible()
        yield session, workflow, fresh, acting, at


def stale(session: Session, workflow: Workflow, subject) -> Stale:
    """Who did what, and when, since the page was opened."""
    event = session.scalars(
        select(AuditEvent).where(
            AuditEvent.subject_type == workflow.model.__tablename__,
            AuditEvent.subject_id == subject.id,
            AuditEvent.sequence == subject.version,
        )
    ).one()
    return Stale(event.actor_name, action_words(workflow, event.action), event.at)
