"""考核结果.xlsx: each unit's points, every line with its events, the rule, and what the result was taken from."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import BinaryIO

from sqlalchemy.orm import Session

from models import ADJUSTMENT, Assessment, AssessmentItem
from reports.assessment import MEANINGS, Row, added_to, counted, lines_of, outcome_words, rows_of, shown
from reports.documents.book import Book, Head
from reports.documents.taken import moment_said
from workflow.actor import Actor
from workflow.assessing import PARAMETERS
from workflow.audit.words import event_words, subject_words
from workflow.definitions.assessment import ASSESSMENT

_ADDED = "异议加分"


@dataclass(frozen=True)
class Stated:
    """What the workbook states of itself, as every document does."""

    at: datetime
    lines: list[str]


def write_result(
    session: Session, it: Assessment, actor: Actor, at: datetime, units: set[int] | None = None, ranking: bool = False
) -> BinaryIO:
    """The workbook, to be read and closed; of all units, or of those given alone, which are not ranked then."""
    ranking = ranking and units is None
    rows = [
        row for row in rows_of(it.scores, added_to(session, it.id), ranking)
        if units is None or row.unit_id in units
    ]
    book = Book(Stated(at, _stated(it, actor, at)), f"{it.plan.title}{ASSESSMENT.title(it).zh}")
    heads = _heads(ranking)
    note = "各项先按准确分数计算，只在显示时四舍五入一次；— 为本期无此类事项。"
    sheet = book.sheet("考核结果", heads, book.title, note)
    for row in rows:
        sheet.write(_values(row, ranking))
    sheet.filterable()
    _lines(session, book, it, {row.unit_id: row.name for row in rows})
    meanings = book.sheet("计分规则", [Head("项", 24, "centre"), Head("值", 10, "number"), Head("口径", 90, "cell")],
                          f"第 {it.rule.number} 版规则")
    for asked in PARAMETERS:
        meaning = MEANINGS[AssessmentItem(asked.name)].zh if asked.name in set(AssessmentItem) else ""
        meanings.write([asked.label.zh, getattr(it.rule, asked.name), meaning])
    return book.finish()


def _stated(it: Assessment, actor: Actor, at: datetime) -> list[str]:
    state = ASSESSMENT.by_name[it.state].label.zh
    lines = [
        f"状态：{state}；期间：{it.first.isoformat()} 至 {it.last.isoformat()}；规则：第 {it.rule.number} 版",
        f"取数：{moment_said(it.taken_at)}（北京时间），截至第 {it.last_event} 号事件",
        f"导出时间：{moment_said(at)}（北京时间）；导出人：{actor.title}（只含其有权查看的内容）",
    ]
    if it.corrects is not None:
        lines.append(f"更正第 {it.corrects.edition} 次公布的结果（指纹 {it.corrects.digest}）：{it.words}")
    if it.digest:
        lines.append(f"公布：{moment_said(it.published_at)}，{it.published_by}；指纹 SHA-256 {it.digest}")
    return lines


def _heads(ranking: bool) -> list[Head]:
    return [
        *([Head("名次", 6, "number")] if ranking else []), Head("单位", 30, "cell"),
        *(
            head for item in AssessmentItem
            for head in (
                Head(f"{item.label.zh}得分", 11, "points"), Head(f"{item.label.zh}（计入/基数）", 16, "centre")
            )
        ),
        Head(_ADDED, 9, "points"), Head("总分", 9, "points"), Head("本期填报件数（不计分）", 13, "number"),
    ]


def _values(row: Row, ranking: bool) -> list:
    values: list = [*([row.place] if ranking else []), row.name]
    for item in AssessmentItem:
        given = row.items[item]
        values += [_number(given["points"]), f"{counted(given['part'])} / {given['of']}"] if given else ["—", "—"]
    added = _number(sum(map(Fraction, row.added), Fraction(0))) if row.added else None
    return [*values, added, "—" if row.total is None else _number(row.total), row.forms]


def _number(exact: Fraction | str) -> float:
    return float(shown(exact))


def _lines(session: Session, book: Book, it: Assessment, names: dict[int, str]) -> None:
    heads = [
        Head("单位", 24, "cell"), Head("项", 11, "centre"), Head("事项", 40, "cell"), Head("期限", 14, "day"),
        Head("情况", 18, "centre"), Head("计入", 8, "centre"), Head("基数", 6, "number"), Head("得分", 9, "points"),
        Head("得分（准确值）", 14, "centre"), Head("依据的事件", 60, "cell"), Head("链尾摘要", 70, "cell"),
    ]
    sheet = book.sheet("逐项依据", heads, "逐项依据", "每一分由下列各行相加得出；「计入」为 0 且基数为 0 的不计入。")
    for line in lines_of(session, it.id):
        if line.unit_id not in names:
            continue
        item = _ADDED if line.item == ADJUSTMENT else AssessmentItem(line.item).label.zh
        events = "\n".join(
            f"{subject_words(line.subject_type).zh} {line.subject_id} 第 {sequence} 号事件："
            f"{event_words(line.subject_type, action).zh}（{moment_said(datetime.fromisoformat(when))}）"
            for sequence, action, when in line.events
        )
        sheet.write([
            names[line.unit_id], item, line.title, line.due, outcome_words(line.outcome).zh, counted(line.part),
            line.of, _number(line.points), line.points, events, line.head,
        ])
    sheet.filterable()
