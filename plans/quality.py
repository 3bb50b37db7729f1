"""The quality of the plan itself: the same task twice, rows that contradict each other, words with nothing to check."""

import re

from models import Words
from plans.checked import CheckedTask
from plans.drafts import Draft
from plans.findings import Findings, clipped
from plans.indicators.consistency import check_indicators

_SIGNS = re.compile(r"[\s，,。.；;、：:“”\"（）()《》]")
# Words that say to go on, and nothing that could be held against what was done.
_STOCK = re.compile(
    "(?:认真|全面|深入|持续|继续|扎实|切实|大力|积极|进一步|稳步|有序|逐步|不断|加快|组织|抓好|做好|正式|统筹|严格|"
    "坚决|长期|常态化|按要求|按照要求|按计划|全力|着力|"
    "按照?(?:国家|上级|省委?|市委?|县委?|区委?)*(?:的)?(?:要求|计划|部署|安排|规定)?|年度|计划|开始|抓|建设|"
    "贯彻|落实|执行|推进|推动|实施|开展|深化|巩固|完善|提升|提高|推广|坚持|加强|强化|抓紧|跟进|到位|成果|工作|相关|"
    "有关|各项|上级|决策|部署|精神|要求|任务|机制|责任|和|并|及|与)+"
)


def check_quality(tasks: list[CheckedTask], drafts: list[Draft], findings: Findings) -> None:
    by_title: dict[str, int] = {}
    by_words: dict[str, int] = {}
    for at, (task, draft) in enumerate(zip(tasks, drafts, strict=True)):
        findings.position = at + 1
        _check_words(task, findings)
        check_indicators(task.milestones, _noting(task, findings))
        words = _SIGNS.sub("", draft.words)
        title = task.title
        if words in by_words:
            _check_twice(tasks[by_words[words]], task, findings)
        elif draft.titled and title in by_title and not _one_cell(drafts[by_title[title]], draft):
            other = _name(tasks[by_title[title]], by_title[title])
            findings.add("title-twice", _lines(task), task.number, other=other, title=task.title)
        by_title.setdefault(title, at)
        by_words.setdefault(words, at)
    findings.position = None


def _check_words(task: CheckedTask, findings: Findings) -> None:
    """One note a task: which of its requirements leave open when they are done."""
    empty = [m for m in task.milestones if not m.indicators and not m.steps and not m.deadline
             and _STOCK.fullmatch(_SIGNS.sub("", m.requirement))]
    if empty:
        text = "；".join(dict.fromkeys(m.requirement.strip("。") for m in empty))
        findings.add("done-undefined", _lines(task), task.number, text=clipped(text))


def _check_twice(other: CheckedTask, task: CheckedTask, findings: Findings) -> None:
    differs = []
    if {(s.name, s.part) for s in task.seats} != {(s.name, s.part) for s in other.seats}:
        differs.append(Words("责任单位", "the units"))
    if [(m.year, m.due, m.requirement) for m in task.milestones] != [
        (m.year, m.due, m.requirement) for m in other.milestones
    ]:
        differs.append(Words("要求或期限", "what is asked or the deadlines"))
    if differs:
        what = Words("、".join(each.zh for each in differs), " and ".join(each.en for each in differs))
        findings.add("task-contradicts", _lines(task), task.number, other=other.number or other.title, what=what)
    else:
        findings.add("task-twice", _lines(task), task.number, other=other.number or other.title)


def _one_cell(other: Draft, draft: Draft) -> bool:
    """Tasks under one merged name have it in common by design."""
    return draft.title_span is not None and draft.title_span == other.title_span


def _noting(task: CheckedTask, findings: Findings):
    return lambda code, **fields: findings.add(code, _lines(task), task.number, **fields)


def _lines(task: CheckedTask) -> tuple[int, int]:
    return task.first_line, task.last_line


def _name(task: CheckedTask, at: int) -> str:
    return task.number or str(at + 1)
