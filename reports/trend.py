"""Week by week: the figures as they stood at the end of each, from the audit trail.

A point is the ledger as of that day and nothing else (reports/as_of.py), so the trend, the monitor of that day and what
was shown then are one number. All points are asked for in one statement; a past day does not change any more, so each
is asked for once and then remembered by the process.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from models import Database, database_of
from reports.as_of import tables
from reports.figures import Kind, Tally, kind_columns
from reports.ledger import Filters, visible
from reports.monitor import Point
from reports.remembered import told
from workflow.actor import Actor
from workflow.calendar import day_begins
from workflow.clocks import Judging
from workflow.subjects import milestone_rows

WEEKS = 12
REMEMBERED = 5000  # points, of a few hundred bytes each
_SETTLED = timedelta(minutes=10)  # after so long, no transaction that began before is still under way

_known: "WeakKeyDictionary[Database, OrderedDict[Hashable, Tally]]" = WeakKeyDictionary()
_lock = Lock()


def week_ends(today: date, weeks: int = WEEKS) -> list[date]:
    """The last `weeks` Sundays before today, the earliest first."""
    last = today - timedelta(today.isoweekday())
    return [last - timedelta(7 * n) for n in reversed(range(weeks))]


def end_of(day: Judging, past: date) -> Judging:
    """The same settings and clocks on a past day, at its end."""
    return replace(
        day, today=past, until=day_begins(past + timedelta(1)), clocks=replace(day.clocks, today=past)
    )


def trend(session: Session, actor: Actor, day: Judging, filters: Filters, weeks: int = WEEKS) -> list[Point]:
    """The ends of the weeks before `day`. Two statements at most, none where all points are known."""
    days = [end_of(day, past) for past in week_ends(day.today, weeks)]
    database, about = database_of(session), (told(actor), filters.but(asof=None))
    with _lock:
        kept = _known.setdefault(database, OrderedDict())
        found = {it.today: kept[told(it), about] for it in days if (told(it), about) in kept}
    missing = [it for it in days if it.today not in found]
    if missing:
        read = _read(session, actor, missing, filters)
        found |= read
        _keep(kept, about, missing, read, database.clock())
    return [Point(it.today, found[it.today]) for it in days]


def _keep(kept: OrderedDict, about: Hashable, days: list[Judging], read: dict[date, Tally], now: datetime) -> None:
    with _lock:
        for day in days:
            if day.until + _SETTLED < now:
                kept[told(day), about] = read[day.today]
        while len(kept) > REMEMBERED:
            kept.popitem(last=False)


def _read(session: Session, actor: Actor, days: list[Judging], filters: Filters) -> dict[date, Tally]:
    since = min(day.until for day in days)
    parts = []
    for place, day in enumerate(days):
        kinds = kind_columns(day)
        part = (
            milestone_rows(literal(place).label("place"), *kinds, func.count().label("count"))
            .where(visible(actor, day, filters)).group_by(*kinds)
            .add_cte(*tables(session, day.until, since, place))
        )
        parts.append(select(part.subquery()))
    found = {day.today: Tally() for day in days}
    for place, *kind, count in session.execute(union_all(*parts)):
        found[days[place].today].add(Kind(*kind), count)
    return found
