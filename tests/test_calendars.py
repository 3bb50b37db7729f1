"""Each plan counts its working days by a calendar of its own, behind it the ledger's, behind that the public one."""

from datetime import date

import pytest
from sqlalchemy import select

from models import CalendarDay, Plan, PlanSource
from reports.timeline import holding, timeline
from tests.ledger import CLOCKS
from workflow.calendar import Calendars, calendar_of
from workflow.definitions.milestone import MILESTONE
from workflow.reminders import remind
from workflow.working_days import set_day

MONDAY, TUESDAY = date(2018, 12, 10), date(2018, 12, 11)


@pytest.fixture
def other(ledger) -> int:
    """A second plan, without tasks."""
    with ledger.database.writing() as session:
        source = PlanSource(sha256="ee" * 32, name="另一份.txt", content=b"")
        plan = Plan(
            title="另一份方案", years=[2018], opened_on=date(2018, 1, 1), imported_at=ledger.database.clock(),
            source=source,
        )
        session.add(plan)
        session.flush()
        return plan.id


def rest(ledger, day: date, plan_id: int | None, working: bool | None = False) -> None:
    set_day(ledger.database, ledger.actor("system"), day, working, "本地安排", plan_id)


def test_a_plans_own_day_goes_before_the_ledgers_and_falls_back_to_it(ledger, other):
    rest(ledger, MONDAY, None)
    rest(ledger, MONDAY, ledger.plan_id, working=True)
    with ledger.database.reading() as session:
        calendars = Calendars(session)
        worked = [calendars.of(plan).is_working_day(MONDAY) for plan in (None, ledger.plan_id, other)]
        assert worked == [False, True, False]
        assert calendars.of(ledger.plan_id).is_working_day(TUESDAY)
    rest(ledger, MONDAY, ledger.plan_id, working=None)
    with ledger.database.reading() as session:
        assert not calendar_of(session, ledger.plan_id).is_working_day(MONDAY)
        assert len(session.scalars(select(CalendarDay)).all()) == 2  # taken back, not deleted: its chain goes on


def test_requests_reminders_and_the_timeline_follow_the_milestones_plan(ledger, other, clock):
    """The clock stands on Thursday 13 December 2018; an answer is due after five working days."""
    rest(ledger, date(2018, 12, 14), ledger.plan_id)
    rest(ledger, date(2018, 12, 17), other)
    ledger.draft()
    assert ledger.request("乙局").due == date(2018, 12, 21)  # the 20th by the public calendar
    milestone = ledger.milestone()
    with ledger.database.reading() as session:
        moments = timeline(session, MILESTONE, milestone, ledger.actor("lead"))
        held = holding(session, moments, MILESTONE, milestone, date(2018, 12, 20))
    assert (held.since, held.days) == (date(2018, 12, 13), 4)
    clock.now = clock.now.replace(year=2019, month=1, day=15)
    rest(ledger, date(2019, 1, 15), ledger.plan_id)
    assert remind(ledger.database, CLOCKS) == 0
    clock.pass_(days=1)
    assert remind(ledger.database, CLOCKS) > 0


def test_the_page_sets_a_day_for_one_plan(ledger, other, browse):
    system = browse("system")
    assert system.post(
        "/admin/calendar", {"day": "2018-12-10", "working": "0", "words": "园区停工", "plan": str(other)}
    ).status_code == 302
    assert "<td>另一份方案</td><td>园区停工</td>" in system.get("/admin/calendar").text
    with ledger.database.reading() as session:
        assert not calendar_of(session, other).is_working_day(MONDAY)
        assert calendar_of(session).is_working_day(MONDAY)
