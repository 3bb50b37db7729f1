"""A unit's implementation plan (实施方案): drafted, submitted, reviewed, filed."""

from sqlalchemy import and_, case, null, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import Implementation, ImplementationEntry, Milestone, Plan, Role, Words
from workflow import hands, implementation
from workflow import implementation_rules as rules
from workflow.audiences import plan_committee, plan_reviewers, planning_unit
from workflow.definition import Action, State, Workflow
from workflow.inputs import Text
from workflow.subjects import loading


def _rows(*entities):
    return select(*entities).select_from(Implementation).join(Plan, Plan.id == Implementation.plan_id)


_load, _many = loading(
    _rows, Implementation,
    contains_eager(Implementation.plan), joinedload(Implementation.unit),
    selectinload(Implementation.entries).joinedload(ImplementationEntry.milestone).joinedload(Milestone.task),
)


def _title(plan: Implementation) -> Words:
    return Words(f"{plan.unit.name}实施方案", f"Implementation plan of {plan.unit.name}")


_WORDS = (Text("words", Words("修改意见", "What is to be changed")),)
_REMARKS = (Text("words", Words("意见", "Remarks"), required=False),)
_RETURNED = (("plan-returned", planning_unit),)
_JUDGES = (rules.not_own_unit, rules.not_submitter)

def _hands(account):
    saved = Implementation.saved_by_id == account.id
    yield hands.DRAFT, and_(Implementation.state == "drafting", saved)
    submitted = or_(Implementation.submitted_by_id == account.id, Implementation.submitted_for_id == account.id)
    yield hands.UNDER_WAY, and_(Implementation.state != "drafting", submitted)


IMPLEMENTATION = Workflow(
    name="implementation",
    path="implementation",
    label=Words("实施方案", "Implementation plan"),
    model=Implementation,
    states=(
        State("drafting", Words("起草", "Drafting"), Role.HANDLER),
        State("submitted", Words("报送", "Submitted"), Role.REVIEWER),
        State("reviewed", Words("审核", "Reviewed"), Role.COMMITTEE),
        State("filed", Words("备案", "Filed"), None),
    ),
    actions=(
        Action("save", Words("填写", "Fill in"), "drafting", None, Role.HANDLER, who=(rules.own_plan,)),
        Action(
            "submit", Words("报送", "Submit"), "drafting", "submitted", Role.HANDLER, who=(rules.own_plan,),
            needs=(rules.entries_complete,), effect=implementation.freeze, told=(("plan-to-review", plan_reviewers),),
        ),
        Action(
            "withdraw", Words("撤回", "Withdraw"), "submitted", "drafting", Role.HANDLER, who=(rules.own_plan,),
            effect=implementation.open_again, told=(("plan-withdrawn", plan_reviewers),),
        ),
        Action(
            "approve", Words("审核通过", "Approve"), "submitted", "reviewed", Role.REVIEWER,
            who=(rules.reviews_all_areas,), unless=_JUDGES, input=_REMARKS, effect=implementation.mark_reviewed,
            told=(("plan-to-file", plan_committee), ("plan-approved", planning_unit)),
        ),
        Action(
            "return", Words("退回修改", "Return"), "submitted", "drafting", Role.REVIEWER,
            who=(rules.reviews_all_areas,), unless=_JUDGES, input=_WORDS, effect=implementation.open_again,
            told=_RETURNED,
        ),
        Action(
            "file", Words("同意备案", "File"), "reviewed", "filed", Role.COMMITTEE,
            unless=(*_JUDGES, rules.not_reviewer), input=_REMARKS, effect=implementation.hand_to_rounds,
            told=(("plan-filed", planning_unit),),
        ),
        Action(
            "return", Words("退回修改", "Return"), "reviewed", "drafting", Role.COMMITTEE, unless=_JUDGES,
            input=_WORDS, effect=implementation.open_again, told=_RETURNED,
        ),
        Action(
            "reopen", Words("退回重编", "Open again"), "filed", "drafting", Role.COMMITTEE,
            unless=(rules.not_own_unit,), input=_WORDS, effect=implementation.open_again,
            told=(("plan-reopened", planning_unit),),
        ),
    ),
    sees=rules.sees_plan,
    rows=_rows, load=_load, many=_many,
    title=_title,
    # What was due before the ledger was opened is not the ledger's to watch (see `Implementation.due`).
    due=case((Plan.plan_due >= Plan.opened_on, Plan.plan_due), else_=null()).label("due"),
    mine=lambda actor: (Implementation.unit_id == actor.unit_id) & (Implementation.state != "drafting"),
    opening=(("plan-begun", planning_unit),),
    events={"create": Words("开始起草", "Begun")},
    rounds=lambda plan: plan.number,
    frozen=implementation.frozen_plans,
    plan=lambda plan: plan.plan,
    hands=_hands,
)
