"""A change request (变更申请): asked by the unit, an opinion of the reviewer, decided by the committee."""

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from models import ChangeKind, ChangeRequest, Milestone, Plan, Role, Round, Task, Words
from workflow import change_rules, changes, hands, rules
from workflow.audiences import affected, asked_unit, deciders, reviewers
from workflow.definition import Action, State, Workflow
from workflow.inputs import Text
from workflow.subjects import loading, milestone_title


def _rows(*entities):
    """Requests with what the rules over a milestone speak of."""
    return (
        select(*entities).select_from(ChangeRequest)
        .join(Milestone, Milestone.id == ChangeRequest.milestone_id)
        .join(Round, (Round.milestone_id == Milestone.id) & (Round.number == Milestone.round_number))
        .join(Task, Task.id == Milestone.task_id).join(Plan, Plan.id == Task.plan_id)
    )


_load, _many = loading(
    _rows, ChangeRequest,
    contains_eager(ChangeRequest.milestone).options(
        contains_eager(Milestone.round),
        contains_eager(Milestone.task).options(contains_eager(Task.plan), joinedload(Task.responsibilities)),
    ),
    joinedload(ChangeRequest.unit),
)


def _title(request: ChangeRequest) -> Words:
    title = milestone_title(request.milestone)
    return Words("{kind}：{title}", "{kind}: {title}").format(kind=ChangeKind(request.kind).label, title=title)


_JUDGES = (rules.no_part_in_task, change_rules.not_asker)
_DECIDES = (*_JUDGES, change_rules.not_opinion_giver, change_rules.head_where_needed)
_REMARKS = (Text("words", Words("意见", "Remarks"), required=False),)
_GIVEN = (("change-to-decide", deciders), ("change-opinion", asked_unit))
_REASONS = (Text("words", Words("理由", "Reason")),)

def _hands(account):
    yield hands.UNDER_WAY, or_(ChangeRequest.asked_by_id == account.id, ChangeRequest.asked_for_id == account.id)


CHANGE_REQUEST = Workflow(
    name="change_request",
    path="changes",
    label=Words("变更申请", "Change request"),
    model=ChangeRequest,
    states=(
        State("requested", Words("待审核", "To review"), Role.REVIEWER),
        State("supported", Words("待审定（支持）", "To decide (supported)"), Role.COMMITTEE),
        State("opposed", Words("待审定（不支持）", "To decide (not supported)"), Role.COMMITTEE),
        State("granted", Words("已批准", "Granted"), None),
        State("refused", Words("未批准", "Refused"), None),
        State("withdrawn", Words("已撤回", "Withdrawn"), None),
    ),
    actions=(
        Action(
            "support", Words("予以支持", "Support"), "requested", "supported", Role.REVIEWER,
            who=(rules.reviews_area,), unless=_JUDGES, input=_REMARKS, effect=changes.note_opinion, told=_GIVEN,
        ),
        Action(
            "oppose", Words("不予支持", "Do not support"), "requested", "opposed", Role.REVIEWER,
            who=(rules.reviews_area,), unless=_JUDGES, input=_REASONS, effect=changes.note_opinion, told=_GIVEN,
        ),
        *(
            Action(
                "grant", Words("批准变更", "Grant"), source, "granted", Role.COMMITTEE, unless=_DECIDES,
                needs=(change_rules.milestone_open,), input=_REMARKS, effect=changes.apply,
                told=(("change-decided", affected),),
            )
            for source in ("supported", "opposed")
        ),
        *(
            Action(
                "refuse", Words("不予批准", "Refuse"), source, "refused", Role.COMMITTEE, unless=_DECIDES,
                input=_REASONS, effect=changes.name_request, told=(("change-decided", asked_unit),),
            )
            for source in ("supported", "opposed")
        ),
        *(
            Action(
                "withdraw", Words("撤回申请", "Withdraw"), source, "withdrawn", Role.HANDLER,
                who=(change_rules.own_request,), effect=changes.name_request, told=(("change-withdrawn", holders),),
            )
            for source, holders in zip(ChangeRequest.OPEN, (reviewers, deciders, deciders), strict=True)
        ),
    ),
    sees=change_rules.sees_request,
    rows=_rows, load=_load, many=_many,
    title=_title,
    due=Milestone.due,
    opening=(("change-to-review", reviewers),),
    events={"ask": Words("提出申请", "Asked for")},
    mine=lambda actor: ChangeRequest.unit_id == actor.unit_id,
    frozen=changes.frozen_requests,
    files=changes.attachments,
    plan=lambda request: request.milestone.task.plan,
    hands=_hands,
)
