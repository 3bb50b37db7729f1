"""A result of the assessment (考核结果): laid before the units for objections, then published, or withdrawn."""

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import Assessment, Plan, Role, Words
from workflow import assessment, hands
from workflow import assessment_rules as rules
from workflow.audiences import assessed_leaders, assessed_units
from workflow.definition import Action, State, Workflow
from workflow.inputs import Text
from workflow.periods import period_words
from workflow.subjects import loading


def _rows(*entities):
    return select(*entities).select_from(Assessment).join(Plan, Plan.id == Assessment.plan_id)


_load, _many = loading(
    _rows, Assessment, contains_eager(Assessment.plan), joinedload(Assessment.rule), selectinload(Assessment.scores),
    joinedload(Assessment.corrects),
)


def _title(it: Assessment) -> Words:
    again = Words(f"（第 {it.edition} 次）", f" (edition {it.edition})") if it.edition > 1 else Words("", "")
    return Words("{period}考核结果{again}", "Assessment of {period}{again}").format(
        period=period_words(it.period), again=again
    )


def _hands(account):
    """A result that is out for objections is published by somebody else; whoever drew it up answers for it."""
    drawn = or_(Assessment.drawn_by_id == account.id, Assessment.drawn_for_id == account.id)
    yield hands.UNDER_WAY, drawn


ASSESSMENT = Workflow(
    name="assessment",
    path="assessments",
    label=Words("考核结果", "Assessment"),
    model=Assessment,
    states=(
        State(Assessment.OPEN, Words("征求异议", "Out for objections"), Role.COMMITTEE),
        State(Assessment.PUBLISHED, Words("已公布", "Published"), None),
        State(Assessment.WITHDRAWN, Words("已撤回", "Withdrawn"), None),
    ),
    actions=(
        Action(
            "object", Words("提出异议", "Object"), Assessment.OPEN, None, Role.HANDLER,
            who=(rules.assessed, rules.speaks_for_unit), needs=(rules.time_for_objections,),
        ),
        Action(
            "publish", Words("公布结果", "Publish"), Assessment.OPEN, Assessment.PUBLISHED, Role.COMMITTEE,
            unless=(rules.not_drawer,), needs=(rules.objections_over, rules.all_settled), effect=assessment.publish,
            told=(("assessment-published", assessed_units), ("assessment-published", assessed_leaders)), seal=True,
        ),
        Action(
            "withdraw", Words("撤回结果", "Withdraw"), Assessment.OPEN, Assessment.WITHDRAWN, Role.COMMITTEE,
            input=(Text("words", Words("撤回理由", "Reason")),), effect=assessment.withdraw, back=True,
            told=(("assessment-withdrawn", assessed_units), ("assessment-withdrawn", assessed_leaders)),
        ),
    ),
    sees=rules.sees_assessment,
    rows=_rows, load=_load, many=_many,
    title=_title,
    opening=(("assessed", assessed_units), ("assessed", assessed_leaders)),
    events={"draw_up": Words("拟出并征求异议", "Drawn up and laid out for objections")},
    frozen=assessment.frozen_results,
    plan=lambda it: it.plan,
    hands=_hands,
)
