"""The quality of the plan itself: names that occur twice, tasks without units, words with nothing to check."""

from plans.checked import CheckedTask
from plans.drafts import Draft
from plans.findings import Findings


def check_quality(tasks: list[CheckedTask], drafts: list[Draft], findings: Findings) -> None:
    seen: dict[str, CheckedTask] = {}
    for position, (task, draft) in enumerate(zip(tasks, drafts, strict=True), 1):
        findings.position = position
        lines = task.first_line, task.last_line
        if task.title in seen and draft.titled:
            findings.add("title-twice", lines, task.number, other=seen[task.title].number, title=task.title)
        seen.setdefault(task.title, task)
    findings.position = None
