"""A request to a supporting unit (配合事项): asked by the lead, answered in one of four ways.

That nobody answered in time (逾期未反馈) is no state: the clock says it (`is_lapsed`).
"""

from datetime import date

from models import ContributionRequest, Part, Role, Words
from workflow import contribution_rules as rules
from workflow import rules as milestone_rules
from workflow import subjects
from workflow.audiences import asked_unit, lead_handlers
from workflow.definition import Action, State, Workflow
from workflow.inputs import Text
from workflow.notice_kinds import day_words

_REMARKS = (Text("words", Words("说明", "Remarks"), required=False),)


def _answered(passage) -> None:
    """The unit's answer, with what it was given to."""
    request = passage.subject
    request.words = passage.input.get("words", "")
    request.answered_at, request.answered_by_id = passage.at, passage.actor.account_id
    request.draft_version = passage.detail["draft_version"] = request.round.draft_version
    passage.detail["pieces"], passage.detail["reported"] = request.pieces, request.reported


def _taken_back(passage) -> None:
    request = passage.subject
    request.words, request.answered_at, request.answered_by_id = "", None, None
    request.draft_version = None


def _reminded(passage) -> None:
    request = passage.subject
    request.reminded_at, request.reminders = passage.at, request.reminders + 1
    if passage.input["wanted"]:
        request.wanted = passage.input["wanted"]


def _replied(passage) -> None:
    request = passage.subject
    request.reply, request.replied_at = passage.input["words"], passage.at


def _answer(trigger: str, label: Words, target: str, needs=(), input=_REMARKS, told="fed-back") -> Action:
    return Action(
        trigger, label, "asked", target, Role.HANDLER, who=(rules.own_request, rules.draft_open), needs=needs,
        input=input, effect=_answered, told=((told, lead_handlers),),
    )


def _take_back(source: str) -> Action:
    return Action(
        "take_back", Words("收回反馈", "Take the answer back"), source, "asked", Role.HANDLER,
        who=(rules.own_request, rules.draft_open), effect=_taken_back, told=(("fed-back", lead_handlers),),
    )


def _reply(trigger: str, label: Words, target: str) -> Action:
    return Action(
        trigger, label, "objected", target, Role.HANDLER, who=(rules.leads_request, rules.draft_open),
        input=(Text("words", Words("答复", "Reply")),), effect=_replied, told=(("objection-answered", asked_unit),),
    )


def _facts(request: ContributionRequest) -> list[tuple[Words, Words]]:
    leads = [seat.unit.name for seat in request.task.responsibilities if seat.part == Part.LEAD]
    figures = [f"{line['name']} {line['amount']}{line['unit']}" for line in request.reported]
    return [
        (Words("配合单位", "Supporting unit"), _same(request.unit.name)),
        (Words("经由", "Asked through"), _same(request.via.name if request.via else "")),
        (Words("牵头单位", "Lead"), _same("、".join(leads))),
        (Words("轮次", "Round"), Words("第 {n} 轮", "Round {n}").format(n=request.round_number)),
        (Words("需要什么", "What is wanted"), _same(request.wanted)),
        (Words("反馈期限", "To be answered by"), day_words(request.due)),
        (Words("反馈", "Answer"), _same(request.words)),
        (Words("指标数据", "Figures"), _same("\n".join(figures))),
        (Words("牵头单位答复", "The lead's reply"), _same(request.reply)),
    ]


def _same(text: str) -> Words:
    return Words(text, text)


def _by_clock(request: ContributionRequest, day: date) -> Words | None:
    """逾期未反馈 is no state: the clock says it."""
    if not rules.is_lapsed(request, day):
        return None
    return Words("逾期未反馈（{day}到期）", "Not answered in time (due {day})").format(day=day_words(request.due))


CONTRIBUTION = Workflow(
    name="contribution_request",
    path="requests",
    label=Words("配合事项", "Request to a supporting unit"),
    model=ContributionRequest,
    states=(
        State("asked", Words("待反馈", "To answer"), Role.HANDLER),
        State("objected", Words("有异议", "Objected"), Role.HANDLER),
        State("contributed", Words("已提供材料", "Contributed"), None),
        State("confirmed", Words("已确认", "Confirmed"), None),
        State("nothing", Words("本期无配合事项", "Nothing to add"), None),
        State("replied", Words("异议已答复", "Objection answered"), None),
        State("taken_up", Words("异议已采纳", "Objection taken up"), None),
        State("released", Words("不再提请", "No longer asked"), None),
    ),
    actions=(
        _answer("contribute", Words("提供材料", "Contribute"), "contributed", (rules.has_contributed,)),
        _answer("confirm", Words("确认牵头单位填报", "Confirm the lead's draft"), "confirmed", (rules.has_draft,)),
        _answer(
            "object", Words("提出异议", "Object"), "objected", input=(Text("words", Words("异议理由", "Reason")),),
            told="objected",
        ),
        _answer("nothing", Words("本期无配合事项", "Nothing to add this time"), "nothing"),
        _take_back("contributed"), _take_back("confirmed"), _take_back("objected"), _take_back("nothing"),
        _reply("reply", Words("答复异议", "Answer the objection"), "replied"),
        _reply("take_up", Words("采纳异议", "Take the objection up"), "taken_up"),
        Action(
            "ask_again", Words("再次提请", "Ask again"), "asked", "asked", Role.HANDLER,
            who=(rules.leads_request, rules.draft_open), needs=(rules.not_asked_today,),
            input=(Text("wanted", Words("需要什么", "What is wanted"), required=False),),
            effect=_reminded, told=(("asked-again", asked_unit),),
        ),
        # With a granted change by which the unit no longer supports the task.
        Action(
            "release", Words("不再提请", "Release"), "asked", "released", Role.COMMITTEE,
            who=(milestone_rules.by_change_alone,), input=(Text("words", Words("依据", "Grounds")),),
        ),
    ),
    sees=rules.sees_request,
    rows=subjects.request_rows,
    load=subjects.load_request,
    many=subjects.load_requests,
    title=lambda request: subjects.milestone_title(request.milestone),
    due=ContributionRequest.due,
    opening=(("asked", asked_unit),),
    rounds=lambda request: request.round_number,
    plan=lambda request: request.milestone.task.plan,
    within=lambda request: request.milestone, listed=False,
    facts=_facts, by_clock=_by_clock,
    events={"ask": Words("提请", "Asked")},
)
