"""Who plays the year, as data: how quickly each unit works, and what happens on which day.

The units are the plan's; how they work here is invented, as are all reports, and says nothing of the real ones.
"""

from dataclasses import dataclass
from datetime import date, timedelta

OPENS = date(2018, 7, 2)  # the plan is imported and the ledger begins
CLOSES = date(2019, 1, 31)  # by when the year's late ones are mostly in
YEAR = 2018  # whose milestones are played; of the next year only beginnings

Span = tuple[int, int]  # from, to: both may occur


@dataclass(frozen=True)
class Habit:
    """How a unit works.

    `begins` and `submits` are days before the deadline (negative: after it), `answers` and `mends` working days that it
    takes to answer a lead unit, and to mend what was returned; `returned` is the chance of that, `slips` the one that
    it submits after the deadline. `plans` are working days from the ledger's opening to its implementation plan. A
    unit that is silent does nothing of all this.
    """

    name: str
    begins: Span
    submits: Span
    answers: Span
    mends: Span
    plans: Span
    returned: float
    slips: float = 0.0
    silent: bool = False


PROMPT = Habit("prompt", (95, 150), (30, 108), (0, 3), (1, 3), (6, 14), 0.10)
AVERAGE = Habit("average", (55, 100), (4, 50), (1, 5), (2, 6), (10, 17), 0.22, slips=0.08)
LATE = Habit("late", (10, 45), (-26, -3), (3, 9), (4, 12), (18, 40), 0.40, slips=1.0)
SILENT = Habit("silent", (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), 0.0, silent=True)

HABITS = {
    **dict.fromkeys((
        "区委组织部", "区人社局", "区党政办", "区发改局", "区财政局", "区教育局", "区行政服务中心", "区纪委",
        "区公安分局",
    ), PROMPT),
    **dict.fromkeys(("区委政法委", "区经科局", "区住建局", "东海海监大队", "区安监局"), LATE),
    **dict.fromkeys(("区旅游局", "区新域投资公司", "区城管局", "中标单位", "监理单位"), SILENT),
}  # all others are AVERAGE

# The unit whose leader in charge signs before anything is submitted, and from what day.
SIGNS = "区农业局", date(2018, 9, 3)


@dataclass(frozen=True)
class Office:
    """An account outside the units, and who acts for it while it is away (first day, last day, by whom)."""

    username: str
    away: tuple[date, date, str] | None = None


REVIEWER = Office("shenhe1", (date(2018, 12, 3), date(2018, 12, 7), "shenhe2"))
SECOND_REVIEWER = Office("shenhe2")  # of the second to the third action area: see accounts.OFFICES
COMMITTEE = Office("guanweihui", (date(2018, 11, 12), date(2018, 11, 16), "fenguan"))
DEPUTY = Office("fenguan")
HEAD = Office("fuzeren")
ABSENCES = tuple(office for office in (REVIEWER, COMMITTEE) if office.away)

# Working days until somebody judges what was submitted, usually and in the crush about the year's end.
REVIEWS, DECIDES = (1, 4), (1, 5)
CRUSH = date(2018, 12, 17), date(2019, 1, 18)
REVIEWS_IN_CRUSH, DECIDES_IN_CRUSH = (2, 9), (3, 13)

# The chances of what happens seldom.
WITHDRAWN = 0.06  # by the unit, on the day of submitting
RETURNED_AGAIN = 0.12
RETURNED_BY_COMMITTEE, SENT_BACK = 0.05, 0.04
UNOPENED = 0.08  # evidence that the reviewer does not look at
OBJECTS, CONFIRMS, NOTHING = 0.05, 0.30, 0.25  # a supporting unit; else it contributes
REMARKS = 0.12  # a note or a comment by the reviewer


@dataclass(frozen=True)
class Extension:
    """An extension that is asked for on the `place`-th of the milestones that may get one."""

    place: int
    asked: date
    days: int
    supported: bool
    granted: bool

    @property
    def due(self) -> date:
        return date(YEAR, 12, 31) + timedelta(self.days)


EXTENSIONS = (
    Extension(0, date(2018, 11, 26), 31, supported=True, granted=True),
    Extension(1, date(2018, 12, 10), 45, supported=False, granted=False),
    Extension(5, date(2018, 12, 4), 59, supported=True, granted=True),
    Extension(8, date(2018, 12, 6), 121, supported=True, granted=True),  # so long a one is for the head to decide
    Extension(11, date(2018, 12, 12), 90, supported=False, granted=False),
    Extension(15, date(2018, 12, 18), 28, supported=True, granted=False),
    Extension(18, date(2018, 12, 27), 60, supported=True, granted=True),
)

BUSY_FROM = date(2018, 11, 12)  # from when reminders are written each week
CHASED_FROM = date(2018, 12, 3)  # the Monday from which the year's milestones are chased
REOPENED = date(2018, 11, 22)  # the day on which the committee reopens one that it had signed off
IN_BULK = (date(2018, 12, 21), date(2019, 1, 11))  # days on which it signs off what lies there, all at once


@dataclass(frozen=True)
class Sheet:
    """A supervision sheet about what these units have not reported, to be answered by `due`."""

    issued: date
    due: date
    units: tuple[str, ...]
    title: str
    words: str


SHEETS = (
    Sheet(
        date(2018, 11, 19), date(2018, 11, 30), ("区旅游局", "区城管局"), "关于尽快启动年度任务的督办",
        "以下年度节点至今未见填报。\n请说明目前进展、存在困难和完成时间，并于期限前书面答复；已具备条件的，请即报送。",
    ),
    Sheet(
        date(2018, 12, 13), date(2018, 12, 21), ("区委政法委", "区经科局"), "关于年底到期节点的督办",
        "以下年度节点将于年底到期，尚未报送。\n请倒排工期，明确责任人和报送日期，确保按期办结。",
    ),
    Sheet(
        date(2019, 1, 8), date(2019, 1, 18), ("区住建局", "区旅游局", "区新域投资公司"), "关于逾期节点的督办",
        "以下年度节点已过期限，尚未报送。\n请逐项说明逾期原因和补报时间；无正当理由继续拖延的，将在督查通报中列出。",
    ),
)


@dataclass(frozen=True)
class Instruction:
    """A leader's instruction to the units that lead a task."""

    day: date
    by: Office
    task: str
    words: str
    answer_days: int


INSTRUCTIONS = (
    Instruction(date(2018, 8, 20), DEPUTY, "3", "请牵头单位摸清底数，月底前把工作计划报我。", 10),
    Instruction(date(2018, 10, 15), HEAD, "27", "此项群众关注度高，要抓紧，遇到困难及时协调。", 7),
    Instruction(date(2018, 11, 20), DEPUTY, "60", "请说明目前进度，年底前能否完成。", 5),
    Instruction(date(2018, 12, 17), HEAD, "30", "此项至今没有报送，请牵头单位说明情况并尽快落实。", 7),
)
