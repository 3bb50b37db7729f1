"""The rules that definitions are made of, each for one item and as a filter (see `Rule`).

They come from the design's *The life of a milestone* and from the separation of duties: who submitted
may neither review nor accept, who reviewed may not accept, and no one judges a task of their own unit.
"""

from sqlalchemy import and_, false, or_, select, true

from models import ContributionRequest, Milestone, Part, Responsibility, Role, Round, RoundReviewer, Task, Words
from workflow.definition import Rule
from workflow.periods import quarter_begins

READS_ALL = frozenset({Role.REVIEWER, Role.COMMITTEE, Role.AUDITOR})


def _units(milestone, *parts: Part) -> set[int]:
    return {seat.unit_id for seat in milestone.task.responsibilities if seat.part in parts}


def _seats(unit_ids, *parts: Part):
    """These parts in tasks, of one of these units."""
    return select(Responsibility.task_id).where(
        Responsibility.unit_id.in_(sorted(unit_ids)), Responsibility.part.in_(parts)
    )


def _has_part(actor, *parts: Part):
    """The rows in whose task one of the actor's units has one of these parts."""
    return Task.id.in_(_seats(actor.unit_ids, *parts)) if actor.unit_ids else false()


def _has_no_part(unit_ids, *parts: Part):
    """Looked up for each row, of which few are judged at a time: a unit has seats in hundreds of tasks."""
    if not unit_ids:
        return true()
    return ~_seats(unit_ids, *parts).where(Responsibility.task_id == Task.id).correlate(Task).exists()


def _in_scope(actor, area_id) -> bool:
    return Role.REVIEWER in actor.roles and (actor.reviews_everywhere or area_id in actor.area_ids)


def _in_scope_where(actor):
    if Role.REVIEWER not in actor.roles:
        return false()
    return true() if actor.reviews_everywhere else Task.area_id.in_(sorted(actor.area_ids))


def other_hand(actor, *hands: int | None) -> bool:
    """Whether none of these is the actor's: who did it and for whom, against who acts now and for whom."""
    return actor.hands.isdisjoint(hands)


def other_hand_where(actor, *columns):
    """Null is nobody's hand; a command has no account and so no hand either."""
    hands = sorted(actor.hands)
    return and_(true(), *(or_(column.is_(None), column.not_in(hands)) for column in columns if hands))


def seen_by_its_unit(words: Words, own: Rule) -> Rule:
    """Who sees what one unit has to answer for and no action area bounds: that unit, and those who see all.

    A delegation that is limited to one action area does not reach it.
    """

    def holds(actor, subject) -> bool:
        its_own = Role.HANDLER in actor.roles and own.holds(actor, subject)
        return actor.only_area is None and (bool(actor.roles & READS_ALL) or its_own)

    def where(actor):
        if actor.only_area is not None:
            return false()
        if actor.roles & READS_ALL:
            return true()
        return own.where(actor) if Role.HANDLER in actor.roles else false()

    return Rule("not-visible", words, holds=holds, where=where)


leads_task = Rule(
    "not-lead-unit",
    Words("此项由该任务的牵头单位办理。", "This is for a lead unit of the task."),
    holds=lambda actor, m: not actor.unit_ids.isdisjoint(_units(m, Part.LEAD)),
    where=lambda actor: _has_part(actor, Part.LEAD),
)

supports_task = Rule(
    "not-supporting-unit",
    Words("此项由该任务的配合单位办理。", "This is for a supporting unit of the task."),
    holds=lambda actor, m: not actor.unit_ids.isdisjoint(_units(m, Part.SUPPORT)),
    where=lambda actor: _has_part(actor, Part.SUPPORT),
)

in_force = Rule(
    "no-longer-asked",
    Words("现行版方案已不再列入此节点。", "The edition that is followed no longer asks for this milestone."),
    holds=lambda actor, m: m.dropped_in is None,
    where=lambda actor: Milestone.dropped_in.is_(None),
)

no_part_in_task = Rule(
    "own-unit",
    Words("本单位是该任务的责任单位，须回避。", "Your own unit has a part in this task, so you may not judge it."),
    holds=lambda actor, m: actor.both_units.isdisjoint(_units(m, Part.LEAD, Part.SUPPORT)),
    where=lambda actor: _has_no_part(actor.both_units, Part.LEAD, Part.SUPPORT),
)

reviews_area = Rule(
    "out-of-scope",
    Words("该行动不在您的审核范围内。", "This action area is not in your scope."),
    holds=lambda actor, m: _in_scope(actor, m.task.area_id),
    where=_in_scope_where,
)

not_submitter = Rule(
    "own-submission",
    Words("本轮由您提交，须由他人审核、审定。", "You submitted this round, so somebody else has to judge it."),
    holds=lambda actor, m: other_hand(actor, m.round.submitted_by_id, m.round.submitted_for_id),
    where=lambda actor: other_hand_where(actor, Round.submitted_by_id, Round.submitted_for_id),
)

not_reviewer = Rule(
    "own-review",
    Words("本轮由您审核，须由他人审定。", "You reviewed this round, so somebody else has to sign it off."),
    holds=lambda actor, m: other_hand(
        actor, m.round.reviewed_by_id, m.round.reviewed_for_id, *(hand.account_id for hand in m.round.reviewers)
    ),
    where=lambda actor: and_(
        other_hand_where(actor, Round.reviewed_by_id, Round.reviewed_for_id),
        ~Round.reviewers.any(RoundReviewer.account_id.in_(sorted(actor.hands))),
    ),
)

own_submission = Rule(
    "other-units-submission",
    Words("本轮由另一牵头单位提交，由其撤回。", "Another lead unit submitted this round; it is theirs to withdraw."),
    holds=lambda actor, m: m.round.submitted_unit_id is not None and m.round.submitted_unit_id == actor.unit_id,
    where=lambda actor: Round.submitted_unit_id == actor.unit_id if actor.unit_id else false(),
)

untouched = Rule(
    "acted-on",
    Words("审核人已办理，不能撤回。", "A reviewer has acted on it since, so it can no longer be withdrawn."),
    holds=lambda actor, m: m.round.reviewed_at is None,
    where=lambda actor: Round.reviewed_at.is_(None),
)

has_account = Rule(
    "no-account",
    Words("尚未填写进展说明。", "The account of progress is still empty."),
    holds=lambda actor, m: bool(m.round.account),
    where=lambda actor: Round.account != "",
)

has_evidence = Rule(
    "no-evidence",
    Words("尚无佐证材料（文件或链接）。", "There is no evidence yet (a file or a link)."),
    holds=lambda actor, m: m.round.evidence_count > 0,
    where=lambda actor: Round.evidence_count > 0,
)

points_answered = Rule(
    "points-open",
    Words("还有待改事项未答复。", "There are points to mend without an answer."),
    holds=lambda actor, m: m.round.open_points == 0,
    where=lambda actor: Round.open_points == 0,
)

figures_given = Rule(
    "figures-missing",
    Words("还有指标未填完成值。", "An indicator of the milestone has no value yet."),
    holds=lambda actor, m: m.round.figures_missing == 0,
    where=lambda actor: Round.figures_missing == 0,
)

supports_answered = Rule(
    "supports-missing",
    Words(
        "还有配合单位未反馈，反馈期限也未到。",
        "A supporting unit that was asked is still to answer, and its time has not run out.",
    ),
    holds=lambda actor, m: m.round.waiting_until is None or m.round.waiting_until < actor.today,
    where=lambda actor: or_(Round.waiting_until.is_(None), Round.waiting_until < actor.today),
)

not_answered_yet = Rule(
    "answered",
    Words(
        "本单位已反馈；如需改动，请先收回反馈。",
        "Your unit has answered. To change anything, take the answer back first.",
    ),
    holds=lambda actor, m: not any(
        r.unit_id == actor.unit_id and r.state != ContributionRequest.ASKED for r in m.round.requests
    ),
    where=lambda actor: ~(
        select(ContributionRequest.id).where(
            ContributionRequest.round_id == Round.id, ContributionRequest.unit_id == (actor.unit_id or 0),
            ContributionRequest.state != ContributionRequest.ASKED,
        ).correlate(Round).exists()
    ),
)

objections_answered = Rule(
    "objections-open",
    Words("还有配合单位的异议未答复或采纳。", "An objection is neither answered nor taken up yet."),
    holds=lambda actor, m: m.round.open_objections == 0,
    where=lambda actor: Round.open_objections == 0,
)


checklist_answered = Rule(
    "checklist-open",
    Words("实施方案所列佐证和目标还有未对照说明的。", "Something that the implementation plan states is not answered."),
    holds=lambda actor, m: m.round.open_checks == 0,
    where=lambda actor: Round.open_checks == 0,
)

not_expired = Rule(
    "expired",
    Words("期限已过，变更须在到期前申请。", "The deadline has passed; a change is asked for before it."),
    holds=lambda actor, m: m.due is None or actor.today <= m.due,
    where=lambda actor: or_(Milestone.due.is_(None), Milestone.due >= actor.today),
)

year_runs = Rule(
    "year-not-running",
    Words("年度未到，或期限已过。", "Its year has not begun, or its deadline has passed."),
    holds=lambda actor, m: (m.year is None or m.year <= actor.today.year) and not_expired.holds(actor, m),
    where=lambda actor: and_(
        or_(Milestone.year.is_(None), Milestone.year <= actor.today.year), not_expired.where(actor)
    ),
)

not_said_unchanged = Rule(
    "unchanged-said",
    Words("本季度已报「本期无变化」。", "That nothing changed has been said in this quarter already."),
    holds=lambda actor, m: m.round.unchanged_on is None or m.round.unchanged_on < quarter_begins(actor.today),
    where=lambda actor: or_(Round.unchanged_on.is_(None), Round.unchanged_on < quarter_begins(actor.today)),
)

no_open_change = Rule(
    "change-open",
    Words("已有变更申请尚未办结。", "A change has been asked for already and is not decided yet."),
    holds=lambda actor, m: m.open_changes == 0,
    where=lambda actor: Milestone.open_changes == 0,
)

by_change_alone = Rule(
    "by-change-alone",
    Words("仅随批准的变更申请办理。", "This happens only with a granted change request."),
    holds=lambda actor, m: False,
    where=lambda actor: false(),
)


def within_area(actor, area_id: int) -> bool:
    """Whether a delegation that is limited to one action area reaches there."""
    return actor.only_area in (None, area_id)


def within_area_where(actor):
    return true() if actor.only_area is None else Task.area_id == actor.only_area


def _sees(actor, m) -> bool:
    return within_area(actor, m.task.area_id) and (
        not actor.roles.isdisjoint({Role.COMMITTEE, Role.AUDITOR})
        or _in_scope(actor, m.task.area_id)
        or (Role.HANDLER in actor.roles and not actor.unit_ids.isdisjoint(_units(m, *Part)))
    )


def _judges(actor, m) -> bool:
    return not actor.roles.isdisjoint({Role.COMMITTEE, Role.AUDITOR}) or _in_scope(actor, m.task.area_id)


def _judges_where(actor):
    return true() if actor.roles & {Role.COMMITTEE, Role.AUDITOR} else _in_scope_where(actor)


def _sees_where(actor):
    if actor.roles & {Role.COMMITTEE, Role.AUDITOR}:
        return within_area_where(actor)
    part = _has_part(actor, *Part) if Role.HANDLER in actor.roles else false()
    return and_(within_area_where(actor), or_(_in_scope_where(actor), part))


sees_notes = Rule(
    "not-internal",
    Words("内部意见只供审核人和管委会查看。", "Internal notes are for reviewers and the committee alone."),
    holds=lambda actor, m: _judges(actor, m) and no_part_in_task.holds(actor, m),
    where=lambda actor: and_(_judges_where(actor), no_part_in_task.where(actor)),
)

sees_milestone = Rule(
    "not-visible",
    Words("没有这个节点，或不在您的范围内。", "There is no such milestone, or it is not yours to see."),
    holds=_sees,
    where=_sees_where,
)
