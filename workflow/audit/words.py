"""What events and their subjects are called where people read them."""

from models import Words

SUBJECTS = {
    "plan": Words("方案", "Plan"),
    "task": Words("任务", "Task"),
    "milestone": Words("年度节点", "Milestone"),
    "unit": Words("单位", "Unit"),
    "account": Words("账号", "Account"),
    "contribution_request": Words("配合事项", "Request to a supporting unit"),
}

# What is done outside a workflow; a workflow's own actions are named by its definition.
ACTIONS = {
    "import": Words("导入方案", "Plan imported"),
    "create": Words("新建", "Created"),
    "change": Words("变更", "Changed"),
    "grant": Words("授予角色", "Role granted"),
    "revoke": Words("收回角色", "Role withdrawn"),
    "ask": Words("提请配合", "Supporting unit asked"),
    "set-apart": Words("设定分别负责", "Responsible apart"),
    "set-indicators": Words("设定指标", "Indicators set"),
    "change-password": Words("修改密码", "Password changed"),
}


def action_words(workflow, action: str) -> Words:
    """The words for an event's action on a subject of `workflow`; the code itself where it has none."""
    if action in workflow.triggers:
        return workflow.label_of(action)
    return ACTIONS.get(action, Words(action, action))


def subject_words(subject_type: str) -> Words:
    return SUBJECTS.get(subject_type, Words(subject_type, subject_type))
