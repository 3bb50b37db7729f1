"""单位完成情况统计.xlsx: each unit in what it leads, and in what it was asked for as a supporting unit."""

from typing import BinaryIO

from sqlalchemy.orm import Session

from reports.documents.book import COLOURS, Book, Head
from reports.documents.taken import Taken, day_said
from reports.figures import ANSWERS, DECISIONS, DONE, FIGURE, RETURN_SHARE, SHARE
from reports.monitor import SMALL
from reports.returns import ALWAYS, Period, Returns, returns
from reports.units import UnitLine, by_unit
from workflow.lights import Colour

SAID = ("wanted", DONE, "on_time", "late_done", "held", "planned", "returned", "near", "overdue")
SHARES = ("done_share", "on_time_share")
SERIES = {DONE: Colour.BLUE, "held": Colour.GREEN, "planned": Colour.GRAY}
MOST_BARS = 40


def write_units(session: Session, taken: Taken, ranking: bool = False, period: Period = ALWAYS) -> BinaryIO:
    """The workbook, to be read and closed. `period` is that of the returns; all else stands as it does on the day."""
    lines = by_unit(session, taken.actor, taken.day, taken.filters, ranking)
    book = Book(taken, "单位完成情况统计")
    heads = _heads(ranking)
    order = "单位按牵头办结率排列，基数小的不排名次。" if ranking else "单位按名录排列，不排名次。"
    note = f"{order}联合牵头的分别计入；基数小指牵头应办节点不足 {SMALL} 个。"
    sheet = book.sheet("各单位", heads, book.title, note)
    sheet.made.freeze_panes(sheet.first, 2 if ranking else 1)
    for line in lines:
        sheet.write(_values(line, ranking))
    sheet.filterable()
    _chart(book, [line for line in lines if line.lead.tally["wanted"]][:MOST_BARS])
    heads += _returned(book, returns(session, taken.actor, taken.day, taken.filters, period), period)
    meanings = book.sheet("各列口径", [Head("列", 20, "centre"), Head("口径", 90, "cell")], "各列口径")
    for head in heads:
        meanings.write([head.name, head.meaning])
    return book.finish()


def _returned(book: Book, found: Returns, period: Period) -> list[Head]:
    """The sheet of returns; its columns, to be explained."""
    heads = [
        Head("单位", 30, "cell"),
        *(Head(it.label.zh, 10, "number", it.counted.zh) for it in DECISIONS),
        Head(RETURN_SHARE.label.zh, 10, "share", RETURN_SHARE.counted.zh),
        Head("基数小", 8, "centre"),
        *(Head(words.zh, 12, "number", f"因「{words.zh}」被退回的报送轮次。") for _code, words in found.reasons),
    ]
    first = day_said(period.since) or "启用之日"
    last = day_said(period.until) or day_said(book.taken.day.today)
    sheet = book.sheet(
        "退回原因", heads, "各单位退回原因统计", f"期间：{first}至{last}。按报送轮次计，计在报送该轮的单位名下。"
    )
    sheet.made.freeze_panes(sheet.first, 1)
    for line in found.units:
        counts = [line[it.name] for it in DECISIONS]
        by_reason = [line.reasons[code] for code, _words in found.reasons]
        sheet.write([line.name, *counts, line.share, "是" if line.small else "", *by_reason])
    sheet.filterable()
    return [head for head in heads if head.meaning]


def _heads(ranking: bool) -> list[Head]:
    place = [Head("名次", 6, "number", "牵头办结率的名次；相同的并列，基数小的不排。")] if ranking else []
    return [
        *place, Head("单位", 30, "cell", "责任单位，包括被提请过配合的单位。"),
        *(Head(f"牵头{it.label.zh}", 10, "number", f"牵头的节点：{it.counted.zh}") for it in map(FIGURE.get, SAID)),
        *(Head(f"牵头{SHARE[name].label.zh}", 10, "share", SHARE[name].counted.zh) for name in SHARES),
        Head("基数小", 8, "centre", f"牵头应办节点不足 {SMALL} 个，百分比仅供参考。"),
        Head("配合年度节点", 10, "number", f"配合的节点：{FIGURE['total'].counted.zh}"),
        *(Head(f"配合{it.label.zh}", 10, "number", it.counted.zh) for it in ANSWERS),
    ]


def _values(line: UnitLine, ranking: bool) -> list:
    tally = line.lead.tally
    return [
        *([line.place] if ranking else []), line.name, *(tally[name] for name in SAID),
        *(tally.share(name) for name in SHARES), "是" if line.lead.small else "", line.support.tally["total"],
        *(line.asked(it.name)[0] for it in ANSWERS),
    ]


def _chart(book: Book, lines: list[UnitLine]) -> None:
    """What each unit that leads has, by what has become of it: on a page of its own, beside its table."""
    if not lines:
        return
    heads = [Head("单位", 30, "cell"), *(Head(FIGURE[name].label.zh, 10, "number") for name in SERIES)]
    sheet = book.sheet("图表", heads, "各单位牵头节点", "只列有牵头应办节点的单位。")
    for line in lines:
        sheet.write([line.name, *(line.lead.tally[name] for name in SERIES)])
    first, last, chart = sheet.first, sheet.row - 1, book.made.add_chart({"type": "bar", "subtype": "stacked"})
    for place, (name, colour) in enumerate(SERIES.items(), 1):
        chart.add_series({
            "name": FIGURE[name].label.zh, "categories": [sheet.made.name, first, 0, last, 0],
            "values": [sheet.made.name, first, place, last, place], "fill": {"color": COLOURS[colour]}, "gap": 40,
        })
    chart.set_title({"name": "各单位牵头节点", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 760, "height": 120 + 22 * len(lines)})
    sheet.made.insert_chart(sheet.head_row, len(heads) + 1, chart)
    sheet.made.fit_to_pages(1, 1)
