"""What events and their subjects are called where people read them."""

from models import Words

SUBJECTS = {
    "plan": Words("方案", "Plan"),
    "task": Words("任务", "Task"),
    "milestone": Words("年度节点", "Milestone"),
    "unit": Words("单位", "Unit"),
    "account": Words("账号", "Account"),
    "contribution_request": Words("配合事项", "Request to a supporting unit"),
    "plan_draft": Words("方案文件", "Plan document"),
}

# What is done outside a workflow; a workflow's own actions are named by its definition.
ACTIONS = {
    "import": Words("导入方案", "Plan imported"),
    "create": Words("新建", "Created"),
    "change": Words("变更", "Changed"),
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
}


def action_words(workflow, action: str) -> Words:
    """The words for an event's action on a subject of `workflow`; the code itself where it has none."""
    if action in workflow.triggers:
        return workflow.label_of(action)
    return ACTIONS.get(action, Words(action, action))


def subject_words(subject_type: str) -> Words:
    return SUBJECTS.get(subject_type, Words(subject_type, subject_type))
