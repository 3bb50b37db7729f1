"""With which filters, when and for whom a document was taken: what every document states about itself."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import ActionArea, Part, Plan, Unit
from reports.figures import ANSWER, FIGURE
from reports.ledger import NO_QUARTER, NO_YEAR, Filters
from workflow.actor import Actor
from workflow.calendar import CHINA
from workflow.clocks import Judging
from workflow.definitions.milestone import MILESTONE
from workflow.lights import BY_CODE, Colour

EVERYTHING = "不限"
NO_AREA = "（未分行动）"


@dataclass(frozen=True)
class Taken:
    """`at` is the moment (UTC) of reading; `said` the filters in words; `plan` the one that is asked for."""

    actor: Actor
    day: Judging
    filters: Filters
    at: datetime
    plan: Plan | None
    said: tuple[tuple[str, str], ...]

    @property
    def filters_said(self) -> str:
        return "；".join(f"{label}：{value}" for label, value in self.said) or EVERYTHING

    @property
    def time_said(self) -> str:
        """The moment, and the past day that is looked at where it is one."""
        said = f"{moment_said(self.at)}（北京时间）"
        if self.filters.asof:
            said += f"；所示为{day_said(self.filters.asof)}终了时的台账，按审计留痕还原"
        return said

    @property
    def lines(self) -> list[str]:
        """What stands on every document."""
        return [
            f"筛选条件：{self.filters_said}", f"取数时间：{self.time_said}",
            f"取数人：{self.actor.title}（只含其有权查看的内容）",
        ]


def taken(session: Session, actor: Actor, day: Judging, filters: Filters, at: datetime) -> Taken:
    """At most three statements, for the names."""
    plan = session.get(Plan, filters.plan) if filters.plan else None
    return Taken(actor, day, filters, at, plan, tuple(_said(session, filters, plan)))


def _said(session: Session, filters: Filters, plan: Plan | None):
    """Every filter that asks for something, as label and value."""
    area = session.get(ActionArea, filters.area) if filters.area else None
    unit = session.get(Unit, filters.unit) if filters.unit else None
    given = (
        ("方案", filters.plan and (plan.title if plan else "（无此方案）")),
        ("行动", filters.area and (area.title or NO_AREA if area else "（无此行动）")),
        ("单位", filters.unit and (unit.name if unit else "（无此单位）")),
        ("职责", filters.part and Part(filters.part).label.zh),
        ("状态", filters.state and MILESTONE.by_name[filters.state].label.zh),
        ("亮灯", filters.light and _light(filters.light)),
        ("年度", filters.year and ("未分年度" if filters.year == NO_YEAR else f"{filters.year}年")),
        ("期限所在季度", filters.quarter and ("无期限" if filters.quarter == NO_QUARTER else filters.quarter)),
        ("省清单", filters.starred and "只看带*的"), ("名称或序号", filters.words),
        ("统计口径", filters.figure and FIGURE[filters.figure].label.zh),
        ("配合反馈", filters.answer and ANSWER[filters.answer].label.zh),
        ("截至某日", filters.asof and day_said(filters.asof)), ("范围", filters.dropped and "现行版方案不再列入的"),
    )
    return ((label, value) for label, value in given if value)


def _light(asked: str) -> str:
    return BY_CODE[asked].word.zh if asked in BY_CODE else Colour(asked).label.zh


def day_said(day: date | None) -> str:
    """2018年7月25日, as official documents write a day; "" for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def moment_said(moment: datetime | None) -> str:
    """A moment to the minute, in China; "" for none."""
    if moment is None:
        return ""
    local = moment.astimezone(CHINA)
    return f"{day_said(local.date())} {local:%H:%M}"
