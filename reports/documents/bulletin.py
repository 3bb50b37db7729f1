"""督查通报: what stands well, what does not, and what is asked, in the words of an official document.

It is a draft for a person to finish. Each number is one of `reports.figures`, and the annex tells which.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from models import Role
from reports.documents.blocks import ORIGINS, Block, Chart, Part, Table, Text, joined, text
from reports.documents.book import COLOURS
from reports.documents.paper import ISSUED, ISSUER, TAKEN, TITLE, Paper, Sources
from reports.documents.taken import NO_AREA, Taken, day_said
from reports.figures import ANSWER, ANSWERS, DONE, FIGURE, SHARE
from reports.late import Held, Reviewing, late_and_stuck, reviewing
from reports.ledger import Filters, plan_choices, tally
from reports.monitor import SMALL, Line, Overview, overview
from reports.trend import end_of
from reports.units import UnitLine, by_unit
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Colour

GENERAL, GOOD, PROBLEMS, ASKED = "总体情况", "进展较好", "存在问题", "工作要求"
AREAS, UNITS, HELD = "各行动完成情况", "各单位完成情况", "逾期与滞留节点"
MOST_NAMED = 10  # units named in a sentence; the annex has all
MOST_HELD = 300  # lines of the list of what is late and stuck
OF_UNIT = ("wanted", DONE, "held", "overdue", "returned")
OF_ANSWERS = ("asked", "in_time", "answered_late", "lapsed")
BARS = (
    (DONE, Colour.BLUE), ("reviewed", Colour.GREEN), ("submitted", Colour.YELLOW), ("planned", Colour.GRAY),
)
LIGHT_NAMES = {
    Colour.RED: "红灯", Colour.YELLOW: "黄灯", Colour.GREEN: "绿灯", Colour.BLUE: "蓝灯", Colour.GRAY: "灰灯",
}
RULE = (
    f"「{GOOD}」所列，是办结率不低于总体、有已办结且无逾期、应办节点不少于 {SMALL} 个的行动和牵头单位，"
    "依方案和单位名录的顺序，不分名次。"
)
FEW = f"只列有牵头节点或被提请配合的单位；联合牵头的分别计入。带*的应办节点不足 {SMALL} 个，百分比仅供参考。"
RANKED = RULE.replace("依方案和单位名录的顺序，不分名次", "单位按办结率排列")


class Facts:
    """What a document of a period says, read once: the present figures, and those at the beginning of the period."""

    def __init__(self, session: Session, taken: Taken, since: date, address: Callable[[Filters], str], ranking: bool):
        who, day, filters = taken.actor, taken.day, taken.filters
        self.taken, self.since, self.ranking, self.sources = taken, since, ranking, Sources(address)
        self.cut: Overview = overview(session, who, day, filters)
        self.units: list[UnitLine] = by_unit(session, who, day, filters, ranking)
        self.held: list[Held] = late_and_stuck(session, who, day, filters, MOST_HELD)
        self.reviewing: list[Reviewing] = reviewing(session, who, day, filters)
        before = filters.but(asof=since)
        self.before = Line(
            f"截至{day_said(since)}", before, tally(session, who, end_of(replace(day), since), before)
        )
        self.plans = [taken.plan.title] if taken.plan else [it.title for it in plan_choices(session)]

    @property
    def total(self) -> Line:
        return self.cut.total

    @property
    def about(self) -> str:
        """The plan as a sentence names it."""
        return f"《{self.plans[0]}》" if len(self.plans) == 1 else f"{len(self.plans)}个方案"

    def of(self, name: str) -> Part:
        return self.sources.figure(self.total, name)

    def well(self, line: Line) -> bool:
        """What may be named as doing well."""
        return not line.small and line.tally[DONE] > 0 and not line.tally["overdue"] and (
            (line.share or 0) >= (self.total.share or 0)
        )

    def named(self, name: str) -> list[Part]:
        """The lead units with that figure, as many as a sentence bears."""
        units = [line for line in self.units if line.lead.tally[name]]
        said = joined([
            [Part(line.name), self.sources.figure(line.lead, name), Part("个")] for line in units[:MOST_NAMED]
        ])
        return said + ([Part("等")] if len(units) > MOST_NAMED else [])


def bulletin(
    session: Session, taken: Taken, since: date, address: Callable[[Filters], str], ranking: bool = False
) -> Paper:
    """The bulletin of the time after `since` up to the day that is judged by; about a dozen statements.

    `address` is the page of the ledger behind some filters.
    """
    facts = Facts(session, taken, since, address, ranking)
    sections: dict[str, list[Block]] = {
        GENERAL: list(general(facts)), GOOD: list(good(facts)), PROBLEMS: list(problems(facts)),
        ASKED: list(asked(facts)),
    }
    title = f"关于{facts.about}落实情况的督查通报"
    return Paper(taken, "督查通报", title, sections, annexes(facts), words(facts, title))


def words(facts: Facts, title: str) -> dict[str, str]:
    """What a template's own places may name: every figure and share by its label, and what the document is about."""
    found = {it.label.zh: str(facts.total.tally[it.name]) for it in FIGURE.values()}
    found |= {it.label.zh: share_said(facts.total, it.name) for it in SHARE.values()}
    return found | {
        TITLE: title, "方案": "、".join(facts.plans), "截至": day_said(facts.taken.day.today),
        "本期起": day_said(facts.since), ISSUED: day_said(facts.taken.day.today),
        ISSUER: facts.taken.actor.unit_name, TAKEN: "；".join(facts.taken.lines),
    }


def general(facts: Facts):
    """总体情况."""
    total, of = facts.total, facts.of
    yield text(
        "截至{day}，{about}列入年度节点{all}个，应办{wanted}个。其中，已办结{accepted}个，办结率{share}；待审定{reviewed}个，"
        "待审核{submitted}个，待报送{planned}个。", day=day_said(facts.taken.day.today), about=facts.about,
        all=of("total"), wanted=of("wanted"), accepted=of(DONE), share=facts.sources.share(total),
        reviewed=of("reviewed"), submitted=of("submitted"), planned=of("planned"),
    )
    before = facts.sources.figure(facts.before, DONE)
    more = total.tally[DONE] - facts.before.tally[DONE]
    grown = facts.sources.number(
        str(abs(more)), "本期净增办结", f"现在的已办结 − {facts.before.name}的已办结",
        total.filters.counting(DONE),
    )
    yield text(
        "截至{since}已办结{before}个，本期净{way}{grown}个。", since=day_said(facts.since), grown=grown,
        before=before, way="增" if more >= 0 else "减",
    )
    if total.tally[DONE]:
        yield text(
            "已办结的节点中，按期办结{on_time}个，逾期办结{late}个，按期率{share}。", on_time=of("on_time"),
            late=of("late_done"), share=facts.sources.share(total, "on_time_share"),
        )
    lights = [[Part(f"{name}（{it.label.zh}）"), of(str(it)), Part("个")] for it, name in LIGHT_NAMES.items()]
    yield text("按亮灯分，{lights}。", lights=joined(lights))


def good(facts: Facts):
    """进展较好."""
    areas = [line for line in facts.cut.areas if facts.well(line)]
    units = [line.lead for line in facts.units if facts.well(line.lead)]
    if not areas and not units:
        yield text("本期没有符合列举条件的行动和牵头单位（条件见附件4）。")
        return
    for kind, lines in (("行动", areas), ("牵头单位", units)):
        if lines:
            said = joined([
                [Part(f"{line.name or NO_AREA}（已办结"), facts.sources.figure(line, DONE), Part("个，办结率"),
                 facts.sources.share(line), Part("）")] for line in lines[:MOST_NAMED]
            ])
            yield text("办结率不低于总体、无逾期的{kind}有：{said}{more}。", kind=kind, said=said, more=(
                "等" if len(lines) > MOST_NAMED else ""
            ))


def problems(facts: Facts):
    """存在问题: only what there is."""
    found = [it for it in (_late(facts), _named(facts, "returned", "退回待改", "退回后尚未重报"),
                           _stuck(facts), _unanswered(facts)) if it]
    if not found:
        yield text("截至{day}，没有逾期、退回待改、办理超时和逾期未反馈的情况。", day=day_said(facts.taken.day.today))
    for place, (heading, said) in enumerate(found):
        yield _heading(place, heading)
        yield said


def _heading(place: int, words: str) -> Text:
    return text(f"（{'一二三四五六七八九'[place]}）{words}", 2)


def _late(facts: Facts) -> tuple[str, Text] | None:
    return _named(facts, "overdue", "部分节点逾期未报送", "已过期限尚未报送")


def _named(facts: Facts, name: str, heading: str, said: str) -> tuple[str, Text] | None:
    if not facts.total.tally[name]:
        return None
    # In the order in which the sentence says them: so they are numbered.
    counted = facts.of(name)
    count = sum(bool(line.lead.tally[name]) for line in facts.units)
    number = facts.sources.number(str(count), f"有牵头{FIGURE[name].label.zh}节点的单位数", "附件2该列的单位数")
    units = facts.named(name)
    return heading, text(
        "{count}个节点{said}，涉及牵头单位{number}家：{units}。联合牵头的分别计入。", count=counted, said=said,
        number=number, units=units,
    )


def _stuck(facts: Facts) -> tuple[str, Text] | None:
    if not facts.total.tally["over"]:
        return None
    held, over = [it for it in facts.reviewing if it.total], facts.of("over")
    said = joined([[
        Part(f"{it.role.label.zh}（时限{it.limit}个工作日）持有"),
        facts.sources.number(
            str(it.total), f"{it.role.label.zh}持有", FIGURE[it.state].counted.zh,
            facts.total.filters.counting(it.state),
        ),
        Part("个，最长"),
        facts.sources.number(str(it.longest), f"{it.role.label.zh}持有最长的工作日", "自转到办理方次日起的工作日数"),
        Part("个工作日"),
    ] for it in held], "；")
    return "部分节点审核、审定超过时限", text(
        "{over}个节点的审核或审定超过办理时限：{said}。按期报送的节点在此期间不计入单位逾期。", over=over, said=said,
    )


def _unanswered(facts: Facts) -> tuple[str, Text] | None:
    lapsed = ANSWER["lapsed"]
    units = [(line, *line.asked(lapsed.name)) for line in facts.units if line.answers.get(lapsed.name)]
    if not units:
        return None
    said = joined([[
        Part(line.name),
        facts.sources.number(str(count), f"{line.name}：{lapsed.label.zh}", lapsed.counted.zh, filters),
        Part("个"),
    ] for line, count, filters in units[:MOST_NAMED]])
    return "配合单位逾期未反馈", text("逾期未反馈的配合单位有：{said}{more}。", said=said, more=(
        "等" if len(units) > MOST_NAMED else ""
    ))


def asked(facts: Facts):
    """工作要求: what follows from what there is; the last is said in any case."""
    tally, of = facts.total.tally, facts.of
    limits = {it.role: it.limit for it in facts.reviewing}
    found = [
        tally["overdue"] and ("限期报送", text(
            "对逾期的{count}个节点，牵头单位要逐项说明原因、明确措施，抓紧报送；确需延期的，按程序提出变更申请。",
            count=of("overdue"),
        )),
        tally["returned"] and ("抓紧整改", text(
            "对退回的{count}个节点，要对照待改事项逐条整改、逐条答复后重报。", count=of("returned"),
        )),
        tally["near"] and ("盯紧节点", text(
            "{count}个节点临近期限，牵头单位要倒排工期，提前备齐佐证材料。", count=of("near"),
        )),
        tally["over"] and ("提高审核效率", text(
            "审核人和管委会分别在{review}个、{decide}个工作日内办理，超过时限的{count}个节点优先办理。",
            review=limits.get(Role.REVIEWER, "—"), decide=limits.get(Role.COMMITTEE, "—"), count=of("over"),
        )),
        ("核对情况", text("各责任单位要对照附件核对本单位情况，有异议的及时提出。")),
    ]
    for place, (heading, said) in enumerate(it for it in found if it):
        yield _heading(place, heading)
        yield said


def annexes(facts: Facts) -> list[tuple[str, list[Block]]]:
    """Tables with every line, and where each number of the text comes from. The last is made when all is said."""
    note = text(RANKED if facts.ranking else RULE)
    return [
        (AREAS, [bars("各行动按状态的节点数", facts.cut.areas), lines_table("行动", facts.cut.areas, facts.total)]),
        (UNITS, [text(FEW), units_table(facts.units)]),
        (HELD, held_blocks(facts)),
        (ORIGINS, [note, facts.sources.table()]),
    ]


def bars(title: str, lines: list[Line]) -> Chart:
    series = tuple(
        (FIGURE[name].label.zh, COLOURS[colour][1:], tuple(line.tally[name] for line in lines)) for name, colour in BARS
    )
    return Chart(title, tuple(line.name or NO_AREA for line in lines), series)


def lines_table(first: str, lines: list[Line], total: Line) -> Table:
    """A line each, and the whole below."""
    said = ("total", "wanted", DONE, "reviewed", "submitted", "planned", "overdue")
    rows = [
        (line.name or NO_AREA, *(str(line.tally[name]) for name in said), _share(line))
        for line in [*lines, replace(total, name="合计")]
    ]
    heads = (first, *(FIGURE[name].label.zh for name in said), SHARE["done_share"].label.zh)
    return Table(heads, tuple(rows), (30, *[10] * len(said), 13))


def units_table(units: list[UnitLine]) -> Table:
    heads = ("单位", *(f"牵头{FIGURE[name].label.zh}" for name in OF_UNIT), SHARE["done_share"].label.zh, *(
        f"配合{it.label.zh}" for it in ANSWERS if it.name in OF_ANSWERS
    ))
    rows = tuple(
        (line.name, *(str(line.lead.tally[name]) for name in OF_UNIT), _share(line.lead), *(
            str(line.asked(name)[0]) for name in OF_ANSWERS
        )) for line in units if line.lead.tally["total"] or line.answers.get("asked")
    )
    widths = (14 if head == SHARE["done_share"].label.zh else 9 for head in heads[1:])
    return Table(heads, rows, (27, *widths))


def share_said(line: Line, name: str = "done_share") -> str:
    share = line.tally.share(name)
    return "—" if share is None else f"{share}%"


def _share(line: Line) -> str:
    """With its mark where it is of few."""
    return share_said(line) + ("*" if line.small and line.share is not None else "")


def held_blocks(facts: Facts) -> list[Block]:
    rows = tuple(
        (it.number or "", it.title, str(it.year or ""), day_said(it.due), it.light.word.zh, it.leads,
         f"{MILESTONE.by_name[it.state].label.zh}，{it.holder.label.zh}，{it.days}个工作日") for it in facts.held
    )
    heads = ("序号", "任务", "年度", "期限", "亮灯", "牵头单位", "现由谁办理、已多久")
    found: list[Block] = [Table(heads, rows, (9, 26, 11, 29, 9, 18, 20))]
    if len(facts.held) == MOST_HELD:
        found.insert(0, text(f"只列期限最早的{MOST_HELD}个。"))
    return found
