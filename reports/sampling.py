"""Samples: what could be drawn from, those that were drawn with what was found, and one of them as a workbook."""

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from models import AuditEvent, Milestone, Sample, SampleItem, Words
from reports.ledger import Filters, visible
from reports.published import AS_TEXT, MOST_IN_CELL
from reports.returns import Period
from workflow.actor import Actor
from workflow.calendar import local_day
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.sample import SAMPLE
from workflow.lights import Day
from workflow.sampling import LOTTERIES
from workflow.subjects import milestone_rows

PAGE = 100
OVER = tuple(state.name for state in SAMPLE.final)


def population(
    session: Session, actor: Actor, day: Day, filters: Filters, kind: str, period: Period
) -> list[int]:
    """The milestones that could be drawn: in the state of that lottery; the period is that of the sign-off."""
    state = LOTTERIES[kind].state
    query = milestone_rows(Milestone.id).where(visible(actor, day, filters), Milestone.state == state)
    seals = [action.trigger for action in MILESTONE.actions if action.seal and action.target == state]
    if seals and (period.since or period.until):
        query = query.where(
            select(AuditEvent.id).where(
                AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.subject_id == Milestone.id,
                AuditEvent.round == Milestone.round_number, AuditEvent.action.in_(seals), period.where(),
            ).correlate(Milestone).exists()
        )
    return list(session.scalars(query.order_by(Milestone.id)))


def listed(session: Session, page: int) -> tuple[int, list[Sample]]:
    """How many draws there are, and a page of them, the newest first."""
    total = session.scalar(select(func.count()).select_from(Sample))
    query = select(Sample).order_by(Sample.id.desc()).limit(PAGE).offset(PAGE * (page - 1))
    return total, list(session.scalars(query))


def counts(session: Session, sample_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """By sample: how many of its items are in which state."""
    rows = session.execute(
        select(SampleItem.sample_id, SampleItem.state, func.count()).where(SampleItem.sample_id.in_(sample_ids))
        .group_by(SampleItem.sample_id, SampleItem.state)
    )
    found: dict[int, dict[str, int]] = {}
    for sample_id, state, count in rows:
        found.setdefault(sample_id, {})[state] = count
    return found


def whole(session: Session, sample_id: int) -> Sample | None:
    """A draw with the list that it was drawn from."""
    return session.get(Sample, sample_id, options=[undefer(Sample.listed)])


def items(session: Session, actor: Actor, sample_id: int) -> list[SampleItem]:
    """What was drawn, as far as this actor sees it, by lot."""
    query = SAMPLE.rows(SampleItem).where(SampleItem.sample_id == sample_id, SAMPLE.sees.where(actor))
    return SAMPLE.many(session, query.order_by(SampleItem.place))


def of_milestone(session: Session, actor: Actor, milestone_id: int) -> list[SampleItem]:
    """Its items that this actor may see and act on, the newest first."""
    query = SAMPLE.rows(SampleItem).where(SampleItem.milestone_id == milestone_id, SAMPLE.sees.where(actor))
    return SAMPLE.many(session, query.order_by(SampleItem.id.desc()))


def findings(session: Session, milestone_id: int) -> list[SampleItem]:
    """What was found of a milestone, for everybody who may see that: a check is not announced before it was made."""
    query = SAMPLE.rows(SampleItem).where(SampleItem.milestone_id == milestone_id, SampleItem.state.in_(OVER))
    return SAMPLE.many(session, query.order_by(SampleItem.id.desc()))


_HEAD = (
    (Words("序位", "Place"), 8), (Words("节点", "Milestone"), 50), (Words("名单行", "Line of the list"), 16),
    (Words("签号", "Lot"), 68), (Words("结论", "Finding"), 14), (Words("说明", "Words"), 60),
    (Words("核查人", "Checked by"), 26), (Words("核查日期", "Checked on"), 14),
)
_FACTS = (
    (Words("抽取时间", "Drawn on"), lambda it: local_day(it.drawn_at).isoformat()),
    (Words("抽取人", "Drawn by"), lambda it: it.drawn_by_title), (Words("范围", "Scope"), lambda it: it.scope),
    (Words("抽查说明", "What for"), lambda it: it.words),
    (Words("总数", "Out of"), lambda it: str(it.population)), (Words("抽取", "Drawn"), lambda it: str(it.size)),
    (Words("随机种子", "Seed"), lambda it: it.seed), (Words("名单指纹", "Fingerprint"), lambda it: it.fingerprint),
)


def sample_book(sample: Sample, rows: list[SampleItem], language: str) -> bytes:
    """A draw with what was found as an .xlsx file, in "zh" or "en". Every text is written as text."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, AS_TEXT) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True, "border": 1})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        for place, (label, value) in enumerate(_FACTS):
            sheet.write_string(place, 0, label[language])
            sheet.write_string(place, 1, value(sample)[:MOST_IN_CELL])
        first = len(_FACTS) + 1
        for n, (words, width) in enumerate(_HEAD):
            sheet.set_column(n, n, width)
            sheet.write_string(first, n, words[language], bold)
        for row, it in enumerate(rows, first + 1):
            sheet.write_number(row, 0, it.place, cell)
            texts = (
                SAMPLE.title(it)[language], it.line, it.lot, SAMPLE.by_name[it.state].label[language], it.words,
                it.found_by_title, local_day(it.found_at).isoformat() if it.found_at else "",
            )
            for n, text in enumerate(texts, 1):
                sheet.write_string(row, n, text[:MOST_IN_CELL], cell)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(first)
        sheet.freeze_panes(first + 1, 0)
        sheet.autofilter(first, 0, first + len(rows), len(_HEAD) - 1)
    return kept.getvalue()
