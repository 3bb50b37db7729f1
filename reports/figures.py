"""Every figure about milestones: what it is called, what it counts, and how exactly those are found. One place.

A `Figure` says it as data, in what a milestone comes to on a day: its `Kind`. From that follow the count of a table
(`holds`) and the list behind it (`where`, and `narrow`: the filters of a ledger page), so that no two pages can count
one thing in two ways. The help page is these words. What a supporting unit was asked is counted the same way: `Answer`,
and so is what was decided of the rounds that units submit: `Decision`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, false, literal, not_, or_, true

from models import AuditEvent, ContributionRequest, Milestone, Plan, Round, Words
from workflow.calendar import local_date, local_day
from workflow.clocks import JUDGED, Judging
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.inputs import Listed
from workflow.lights import BY_CODE, CANCELLED, LIGHTS, Colour, Day, codes_of, light_code


class Kind(NamedTuple):
    """What a milestone comes to on a day: all that a figure may ask of it.

    `over`: whoever judges it has had it longer than the clock allows. `late`: submitted after its deadline.
    """

    state: str
    light: str
    over: bool = False
    late: bool = False


def kind_columns(day: Day) -> tuple[ColumnElement, ...]:
    """The kind of each of `milestone_rows`, as columns to group by. Whether a clock ran out needs a `Judging` day."""
    return (
        Milestone.state.label("state"), light_code(day).label("light"), _flag(_over(day)).label("over"),
        _flag(_late()).label("late"),
    )


def _flag(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """True or false, where a comparison with nothing would be neither."""
    return case((condition, literal(True)), else_=literal(False))


def _over(day: Day) -> ColumnElement[bool]:
    return day.clocks.over_where() if isinstance(day, Judging) else false()


def _late() -> ColumnElement[bool]:
    return and_(
        Milestone.state.not_in((MILESTONE.initial.name, *CANCELLED)), Milestone.due >= Plan.opened_on,
        local_date(Round.submitted_at) > Milestone.due,
    )


@dataclass(frozen=True)
class Figure:
    """One count of milestones. `states` and `lights` are those that count (None: all); so are `over` and `late`."""

    name: str
    label: Words
    counted: Words
    states: frozenset[str] | None = None
    lights: frozenset[str] | None = None
    over: bool | None = None
    late: bool | None = None
    narrow: Mapping[str, str] | None = None  # what a ledger page is asked for; by default the figure's name

    def holds(self, kind: Kind) -> bool:
        return (
            (self.states is None or kind.state in self.states) and (self.lights is None or kind.light in self.lights)
            and self.over in (None, kind.over) and self.late in (None, kind.late)
        )

    def where(self, day: Day) -> ColumnElement[bool]:
        """The same over `milestone_rows`."""
        found = [true()]
        if self.states is not None:
            found.append(Milestone.state.in_(sorted(self.states)))
        if self.lights is not None:
            found.append(light_code(day).in_(sorted(self.lights)))
        if self.over is not None:
            found.append(_over(day) if self.over else not_(_flag(_over(day))))
        if self.late is not None:
            found.append(_flag(_late()).is_(self.late))
        return and_(*found)

    @property
    def filters(self) -> dict[str, str]:
        return {"figure": self.name} if self.narrow is None else dict(self.narrow)


@dataclass(frozen=True)
class Share:
    """One figure as a share of another, in whole per cent, rounded down: 100 only when all are."""

    name: str
    label: Words
    counted: Words
    part: str
    whole: str

    def of(self, tally: "Tally | Any") -> int | None:
        """None where there is nothing to be a share of."""
        whole = tally[self.whole]
        return 100 * tally[self.part] // whole if whole else None


_DONE = frozenset(state.name for state in MILESTONE.sealed)
(DONE,) = _DONE  # the figure of what is signed off has its state's name
_WANTED = frozenset(state.name for state in MILESTONE.states) - frozenset(CANCELLED)

FIGURES: tuple[Figure, ...] = (
    Figure(
        "total", Words("年度节点", "Milestones"),
        Words("现行版方案列入的年度节点，含已取消的。", "All that the edition in force asks for, cancelled ones too."),
        narrow={},
    ),
    Figure(
        "wanted", Words("应办节点", "To be done"),
        Words("年度节点中未取消的，是办结率的分母。", "All but the cancelled: what shares are taken of."),
        states=_WANTED,
    ),
    *(
        Figure(
            state.name, state.label,
            Words(f"状态为「{state.label.zh}」的节点。", f"In the state “{state.label.en}”."),
            states=frozenset({state.name}), narrow={"state": state.name},
        ) for state in MILESTONE.states
    ),
    Figure(
        "held", Words("他人办理中", "In others' hands"),
        Words(
            "已报送、由审核人或管委会办理的节点，不计入单位的逾期。",
            "Submitted and with the reviewer or the committee; never counted against the unit.",
        ), states=frozenset(JUDGED),
    ),
    Figure(
        "over", Words("审核超时", "Over the clock"),
        Words(
            "审核人或管委会持有的时间超过其办理时限（工作日，见设置）的节点。",
            "Held by the reviewer or the committee for more working days than their clock allows.",
        ), over=True,
    ),
    Figure(
        "on_time", Words("按期办结", "Done in time"),
        Words(
            "已办结，且办结的那一轮在期限内提交（含启用前到期的）。",
            "Signed off, and the round signed off was submitted by its deadline, or due before the ledger opened.",
        ), states=_DONE, late=False,
    ),
    Figure(
        "late_done", Words("逾期办结", "Done late"),
        Words("已办结，但办结的那一轮在期限之后提交。", "Signed off, but submitted after the deadline."),
        states=_DONE, late=True,
    ),
    *(
        Figure(
            light.code, light.word, light.rule, lights=frozenset({light.code}), narrow={"light": light.code},
        ) for light in LIGHTS if light.code not in ("dropped", *(state.name for state in MILESTONE.states))
    ),
    *(
        Figure(
            colour, colour.label,
            Words(
                "亮灯为：" + "、".join(BY_CODE[code].word.zh for code in codes_of(colour)),
                "Lights: " + ", ".join(BY_CODE[code].word.en for code in codes_of(colour)),
            ), lights=frozenset(codes_of(colour)), narrow={"light": str(colour)},
        ) for colour in Colour
    ),
)
FIGURE = {figure.name: figure for figure in FIGURES}

SHARES: tuple[Share, ...] = (
    Share(
        "done_share", Words("办结率", "Share signed off"),
        Words("已办结 ÷ 应办节点，取整舍去，全部办结才是 100%。", "Signed off ÷ to be done, rounded down."),
        DONE, "wanted",
    ),
    Share(
        "on_time_share", Words("按期率", "Share in time"),
        Words("按期办结 ÷ 已办结，取整舍去。", "Done in time ÷ signed off, rounded down."),
        "on_time", DONE,
    ),
)
SHARE = {share.name: share for share in SHARES}


class Tally:
    """How many milestones there are of each kind; every figure is a sum of these."""

    def __init__(self):
        self._kinds: Counter[Kind] = Counter()
        self._known: dict[str, int] = {}

    def add(self, kind: Kind, count: int) -> None:
        self._kinds[kind] += count
        self._known.clear()

    @classmethod
    def of(cls, tallies: "Iterable[Tally]") -> "Tally":
        """All of them together, as one of its own."""
        found = cls()
        for tally in tallies:
            found._kinds.update(tally._kinds)
        return found

    def __getitem__(self, name: str) -> int:
        """The figure of this name."""
        if name not in self._known:
            holds = FIGURE[name].holds
            self._known[name] = sum(count for kind, count in self._kinds.items() if holds(kind))
        return self._known[name]

    def share(self, name: str = "done_share") -> int | None:
        return SHARE[name].of(self)


@dataclass(frozen=True)
class Answer:
    """One count of milestones by what a supporting unit was asked there, in any round.

    `holds(request, today)` has the request's state, due and answered_at, and submitted_at of its round; `where` is the
    same over `request_rows`.
    """

    name: str
    label: Words
    counted: Words
    holds: Callable[[Any, Any], bool]
    where: Callable[[Any], ColumnElement[bool]]


def _lapsed(request, today) -> bool:
    return request.answered_at is None and (request.submitted_at is not None or request.due < today)


_OBJECTIONS = {a.target for a in CONTRIBUTION.actions if a.source == ContributionRequest.OBJECTED} - {
    CONTRIBUTION.initial.name
} | {ContributionRequest.OBJECTED}
_NOT_ANSWERED = ContributionRequest.answered_at.is_(None)
# What a unit was released from in time (不再提请) it was not asked for, whatever is counted. Over `request_rows`.
STOOD = ContributionRequest.state != ContributionRequest.RELEASED

ANSWERS: tuple[Answer, ...] = (
    Answer(
        "asked", Words("被提请", "Asked"),
        Words("请本单位提供过配合材料的节点。", "Where the unit was asked for its part."),
        holds=lambda r, today: True, where=lambda today: true(),
    ),
    Answer(
        "in_time", Words("按期反馈", "Answered in time"),
        Words("在反馈期限内答复过的节点。", "Where it answered by the day asked for."),
        holds=lambda r, today: r.answered_at is not None and local_day(r.answered_at) <= r.due,
        where=lambda today: local_date(ContributionRequest.answered_at) <= ContributionRequest.due,
    ),
    Answer(
        "answered_late", Words("逾期反馈", "Answered late"),
        Words("过了反馈期限才答复的节点。", "Where it answered after that day."),
        holds=lambda r, today: r.answered_at is not None and local_day(r.answered_at) > r.due,
        where=lambda today: local_date(ContributionRequest.answered_at) > ContributionRequest.due,
    ),
    Answer(
        "lapsed", Words("逾期未反馈", "No answer in time"),
        Words(
            "期限已过或牵头单位已报送，仍未答复的节点；以后补报也保留。",
            "Where the day passed, or the lead submitted, without an answer. It stays on the record.",
        ),
        holds=_lapsed,
        where=lambda today: and_(
            _NOT_ANSWERED, or_(Round.submitted_at.is_not(None), ContributionRequest.due < today)
        ),
    ),
    Answer(
        "waiting", Words("待反馈", "To answer"),
        Words("还在反馈期限内、尚未答复的节点。", "Where its time still runs and it has not answered."),
        holds=lambda r, today: r.answered_at is None and not _lapsed(r, today),
        where=lambda today: and_(_NOT_ANSWERED, Round.submitted_at.is_(None), ContributionRequest.due >= today),
    ),
    Answer(
        "objected", Words("提出异议", "Objected"),
        Words("本单位提出过异议的节点。", "Where it objected to what the lead reports."),
        holds=lambda r, today: r.state in _OBJECTIONS,
        where=lambda today: ContributionRequest.state.in_(sorted(_OBJECTIONS)),
    ),
)
ANSWER = {answer.name: answer for answer in ANSWERS}


@dataclass(frozen=True)
class Decision:
    """One count of submitted rounds by what was decided of them. `triggers` are the actions of their milestones."""

    name: str
    label: Words
    counted: Words
    triggers: frozenset[str]

    def where(self) -> ColumnElement[bool]:
        """Whether an event of a milestone is one."""
        return AuditEvent.action.in_(sorted(self.triggers))


# What a coded reason is given with; what seals. No round has two of them: a return opens the next.
_RETURNS = frozenset(a.trigger for a in MILESTONE.actions if any(isinstance(it, Listed) for it in a.input))
_SEALS = frozenset(a.trigger for a in MILESTONE.actions if a.seal)

DECISIONS: tuple[Decision, ...] = (
    Decision(
        "rounds_returned", Words("退回轮次", "Rounds returned"),
        Words(
            "期间内被退回修改的报送轮次，按退回之日计，计在报送该轮的单位名下；同一节点退回几轮计几次。"
            "按原因分列时用现行名称，点开所见的是退回当时的用语。",
            "Rounds returned in the period, by the day of the return, counted for the unit that had submitted it. "
            "Columns have a reason's present name; the list behind them has the words of the time.",
        ), _RETURNS,
    ),
    Decision(
        "rounds_settled", Words("审结轮次", "Rounds decided"),
        Words(
            "期间内有了结论的报送轮次：退回修改的，和同意办结的。",
            "Rounds decided in the period: returned, or signed off.",
        ), _RETURNS | _SEALS,
    ),
)
DECISION = {decision.name: decision for decision in DECISIONS}
RETURN_SHARE = Share(
    "return_share", Words("退回率", "Share returned"),
    Words(
        "退回轮次 ÷ 审结轮次，取整舍去；审结不足 5 轮的标「基数小」。",
        "Rounds returned ÷ rounds decided, rounded down; marked where fewer than five were decided.",
    ), "rounds_returned", "rounds_settled",
)
