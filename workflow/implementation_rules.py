"""The rules of implementation plans: a unit's own, judged by others, complete before it goes in."""

from sqlalchemy import false, select, true

from models import Implementation, ImplementationEntry, Milestone, Role, Task, Words
from workflow import rules
from workflow.definition import Rule

own_plan = Rule(
    "other-units-plan",
    Words("此项由编制单位办理。", "This is for the unit whose plan it is."),
    holds=lambda actor, p: p.unit_id == actor.unit_id,
    where=lambda actor: Implementation.unit_id == actor.unit_id if actor.unit_id else false(),
)

not_own_unit = Rule(
    "own-unit",
    Words("这是本单位的实施方案，须回避。", "It is your own unit's plan, so you may not judge it."),
    holds=lambda actor, p: p.unit_id not in actor.both_units,
    where=lambda actor: Implementation.unit_id.not_in(sorted(actor.both_units)),
)

not_submitter = Rule(
    "own-submission",
    Words("方案由您报送，须由他人审核、备案。", "You submitted this, so somebody else has to judge it."),
    holds=lambda actor, p: rules.other_hand(actor, p.submitted_by_id, p.submitted_for_id),
    where=lambda actor: rules.other_hand_where(
        actor, Implementation.submitted_by_id, Implementation.submitted_for_id
    ),
)

not_reviewer = Rule(
    "own-review",
    Words("方案由您审核，须由他人备案。", "You reviewed this, so somebody else has to file it."),
    holds=lambda actor, p: rules.other_hand(actor, p.reviewed_by_id, p.reviewed_for_id),
    where=lambda actor: rules.other_hand_where(actor, Implementation.reviewed_by_id, Implementation.reviewed_for_id),
)

entries_complete = Rule(
    "entries-open",
    Words(
        "还有节点未填全（措施、经办岗位、分管领导、佐证材料）。",
        "Some milestones are not filled in yet (measures, handler, leader in charge, evidence).",
    ),
    holds=lambda actor, p: p.open_entries == 0,
    where=lambda actor: Implementation.open_entries == 0,
)


def _elsewhere(actor):
    """The plans with a milestone in an action area that the reviewer has not."""
    return (
        select(ImplementationEntry.implementation_id)
        .join(Milestone, Milestone.id == ImplementationEntry.milestone_id).join(Task, Task.id == Milestone.task_id)
        .where(Task.area_id.not_in(sorted(actor.area_ids)))
    )


reviews_all_areas = Rule(
    "out-of-scope",
    Words("方案涉及的行动不全在您的审核范围内。", "Not all of its action areas are in your scope."),
    holds=lambda actor, p: Role.REVIEWER in actor.roles and (
        actor.reviews_everywhere or {entry.milestone.task.area_id for entry in p.entries} <= actor.area_ids
    ),
    where=lambda actor: false() if Role.REVIEWER not in actor.roles else (
        true() if actor.reviews_everywhere else Implementation.id.not_in(_elsewhere(actor))
    ),
)


sees_plan = rules.seen_by_its_unit(
    Words("没有这份实施方案，或不在您的范围内。", "There is no such implementation plan, or it is not yours to see."),
    own=own_plan,
)
