"""What pages of figures have asked already: an answer holds until something has happened since.

All that figures speak of changes with an event, a draft's progress with what is kept of it (`FormerProgress`), and the
day. So an answer is remembered by the process together with the newest of both, for the same rights, day, settings and
filters, and asked for again as soon as there is anything newer, whoever wrote it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from models import AuditEvent, Database, FormerProgress, database_of
from workflow.actor import Actor
from workflow.clocks import Judging
from workflow.lights import Day

ANSWERS = 64  # of a few hundred kilobytes in a very large ledger
# Numbers are given before they are committed: what comes late, below the newest, moves the last of so many.
_LATE = 1000
_KEY = "newest"  # in a session's `info`: each session is one request's

_known: "WeakKeyDictionary[Database, OrderedDict[Hashable, tuple[Hashable, Any]]]" = WeakKeyDictionary()
_lock = Lock()


def remembered(question: Callable) -> Callable:
    """`question(session, *about)`, asked of the database only where its answer is not known. `about` is an actor, a
    day, and whatever else compares by value.

    Answers are shared between requests: nobody may change one.
    """
    @wraps(question)
    def ask(session: Session, *about, **more):
        newest = _newest(session)  # before the question: an answer is at least as new as what it is kept with
        key = question, *map(told, about), *more.items()
        with _lock:
            kept = _known.setdefault(database_of(session), OrderedDict())
            if key in kept and kept[key][0] == newest:
                kept.move_to_end(key)
                return kept[key][1]
        answer = question(session, *about, **more)
        with _lock:
            kept[key] = newest, answer
            kept.move_to_end(key)
            while len(kept) > ANSWERS:
                kept.popitem(last=False)
        return answer

    return ask


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


def _newest(session: Session) -> Hashable:
    """What changes with everything that figures speak of. One statement a session, where nothing was read beside it."""
    if _KEY not in session.info:
        session.info[_KEY] = tuple(session.execute(select(*_COLUMNS).select_from(_EVENTS.join(_DRAFTS, true()))).one())
    return session.info[_KEY]


def beside_newest(session: Session, query: Select) -> list[tuple]:
    """The rows of a query (with a `select_from`) that a page begins with, and in the same statement what is newest."""
    query = query.join(_EVENTS, true()).join(_DRAFTS, true()).add_columns(*_COLUMNS)
    rows = [tuple(row) for row in session.execute(query)]
    if rows:
        session.info.setdefault(_KEY, rows[0][-len(_COLUMNS):])
    return [row[:-len(_COLUMNS)] for row in rows]


def _last(model):
    """The newest number, the last of the newest, and how many these are."""
    ids = select(model.id).order_by(model.id.desc()).limit(_LATE).subquery()
    return (
        select(func.max(ids.c.id).label("first"), func.min(ids.c.id).label("last"), func.count().label("count"))
        .select_from(ids).subquery()
    )


_EVENTS, _DRAFTS = _last(AuditEvent), _last(FormerProgress)
_COLUMNS = (*_EVENTS.c, *_DRAFTS.c)
