"""The life of a milestone (年度节点): from the published requirement to sign-off (销号)."""

from sqlalchemy import and_, or_

from models import FIRST_REASONS, Evidence, Milestone, Role, Round, Words
from workflow import hands, lead_rules, parts, reasons, rules, subjects
from workflow.audiences import all_handlers, committee, lead_handlers, own_handlers, own_leaders, reviewers
from workflow.definition import Action, State, Workflow
from workflow.inputs import Lines, Listed, Text
from workflow.rounds import carry_on, files, freeze, frozen_rounds, look_again, mark_reviewed, name_round, open_to_mend

_RETURN_INPUT = (
    Listed("reason", Words("退回原因", "Reason"), reasons.offered, reasons.CHOSEN, FIRST_REASONS),
    Text("words", Words("退回说明", "Explanation")),
    Lines("points", Words("待改事项", "Points to mend")),
)

_URGE_INPUT = (Text("words", Words("催办内容", "Words"), required=False, most=500),)


def _tells(actor, milestone):
    """What a leader tells the handlers of the own unit (退回经办人) is read by the leads alone."""
    leads = bool(lead_rules.own_seats(actor, milestone))
    return lambda event: leads or event.actor_role != Role.LEADER


def _hands(account):
    added = Round.evidence.any(Evidence.added_by_id == account.id)
    yield hands.DRAFT, and_(Milestone.state == "planned", or_(Round.saved_by_id == account.id, added))
    submitted = or_(Round.submitted_by_id == account.id, Round.submitted_for_id == account.id)
    yield hands.UNDER_WAY, and_(Milestone.state != "planned", submitted)


MILESTONE = Workflow(
    name="milestone",
    path="milestones",
    label=Words("年度节点", "Milestone"),
    model=Milestone,
    states=(
        State("planned", Words("待报送", "To report"), Role.HANDLER),
        State("submitted", Words("待审核", "To review"), Role.REVIEWER),
        State("reviewed", Words("待审定", "To sign off"), Role.COMMITTEE),
        State("accepted", Words("已办结", "Signed off"), None),
        State("cancelled", Words("已取消", "Cancelled"), None),
    ),
    actions=(
        Action(
            "save", Words("填报", "Fill in"), "planned", None, Role.HANDLER,
            who=(rules.leads_task, rules.in_force), needs=(lead_rules.draft_free,),
        ),
        Action(
            "take_over", Words("接手起草", "Take over the draft"), "planned", "planned", Role.HANDLER,
            who=(rules.leads_task, lead_rules.leads_together, lead_rules.draft_held, rules.in_force),
            effect=parts.take_over, told=(("co-lead", lead_handlers),),
        ),
        Action(
            "ask", Words("提请配合", "Ask supporting units"), "planned", None, Role.HANDLER,
            who=(rules.leads_task, rules.in_force),
        ),
        Action(
            "contribute", Words("提供配合材料", "Contribute"), "planned", None, Role.HANDLER,
            who=(rules.supports_task, rules.in_force), needs=(rules.not_answered_yet,),
        ),
        Action(
            "confirm", Words("确认共同报送", "Confirm the joint draft"), "planned", "planned", Role.HANDLER,
            who=(rules.leads_task, lead_rules.leads_together, lead_rules.part_open, rules.in_force),
            needs=(rules.has_account, rules.has_evidence, lead_rules.draft_free, lead_rules.leader_signed),
            effect=parts.give_part, told=(("co-lead", lead_handlers),),
        ),
        Action(
            "hand_in", Words("提交本单位部分", "Hand in your own part"), "planned", "planned", Role.HANDLER,
            who=(rules.leads_task, lead_rules.leads_apart, lead_rules.part_open, rules.in_force),
            needs=(lead_rules.own_part_written, lead_rules.last_to_hand_in, lead_rules.leader_signed),
            effect=parts.give_part, told=(("co-lead", lead_handlers),),
        ),
        Action(
            "send_to_sign", Words("送审签", "Send to be signed"), "planned", "planned", Role.HANDLER,
            who=(rules.leads_task, lead_rules.unit_signs, lead_rules.handler_sends, rules.in_force),
            needs=(
                rules.has_account, rules.has_evidence, lead_rules.draft_free, lead_rules.not_signed_yet,
                lead_rules.not_sent_yet,
            ),
            effect=parts.send_to_sign, told=(("to-sign", own_leaders),),
        ),
        Action(
            "sign", Words("审签", "Sign"), "planned", "planned", Role.LEADER,
            who=(rules.leads_task, lead_rules.unit_signs, rules.in_force),
            needs=(rules.has_account, rules.has_evidence, lead_rules.draft_free, lead_rules.not_signed_yet),
            effect=parts.sign, told=(("signed", own_handlers),),
        ),
        Action(
            "hand_back", Words("退回经办人", "Hand back to the handler"), "planned", "planned", Role.LEADER,
            who=(rules.leads_task, lead_rules.unit_signs, lead_rules.with_leader, rules.in_force),
            input=(Text("words", Words("退回意见", "What is to be changed")),),
            effect=parts.hand_back, told=(("handed-back", own_handlers),),
        ),
        Action(
            "ask_change", Words("申请变更", "Ask for a change"), "planned", None, Role.HANDLER,
            who=(rules.leads_task, rules.in_force), needs=(rules.not_expired, rules.no_open_change),
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
            "supervise", Words("下发督办单", "Issue a supervision sheet"), "planned", None, Role.COMMITTEE,
            who=(rules.in_force,), unless=(rules.no_part_in_task,),
        ),
        Action(
            "submit", Words("提交审核", "Submit for review"), "planned", "submitted", Role.HANDLER,
            who=(rules.leads_task, rules.in_force),
            needs=(
                rules.has_account, rules.has_evidence, rules.points_answered, rules.checklist_answered,
                rules.figures_given, lead_rules.draft_free, lead_rules.own_part_written, lead_rules.other_leads_in,
                rules.supports_answered, rules.objections_answered, lead_rules.leader_signed,
            ),
            effect=freeze, told=(("to-review", reviewers),),
        ),
        Action(
            "withdraw", Words("撤回", "Withdraw"), "submitted", "planned", Role.HANDLER,
            who=(rules.leads_task,), unless=(rules.own_submission,), needs=(rules.untouched,),
            effect=carry_on, told=(("withdrawn", reviewers),),
        ),
        Action(
            "approve", Words("审核通过", "Approve"), "submitted", "reviewed", Role.REVIEWER,
            who=(rules.reviews_area,), unless=(rules.no_part_in_task, rules.not_submitter),
            input=(Text("words", Words("审核意见", "Remarks"), required=False),),
            effect=mark_reviewed, told=(("to-sign-off", committee), ("approved", lead_handlers)), bulk=True,
        ),
        Action(
            "return", Words("退回修改", "Return"), "submitted", "planned", Role.REVIEWER,
            who=(rules.reviews_area,), unless=(rules.no_part_in_task, rules.not_submitter),
            input=_RETURN_INPUT, effect=open_to_mend, told=(("returned", lead_handlers),),
        ),
        Action(
            "return", Words("退回修改", "Return"), "reviewed", "planned", Role.COMMITTEE,
            unless=(rules.no_part_in_task, rules.not_submitter), input=_RETURN_INPUT, effect=open_to_mend,
            told=(("returned", lead_handlers),),
        ),
        Action(
            "send_back", Words("退回复核", "Send back to the reviewer"), "reviewed", "submitted", Role.COMMITTEE,
            unless=(rules.no_part_in_task, rules.not_submitter),
            input=(Text("words", Words("复核要求", "Words for the reviewer")),),
            effect=look_again, told=(("sent-back", reviewers),),
        ),
        Action(
            "accept", Words("同意办结", "Sign off"), "reviewed", "accepted", Role.COMMITTEE,
            unless=(rules.no_part_in_task, rules.not_submitter, rules.not_reviewer),
            input=(Text("words", Words("审定意见", "Remarks"), required=False),),
            effect=name_round, told=(("accepted", all_handlers),), seal=True, bulk=True,
        ),
        Action(
            "reopen", Words("撤销办结", "Reopen"), "accepted", "planned", Role.COMMITTEE,
            unless=(rules.no_part_in_task,),
            input=(Text("words", Words("撤销理由", "Reason")),),
            effect=carry_on, told=(("reopened", all_handlers),),
        ),
        *(
            Action(
                "cancel", Words("取消节点", "Cancel"), source, "cancelled", Role.COMMITTEE,
                who=(rules.by_change_alone,), input=(Text("words", Words("依据", "Grounds"), most=2200),),
            )
            for source in ("planned", "submitted", "reviewed")
        ),
    ),
    sees=rules.sees_milestone,
    rows=subjects.milestone_rows,
    load=subjects.load_milestone,
    many=subjects.load_milestones,
    title=subjects.milestone_title,
    due=Milestone.due,
    mine=lambda actor: Round.submitted_unit_id == actor.unit_id,
    rounds=lambda milestone: milestone.round_number,
    frozen=frozen_rounds,
    files=files,
    plan=lambda milestone: milestone.task.plan,
    hands=_hands,
    tells=_tells,
)
