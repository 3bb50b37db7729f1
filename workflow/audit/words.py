"""What events and their subjects are called where people read them."""

from models import Words
from workflow.registry import WORKFLOWS, by_table

# What is no workflow's subject; those are named by their definition.
SUBJECTS = {
    "plan": Words("方案", "Plan"),
    "task": Words("任务", "Task"),
    "unit": Words("单位", "Unit"),
    "account": Words("账号", "Account"),
    "plan_draft": Words("方案文件", "Plan document"),
    "comment": Words("意见", "Comment"),
    "instruction": Words("批示", "Instruction"),
    "calendar_day": Words("工作日历", "Calendar"),
    "return_reason": Words("退回原因", "Reason for a return"),
    "document_template": Words("文书模板", "Document template"),
}

# What is done outside a workflow; a workflow's own actions are named by its definition.
ACTIONS = {
    "import": Words("导入方案", "Plan imported"),
    "create": Words("新建", "Created"),
    "change": Words("变更", "Changed"),
    "add-alias": Words("登记曾用名", "Former name added"),
    "drop-alias": Words("删去曾用名", "Former name removed"),
    "grant": Words("授予角色", "Role granted"),
    "revoke": Words("收回角色", "Role withdrawn"),
    "set-part": Words("调整职责", "Part set"),
    "ask": Words("提请配合", "Supporting unit asked"),
    "set-apart": Words("设定分别负责", "Responsible apart"),
    "set-indicators": Words("设定指标", "Indicators set"),
    "upload": Words("上传文件", "Document uploaded"),
    "read-again": Words("重新读取", "Read again"),
    "correct": Words("更正", "Corrected"),
    "undo-correction": Words("撤销更正", "Correction taken back"),
    "replace-corrections": Words("载入更正文件", "Corrections replaced"),
    "decide": Words("确认修订差异", "Differences decided"),
    "discard": Words("放弃文件", "Document discarded"),
    "store": Words("确认入库", "Stored"),
    "revise": Words("按新版修订", "Revised by a new edition"),
    "drop": Words("新版不再列入", "Dropped by a new edition"),
    "change-password": Words("修改密码", "Password changed"),
    "reset-password": Words("重置密码", "Password reset"),
    "contact": Words("通知设置", "Notice settings changed"),
    "delegate": Words("授权代办", "Delegated"),
    "end-delegation": Words("结束代办授权", "Delegation ended"),
    "open-feed": Words("启用日历订阅地址", "Calendar address opened"),
    "close-feed": Words("停用日历订阅地址", "Calendar address ended"),
    "send-again": Words("重发通知", "Message sent again"),
    "hand-over": Words("工作交接", "Work handed over"),
    "write": Words("发表", "Written"),
    "edit": Words("修改", "Edited"),
    "remove": Words("删除", "Removed"),
    "set-assessment-rule": Words("设定考核规则", "Assessment rule set"),
    "instruct": Words("批示", "Instruction given"),
    "answer": Words("答复", "Answered"),
}


def subjects() -> list[str]:
    """Everything that events can be about, by its table: the workflows' subjects first."""
    return [*(workflow.model.__tablename__ for workflow in WORKFLOWS.values()), *SUBJECTS]


def actions(subject_type: str | None) -> list[str]:
    """Everything that can happen to a subject of this type, its workflow's own first; to any, where none is given."""
    known = [by_table(subject_type)] if subject_type else list(WORKFLOWS.values())
    found = [name for workflow in known if workflow for name in (*workflow.triggers, *workflow.events)]
    return list(dict.fromkeys([*found, *ACTIONS]))


def action_words(workflow, action: str) -> Words:
    """The words for an event's action on a subject of `workflow`; the code itself where it has none."""
    if action in workflow.triggers:
        return workflow.label_of(action)
    return workflow.events.get(action) or ACTIONS.get(action, Words(action, action))


def event_words(subject_type: str | None, action: str) -> Words:
    """The words for an action on a subject of this type; where none is given, of the first type that has it."""
    known = [by_table(subject_type)] if subject_type else list(WORKFLOWS.values())
    named = (
        action_words(workflow, action) for workflow in known
        if workflow and (action in workflow.triggers or action in workflow.events)
    )
    return next(named, ACTIONS.get(action, Words(action, action)))


def state_words(subject_type: str, state: str | None) -> Words | None:
    """The words for a state of a workflow's subject; None where there is no such state."""
    workflow = by_table(subject_type)
    found = workflow.by_name.get(state) if workflow else None
    return found.label if found else None


def subject_words(subject_type: str) -> Words:
    workflow = by_table(subject_type)
    return workflow.label if workflow else SUBJECTS.get(subject_type, Words(subject_type, subject_type))
