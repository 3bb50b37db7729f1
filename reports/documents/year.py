"""年度总结: a plan's year, by action area and by unit, with what is left over; from the bulletin's facts."""

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from reports.documents.blocks import Block, Part, joined, text
from reports.documents.bulletin import GENERAL, PROBLEMS, Facts, annexes, general, problems, words
from reports.documents.paper import Paper
from reports.documents.taken import NO_AREA, Taken
from reports.figures import DONE
from reports.ledger import Filters
from reports.monitor import Line

BY_AREA, BY_UNIT, NEXT = "各行动完成情况综述", "各单位完成情况综述", "下一步工作"


def year_report(
    session: Session, taken: Taken, address: Callable[[Filters], str], ranking: bool = False
) -> Paper:
    """Of the year that `taken.filters` ask for, as far as it has come on the day that is judged by."""
    year = taken.filters.year
    facts = Facts(session, taken, date(year - 1, 12, 31), address, ranking)
    sections: dict[str, list[Block]] = {
        GENERAL: list(general(facts)), BY_AREA: list(_areas(facts)), BY_UNIT: list(_units(facts)),
        PROBLEMS: list(problems(facts)), NEXT: list(_next(facts)),
    }
    title = f"{facts.about}{year}年度落实情况总结"
    return Paper(taken, "年度总结", title, sections, annexes(facts), words(facts, title))


def _areas(facts: Facts):
    for line in facts.cut.areas:
        yield text("{name}：{said}。", name=line.name or NO_AREA, said=_told(facts, line))


def _told(facts: Facts, line: Line) -> list[Part]:
    figure = facts.sources.figure
    said = [Part("应办"), figure(line, "wanted"), Part("个，已办结"), figure(line, DONE), Part("个，办结率"),
            facts.sources.share(line)]
    if line.tally["overdue"]:
        said += [Part("，逾期"), figure(line, "overdue"), Part("个")]
    return said


def _units(facts: Facts):
    lines = [line.lead for line in facts.units if line.lead.tally["wanted"]]
    if not lines:
        yield text("没有牵头单位。")
        return
    count = facts.sources.number(str(len(lines)), "有牵头应办节点的单位数", "附件2「牵头应办节点」不为0的单位")
    full = [line for line in lines if line.share == 100]
    done = facts.sources.number(str(len(full)), "牵头节点全部办结的单位数", "附件2办结率为100%的单位")
    yield text("有牵头任务的单位{count}家，全部办结的{done}家，各单位情况见附件2。", count=count, done=done)
    if full:
        yield text("牵头节点全部办结的单位有：{units}。", units=joined([[Part(line.name)] for line in full]))


def _next(facts: Facts):
    if not facts.total.tally["unfinished"]:
        yield text("本年度应办节点已全部办结，下一步巩固成果、防止反弹。")
        return
    yield text(
        "尚未办结的{number}个节点（待报送{planned}个、待审核{submitted}个、待审定{reviewed}个）继续办理，"
        "牵头单位要明确完成时间，管委会定期督查。", number=facts.of("unfinished"), planned=facts.of("planned"),
        submitted=facts.of("submitted"), reviewed=facts.of("reviewed"),
    )
