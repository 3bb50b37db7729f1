"""A supervision sheet (督办单) before one unit: issued by the committee, answered, closed or returned."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import Plan, Role, Supervision, SupervisionSheet, Unit, Words
from workflow import hands, supervision
from workflow import supervision_rules as rules
from workflow.audiences import supervised_leaders, supervised_unit, supervisors
from workflow.definition import Action, State, Workflow
from workflow.inputs import Text
from workflow.notice_kinds import day_words
from workflow.subjects import loading


def _rows(*entities):
    return (
        select(*entities).select_from(Supervision)
        .join(SupervisionSheet, SupervisionSheet.id == Supervision.sheet_id)
        .join(Unit, Unit.id == Supervision.unit_id).join(Plan, Plan.id == SupervisionSheet.plan_id)
    )


_load, _many = loading(
    _rows, Supervision,
    contains_eager(Supervision.sheet).options(
        contains_eager(SupervisionSheet.plan), selectinload(SupervisionSheet.items),
        joinedload(SupervisionSheet.unit),
    ),
    contains_eager(Supervision.unit),
)


def _title(it: Supervision) -> Words:
    name = f"{it.sheet.named} {it.sheet.title}"
    return Words(f"{name}（{it.unit.name}）", f"{name} ({it.unit.name})")


def _by_clock(it: Supervision, day) -> Words | None:
    """That nobody answered in time is no state: the clock says it."""
    if it.state not in WITH_UNIT or it.due >= day:
        return None
    return Words("逾期未答复（{day}到期）", "Not answered in time (due {day})").format(day=day_words(it.due))


def _hands(account):
    """An answer, until it is closed: also while it is returned, or with a leader."""
    yield hands.UNDER_WAY, or_(Supervision.answered_by_id == account.id, Supervision.answered_for_id == account.id)


_ANSWER = (Text("words", Words("答复内容", "Answer"), most=5000),)
_REMARKS = (Text("words", Words("核销意见", "Remarks"), required=False),)
_JUDGES = (rules.not_own_unit, rules.not_answerer)
_ANSWERED = (("supervision-answered", supervisors),)

SUPERVISION = Workflow(
    name="supervision",
    path="supervision",
    label=Words("督办单", "Supervision sheet"),
    model=Supervision,
    states=(
        State("issued", Words("待答复", "To answer"), Role.HANDLER),
        State("signing", Words("待审签", "To be signed"), Role.LEADER),
        State("answered", Words("待核销", "To close"), Role.COMMITTEE),
        State("closed", Words("已核销", "Closed"), None),
        State("withdrawn", Words("已撤销", "Withdrawn"), None),
    ),
    actions=(
        Action(
            "answer", Words("答复", "Answer"), "issued", "answered", Role.HANDLER,
            who=(rules.own_sheet, rules.answers_alone), input=_ANSWER, effect=supervision.note_answer, told=_ANSWERED,
        ),
        Action(
            "send_to_sign", Words("送审签", "Send to be signed"), "issued", "signing", Role.HANDLER,
            who=(rules.own_sheet, rules.leader_signs), input=_ANSWER, effect=supervision.note_answer,
            told=(("to-sign", supervised_leaders),),
        ),
        Action(
            "sign", Words("审签并答复", "Sign and send"), "signing", "answered", Role.LEADER, who=(rules.own_sheet,),
            told=(("signed", supervised_unit), *_ANSWERED),
        ),
        Action(
            "hand_back", Words("退回经办人", "Hand back to the handler"), "signing", "issued", Role.LEADER,
            who=(rules.own_sheet,), input=(Text("words", Words("退回意见", "What is to be changed")),),
            told=(("handed-back", supervised_unit),),
        ),
        Action(
            "close", Words("核销", "Close"), "answered", "closed", Role.COMMITTEE, unless=_JUDGES, input=_REMARKS,
            effect=supervision.name_sheet, told=(("supervision-closed", supervised_unit),),
        ),
        Action(
            "return", Words("退回重办", "Return"), "answered", "issued", Role.COMMITTEE, unless=_JUDGES,
            input=(Text("words", Words("退回意见", "What is to be done still")),), effect=supervision.ask_again,
            told=(("supervision-returned", supervised_unit),),
        ),
        *(
            Action(
                "withdraw", Words("撤销督办", "Withdraw the sheet"), source, "withdrawn", Role.COMMITTEE,
                unless=(rules.not_own_unit,), input=(Text("words", Words("撤销理由", "Reason")),),
                effect=supervision.name_sheet, told=(("supervision-withdrawn", supervised_unit),), back=True,
            )
            for source in ("issued", "signing", "answered")
        ),
    ),
    sees=rules.sees_supervision,
    rows=_rows, load=_load, many=_many,
    title=_title,
    due=SupervisionSheet.due,
    # The committee sees what it issued until it is over, the unit what it has answered.
    mine=lambda actor: or_(
        SupervisionSheet.unit_id == actor.unit_id,
        and_(Supervision.unit_id.in_(sorted(actor.unit_ids)), Supervision.state.not_in(WITH_UNIT)),
    ),
    opening=(("supervision-issued", supervised_unit),),
    events={"issue": Words("下发督办单", "Issued")},
    frozen=supervision.frozen_sheets,
    plan=lambda it: it.sheet.plan,
    by_clock=_by_clock,
    hands=_hands,
)
WITH_UNIT = tuple(state.name for state in SUPERVISION.states if state.holder in (Role.HANDLER, Role.LEADER))
