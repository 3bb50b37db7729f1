"""An objection (异议) of an assessed unit to its draft result: upheld, with points or none; not upheld; withdrawn."""

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from models import Assessment, AssessmentItem, AssessmentObjection, Plan, Role, Unit, Words
from workflow import assessment, hands
from workflow import assessment_rules as rules
from workflow.audiences import assessors, objecting_unit
from workflow.calendar import local_day
from workflow.definition import Action, State, Workflow
from workflow.inputs import Number, Text
from workflow.notice_kinds import day_words
from workflow.periods import period_words
from workflow.subjects import Loading, loading


def _rows(*entities):
    return (
        select(*entities).select_from(AssessmentObjection)
        .join(Assessment, Assessment.id == AssessmentObjection.assessment_id)
        .join(Plan, Plan.id == Assessment.plan_id).join(Unit, Unit.id == AssessmentObjection.unit_id)
    )


_alone, _many = loading(
    _rows, AssessmentObjection,
    contains_eager(AssessmentObjection.assessment).options(
        contains_eager(Assessment.plan), joinedload(Assessment.rule)
    ),
    contains_eager(AssessmentObjection.unit),
)
_ITS_RESULT = (
    select(Assessment.id).join(AssessmentObjection, AssessmentObjection.assessment_id == Assessment.id)
    .where(AssessmentObjection.id == bindparam("subject_id")).with_for_update(of=Assessment)
)
# The result first: it is withdrawn with its objections, and two of one unit are not to come to more than a hundred.
_load = Loading(_alone.one, (_ITS_RESULT, *_alone.locks))


def _title(it: AssessmentObjection) -> Words:
    return Words("{unit}对{period}考核「{item}」的异议", "{unit} on “{item}” in the assessment of {period}").format(
        unit=it.unit.name, period=period_words(it.assessment.period), item=AssessmentItem(it.item).label
    )


def _facts(it: AssessmentObjection) -> list[tuple[Words, Words]]:
    return [
        (Words("方案", "Plan"), _same(it.assessment.plan.title)),
        (Words("单位", "Unit"), _same(it.unit.name)),
        (Words("对哪一项", "On which item"), AssessmentItem(it.item).label),
        (Words("异议理由", "Objection"), _same(it.words)),
        (Words("加分", "Points added"), _same(it.points or "")),
        (Words("处理意见", "Answer"), _same(it.answer)),
        (Words("处理人", "Settled by"), _same(it.settled_by)),
        (Words("处理日期", "Settled on"), day_words(local_day(it.settled_at)) if it.settled_at else _same("")),
    ]


def _same(text: str) -> Words:
    return Words(text, text)


def _hands(account):
    raised = or_(AssessmentObjection.raised_by_id == account.id, AssessmentObjection.raised_for_id == account.id)
    yield hands.UNDER_WAY, raised


# Also who has all points already may be right: then the score stays as it is.
_ADDED = Number(
    "points", Words("加分（分数不变的填 0）", "Points to add (0 where the score stays as it is)"), least="0", most="100"
)
_ANSWER = Text("words", Words("处理意见", "Answer"))
_JUDGES = (rules.not_own_unit, rules.not_raiser)
_SETTLED = (("objection-settled", objecting_unit),)

OBJECTION = Workflow(
    name="assessment_objection",
    path="objections",
    label=Words("考核异议", "Objection to a result"),
    model=AssessmentObjection,
    states=(
        State(AssessmentObjection.OPEN, Words("待处理", "To settle"), Role.COMMITTEE),
        State("upheld", Words("异议成立", "Upheld"), None),
        State("dismissed", Words("异议不成立", "Not upheld"), None),
        State("taken_back", Words("已撤回", "Taken back"), None),
        State("lapsed", Words("随结果撤回", "Lapsed with the result"), None),
    ),
    actions=(
        Action(
            "uphold", Words("异议成立", "Uphold"), AssessmentObjection.OPEN, "upheld", Role.COMMITTEE,
            unless=_JUDGES, input=(_ADDED, _ANSWER), effect=assessment.uphold, told=_SETTLED,
        ),
        Action(
            "dismiss", Words("异议不成立", "Do not uphold"), AssessmentObjection.OPEN, "dismissed", Role.COMMITTEE,
            unless=_JUDGES, input=(_ANSWER,), effect=assessment.settle, told=_SETTLED,
        ),
        Action(
            "take_back", Words("撤回异议", "Take it back"), AssessmentObjection.OPEN, "taken_back", Role.HANDLER,
            who=(rules.own_objection,), effect=assessment.name_objection,
        ),
        Action(
            "lapse", Words("随结果撤回", "Lapse"), AssessmentObjection.OPEN, "lapsed", Role.COMMITTEE,
            who=(rules.with_result_alone,), effect=assessment.name_objection,
        ),
    ),
    sees=rules.sees_objection,
    rows=_rows, load=_load, many=_many,
    title=_title,
    facts=_facts,
    mine=lambda actor: AssessmentObjection.unit_id.in_(sorted(actor.unit_ids)),
    opening=(("objection-raised", assessors),),
    events={"raise": Words("提出异议", "Raised")},
    frozen=assessment.frozen_objections,
    plan=lambda it: it.assessment.plan,
    hands=_hands,
)
