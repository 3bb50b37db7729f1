"""The ledger in the layout in which plans are published: a workbook that reads back as the same plan.

Every text is written as text: what begins with "=" in a plan is no formula in the workbook.
"""

from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from sqlalchemy.orm import Session

from models import Part, Plan
from plans.checked import CheckedPlan, CheckedTask
from plans.editions.standing import as_plan, standing_of
from reports.cells import AS_TEXT, MOST_IN_CELL

_FONT = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "vcenter"}
_STYLES = {
    "title": _FONT | {"font_size": 16, "bold": True, "align": "center"},
    "note": _FONT,
    "head": _FONT | {"bold": True, "align": "center", "border": 1},
    "area": _FONT | {"bold": True, "border": 1},
    "cell": _FONT | {"border": 1},
    "number": _FONT | {"border": 1, "align": "center"},
}


def published(session: Session, plan: Plan) -> bytes:
    """The plan as the ledger has it now, in its own layout. Four statements, however many tasks."""
    return workbook(as_plan(plan, standing_of(session, plan)))


def workbook(plan: CheckedPlan) -> bytes:
    """A checked plan as an .xlsx file."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, AS_TEXT) as book:
        _Sheet(book, plan).write()
    return kept.getvalue()


@dataclass
class _Column:
    """A column: the words of its header, over which head it stands (""), its width, and its text by line of a task.

    `of_task` is one text for the whole task, `of_line` one for each line of its contents.
    """

    name: str
    width: int
    of_task: object = None
    of_line: object = None
    over: str = ""
    style: str = "cell"


class _Sheet:
    """One worksheet, written from the top."""

    def __init__(self, book, plan: CheckedPlan):
        self.plan = plan
        self.sheet = book.add_worksheet("任务分解表")
        self.styles = {name: book.add_format(style) for name, style in _STYLES.items()}
        self.columns = _columns(plan)
        self.row = 0

    def write(self) -> None:
        for n, column in enumerate(self.columns):
            self.sheet.set_column(n, n, column.width)
        self._across(self.plan.title, "title")
        if self.plan.plan_due:
            day = self.plan.plan_due
            self._across(f"注：各责任单位于{day.month}月{day.day}日前报送实施方案。", "note")
        self._head()
        area = None
        for task in self.plan.tasks:
            if task.area != area:
                area = task.area
                if area:
                    self._across(area, "area")
            self._task(task)

    def _across(self, text: str, style: str) -> None:
        self._block(self.row, 0, self.row, len(self.columns) - 1, text, style)
        self.row += 1

    def _head(self) -> None:
        """Two rows where years stand together under one head, one row otherwise."""
        last = self.row + any(column.over for column in self.columns)
        n = 0
        while n < len(self.columns):
            column = self.columns[n]
            if not column.over:
                self._block(self.row, n, last, n, column.name, "head")
                n += 1
                continue
            group = [m for m in range(n, len(self.columns)) if self.columns[m].over == column.over]
            self._block(self.row, n, self.row, group[-1], column.over, "head")
            for m in group:
                self._block(last, m, last, m, self.columns[m].name, "head")
            n = group[-1] + 1
        self.sheet.freeze_panes(last + 1, 0)
        self.row = last + 1

    def _task(self, task: CheckedTask) -> None:
        lines = max(1, len(task.contents))
        last = self.row + lines - 1
        for n, column in enumerate(self.columns):
            if column.of_task:
                self._block(self.row, n, last, n, column.of_task(task), column.style)
            else:
                for line in range(lines):
                    self._block(self.row + line, n, self.row + line, n, column.of_line(task, line), column.style)
        self.row = last + 1

    def _block(self, top: int, left: int, bottom: int, right: int, text: str, style: str) -> None:
        text, form = text[:MOST_IN_CELL], self.styles[style]
        if (top, left) != (bottom, right):
            self.sheet.merge_range(top, left, bottom, right, "", form)
        if text:
            self.sheet.write_string(top, left, text, form)
        else:
            self.sheet.write_blank(top, left, None, form)


def _columns(plan: CheckedPlan) -> list[_Column]:
    years = sorted({m.year for task in plan.tasks for m in task.milestones if m.year} | set(plan.years))
    columns = [
        _Column("序号", 6, of_task=lambda task: task.number or "", style="number"),
        _Column("项目名称", 28, of_task=lambda task: ("*" if task.starred else "") + task.title),
        _Column("工作内容", 40, of_line=lambda task, n: task.contents[n] if n < len(task.contents) else ""),
    ]
    columns += [
        _Column(f"{year}年", 24, of_line=lambda task, n, year=year: _asked(task, year, n), over="进度要求")
        for year in years
    ]
    if any(m.year is None for task in plan.tasks for m in task.milestones):
        columns.append(_Column("工作目标", 30, of_line=lambda task, n: _asked(task, None, n)))
        columns.append(_Column("完成时限", 14, of_task=_due))
    return [*columns, _Column("责任单位", 34, of_task=units_said)]


def _asked(task: CheckedTask, year: int | None, line: int) -> str:
    """What a line of a task's contents asks in a year."""
    found = next((m for m in task.milestones if m.year == year), None)
    return found.requirements[line] if found and line < len(found.requirements) else ""


def _due(task: CheckedTask) -> str:
    due = next((m.due for m in task.milestones if m.year is None and m.due), None)
    return f"{due.year}年{due.month}月{due.day}日前" if due else ""


def units_said(task: CheckedTask) -> str:
    """The units with their parts said, so that nobody has to infer them; a bare list where they are inferred still."""
    parts = {part: [seat for seat in task.seats if seat.part == part] for part in Part}
    names = {part: "、".join(seat.name for seat in seats) for part, seats in parts.items()}
    leads = parts[Part.LEAD]
    if len(leads) == 1 and all(seat.inferred for seat in task.seats):
        return "、".join(seat.name for seat in [*leads, *parts[Part.SUPPORT]])
    if len(task.seats) == 1 and leads:
        return names[Part.LEAD]
    labels = ((Part.LEAD, "牵头单位"), (Part.SUPPORT, "配合单位"))
    return "；".join(f"{label}：{names[part]}" for part, label in labels if names[part])
