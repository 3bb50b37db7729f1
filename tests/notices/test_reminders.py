"""What the calendar asks for: when, to whom, once, and anew after a return."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models import CalendarDay, Milestone, Notice
from settings import Settings
from tests.ledger import CLOCKS, RETURN
from tests.notices.told import told
from views.context import clock_limits
from workflow.calendar import Calendar
from workflow.reminders import remind
from workflow.urging import urge

LEADS = {"lead", "lead2", "lead_reviewer"}
REVIEWERS = {"reviewer", "area1", "committee2"}
COMMITTEE = {"committee", "committee2", "head"}


@pytest.fixture
def on(clock):
    """`on(2018, 12, 3)`: from then on it is nine in the morning of that day."""
    def go(year: int, month: int, day: int) -> None:
        clock.now = datetime(year, month, day, 1, tzinfo=UTC)

    return go


def levels(ledger, number: str = "1", year: int = 2018) -> list[str]:
    """The levels told of one milestone, with round, each once."""
    prefix = f"remind:milestone:{ledger.milestones[number, year]}:"
    with ledger.database.reading() as session:
        keys = session.scalars(select(Notice.key).where(Notice.key.startswith(prefix)).order_by(Notice.id))
        return list(dict.fromkeys(f"{key.split(':')[3]} {key.rsplit(':', 1)[-1]}" for key in keys))


def names(ledger, level: str, number: str = "1", year: int = 2018) -> set[str]:
    people = {account_id: name for name, account_id in ledger.accounts.items()}
    prefix = f"remind:milestone:{ledger.milestones[number, year]}:"
    with ledger.database.reading() as session:
        rows = session.scalars(select(Notice).where(Notice.key.startswith(prefix), Notice.key.endswith(f":{level}")))
        return {people[row.account_id] for row in rows}


def test_each_level_is_told_on_its_day_to_rising_circles(ledger, on):
    """Due 31 December 2018, a Monday. 29 December, a Saturday, was worked; 30 and 31 were not.

    What falls on a day of rest is told on the last working day before: the thirtieth day is a Saturday.
    """
    days = [
        (date(2018, 11, 29), None), (date(2018, 11, 30), "due-30"), (date(2018, 12, 4), "due-30"),
        (date(2018, 12, 24), "due-7"), (date(2018, 12, 28), "due-7"), (date(2018, 12, 29), "due-1"),
        (date(2019, 1, 2), "overdue+1"), (date(2019, 1, 7), "overdue+1"), (date(2019, 1, 8), "overdue+5"),
        (date(2019, 1, 15), "overdue+10"), (date(2019, 1, 29), "overdue+20"), (date(2019, 2, 22), "overdue+20"),
    ]
    seen: list[str] = []
    for day, newest in days:
        on(day.year, day.month, day.day)
        remind(ledger.database, CLOCKS)
        if newest and f"r1 {newest}" not in seen:
            seen.append(f"r1 {newest}")
        assert levels(ledger) == seen, day
    assert names(ledger, "due-30") == names(ledger, "due-1") == names(ledger, "overdue+1") == LEADS
    assert names(ledger, "overdue+5") == LEADS | REVIEWERS
    assert names(ledger, "overdue+10") == names(ledger, "overdue+20") == LEADS | REVIEWERS | COMMITTEE


def test_nothing_is_told_on_a_day_that_is_not_worked(ledger, on):
    on(2018, 12, 30)
    assert remind(ledger.database, CLOCKS) == 0


def test_a_second_run_tells_nothing_and_two_at_once_tell_everybody_once(ledger, on):
    on(2019, 1, 8)
    start, written = threading.Barrier(4), []

    def run():
        start.wait()
        written.append(remind(ledger.database, CLOCKS))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ledger.database.reading() as session:
        keys = session.execute(select(Notice.account_id, Notice.key)).all()
    assert sum(written) == len(keys) == len(set(keys)) > 0
    assert remind(ledger.database, CLOCKS) == 0


def test_days_on_which_nothing_ran_do_not_come_back_as_a_heap(ledger, on):
    on(2019, 1, 16)
    remind(ledger.database, CLOCKS)
    assert levels(ledger) == ["r1 overdue+10"]


def test_a_return_restarts_the_reminders(ledger, on):
    on(2018, 12, 25)
    remind(ledger.database, CLOCKS)
    ledger.submit()
    on(2019, 1, 14)  # long past the deadline, in the reviewer's hand: the lead is not reminded
    remind(ledger.database, CLOCKS)
    assert [level for level in levels(ledger) if "due" in level] == ["r1 due-7"]
    ledger.fire("reviewer", "return", RETURN)
    remind(ledger.database, CLOCKS)
    assert [level for level in levels(ledger) if "overdue" in level] == []  # just given back
    on(2019, 1, 15)
    remind(ledger.database, CLOCKS)
    on(2019, 1, 21)
    remind(ledger.database, CLOCKS)
    assert [level for level in levels(ledger) if "overdue" in level] == ["r2 overdue+1", "r2 overdue+5"]


def test_the_reviewers_and_the_committees_own_clocks(ledger, on):
    on(2018, 12, 17)
    ledger.submit()
    on(2018, 12, 21)
    remind(ledger.database, CLOCKS)
    assert told(ledger, "clock") == {"clock": set()}
    on(2018, 12, 24)  # five working days
    remind(ledger.database, CLOCKS)
    assert told(ledger, "clock") == {"clock": REVIEWERS}
    on(2018, 12, 29)  # ten
    remind(ledger.database, CLOCKS)
    assert told(ledger, "clock") == {"clock": REVIEWERS | COMMITTEE}
    ledger.fire("reviewer", "approve")
    on(2019, 1, 8)
    remind(ledger.database, CLOCKS)
    assert names(ledger, "2018-12-29+5") == COMMITTEE


def test_the_reminders_follow_the_clocks_that_are_set(ledger, on):
    """Two days for a reviewer, as REVIEW_DAYS and the lights would have it."""
    limits = clock_limits(Settings(review_days=2, decide_days=3))
    on(2018, 12, 17)
    ledger.submit()
    on(2018, 12, 18)
    remind(ledger.database, limits)
    assert told(ledger, "clock") == {"clock": set()}
    on(2018, 12, 19)
    remind(ledger.database, limits)
    assert told(ledger, "clock") == {"clock": REVIEWERS}
    ledger.fire("reviewer", "approve")
    on(2018, 12, 21)  # half of three days, rounded up
    remind(ledger.database, limits)
    assert names(ledger, "2018-12-19+2") == COMMITTEE


def test_urging_does_not_set_a_clock_back(ledger, on):
    on(2018, 12, 17)
    ledger.submit()
    on(2018, 12, 21)
    urge(ledger.milestone(), "chase", ledger.actor("committee"), {})
    on(2018, 12, 24)
    remind(ledger.database, CLOCKS)
    assert told(ledger, "clock") == {"clock": REVIEWERS}


def test_what_is_signed_off_or_was_due_before_the_ledger_opened_is_let_be(ledger, on):
    ledger.submit()
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    with ledger.database.writing() as session:
        session.get_one(Milestone, ledger.milestones["2", 2018]).due = date(2018, 6, 30)
    on(2019, 1, 15)
    remind(ledger.database, CLOCKS)
    assert levels(ledger) == levels(ledger, "2") == []
    assert levels(ledger, "3") == ["r1 overdue+10"]


def test_the_administrators_own_calendar_goes_before_the_public_one(ledger, on):
    on(2018, 12, 29)  # a Saturday that was worked
    with ledger.database.writing() as session:
        session.add(CalendarDay(day=date(2018, 12, 29), working=False, words="调休"))
    assert remind(ledger.database, CLOCKS) == 0
    with ledger.database.writing() as session:
        session.query(CalendarDay).one().working = None  # taken back
    assert remind(ledger.database, CLOCKS) > 0


def test_years_that_are_not_announced_yet_are_worked_from_monday_to_friday_unless_the_calendar_says_otherwise():
    far = date(2099, 1, 1)  # a Thursday
    assert Calendar().is_working_day(far) and not Calendar({far: False}).is_working_day(far)
    assert Calendar({far: False}).next_working_day(date(2098, 12, 31)) == date(2099, 1, 2)
    assert Calendar({far: False}).working_days(date(2098, 12, 31), date(2099, 1, 2)) == 1
