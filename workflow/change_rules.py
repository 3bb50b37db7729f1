"""The rules of change requests and handovers, besides those over the milestone's task (workflow/rules.py)."""

from sqlalchemy import and_, false, or_, true

from models import ChangeRequest, Handover, Milestone, Role, Words
from workflow import rules
from workflow.definition import Rule
from workflow.definitions.milestone import MILESTONE

_FINAL = [state.name for state in MILESTONE.final]

own_request = Rule(
    "other-units-request",
    Words("此申请由另一单位提出，由其撤回。", "Another unit asked for this; it is theirs to withdraw."),
    holds=lambda actor, r: r.unit_id in actor.unit_ids,
    where=lambda actor: ChangeRequest.unit_id.in_(sorted(actor.unit_ids)),
)

not_asker = Rule(
    "own-request",
    Words("此申请由您提出，须由他人审核、审定。", "You asked for this, so somebody else has to judge it."),
    holds=lambda actor, r: rules.other_hand(actor, r.asked_by_id, r.asked_for_id),
    where=lambda actor: rules.other_hand_where(actor, ChangeRequest.asked_by_id, ChangeRequest.asked_for_id),
)

not_opinion_giver = Rule(
    "own-opinion",
    Words("此申请由您审核，须由他人审定。", "You gave the reviewer's opinion on this, so somebody else has to decide."),
    holds=lambda actor, r: rules.other_hand(actor, r.opinion_by_id, r.opinion_for_id),
    where=lambda actor: rules.other_hand_where(actor, ChangeRequest.opinion_by_id, ChangeRequest.opinion_for_id),
)

head_where_needed = Rule(
    "head-decides",
    Words(
        "延期超过规定天数或再次延期，须由管委会负责人审定。",
        "A long or a second extension is for the committee's head to decide.",
    ),
    holds=lambda actor, r: not r.needs_head or Role.COMMITTEE_HEAD in actor.roles,
    where=lambda actor: true() if Role.COMMITTEE_HEAD in actor.roles else ChangeRequest.needs_head.is_(False),
)

milestone_open = Rule(
    "milestone-over",
    Words("节点已办结或已取消，不能再变更。", "The milestone is over, so there is nothing left to change."),
    holds=lambda actor, r: r.milestone.state not in _FINAL,
    where=lambda actor: Milestone.state.not_in(_FINAL),
)

sees_request = Rule(
    "not-visible",
    Words("没有这份申请，或不在您的范围内。", "There is no such request, or it is not yours to see."),
    holds=lambda actor, r: rules.sees_milestone.holds(actor, r.milestone) or _asked(actor, r),
    where=lambda actor: or_(rules.sees_milestone.where(actor), _asked_where(actor)),
)


def _asked(actor, request) -> bool:
    """A unit sees what it asked for, also when a change has taken the task away from it."""
    within = rules.within_area(actor, request.task.area_id)
    return within and Role.HANDLER in actor.roles and own_request.holds(actor, request)


def _asked_where(actor):
    own = own_request.where(actor) if Role.HANDLER in actor.roles else false()
    return and_(rules.within_area_where(actor), own)


gives = Rule(
    "not-giving-unit",
    Words("此项由移交单位签字。", "This is for the unit that hands over to sign."),
    holds=lambda actor, h: h.from_unit_id in actor.unit_ids,
    where=lambda actor: Handover.from_unit_id.in_(sorted(actor.unit_ids)),
)

takes = Rule(
    "not-taking-unit",
    Words("此项由接收单位签字。", "This is for the unit that takes over to sign."),
    holds=lambda actor, h: h.to_unit_id in actor.unit_ids,
    where=lambda actor: Handover.to_unit_id.in_(sorted(actor.unit_ids)),
)

sees_handover = Rule(
    "not-visible",
    Words("没有这份交接单，或不在您的范围内。", "There is no such handover, or it is not yours to see."),
    holds=lambda actor, h: rules.sees_milestone.holds(actor, h) or _signs(actor, h),
    where=lambda actor: or_(rules.sees_milestone.where(actor), _signs_where(actor)),
)


def _signs(actor, handover) -> bool:
    within = rules.within_area(actor, handover.task.area_id)
    own = gives.holds(actor, handover) or takes.holds(actor, handover)
    return within and Role.HANDLER in actor.roles and own


def _signs_where(actor):
    own = or_(gives.where(actor), takes.where(actor)) if Role.HANDLER in actor.roles else false()
    return and_(rules.within_area_where(actor), own)
