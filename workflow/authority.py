"""Who may do what: one answer for one subject, and the same answer as a filter for lists."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true

from models import Role, Words
from workflow.actor import Actor
from workflow.definition import Action, Rule, Workflow
from workflow.errors import Reason

WRONG_STATE = Words(
    "现为「{state}」，此项须在「{needed}」时办理。",
    "It is now “{state}”; this can be done when it is “{needed}”.",
)

NOT_FOR_ROLE = Words("此项由「{role}」办理。", "This is for the role “{role}”.")


@dataclass(frozen=True)
class Offer:
    """An action that is this person's on this subject; not to be taken now where `reasons` are given."""

    action: Action
    reasons: tuple[Reason, ...]

    @property
    def open(self) -> bool:
        return not self.reasons

    @property
    def is_units(self) -> bool:
        """Whether it is a unit's own work, and not a judgement on it."""
        return self.action.by in (Role.HANDLER, Role.LEADER)


def related(action: Action, actor: Actor, subject) -> bool:
    """Whether the action is this person's at all, whatever stands in its way just now."""
    return action.by in actor.roles and all(rule.holds(actor, subject) for rule in action.who)


def unrelated_reasons(action: Action, actor: Actor, subject) -> list[Reason]:
    if action.by not in actor.roles:
        return [role_reason(action)]
    return [rule.reason for rule in action.who if not rule.holds(actor, subject)]


def role_reason(action: Action) -> Reason:
    return Reason("not-the-role", NOT_FOR_ROLE.format(role=action.by.label))


def conflicts(action: Action, actor: Actor, subject) -> list[Reason]:
    return [rule.reason for rule in action.unless if not rule.holds(actor, subject)]


def missing(action: Action, actor: Actor, subject) -> list[Reason]:
    return [rule.reason for rule in action.needs if not rule.holds(actor, subject)]


def refusals(action: Action, actor: Actor, subject) -> list[Reason]:
    """Every reason why `actor` may not take `action` on `subject`, in its source state; none if they may."""
    return [
        *unrelated_reasons(action, actor, subject),
        *conflicts(action, actor, subject),
        *missing(action, actor, subject),
    ]


def wrong_state(workflow: Workflow, arrows: list[Action], state: str) -> Reason:
    """That the subject is not where any of `arrows` begins."""
    sources = [workflow.by_name[action.source].label for action in arrows]
    needed = Words(" / ".join(s.zh for s in sources), " / ".join(s.en for s in sources))
    return Reason("wrong-state", WRONG_STATE.format(state=workflow.by_name[state].label, needed=needed))


def offers(workflow: Workflow, actor: Actor, subject) -> list[Offer]:
    """This person's actions on this subject, one a trigger, those open now first.

    An action of another state is offered greyed, so that a person sees what will come to them and when; one that
    no way leads to any more is not.
    """
    found = []
    for trigger in workflow.triggers:
        here = workflow.arrow(trigger, subject.state)
        if here is not None and related(here, actor, subject):
            found.append(Offer(here, tuple(refusals(here, actor, subject))))
            continue
        elsewhere = [
            a for a in workflow.arrows(trigger)
            if a is not here and workflow.reaches(subject.state, a.source) and related(a, actor, subject)
        ]
        if elsewhere:
            found.append(Offer(elsewhere[0], (wrong_state(workflow, elsewhere, subject.state),)))
    return sorted(found, key=lambda offer: not offer.open)


def all_where(rules: tuple[Rule, ...], actor: Actor) -> ColumnElement[bool]:
    return and_(true(), *(rule.where(actor) for rule in rules))


def limited(workflow: Workflow, actor: Actor) -> ColumnElement[bool]:
    """What a delegation that is limited to one area leaves: elsewhere its holder sees nothing, so may nothing."""
    return true() if actor.only_area is None else workflow.sees.where(actor)


def may_where(workflow: Workflow, trigger: str, actor: Actor) -> ColumnElement[bool]:
    """The subjects on which `actor` may take `trigger` now: over the rows of `workflow.rows`."""
    return and_(limited(workflow, actor), or_(false(), *(
        and_(workflow.stands_in(a.source), all_where((*a.who, *a.unless, *a.needs), actor))
        for a in workflow.arrows(trigger) if a.by in actor.roles
    )))


def awaits_where(workflow: Workflow, actor: Actor) -> ColumnElement[bool]:
    """The subjects whose next step onward is this person's to prepare or take."""
    return and_(limited(workflow, actor), or_(false(), *(
        and_(workflow.stands_in(a.source), all_where((*a.who, *a.unless), actor))
        for a in workflow.actions if a.by in actor.roles and workflow.is_onward(a)
    )))
