"""A handover (交接): the list of what goes with the lead of a task, for both units to sign."""

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models import Handover, Plan, Role, Task, Words
from workflow import change_rules, changes
from workflow.audiences import givers, takers
from workflow.definition import Action, State, Workflow
from workflow.definitions.contribution import CONTRIBUTION
from workflow.subjects import loading


def _rows(*entities):
    return (
        select(*entities).select_from(Handover)
        .join(Task, Task.id == Handover.task_id).join(Plan, Plan.id == Task.plan_id)
    )


_load, _many = loading(
    _rows, Handover,
    contains_eager(Handover.task).options(contains_eager(Task.plan), joinedload(Task.responsibilities)),
    joinedload(Handover.from_unit), joinedload(Handover.to_unit),
)


_ITEMS = {
    "draft": Words("{year} 年度节点的草稿，材料 {count} 件", "Draft of the {year} milestone, {count} pieces"),
    "contribution": Words(
        "{year} 年度节点提请{unit}的配合事项：{state}", "Request to {unit} for the {year} milestone: {state}"
    ),
    "request": Words("{year} 年度节点的变更申请（第 {request} 号）", "Change request {request}, {year} milestone"),
}
_NOTHING = Words("没有在办的草稿和申请。", "There are no drafts and no open requests.")


def _item(item: dict) -> Words:
    state = CONTRIBUTION.by_name.get(item.get("state"))
    return _ITEMS[item["what"]].format(**item | ({"state": state.label} if state else {}))


def _facts(handover: Handover) -> list[tuple[Words, Words]]:
    lines = [_item(item) for item in handover.items]
    listed = Words(*("\n".join(f"{n}. {line[it]}" for n, line in enumerate(lines, 1)) for it in ("zh", "en")))
    return [
        (Words("移交单位", "Handed over by"), _same(handover.from_unit.name)),
        (Words("接收单位", "Taken over by"), _same(handover.to_unit.name)),
        (Words("依据", "Grounds"), Words("变更申请第 {n} 号", "Change request {n}").format(n=handover.request_id)),
        (Words("移交清单", "What is handed over"), listed if lines else _NOTHING),
    ]


def _same(text: str) -> Words:
    return Words(text, text)


def _give(source: str, target: str) -> Action:
    return Action(
        "give", Words("移交签字", "Sign as giver"), source, target, Role.HANDLER, who=(change_rules.gives,),
        effect=changes.name_request, told=(("handover-signed", takers),),
    )


def _take(source: str, target: str) -> Action:
    return Action(
        "take", Words("接收签字", "Sign as taker"), source, target, Role.HANDLER, who=(change_rules.takes,),
        effect=changes.name_request, told=(("handover-signed", givers),),
    )


HANDOVER = Workflow(
    name="handover",
    path="handovers",
    label=Words("交接单", "Handover"),
    model=Handover,
    states=(
        State("open", Words("待双方签字", "For both to sign"), Role.HANDLER),
        State("given", Words("移交方已签", "Signed by the giver"), Role.HANDLER),
        State("taken", Words("接收方已签", "Signed by the taker"), Role.HANDLER),
        State("signed", Words("已交接", "Handed over"), None),
    ),
    actions=(
        _give("open", "given"), _take("open", "taken"), _take("given", "signed"), _give("taken", "signed"),
    ),
    sees=change_rules.sees_handover,
    rows=_rows, load=_load, many=_many,
    title=changes.handover_title, facts=_facts,
    opening=changes.TO_SIGN,
    events={"open": Words("开具", "Drawn up")},
    mine=lambda actor: Handover.from_unit_id == actor.unit_id,
    frozen=changes.frozen_handovers,
    plan=lambda handover: handover.task.plan,
)
