"""What pages of figures have asked already: an answer holds until something has happened that it speaks of.

Answers are remembered by the process, for the same rights, day, settings and filters, and asked for plan by plan: after
an event its plan alone is asked for again, and what the others answered is joined to it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from models import Database, database_of
from reports.newest import passed
from workflow.actor import Actor
from workflow.clocks import Judging
from workflow.lights import Day

# An answer about one plan counts once: 50 questions about a ledger of a hundred plans, at some ten kilobytes each.
PARTS = 5000
BUNDLE = 10  # plans whose answers are joined before all are, so that one that is new joins with few


@dataclass(frozen=True)
class _Kept:
    """An answer with its parts by plan, and in bundles of plans; how far (`Passed.now`) things had come before it."""

    now: int
    answer: Any
    parts: Mapping[int, Any]
    bundles: Mapping[int, Any]

    @property
    def size(self) -> int:
        return max(1, len(self.parts))


class _Memory:
    """The answers about one database, those asked for longest ago forgotten first."""

    def __init__(self):
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> _Kept | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, kept: _Kept) -> None:
        with self._lock:
            before = self._kept.get(key)
            if before is not None and before.now > kept.now:
                return  # somebody was faster, and asked later
            self._kept[key] = kept
            self._kept.move_to_end(key)
            self._size += kept.size - (before.size if before else 0)
            while self._size > PARTS and len(self._kept) > 1:
                self._size -= self._kept.popitem(last=False)[1].size


_known: "WeakKeyDictionary[Database, _Memory]" = WeakKeyDictionary()
_lock = Lock()


def _memory(session: Session) -> _Memory:
    with _lock:
        return _known.setdefault(database_of(session), _Memory())


def _asked_plan(_actor, _day, filters, *_more) -> int | None:
    return filters.plan


def _as_it_is(whole: Any, *_about) -> Any:
    return whole


def by_plan(
    join: Callable, then: Callable = _as_it_is, only: Callable[..., int | None] = _asked_plan
) -> Callable:
    """Makes of `question(session, plans, *about)`, which answers {plan: part} for these plans (for all where None), a
    question without `plans` whose answer is `then(join(parts, *about), *about)`: the parts in the plans' order.

    Joining what was joined gives the same, and plans without anything may be left out. `about` compares by value; of an
    actor and a day, as `told` says. `only(*about)` is the one plan that is asked about, where it is one. Parts and
    answers are shared between requests: nobody may change one, and so `join` and `then` make what they give anew.
    """
    def asked(question: Callable) -> Callable:
        @wraps(question)
        def ask(session: Session, *about):
            since, memory = passed(session), _memory(session)
            now = since.now  # before the question: an answer is at least as new as what it is kept with
            key = question, *map(told, about)
            kept = memory.get(key)
            stale = since.since(kept.now) if kept else None
            if stale and (plan := only(*about)):
                stale &= {plan}
            if stale is None or stale:
                new = question(session, stale, *about)
                parts, bundles = _put_together(kept if stale else None, stale, new, lambda it: join(it, *about))
                whole = _joined(list(bundles.values()), lambda it: join(it, *about))
                kept = _Kept(now, then(whole, *about), parts, bundles)
                memory.put(key, kept)
            return kept.answer

        return ask

    return asked


def _put_together(
    before: _Kept | None, stale: frozenset[int] | None, new: Mapping[int, Any], join: Callable
) -> tuple[dict[int, Any], dict[int, Any]]:
    """The new parts with those that still hold; and in bundles, of which only those with something new are joined."""
    parts = {plan: part for plan, part in before.parts.items() if plan not in stale} if before else {}
    parts |= new
    members: dict[int, list[int]] = {}
    for plan in sorted(parts):
        members.setdefault(plan // BUNDLE, []).append(plan)
    changed = {plan // BUNDLE for plan in stale} if before else members.keys()
    return parts, {
        number: _joined([parts[plan] for plan in plans], join) if number in changed else before.bundles[number]
        for number, plans in members.items()
    }


def _joined(parts: list, join: Callable):
    return parts[0] if len(parts) == 1 else join(parts)


def among(column: ColumnElement[int], plans: frozenset[int] | None) -> ColumnElement[bool]:
    """The rows of these plans, by the column that has the plan's id; all where None."""
    return true() if plans is None else column.in_(sorted(plans))


@dataclass(frozen=True)
class Allowed:
    """Rights as a condition over rows. Two are equal where they say the same: who may the same shares answers.

    For a rule that speaks of more than `told` tells of an actor, such as conflicts of interest: a question that is
    given this instead of the actor cannot answer by anything that its key does not hold.
    """

    where: ColumnElement[bool] = field(compare=False)
    said: tuple[str, str]


def allowed(where: ColumnElement[bool]) -> Allowed:
    compiled = where.compile()
    return Allowed(where, (str(compiled), repr(sorted(compiled.params.items()))))


def told(about: Hashable) -> Hashable:
    """All of it that an answer depends on: of an actor the rights, of a day its settings and clocks too."""
    if isinstance(about, Actor):
        return (
            about.roles, frozenset(about.area_ids), frozenset(about.unit_ids), about.reviews_everywhere, about.only_area
        )
    if isinstance(about, Judging):
        clocks = about.clocks
        return *_settings(about), frozenset(clocks.limits.items()), frozenset(clocks.calendar.own.items())
    return _settings(about) if isinstance(about, Day) else about


def _settings(day: Day) -> tuple:
    return day.today, day.until, day.near_days, day.behind_points, day.far_behind_points
