"""What has happened since, by plan: how long an answer that a page was given still holds.

All that figures speak of changes with an event, with a draft's progress (of which a former value is kept:
`FormerProgress`), or with the day. Every page reads the newest of both with its first statement. Where they are newer
than what this process knows, it reads whose they are: what happens to a milestone changes no figure of another plan.
Each worker process knows for itself; none has to be told.
"""

from collections.abc import Collection, Mapping
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, literal, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from models import (
    Account,
    AuditEvent,
    Comment,
    Database,
    DocumentTemplate,
    FormerProgress,
    Instruction,
    Milestone,
    Plan,
    PlanDraft,
    Round,
    Task,
    database_of,
)
from workflow.registry import WORKFLOWS

# Numbers are given before they are committed: what comes late, below the newest, moves the last of so many.
_LATE = 1000
_MOST_APART = 2 * _LATE  # between the first and the last of them, where the numbers that are not given are looked after
_KEY = "newest"  # in a session's `info`: each session is one request's

Newest = tuple[int | None, ...]


def _last(model):
    """The newest number, the last of the newest, and how many these are."""
    ids = select(model.id).order_by(model.id.desc()).limit(_LATE).subquery()
    return (
        select(func.max(ids.c.id).label("first"), func.min(ids.c.id).label("last"), func.count().label("count"))
        .select_from(ids).subquery()
    )


_EVENTS, _DRAFTS = _last(AuditEvent), _last(FormerProgress)
_COLUMNS = (*_EVENTS.c, *_DRAFTS.c)


def beside_newest(session: Session, query: Select) -> list[tuple]:
    """The rows of a query (with a `select_from`) that a page begins with, and in the same statement what is newest."""
    query = query.join(_EVENTS, true()).join(_DRAFTS, true()).add_columns(*_COLUMNS)
    rows = [tuple(row) for row in session.execute(query)]
    if rows:
        session.info.setdefault(_KEY, rows[0][-len(_COLUMNS):])
    return [row[:-len(_COLUMNS)] for row in rows]


def _newest(session: Session) -> Newest:
    """One statement a session, where nothing was read beside it."""
    if _KEY not in session.info:
        session.info[_KEY] = tuple(session.execute(select(*_COLUMNS).select_from(_EVENTS.join(_DRAFTS, true()))).one())
    return session.info[_KEY]


class _Window:
    """The newest numbers of a table, as far as they are known here."""

    def __init__(self):
        self.known: list[int] | None = None

    @property
    def ends(self) -> Newest:
        """As `_last` tells them."""
        return (self.known[-1], self.known[0], len(self.known)) if self.known else (None, None, 0)

    def new(self, model, told: Newest):
        """The rows that are not known, as a condition; None where it cannot be told, so that any may be."""
        if self.known is None:
            return None
        if not self.known:
            return true()
        first, last = self.known[0], self.known[-1]
        if told[1] is None or told[1] > last or last - first > _MOST_APART:
            return None
        gaps = sorted({*range(first, last)}.difference(self.known))
        return or_(model.id > last, model.id.in_(gaps)) if gaps else model.id > last

    def learn(self, numbers: Collection[int]) -> None:
        self.known = sorted({*(self.known or ()), *numbers})[-_LATE:]


class Passed:
    """What has happened in one database since this process looked at it first, as running numbers.

    An answer is kept with `now` as it was before it was asked for, and holds for every plan that `since` does not name.
    """

    def __init__(self):
        self.now = 0
        self._everything = 0
        self._plans: dict[int, int] = {}
        self._events, self._drafts = _Window(), _Window()
        self._lock = Lock()

    def since(self, number: int) -> frozenset[int] | None:
        """The plans of which something has happened since; None where it may concern all of them."""
        with self._lock:
            if self._everything > number:
                return None
            return frozenset(plan for plan, at in self._plans.items() if at > number)

    def learn(self, session: Session, newest: Newest) -> None:
        """Read what is not known yet, and whose it is. No statement where nothing is newer, one for each of the two."""
        session.connection()  # before the lock: who has it must not wait for a connection of those who wait for it
        with self._lock:
            told = newest[:len(newest) // 2], newest[len(newest) // 2:]
            touched: set[int | None] = set()
            unknown = False
            for window, newer, (model, rows) in zip((self._events, self._drafts), told, _READ, strict=True):
                if window.known is not None and newer == window.ends:
                    continue
                condition = window.new(model, newer)
                if condition is None:
                    unknown = True
                    continue
                found = session.execute(rows.where(condition)).all()
                window.learn([number for number, *_ in found])
                touched |= {plan for _number, kind, plan in found if kind not in _BESIDE}
            if unknown:
                self._begin(session)
                touched.add(None)
            if touched:
                self.now += 1
                self._plans |= {plan: self.now for plan in touched if plan is not None}
                if None in touched:
                    self._everything = self.now

    def _begin(self, session: Session) -> None:
        """Read the newest of both, whosever they are. One statement."""
        last = [select(model.id).order_by(model.id.desc()).limit(_LATE).subquery() for model, _rows in _READ]
        both = union_all(*(select(literal(place), ids.c.id) for place, ids in enumerate(last)))
        numbers: tuple[list[int], list[int]] = [], []
        for place, number in session.execute(both):
            numbers[place].append(number)
        for window, found in zip((self._events, self._drafts), numbers, strict=True):
            window.learn(found)


_passed: "WeakKeyDictionary[Database, Passed]" = WeakKeyDictionary()
_lock = Lock()


def passed(session: Session) -> Passed:
    """As new as the session's first statement, or newer."""
    with _lock:
        found = _passed.setdefault(database_of(session), Passed())
    found.learn(session, _newest(session))
    return found


def _of_milestone(model) -> Select:
    return select(model.id, Task.plan_id).join(Milestone, Milestone.id == model.milestone_id).join(Task)


# The plans of subjects: (id, plan) of all that have one, by the name of their table.
_OF_PLAN: Mapping[str, Select] = {
    **{it.model.__tablename__: it.rows(it.model.id, Plan.id) for it in WORKFLOWS.values() if it.plan},
    Task.__tablename__: select(Task.id, Task.plan_id),
    Plan.__tablename__: select(Plan.id, Plan.id.label("plan")),
    **{model.__tablename__: _of_milestone(model) for model in (Comment, Instruction)},
}
# What no figure speaks of. Whatever stands in neither, such as a unit, may concern all plans.
_BESIDE = frozenset(model.__tablename__ for model in (Account, PlanDraft, DocumentTemplate))


def _plan_of(subject: str) -> tuple[ColumnElement[bool], ScalarSelect[int]]:
    """Of an event about such a subject, the plan that it concerns."""
    of = _OF_PLAN[subject].subquery()
    number, plan = of.c
    return AuditEvent.subject_type == subject, select(plan).where(number == AuditEvent.subject_id).scalar_subquery()


# What is read of the events, and of what drafts came to: the number, the kind of subject, the plan (None: any of them).
_READ = (
    (AuditEvent, select(AuditEvent.id, AuditEvent.subject_type, case(*map(_plan_of, _OF_PLAN), else_=null()))),
    (FormerProgress, (
        select(FormerProgress.id, literal(Round.__tablename__), Task.plan_id)
        .join(Round, Round.id == FormerProgress.round_id)
        .join(Milestone, Milestone.id == Round.milestone_id).join(Task)
    )),
)
