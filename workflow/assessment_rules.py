"""The rules of assessments: drawn up and published by the committee, objected to by the units that are assessed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import false, or_, select, true

from models import Assessment, AssessmentObjection, AssessmentScore, Role, Words
from workflow import rules
from workflow.definition import Rule

# Who sees a published result whole, as they see every unit on the monitor.
READS_PUBLISHED = frozenset({Role.REVIEWER, Role.AUDITOR})


def _own_score(actor):
    if not actor.unit_ids:
        return false()
    return Assessment.id.in_(
        select(AssessmentScore.assessment_id).where(AssessmentScore.unit_id.in_(sorted(actor.unit_ids)))
    )


assessed = Rule(
    "not-assessed",
    Words("此项由被考核单位办理。", "This is for a unit that is assessed."),
    holds=lambda actor, a: any(score.unit_id in actor.unit_ids for score in a.scores),
    where=_own_score,
)

speaks_for_unit = Rule(
    "leader-signs",
    Words("本单位的异议由分管领导提出。", "In your unit the leader in charge raises an objection."),
    holds=lambda actor, a: not actor.leader_signs or Role.LEADER in actor.roles,
    where=lambda actor: true() if not actor.leader_signs or Role.LEADER in actor.roles else false(),
)

time_for_objections = Rule(
    "objections-over",
    Words("异议期已过。", "The time for objections is over."),
    holds=lambda actor, a: actor.today <= a.objections_until,
    where=lambda actor: Assessment.objections_until >= actor.today,
)

objections_over = Rule(
    "objections-running",
    Words("异议期未满，期满后方可公布。", "The time for objections still runs: it is published after that."),
    holds=lambda actor, a: actor.today > a.objections_until,
    where=lambda actor: Assessment.objections_until < actor.today,
)

all_settled = Rule(
    "objections-open",
    Words("还有异议未处理。", "There are objections that are not settled yet."),
    holds=lambda actor, a: a.open_objections == 0,
    where=lambda actor: Assessment.open_objections == 0,
)

not_drawer = Rule(
    "own-draft",
    Words("结果由您拟出，须由他人公布。", "You drew the result up, so somebody else has to publish it."),
    holds=lambda actor, a: rules.other_hand(actor, a.drawn_by_id, a.drawn_for_id),
    where=lambda actor: rules.other_hand_where(actor, Assessment.drawn_by_id, Assessment.drawn_for_id),
)


def sees_all_units(actor, a: Assessment) -> bool:
    """Whether this actor sees every unit's points in it: the committee, and once it is published who sees all units."""
    return Role.COMMITTEE in actor.roles or bool(actor.roles & READS_PUBLISHED) and a.state == Assessment.PUBLISHED


def _all_units_where(actor):
    if Role.COMMITTEE in actor.roles:
        return true()
    return Assessment.state == Assessment.PUBLISHED if actor.roles & READS_PUBLISHED else false()


def _seen(words: Words, own: Rule, result: Callable[[Any], Assessment]) -> Rule:
    """Who sees a result, or what belongs to one: who sees all units in it, and the units whose `own` it is.

    It spans action areas: a delegation that is limited to one of them does not reach it.
    """

    def holds(actor, subject) -> bool:
        its_own = Role.HANDLER in actor.roles and own.holds(actor, subject)
        return actor.only_area is None and (sees_all_units(actor, result(subject)) or its_own)

    def where(actor):
        if actor.only_area is not None:
            return false()
        return or_(_all_units_where(actor), own.where(actor) if Role.HANDLER in actor.roles else false())

    return Rule("not-visible", words, holds=holds, where=where)


sees_assessment = _seen(
    Words("没有这份考核结果，或不在您的范围内。", "There is no such result, or it is not yours to see."),
    own=assessed, result=lambda a: a,
)

own_objection = Rule(
    "other-units-objection",
    Words("此项由提出异议的单位办理。", "This is for the unit that raised the objection."),
    holds=lambda actor, o: o.unit_id in actor.unit_ids,
    where=lambda actor: AssessmentObjection.unit_id.in_(sorted(actor.unit_ids)),
)

not_own_unit = Rule(
    "own-unit",
    Words("异议由本单位提出，须回避。", "Your own unit raised it, so you may not settle it."),
    holds=lambda actor, o: o.unit_id not in actor.both_units,
    where=lambda actor: AssessmentObjection.unit_id.not_in(sorted(actor.both_units)),
)

not_raiser = Rule(
    "own-objection",
    Words("异议由您提出，须由他人处理。", "You raised it, so somebody else has to settle it."),
    holds=lambda actor, o: rules.other_hand(actor, o.raised_by_id, o.raised_for_id),
    where=lambda actor: rules.other_hand_where(
        actor, AssessmentObjection.raised_by_id, AssessmentObjection.raised_for_id
    ),
)

with_result_alone = Rule(
    "with-result-alone",
    Words("仅随考核结果撤回办理。", "This happens only where the result is withdrawn."),
    holds=lambda actor, o: False,
    where=lambda actor: false(),
)

sees_objection = _seen(
    Words("没有这件异议，或不在您的范围内。", "There is no such objection, or it is not yours to see."),
    own=own_objection, result=lambda o: o.assessment,
)
