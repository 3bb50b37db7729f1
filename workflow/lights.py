"""Lights (亮灯): what a milestone's state, deadline and today's date come to. Derived, never stored.

The rules are the design's, *Lights*. They stand in order and the first that holds is shown; each has
the two forms of a `Rule`, for one milestone and over `milestone_rows`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from models import Milestone, Plan, Round, Words
from workflow.calendar import local_day
from workflow.definitions.milestone import MILESTONE
from workflow.measures import WHOLE


class Colour(StrEnum):
    BLUE = "blue"
    GRAY = "gray"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"

    @property
    def label(self) -> Words:
        return _COLOUR_WORDS[self]


_COLOUR_WORDS = {
    Colour.BLUE: Words("办结", "Done"),
    Colour.GRAY: Words("未启动或取消", "Not begun, or cancelled"),
    Colour.GREEN: Words("正常", "Normal"),
    Colour.YELLOW: Words("临期、退回或滞后", "Due soon, returned or behind"),
    Colour.RED: Words("逾期或严重滞后", "Overdue or far behind"),
}


@dataclass(frozen=True)
class Day:
    """The day to judge by, and the settings: within how many days a deadline is near, and how many points
    behind the straight line to it (序时进度) a milestone is shown as behind or far behind.

    `until` is for a past day: its end, up to which the audit trail counts. None is the present.
    """

    today: date
    near_days: int = 30
    behind_points: int = 10
    far_behind_points: int = 30
    until: datetime | None = None

    @property
    def near(self) -> date:
        return self.today + timedelta(self.near_days)


@dataclass(frozen=True)
class Light:
    """One rule: its colour, the word beside the shape, and the rule in words."""

    code: str
    colour: Colour
    word: Words
    rule: Words
    holds: Callable[[Any, Day], bool]
    where: Callable[[Day], ColumnElement[bool]]
    says_days: bool = True  # whether the days left, or overdue, mean anything beside it


_DONE = tuple(state.name for state in MILESTONE.sealed)
CANCELLED = tuple(state.name for state in MILESTONE.final if state not in MILESTONE.sealed)
_INITIAL = MILESTONE.initial.name
# Rounds opened by these ask for something to be mended.
RETURNS = tuple(
    sorted({a.trigger for a in MILESTONE.actions if any(field.name == "points" for field in a.input)})
)


class day_number(FunctionElement):  # noqa: N801  # it is read like a function of SQL
    """A date column as `date.toordinal()` counts it, on both databases."""

    type = Integer()
    inherit_cache = True


@compiles(day_number)
def _day_number(element, compiler, **more) -> str:
    """As it is written where no database is asked."""
    return f"day_number({compiler.process(element.clauses, **more)})"


@compiles(day_number, "sqlite")
def _sqlite_day_number(element, compiler, **more) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **more)}) - 1721424.5 AS INTEGER)"


@compiles(day_number, "postgresql")
def _postgresql_day_number(element, compiler, **more) -> str:
    return f"({compiler.process(element.clauses, **more)} - DATE '0001-01-01' + 1)"


def _new_year_number(year):
    """The day number of 1 January, in whole numbers, for a number and for a column alike."""
    before = year - 1
    return 365 * before + before // 4 - before // 100 + before // 400 + 1


def _behind(m, day: Day, points: int, reached: bool = False) -> bool:
    """Whether the reported figures are more than `points` (`reached`: so many or more) behind the straight line."""
    if m.due is None or m.year is None or m.round.progress is None or m.due < day.today:
        return False
    start = _new_year_number(m.year)
    elapsed, whole = day.today.toordinal() - start, m.due.toordinal() - start
    return whole > 0 and WHOLE * elapsed - m.round.progress * whole + reached > 100 * points * whole


def _behind_where(day: Day, points: int, reached: bool = False):
    start = _new_year_number(Milestone.year)
    elapsed, whole = day.today.toordinal() - start, day_number(Milestone.due) - start
    return and_(
        Milestone.due >= day.today, Milestone.year.is_not(None), Round.progress.is_not(None), whole > 0,
        WHOLE * elapsed - Round.progress * whole + int(reached) > 100 * points * whole,
    )


LIGHTS: tuple[Light, ...] = (
    Light(
        "dropped", Colour.GRAY, Words("不再列入", "No longer asked"),
        Words("现行版方案已不再列入，原有记录保留。", "The present edition no longer asks for it; the record is kept."),
        holds=lambda m, day: m.dropped_in is not None,
        where=lambda day: Milestone.dropped_in.is_not(None),
    ),
    Light(
        "cancelled", Colour.GRAY, Words("已取消", "Cancelled"),
        Words("经批准取消，不再办理，也不计入办结率。", "Cancelled by a granted change; not in the share signed off."),
        holds=lambda m, day: m.state in CANCELLED,
        where=lambda day: Milestone.state.in_(CANCELLED),
    ),
    Light(
        "done", Colour.BLUE, Words("已办结", "Signed off"),
        Words("已验收销号。", "Signed off."),
        holds=lambda m, day: m.state in _DONE,
        where=lambda day: Milestone.state.in_(_DONE),
    ),
    Light(
        "under-way", Colour.GREEN, Words("办理中", "Being judged"),
        Words("已报送，由他人办理。", "Submitted; in the hands of others."),
        holds=lambda m, day: m.state != _INITIAL,
        where=lambda day: Milestone.state != _INITIAL,
    ),
    Light(
        "overdue", Colour.RED, Words("逾期", "Overdue"),
        Words("已过期限，尚未报送。", "The deadline has passed and nothing has been submitted."),
        holds=lambda m, day: m.due is not None and m.task.plan.opened_on <= m.due < day.today,
        where=lambda day: and_(Milestone.due >= Plan.opened_on, Milestone.due < day.today),
    ),
    Light(
        "far-behind", Colour.RED, Words("严重滞后", "Far behind"),
        Words("指标完成值落后序时进度过多。", "The reported figures are far behind the straight line to the deadline."),
        holds=lambda m, day: _behind(m, day, day.far_behind_points),
        where=lambda day: _behind_where(day, day.far_behind_points),
    ),
    Light(
        "returned", Colour.YELLOW, Words("退回待改", "Returned"),
        Words("已退回，待修改后重报。", "Returned, to be mended and submitted again."),
        holds=lambda m, day: m.round.opened_by in RETURNS,
        where=lambda day: Round.opened_by.in_(RETURNS),
    ),
    Light(
        "before-opening", Colour.GRAY, Words("启用前到期", "Due before the ledger opened"),
        Words("期限在台账启用之前，不计逾期。", "Due before the ledger was opened, so it does not count as late."),
        holds=lambda m, day: m.due is not None and m.due < m.task.plan.opened_on,
        where=lambda day: and_(Milestone.due.is_not(None), Milestone.due < Plan.opened_on),
        says_days=False,
    ),
    Light(
        "near", Colour.YELLOW, Words("临期", "Due soon"),
        Words("距期限不足提醒天数，尚未报送。", "The deadline is near and nothing has been submitted."),
        holds=lambda m, day: m.due is not None and m.due <= day.near,
        where=lambda day: and_(Milestone.due.is_not(None), Milestone.due <= day.near),
    ),
    Light(
        "behind", Colour.YELLOW, Words("进度滞后", "Behind"),
        Words("指标完成值落后序时进度。", "The reported figures are behind the straight line to the deadline."),
        holds=lambda m, day: _behind(m, day, day.behind_points, reached=True),
        where=lambda day: _behind_where(day, day.behind_points, reached=True),
    ),
    Light(
        "not-begun", Colour.GRAY, Words("未启动", "Not begun"),
        Words("年度未到，或未定期限。", "Its year has not begun, or it has no deadline."),
        holds=lambda m, day: m.due is None or (m.year is not None and m.year > day.today.year),
        where=lambda day: Milestone.due.is_(None) | (func.coalesce(Milestone.year, 0) > day.today.year),
    ),
    Light(
        "normal", Colour.GREEN, Words("正常", "Normal"),
        Words("在期限内。", "Within its time."),
        holds=lambda m, day: True,
        where=lambda day: true(),
    ),
)

BY_CODE = {light.code: light for light in LIGHTS}


def light_of(milestone, day: Day) -> Light:
    """The light of one loaded milestone (with task, plan and current round)."""
    return next(light for light in LIGHTS if light.holds(milestone, day))


@lru_cache(maxsize=32)  # every page asks for it, on the same day; a trend on those of its weeks
def light_code(day: Day) -> ColumnElement[str]:
    """The light's code as a column over `milestone_rows`."""
    return case(*((light.where(day), literal(light.code)) for light in LIGHTS))


# The order of a workbench: 0 is the most urgent. What is not named stands between, what is grey last.
_URGENCY = {"overdue": 0, "far-behind": 1, "returned": 1, "near": 2, "behind": 2}
USUAL, LAST = 3, 4


@lru_cache(maxsize=8)
def urgency(day: Day) -> ColumnElement[int]:
    """How urgent a milestone is, as a column over `milestone_rows`."""
    return case(*(
        (light.where(day), literal(_URGENCY.get(light.code, LAST if light.colour == Colour.GRAY else USUAL)))
        for light in LIGHTS
    ))


def urgency_of_due(due: ColumnElement, day: Day) -> ColumnElement[int]:
    """The same for what has no light, by the day on which it is due."""
    return case(
        (due < day.today, literal(_URGENCY["overdue"])), (due <= day.near, literal(_URGENCY["near"])),
        else_=literal(USUAL),
    )


def codes_of(colour: Colour) -> list[str]:
    return [light.code for light in LIGHTS if light.colour == colour]


def due_at(milestone, moment: datetime | None) -> date | None:
    """The deadline that was in force at a moment (UTC): a later extension does not reach back. None: now."""
    for replaced in milestone.extensions if moment else ():
        if moment < datetime.fromisoformat(replaced["at"]):
            return date.fromisoformat(replaced["due"]) if replaced["due"] else None
    return milestone.due


def days_overdue(milestone, today: date) -> int:
    """How many days past its deadline a milestone is that nobody has submitted; 0 where it is not."""
    due = milestone.due
    if milestone.state != _INITIAL or due is None or due < milestone.task.plan.opened_on:
        return 0
    return max(0, (today - due).days)


def days_late(due: date | None, opened_on: date, submitted_at) -> int:
    """How many days after its deadline a milestone was submitted; 0 where in time or due before opening."""
    if due is None or submitted_at is None or due < opened_on:
        return 0
    return max(0, (local_day(submitted_at) - due).days)


_BADGES = {
    "returned": Words("退回待改", "Returned, to be mended"),
    "under-way": Words("办理中", "Being worked on"),
    "not-taken-up": Words("未签收", "Not taken up"),
}


def badge_of(milestone) -> Words | None:
    """What is going on inside the first state; None in any other."""
    if milestone.state != _INITIAL:
        return None
    content = milestone.round
    if content.opened_by in RETURNS:
        return _BADGES["returned"]
    begun = content.draft_version or content.evidence_count or content.number > 1
    return _BADGES["under-way" if begun else "not-taken-up"]


@dataclass(frozen=True)
class StepLight:
    """One dated step of a milestone, with a light of its own."""

    place: int
    due: date
    text: str
    done: bool
    light: Light


_STEP_DONE = Light(
    "step-done", Colour.BLUE, Words("已完成", "Done"),
    Words("牵头单位填报为已完成。", "Reported as done by the lead unit."),
    holds=lambda m, day: True, where=lambda day: true(),
)


def step_lights(milestone, day: Day) -> list[StepLight]:
    """Each dated step: done where the lead says so; else as its milestone would be shown if it were due then."""
    found = []
    for place, step in enumerate(milestone.steps):
        due, done = date.fromisoformat(step["due"]), place in (milestone.round.steps_done or ())
        light = _STEP_DONE if done else _step_light(milestone, due, day)
        found.append(StepLight(place, due, step["text"], done, light))
    return found


def _step_light(milestone, due: date, day: Day) -> Light:
    if milestone.state != _INITIAL:
        return light_of(milestone, day)
    if due < milestone.task.plan.opened_on:
        return BY_CODE["before-opening"]
    if due < day.today:
        return BY_CODE["overdue"]
    return BY_CODE["near" if due <= day.near else "normal" if due.year <= day.today.year else "not-begun"]
