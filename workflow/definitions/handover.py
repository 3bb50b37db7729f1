"""A handover (交接): the list of what goes with the lead of a task, for both units to sign."""

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from models import Handover, Plan, Role, Task, Words
from workflow import change_rules, changes
from workflow.definition import Action, State, Workflow
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


def _title(handover: Handover) -> Words:
    task = f"{handover.task.number or ''} {handover.task.title}".strip()
    return Words(f"牵头移交：{task}", f"Lead handed over: {task}")


_ITEMS = {
    "draft": Words("{year} 年度节点的草稿，材料 {count} 件", "Draft of the {year} milestone, {count} pieces"),
    "request": Words("{year} 年度节点的变更申请（第 {request} 号）", "Change request {request}, {year} milestone"),
}
_NOTHING = Words("没有在办的草稿和申请。", "There are no drafts and no open requests.")


def _facts(handover: Handover) -> list[tuple[Words, Words]]:
    lines = [_ITEMS[item["what"]].format(**item) for item in handover.items]
    listed = Words(*("\n".join(f"{n}. {line[it]}" for n, line in enumerate(lines, 1)) for it in ("zh", "en")))
    return [
        (Words("移交单位", "Handed over by"), _same(handover.from_unit.name)),
        (Words("接收单位", "Taken over by"), _same(handover.to_unit.name)),
        (Words("依据", "Grounds"), Words("变更申请第 {n} 号", "Change request {n}").format(n=handover.request_id)),
        (Words("移交清单", "What is handed over"), listed if lines else _NOTHING),
    ]


def _same(text: str) -> Words:
    return Words(text, text)


_GIVE, _TAKE = Words("移交签字", "Sign as giver"), Words("接收签字", "Sign as taker")

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
        Action("give", _GIVE, "open", "given", Role.HANDLER, who=(change_rules.gives,), effect=changes.name_request),
        Action("take", _TAKE, "open", "taken", Role.HANDLER, who=(change_rules.takes,), effect=changes.name_request),
        Action("take", _TAKE, "given", "signed", Role.HANDLER, who=(change_rules.takes,), effect=changes.name_request),
        Action("give", _GIVE, "taken", "signed", Role.HANDLER, who=(change_rules.gives,), effect=changes.name_request),
    ),
    sees=change_rules.sees_handover,
    rows=_rows, load=_load, many=_many,
    title=_title, facts=_facts,
    events={"open": Words("开具", "Drawn up")},
    mine=lambda actor: Handover.from_unit_id == actor.unit_id,
    frozen=changes.frozen_handovers,
    plan=lambda handover: handover.task.plan,
)
