"""The life of a milestone (年度节点): from the published requirement to sign-off (销号)."""

from models import Milestone, Role, Words
from workflow import rules, subjects
from workflow.definition import Action, State, Workflow
from workflow.inputs import Choice, Lines, Text
from workflow.rounds import carry_on, freeze, mark_reviewed, name_round, open_to_mend

RETURN_REASONS = {
    "incomplete": Words("材料不全", "Evidence is incomplete"),
    "figures": Words("数据不符", "Figures do not agree"),
    "off-requirement": Words("与进度要求不符", "Does not meet the requirement"),
    "unclear": Words("佐证不清或不可核验", "Evidence is unclear or cannot be checked"),
    "form": Words("填报不规范", "Not filled in properly"),
    "other": Words("其他", "Other"),
}

_RETURN_INPUT = (
    Choice("reason", Words("退回原因", "Reason"), RETURN_REASONS),
    Text("words", Words("退回说明", "Explanation")),
    Lines("points", Words("待改事项", "Points to mend")),
)

_URGE_INPUT = (Text("words", Words("催办内容", "Words"), required=False, most=500),)

MILESTONE = Workflow(
    name="milestone",
    label=Words("年度节点", "Milestone"),
    model=Milestone,
    states=(
        State("planned", Words("待报送", "To report"), Role.HANDLER),
        State("submitted", Words("待审核", "To review"), Role.REVIEWER),
        State("reviewed", Words("待审定", "To sign off"), Role.COMMITTEE),
        State("accepted", Words("已办结", "Signed off"), None),
    ),
    actions=(
        Action(
            "save", Words("填报", "Fill in"), "planned", None, Role.HANDLER, who=(rules.leads_task,),
        ),
        Action(
            "contribute", Words("提供配合材料", "Contribute"), "planned", None, Role.HANDLER,
            who=(rules.supports_task,),
        ),
        Action(
            "urge", Words("催办", "Urge"), "planned", None, Role.REVIEWER,
            who=(rules.reviews_area,), unless=(rules.no_part_in_task,), input=_URGE_INPUT,
        ),
        Action(
            "chase", Words("催办", "Urge"), "planned", None, Role.COMMITTEE,
            unless=(rules.no_part_in_task,), input=_URGE_INPUT,
        ),
        Action(
            "chase", Words("催办", "Urge"), "submitted", None, Role.COMMITTEE,
            unless=(rules.no_part_in_task,), input=_URGE_INPUT,
        ),
        Action(
            "submit", Words("提交审核", "Submit for review"), "planned", "submitted", Role.HANDLER,
            who=(rules.leads_task,),
            needs=(rules.has_account, rules.has_evidence, rules.points_answered),
            effect=freeze,
        ),
        Action(
            "withdraw", Words("撤回", "Withdraw"), "submitted", "planned", Role.HANDLER,
            who=(rules.leads_task,), unless=(rules.own_submission,), needs=(rules.untouched,),
            effect=carry_on,
        ),
        Action(
            "approve", Words("审核通过", "Approve"), "submitted", "reviewed", Role.REVIEWER,
            who=(rules.reviews_area,), unless=(rules.no_part_in_task, rules.not_submitter),
            input=(Text("words", Words("审核意见", "Remarks"), required=False),),
            effect=mark_reviewed,
        ),
        Action(
            "return", Words("退回修改", "Return"), "submitted", "planned", Role.REVIEWER,
            who=(rules.reviews_area,), unless=(rules.no_part_in_task, rules.not_submitter),
            input=_RETURN_INPUT, effect=open_to_mend,
        ),
        Action(
            "return", Words("退回修改", "Return"), "reviewed", "planned", Role.COMMITTEE,
            unless=(rules.no_part_in_task, rules.not_submitter), input=_RETURN_INPUT, effect=open_to_mend,
        ),
        Action(
            "send_back", Words("退回复核", "Send back to the reviewer"), "reviewed", "submitted", Role.COMMITTEE,
            unless=(rules.no_part_in_task, rules.not_submitter),
            input=(Text("words", Words("复核要求", "Words for the reviewer")),),
            effect=name_round,
        ),
        Action(
            "accept", Words("同意办结", "Sign off"), "reviewed", "accepted", Role.COMMITTEE,
            unless=(rules.no_part_in_task, rules.not_submitter, rules.not_reviewer),
            input=(Text("words", Words("审定意见", "Remarks"), required=False),),
            effect=name_round, seal=True,
        ),
        Action(
            "reopen", Words("撤销办结", "Reopen"), "accepted", "planned", Role.COMMITTEE,
            unless=(rules.no_part_in_task,),
            input=(Text("words", Words("撤销理由", "Reason")),),
            effect=carry_on,
        ),
    ),
    sees=rules.sees_milestone,
    rows=subjects.milestone_rows,
    load=subjects.load_milestone,
)
