"""台账.xlsx: the published columns, and beside them what the ledger knows of each milestone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from models import Milestone, Role
from reports.as_of import stood
from reports.documents.book import COLOURS, SHAPES, Book, Head, Value
from reports.documents.rows import LedgerRow, ledger_rows
from reports.documents.taken import NO_AREA, Taken, moment_said
from reports.figures import DONE, FIGURE, FIGURES, SHARE, SHARES
from reports.ledger import unscheduled_tasks, visible
from reports.monitor import Line, overview
from workflow.calendar import local_day
from workflow.definitions.milestone import MILESTONE
from workflow.lights import LIGHTS, Colour
from workflow.subjects import milestone_rows

ROW_HEIGHT = 48  # points: three lines; a cell's whole text is in it
MOST_LINES = 20  # of a chart
SAID = (*(state.name for state in MILESTONE.states), "overdue")
SERIES = {"planned": Colour.GRAY, "submitted": Colour.YELLOW, "reviewed": Colour.GREEN, DONE: Colour.BLUE}


@dataclass(frozen=True)
class Column:
    """A column of the ledger: its head, and what a row says in it. `published`: it stands in the paper."""

    head: Head
    of: Callable[[LedgerRow], Value]
    published: bool = False


def write_ledger(session: Session, taken: Taken) -> BinaryIO:
    """The workbook, to be read and closed. `session` sees one moment; memory does not grow with the ledger."""
    book = Book(taken, "工作台账" if taken.plan is None else f"{taken.plan.title} 工作台账")
    columns = _columns(session, taken)
    note = "底色为纸色的是公布的内容，白色的是办理情况。"
    sheet = book.sheet("台账", [column.head for column in columns], book.title, note)
    sheet.made.freeze_panes(sheet.first, 2)
    sheet.made.set_paper(8)  # A3: it has many columns
    lit = [place for place, column in enumerate(columns) if column.head.name == "亮灯"][0]
    styles: list = [None] * len(columns)
    sheet.made.set_default_row(ROW_HEIGHT)
    for row in ledger_rows(session, taken.actor, taken.day, taken.filters):
        styles[lit] = row.light.colour
        sheet.write((column.of(row) for column in columns), styles)
    sheet.filterable()
    _summary(session, book)
    _bare(session, book)
    _meanings(book, columns)
    return book.finish()


def _columns(session: Session, taken: Taken) -> list[Column]:
    """The published ones with a column for each year that occurs, then the working ones."""
    query = (
        milestone_rows(Milestone.year).where(visible(taken.actor, taken.day, taken.filters)).distinct()
    )
    years = set(session.scalars(stood(session, query, taken.day)))
    requirements = [
        _paper(
            f"{year}年进度要求", 26, f"{year}年的进度要求，在该年度的行；经批准变更的为变更后的。",
            lambda row, year=year: row.requirement if row.year == year else "",
        ) for year in sorted(year for year in years if year)
    ]
    if None in years:
        requirements.append(
            _paper("工作目标", 26, "不分年度的目标或要求。", lambda row: "" if row.year else row.requirement)
        )
    return [
        _paper("序号", 6, "方案中印制的任务序号。", lambda row: row.number),
        _paper("项目名称", 26, "方案中的任务名称；带*的列入省清单。", _title),
        _paper("工作内容", 32, "方案中的工作内容，各行依次列出。", lambda row: "\n".join(row.contents)),
        *requirements,
        _paper("责任单位", 26, "牵头和配合单位；经批准调整的为调整后的。", _units),
        *_WORKING,
    ]


def _paper(name: str, width: float, meaning: str, of: Callable[[LedgerRow], Value]) -> Column:
    return Column(Head(name, width, "paper", meaning), of, published=True)


def _working(name: str, width: float, meaning: str, of: Callable[[LedgerRow], Value], style: str = "cell") -> Column:
    return Column(Head(name, width, style, meaning), of)


def _title(row) -> str:
    return ("*" if row.starred else "") + row.title


def _units(row: LedgerRow) -> str:
    parts = (("牵头单位", row.leads), ("配合单位", row.supports))
    return "；".join(f"{label}：{'、'.join(names)}" for label, names in parts if names)


def _local(moment) -> Value:
    return local_day(moment) if moment else None


_WORKING = (
    _working("方案", 24, "任务所属的方案。", lambda row: row.plan),
    _working("行动", 20, "任务所属的行动。", lambda row: row.area or NO_AREA),
    _working("年度", 8, "该行所列的年度节点；不分年度的为空。", lambda row: row.year, "centre"),
    _working("状态", 10, "办理状态：" + "、".join(it.label.zh for it in MILESTONE.states) + "。", lambda row: (
        MILESTONE.by_name[row.state].label.zh
    ), "centre"),
    _working("亮灯", 14, "由状态、期限和取数日推算，规则见下；形状与颜色同义。", lambda row: (
        f"{SHAPES[row.light.colour]} {row.light.word.zh}"
    ), "centre"),
    _working("期限", 15, "完成期限；经批准延期的为延期后的。", lambda row: row.due, "day"),
    _working("延期次数", 7, "经批准延期的次数。", lambda row: row.extended or None, "number"),
    _working("报送日期", 15, "现轮次提交审核的日期；尚未提交的为空。", lambda row: _local(row.submitted_at), "day"),
    _working("办结日期", 15, "验收销号的日期；未办结的为空。", lambda row: _local(row.signed_off), "day"),
    _working("现由谁办理", 16, "待报送的为牵头单位，已报送的为审核或审定的一方；已办结、已取消的为空。", lambda row: (
        _lines(row.leads) if row.holder == Role.HANDLER and row.leads else row.holder.label.zh if row.holder else ""
    )),
    _working("自何日起", 15, "转到现办理方的日期。", lambda row: _local(row.since) if row.holder else None, "day"),
    _working("已持有（工作日）", 10, "自该日次日起至取数日的工作日数，按工作日历。", lambda row: row.days, "number"),
    _working("轮次", 6, "现在是第几轮报送；退回、撤回、撤销办结后各开一轮。", lambda row: row.rounds, "number"),
    _working("所示轮次", 6, "以下各列取自第几轮：取数人有权查看的最近一轮，没有的为空。", lambda row: (
        row.round or None
    ), "number"),
    _working("进展说明", 40, "该轮的进展说明。", lambda row: row.account),
    _working("指标与目标", 26, "年度节点的指标及其目标值。", lambda row: _lines(
        f"{it.name}：{it.target}" for it in row.values if it.target
    )),
    _working("完成值", 22, "该轮报送的指标完成值。", lambda row: _lines(
        f"{it.name}：{it.value}" for it in row.values if it.value
    )),
    _working("佐证材料件数", 8, "该轮取数人有权查看的佐证材料和配合材料件数。", lambda row: (
        len(row.evidence) or None
    ), "number"),
    _working("佐证材料清单", 40, "逐件列出名称和提供单位。", lambda row: _lines(row.evidence)),
)


def _lines(texts) -> str:
    return "\n".join(texts)


def _summary(session: Session, book: Book) -> None:
    """The same milestones in figures, with charts over them."""
    cut = overview(session, book.taken.actor, book.taken.day, book.taken.filters)
    heads = [Head("分组", 34, "cell"), Head(FIGURE["total"].label.zh, 10, "number")]
    heads += [Head(FIGURE[name].label.zh, 10, "number") for name in SAID]
    heads.append(Head(SHARE["done_share"].label.zh, 10, "share"))
    sheet = book.sheet("汇总与图表", heads, "汇总与图表", "每个数字的口径见「各列口径」；各分组之和等于合计。")
    groups = [("按方案", cut.plans)] if len(cut.plans) > 1 else [("按行动", cut.areas)]
    groups += [("按年度", cut.years), ("按期限所在季度", cut.quarters)]
    _line(sheet, "合计", cut.total)
    places = []
    for name, lines in groups:
        sheet.write([name], ["head"])
        first = sheet.row
        for line in lines:
            _line(sheet, line.name or "（未分）", line)
        places.append((name, first, min(sheet.row, first + MOST_LINES) - 1))
    top = 2
    for name, first, last in places:
        if last >= first:
            top = _chart(book, sheet, name, (first, last), top)


def _line(sheet, name: str, line: Line) -> None:
    sheet.write([name, line.tally["total"], *(line.tally[it] for it in SAID), line.share])


def _chart(book: Book, sheet, name: str, lines: tuple[int, int], top: int) -> int:
    """Bars of the states beside the table; the row at which the next chart may stand."""
    first, last = lines
    chart = book.made.add_chart({"type": "bar", "subtype": "stacked"})
    for series, colour in SERIES.items():
        place = 2 + SAID.index(series)
        chart.add_series({
            "name": [sheet.made.name, sheet.head_row, place],
            "categories": [sheet.made.name, first, 0, last, 0], "values": [sheet.made.name, first, place, last, place],
            "fill": {"color": COLOURS[colour]}, "gap": 60,
        })
    chart.set_title({"name": f"{name}：各状态的节点数", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"reverse": True})
    rows = max(12, 4 + last - first + 1)
    chart.set_size({"width": 720, "height": 22 * rows})
    sheet.made.insert_chart(top, len(sheet.heads) + 1, chart)
    return top + rows + 2


def _bare(session: Session, book: Book) -> None:
    """The tasks that ask for nothing in any year: no milestone tells of them."""
    tasks = unscheduled_tasks(session, book.taken.actor, book.taken.day, book.taken.filters)
    if not tasks:
        return
    widths = {"序号": 8, "项目名称": 50, "牵头单位": 30, "配合单位": 40}
    heads = [Head(name, width, "paper") for name, width in widths.items()]
    sheet = book.sheet("无进度要求的任务", heads, "各年均无进度要求的任务", "没有年度节点，不计入任何数字。")
    for task in tasks:
        sheet.write([task.number or "", _title(task), "、".join(task.leads), "、".join(task.supports)])


def _meanings(book: Book, columns: list[Column]) -> None:
    heads = [Head("列或指标", 24, "centre"), Head("来源", 14, "centre"), Head("口径", 90, "cell")]
    sheet = book.sheet("各列口径", heads, "各列口径")
    for column in columns:
        sheet.write([column.head.name, "公布的方案" if column.published else "台账", column.head.meaning])
    for light in LIGHTS:
        sheet.write([f"{SHAPES[light.colour]} {light.word.zh}", "亮灯规则", light.rule.zh], [light.colour, None, None])
    for figure in (*FIGURES, *SHARES):
        sheet.write([figure.label.zh, "统计口径", figure.counted.zh])
    sheet.write(["取数时刻", "本文件", moment_said(book.taken.at)])
