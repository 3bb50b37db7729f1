"""Every correction that there is: what it says and what it does. Forms, files and pages follow from it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from models import Part, Words
from plans.corrections import rows, seats
from plans.corrections.fields import Count, Day, Field, Flag, Table, Year
from plans.corrections.working import Lost, Row, Working
from plans.findings import CATALOGUE, DOUBT, ERROR, Finding
from workflow.inputs import Choice, Lines, Text

MOST = 20_000
_PARTS = Choice("part", Words("职责", "Part"), {str(part): part.label for part in Part})
_UNIT = Text("unit", Words("单位", "Unit"), most=120)
_NAME = Text("name", Words("单位名称", "Unit name"), most=120)
_YEAR = Year("year", Words("年度", "Year"))

NO_ERROR = Words("错误级疑点不能接受，只能更正。", "A finding graded error cannot be accepted; it has to be mended.")
NOT_THERE = Words("没有这一疑点：{code}。", "There is no such finding: {code}.")


@dataclass(frozen=True)
class Verb:
    """`on_row` says whether it is about one task. `topic` are the beginnings of the codes that it usually answers."""

    label: Words
    fields: tuple[Field, ...]
    apply: Callable[[Working, Any, dict], None]
    on_row: bool = True
    topic: tuple[str, ...] = ()


def _set_plan_title(plan: Working, row: None, given: dict) -> None:
    plan.title = given["value"]
    plan.settle([finding for finding in plan.findings if finding.code == "title-missing"])


def _set_plan_due(plan: Working, row: None, given: dict) -> None:
    plan.plan_due = date.fromisoformat(given["value"]) if given["value"] else None


def _rename_area(plan: Working, row: None, given: dict) -> None:
    found = [it for it in plan.rows if it.task.area == given["area"]]
    if not found:
        raise Lost(Words("没有行动「{area}」。", "There is no action area “{area}”.").format(area=given["area"]))
    for it in found:
        it.change(area=given["name"])


def _settle(plan: Working, row: Row | None, given: dict) -> None:
    """Accept what is proposed: at one row, or (without `at`) everywhere. Whose part was inferred is then confirmed."""
    code, at = given["code"], given["source"]
    if CATALOGUE.get(code, (ERROR,))[0] == ERROR:
        raise Lost(NO_ERROR)
    picked = plan.findings_of(row) if row else plan.findings
    wanted = [f for f in picked if f.code == code and at in ("", f.source)]
    places = plan.places
    touched = [places.row_of(finding) for finding in wanted]
    if not plan.settle(wanted):
        raise Lost(NOT_THERE.format(code=code))
    if code in ("lead-inferred", "support-inferred"):
        for it in filter(None, touched):
            seats.confirm(plan, it, {})


def _pass_over(plan: Working, row: None, given: dict) -> None:
    """What stands there is no task, and nothing is missing without it."""
    code, at = given["code"], given["source"]
    if not plan.settle([finding for finding in plan.findings if (finding.code, finding.source) == (code, at)]):
        raise Lost(NOT_THERE.format(code=f"{code} {at}"))


def _columns(plan: Working, row: None, given: dict) -> None:
    """The reader has been told already, before it read."""


_CODE = Text("code", Words("疑点", "Finding"), most=60)
_SOURCE = Text("source", Words("位置", "Source"), required=False, most=60)
_VALUE = Words("改为", "Change to")

VERBS: dict[str, Verb] = {
    "columns": Verb(Words("改正列的含义", "Set what columns mean"), (Table("columns", Words("列", "Columns"), blank=True),), _columns,
                    on_row=False, topic=("column-",)),
    "plan-title": Verb(Words("改方案名称", "Set the plan's title"), (Text("value", _VALUE, most=300),), _set_plan_title,
                       on_row=False, topic=("title-missing",)),
    "plan-due": Verb(Words("改实施方案报送期限", "Set when implementation plans are due"), (Day("value", _VALUE),),
                     _set_plan_due, on_row=False),
    "area-rename": Verb(Words("改行动名称", "Rename an action area"), (
        Text("area", Words("行动", "Action area"), most=300), Text("name", _VALUE, most=300)), _rename_area, on_row=False),
    "unit-rename-everywhere": Verb(
        Words("全文更改单位名称", "Rename a unit everywhere"), (_UNIT, _NAME), seats.rename_everywhere, on_row=False),
    "lead": Verb(Words("由一个单位牵头", "Let one unit lead"), (_UNIT,), seats.lead_by, topic=("lead", "support-inferred")),
    "unit-part": Verb(Words("改职责", "Set a unit's part"), (_UNIT, _PARTS), seats.set_part,
                      topic=("lead", "support-", "label-", "no-lead")),
    "unit-rename": Verb(Words("改单位名称", "Rename a unit"), (_UNIT, _NAME), seats.rename, topic=("unit-", "separator-")),
    "unit-split": Verb(Words("拆分单位", "Split a unit"), (_UNIT, Lines("names", Words("拆为（每行一个）", "Into (one a line)"))),
                       seats.split, topic=("unit-", "separator-")),
    "unit-join": Verb(Words("合并单位", "Join units"), (
        Lines("units", Words("合并哪些（每行一个）", "Which (one a line)")), _NAME), seats.join,
        topic=("unit-", "separator-")),
    "unit-add": Verb(Words("增加单位", "Add a unit"), (_NAME, _PARTS), seats.add, topic=("no-unit", "no-lead", "unit-")),
    "unit-remove": Verb(Words("移除单位", "Remove a unit"), (_UNIT,), seats.remove, topic=("unit-",)),
    "number": Verb(Words("改序号", "Set the serial"), (Text("value", _VALUE, required=False, most=20),), rows.set_number,
                   topic=("serial-",)),
    "title": Verb(Words("改任务名称", "Set the title"), (Text("value", _VALUE, most=2000),), rows.set_title, topic=("title-",)),
    "star": Verb(Words("改星标", "Set the star"), (Flag("value", Words("带星标", "Starred")),), rows.set_star,
                 topic=("star", "count-")),
    "area": Verb(Words("改所属行动", "Set the action area"), (Text("value", _VALUE, most=300),), rows.set_area,
                 topic=("area-",)),
    "content": Verb(Words("改工作内容", "Set work content"), (
        Count("line", Words("第几行", "Line")), Text("value", _VALUE, most=MOST)), rows.set_content, topic=("content",)),
    "requirement": Verb(Words("改进度要求", "Set a requirement"), (
        _YEAR, Text("value", _VALUE, required=False, most=MOST)), rows.set_requirement,
        topic=("no-requirement", "requirement-", "indicator-")),
    "due": Verb(Words("改期限", "Set a deadline"), (_YEAR, Day("value", _VALUE)), rows.set_due, topic=("date-", "deadline-")),
    "merge": Verb(Words("并入上一任务", "Join with the task before"), (), rows.merge),
    "split": Verb(Words("拆成两项任务", "Split into two tasks"), (
        Count("line", Words("自第几行工作内容起", "From which line of content")),
        Text("serial", Words("新序号", "New serial"), required=False, most=20),
        Text("title", Words("新任务名称", "New title"), most=2000)), rows.split, topic=("contents-several",)),
    "remove": Verb(Words("不是任务，移除此行", "No task: remove the row"), (), rows.remove),
    "add": Verb(Words("补录任务", "Add a task"), (
        Text("key", Words("标识", "Key"), most=40),
        Text("serial", Words("序号", "Serial"), required=False, most=20),
        Text("title", Words("任务名称", "Title"), most=2000), Flag("starred", Words("带星标", "Starred")),
        Text("area", Words("所属行动（空则同上一任务）", "Action area (blank: as the task before)"), required=False, most=300),
        Lines("contents", Words("工作内容（每行一条）", "Work content (one a line)"), required=False, most_each=2000),
        Lines("leads", Words("牵头单位（每行一个）", "Lead units (one a line)"), required=False, most=60, most_each=120),
        Lines("supports", Words("配合单位（每行一个）", "Supporting units (one a line)"), required=False, most=60,
              most_each=120),
        Table("requirements", Words("各年度进度要求", "Requirements by year"))), rows.add),
    "settle": Verb(Words("按所示读法接受", "Accept as read"), (_CODE, _SOURCE), _settle),
    "pass-over": Verb(Words("此处不是任务，略过", "No task here: pass it over"), (
        _CODE, Text("source", Words("位置", "Source"), most=60)), _pass_over, on_row=False),
}

# Those that stand at a row where one is named, and else are about the whole plan.
ROW_OPTIONAL = ("settle", "add")


_QUOTED = re.compile("「(.+?)」")


def default_answers(verb: str, given: dict, row: Row, findings: list[Finding]) -> list[list[str]]:
    """The findings of a row that a correction usually is made for, as its `answers`."""
    topic = VERBS[verb].topic
    about = [finding for finding in findings if topic and finding.code.startswith(topic)]
    if "unit" in given:
        about = [f for f in about if not f.code.startswith(("unit-", "separator-")) or given["unit"] in f.message.zh]
    if "year" in given:
        asked = next((m.requirement for m in row.task.milestones if m.year == given["year"]), "")
        about = [f for f in about if not (q := _QUOTED.findall(f.message.zh)) or any(words in asked for words in q)]
    return [[finding.code, finding.source] for finding in about]


def may_be_accepted(code: str) -> bool:
    return CATALOGUE[code][0] == DOUBT
