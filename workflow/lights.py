"""Lights (亮灯): what a milestone's state, deadline and today's date come to. Derived, never stored.

The rules are the design's, *Lights*. They stand in order and the first that holds is shown; each has
the two forms of a `Rule`, for one milestone and over `milestone_rows`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, true

from models import Milestone, Plan, Round, Words
from workflow.calendar import local_day
from workflow.definitions.milestone import MILESTONE


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
    Colour.YELLOW: Words("临期或退回", "Due soon or returned"),
    Colour.RED: Words("逾期", "Overdue"),
}


@dataclass(frozen=True)
class Day:
    """The day to judge by, and within how many days a deadline is near (a setting)."""

    today: date
    near_days: int = 30

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


_DONE = tuple(state.name for state in MILESTONE.sealed)
CANCELLED = tuple(state.name for state in MILESTONE.final if state not in MILESTONE.sealed)
_INITIAL = MILESTONE.initial.name
# Rounds opened by these ask for something to be mended.
_RETURNS = tuple(
    sorted({a.trigger for a in MILESTONE.actions if any(field.name == "points" for field in a.input)})
)

LIGHTS: tuple[Light, ...] = (
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
        "returned", Colour.YELLOW, Words("退回待改", "Returned"),
        Words("已退回，待修改后重报。", "Returned, to be mended and submitted again."),
        holds=lambda m, day: m.round.opened_by in _RETURNS,
        where=lambda day: Round.opened_by.in_(_RETURNS),
    ),
    Light(
        "before-opening", Colour.GRAY, Words("启用前到期", "Due before the ledger opened"),
        Words("期限在台账启用之前，不计逾期。", "Due before the ledger was opened, so it does not count as late."),
        holds=lambda m, day: m.due is not None and m.due < m.task.plan.opened_on,
        where=lambda day: and_(Milestone.due.is_not(None), Milestone.due < Plan.opened_on),
    ),
    Light(
        "near", Colour.YELLOW, Words("临期", "Due soon"),
        Words("距期限不足提醒天数，尚未报送。", "The deadline is near and nothing has been submitted."),
        holds=lambda m, day: m.due is not None and m.due <= day.near,
        where=lambda day: and_(Milestone.due.is_not(None), Milestone.due <= day.near),
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


def light_code(day: Day) -> ColumnElement[str]:
    """The light's code as a column over `milestone_rows`."""
    return case(*((light.where(day), literal(light.code)) for light in LIGHTS))


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
    if content.opened_by in _RETURNS:
        return _BADGES["returned"]
    begun = content.draft_version or content.evidence_count or content.number > 1
    return _BADGES["under-way" if begun else "not-taken-up"]
