"""Lights and clocks: what a person would say on each day, written by hand from the design, in both forms."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from models import Milestone
from tests.ledger import RETURN
from workflow.calendar import Calendar
from workflow.lights import LIGHTS, Colour, Day, badge_of, days_late, light_code, light_of
from workflow.subjects import load_milestones, milestone_rows

DUE = date(2018, 12, 31)
OPENED = date(2018, 7, 1)

# What has happened, the day, the light. The milestone is due on the last day of 2018, the ledger opened on 1 July.
SEEN = (
    ("nothing", date(2018, 7, 2), "normal"),
    ("nothing", date(2018, 11, 30), "normal"),  # 31 days left
    ("nothing", date(2018, 12, 1), "near"),  # 30 days left
    ("nothing", DUE, "near"),
    ("nothing", date(2019, 1, 1), "overdue"),
    ("nothing", date(2017, 12, 31), "not-begun"),  # its year has not begun
    ("submitted", date(2018, 12, 20), "under-way"),
    ("submitted", date(2019, 3, 1), "under-way"),  # in time, so never red while others hold it
    ("reviewed", date(2019, 3, 1), "under-way"),
    ("returned", date(2018, 12, 20), "returned"),
    ("returned", date(2019, 1, 1), "overdue"),  # returned and past its deadline: late
    ("accepted", date(2019, 3, 1), "done"),
    ("reopened", date(2018, 12, 20), "near"),
)

COLOURS = {
    "done": Colour.BLUE, "under-way": Colour.GREEN, "overdue": Colour.RED, "returned": Colour.YELLOW,
    "dropped": Colour.GRAY, "cancelled": Colour.GRAY, "far-behind": Colour.RED, "behind": Colour.YELLOW,
    "before-opening": Colour.GRAY, "near": Colour.YELLOW, "not-begun": Colour.GRAY, "normal": Colour.GREEN,
}


def bring(ledger, what: str) -> None:
    if what == "nothing":
        return
    ledger.submit()
    if what == "returned":
        ledger.fire("reviewer", "return", RETURN)
    if what in ("reviewed", "accepted", "reopened"):
        ledger.fire("reviewer", "approve")
    if what in ("accepted", "reopened"):
        ledger.fire("committee", "accept")
    if what == "reopened":
        ledger.fire("committee", "reopen", {"words": "复查。"})


def both(ledger, day: Day, number: str = "1", year: int = 2018) -> set[str]:
    """The light as the page of one milestone says it, and as a list says it."""
    milestone = ledger.milestone(number, year)
    with ledger.database.reading() as session:
        listed = session.scalar(milestone_rows(light_code(day)).where(Milestone.id == milestone.id))
    return {light_of(milestone, day).code, listed}


@pytest.mark.parametrize(("what", "today", "code"), SEEN)
def test_the_light_is_what_a_person_would_say(ledger, what, today, code):
    bring(ledger, what)
    assert both(ledger, Day(today)) == {code}


def test_a_deadline_before_the_ledger_was_opened_is_no_fault(ledger):
    with ledger.database.writing() as session:
        session.execute(update(Milestone).values(due=OPENED - timedelta(1)))
    assert both(ledger, Day(date(2018, 12, 13))) == {"before-opening"}
    with ledger.database.writing() as session:
        session.execute(update(Milestone).values(due=OPENED))
    assert both(ledger, Day(date(2018, 12, 13))) == {"overdue"}


def test_without_a_deadline_nothing_is_due(ledger):
    with ledger.database.writing() as session:
        session.execute(update(Milestone).values(due=None, year=None))
    assert both(ledger, Day(date(2018, 12, 13))) == {"not-begun"}


def test_how_near_is_near_is_a_setting(ledger):
    assert both(ledger, Day(date(2018, 12, 21), near_days=10)) == {"near"}
    assert both(ledger, Day(date(2018, 12, 20), near_days=10)) == {"normal"}


def test_every_light_has_a_shape_a_word_and_a_rule():
    assert {light.code: light.colour for light in LIGHTS} == COLOURS
    for light in LIGHTS:
        assert light.word.zh and light.word.en and light.rule.zh and light.rule.en


def test_both_forms_agree_on_every_milestone_on_every_day_of_four_years(ledger):
    ledger.submit()
    ledger.submit("support", "2")
    ledger.fire("reviewer", "return", RETURN, number="2")
    for days in range(0, 4 * 365, 20):
        day = Day(date(2017, 6, 1) + timedelta(days))
        with ledger.database.reading() as session:
            listed = dict(session.execute(milestone_rows(Milestone.id, light_code(day))).all())
            for milestone in load_milestones(session, milestone_rows(Milestone)):
                assert listed[milestone.id] == light_of(milestone, day).code, (milestone.id, day.today)


@pytest.mark.parametrize(("what", "words"), [
    ("nothing", "未签收"), ("drafted", "办理中"), ("returned", "退回待改"), ("submitted", None), ("accepted", None),
])
def test_a_badge_tells_what_goes_on_before_the_submission(ledger, what, words):
    if what == "drafted":
        ledger.fill()
    else:
        bring(ledger, what)
    badge = badge_of(ledger.milestone())
    assert (badge and badge.zh) == words


@pytest.mark.parametrize(("submitted", "days"), [
    (date(2018, 12, 31), 0), (date(2019, 1, 1), 1), (date(2019, 1, 31), 31), (None, 0),
])
def test_late_is_counted_from_the_deadline_to_the_submission(clock, submitted, days):
    at = submitted and clock.now.replace(year=submitted.year, month=submitted.month, day=submitted.day)
    assert days_late(DUE, OPENED, at) == days
    assert days_late(OPENED - timedelta(1), OPENED, at) == 0
    assert days_late(None, OPENED, at) == 0


@pytest.mark.parametrize(("day", "works"), [
    (date(2018, 10, 1), False),  # National Day, a Monday
    (date(2018, 9, 29), True),  # a Saturday that was worked for it
    (date(2018, 9, 30), True),  # and the Sunday
    (date(2018, 2, 16), False),  # the first day of the lunar year
    (date(2018, 12, 13), True), (date(2018, 12, 15), False),
    (date(2190, 1, 2), False), (date(2190, 1, 4), True),  # not announced yet: Monday to Friday
])
def test_working_days_are_those_of_the_yearly_notice(day, works):
    assert Calendar().is_working_day(day) == works


def test_working_days_are_counted_after_the_first_up_to_the_last():
    assert Calendar().working_days(date(2018, 9, 28), date(2018, 10, 8)) == 3  # 29 and 30 September, 8 October
    assert Calendar().working_days(date(2018, 12, 13), date(2018, 12, 13)) == 0
    assert Calendar().working_days(date(2018, 12, 14), date(2018, 12, 13)) == 0


def test_the_lists_ask_the_same_light_as_the_filter(ledger, browse):
    ledger.submit()
    with ledger.database.reading() as session:
        today = Day(date(2018, 12, 13))
        codes = session.scalars(milestone_rows(light_code(today))).all()
    page = browse("committee").get("/ledger?light=under-way&view=list").text
    assert page.count('data-stop href="/milestones/') == codes.count("under-way") == 1
