"""The rules of a supporting unit's request, each for one item and as a filter over `request_rows`."""

from sqlalchemy import and_, false, func, or_

from models import ContributionRequest, Role, Round, Words
from workflow import rules
from workflow.calendar import day_begins, local_day
from workflow.definition import Rule


def is_lapsed(request: ContributionRequest, today) -> bool:
    """逾期未反馈: unanswered when its time ran out. What was submitted without it stays so for ever."""
    return request.state == ContributionRequest.ASKED and (request.round.frozen or request.due < today)


def is_late(request: ContributionRequest) -> bool:
    """Answered, but after its time."""
    return request.answered_at is not None and local_day(request.answered_at) > request.due


own_request = Rule(
    "not-the-asked-unit",
    Words("此项由被提请的配合单位办理。", "This is for the supporting unit that was asked."),
    holds=lambda actor, r: actor.unit_id is not None and actor.unit_id == r.unit_id,
    where=lambda actor: ContributionRequest.unit_id == actor.unit_id if actor.unit_id else false(),
)

leads_request = Rule(
    rules.leads_task.code, rules.leads_task.words,
    holds=lambda actor, r: rules.leads_task.holds(actor, r.milestone),
    where=rules.leads_task.where,
)

draft_open = Rule(
    "round-frozen",
    Words("本轮已报送，反馈不再改动。", "The round has been submitted: answers to it no longer change."),
    holds=lambda actor, r: not r.round.frozen,
    where=lambda actor: Round.submitted_at.is_(None),
)

has_contributed = Rule(
    "nothing-contributed",
    Words("尚无本单位的说明或材料。", "There are no words and no evidence of your unit yet."),
    holds=lambda actor, r: r.pieces > 0,
    where=lambda actor: ContributionRequest.pieces > 0,
)

has_draft = Rule(
    "no-draft",
    Words("牵头单位尚未填写进展说明。", "The lead unit has not written its account yet."),
    holds=lambda actor, r: bool(r.round.account),
    where=lambda actor: Round.account != "",
)

not_asked_today = Rule(
    "asked-today",
    Words("今天已提请过，每天最多一次。", "It has been asked today already; once a day is enough."),
    holds=lambda actor, r: local_day(r.last_asked_at) < actor.today,
    where=lambda actor: (
        func.coalesce(ContributionRequest.reminded_at, ContributionRequest.asked_at) < day_begins(actor.today)
        if actor.now else false()
    ),
)


def _sees(actor, r) -> bool:
    if not rules.within_area(actor, r.milestone.task.area_id):
        return False
    if Role.HANDLER in actor.roles and (own_request.holds(actor, r) or leads_request.holds(actor, r)):
        return True
    return r.round.frozen and rules.sees_milestone.holds(actor, r.milestone)


def _sees_where(actor):
    handles = Role.HANDLER in actor.roles
    return and_(rules.within_area_where(actor), or_(
        or_(own_request.where(actor), leads_request.where(actor)) if handles else false(),
        and_(Round.submitted_at.is_not(None), rules.sees_milestone.where(actor)),
    ))


sees_request = Rule(
    "not-visible",
    Words("没有这项提请，或不在您的范围内。", "There is no such request, or it is not yours to see."),
    holds=_sees,
    where=_sees_where,
)
