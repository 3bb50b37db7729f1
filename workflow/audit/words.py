"""What events and their subjects are called where people read them."""

from models import Words

SUBJECTS = {
    "plan": Words("方案", "Plan"),
    "task": Words("任务", "Task"),
    "milestone": Words("年度节点", "Milestone"),
    "unit": Words("单位", "Unit"),
    "account": Words("账号", "Account"),
    "comment": Words("意见", "Comment"),
    "instruction": Words("批示", "Instruction"),
    "calendar_day": Words("工作日历", "Calendar"),
}

# What is done outside a workflow; a workflow's own actions are named by its definition.
ACTIONS = {
    "import": Words("导入方案", "Plan imported"),
    "create": Words("新建", "Created"),
    "change": Words("变更", "Changed"),
    "grant": Words("授予角色", "Role granted"),
    "revoke": Words("收回角色", "Role withdrawn"),
    "change-password": Words("修改密码", "Password changed"),
    "reset-password": Words("重置密码", "Password reset"),
    "set-part": Words("责任分工", "Part in a task set"),
    "contact": Words("通知设置", "Notice settings changed"),
    "delegate": Words("授权代办", "Delegated"),
    "end-delegation": Words("结束代办授权", "Delegation ended"),
    "send-again": Words("重发通知", "Message sent again"),
    "hand-over": Words("工作交接", "Work handed over"),
    "write": Words("发表", "Written"),
    "edit": Words("修改", "Edited"),
    "remove": Words("删除", "Removed"),
    "instruct": Words("批示", "Instruction given"),
    "answer": Words("答复", "Answered"),
}


def action_words(workflow, action: str) -> Words:
    """The words for an event's action on a subject of `workflow`; the code itself where it has none."""
    if action in workflow.triggers:
        return workflow.label_of(action)
    return ACTIONS.get(action, Words(action, action))


def subject_words(subject_type: str) -> Words:
    return SUBJECTS.get(subject_type, Words(subject_type, subject_type))
