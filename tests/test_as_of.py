"""The ledger as of a past day is what was shown that day: acted out, kept each evening, compared afterwards."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import ChangeKind, Indicator, Milestone, Part, Role
from reports.figures import ANSWERS, FIGURES
from reports.implementation import standings
from reports.late import SHOWN, late_and_stuck, reviewing
from reports.ledger import Filters, ledger_map, tally, unscheduled_tasks
from reports.monitor import overview
from reports.spells import holdings
from reports.trend import Point, trend, week_ends
from reports.units import by_unit
from tests.ledger import DOCUMENT, RETURN
from workflow.calendar import calendar_of, day_begins
from workflow.clocks import Clocks, Judging
from workflow.directory import set_part
from workflow.drafts import Draft, save_draft
from workflow.lights import Day

LIMITS = {Role.REVIEWER: 5, Role.COMMITTEE: 10}


def judging(session, today: date, past: bool = False) -> Judging:
    until = day_begins(today + timedelta(1)) if past else None
    return Judging(today, until=until, clocks=Clocks(LIMITS, calendar_of(session), today))


def figures(line) -> dict:
    return {figure.name: line.tally[figure.name] for figure in FIGURES}


def shown(session, actor, day: Judging) -> dict:
    """Everything that the pages tell of a day: all figures of all lines, the map, who holds what and since when."""
    cut = overview(session, actor, day, Filters())
    units = by_unit(session, actor, day, Filters())
    return {
        "cut": {
            way: {line.name: figures(line) for line in getattr(cut, way)}
            for way in ("plans", "areas", "years", "quarters")
        },
        "total": figures(cut.total),
        "units": {
            line.name: (figures(line.lead), figures(line.support), [line.asked(it.name)[0] for it in ANSWERS])
            for line in units
        },
        "map": {
            (task.number, year): (cell.state, cell.light.code, cell.due, cell.extended, task.leads, task.supports)
            for area in ledger_map(session, actor, day, Filters()) for task in area.tasks
            for year, cell in task.cells.items()
        },
        "bare": [task.number for task in unscheduled_tasks(session, actor, day, Filters())],
        "held": [(it.id, it.light.code, it.holder, it.since, it.days, it.clock and it.clock.code, it.leads)
                 for it in late_and_stuck(session, actor, day, Filters(), SHOWN)],
        "reviewing": [(it.state, it.lights, it.longest) for it in reviewing(session, actor, day, Filters())],
        "time": [(it.name, [(s.count, s.going_on, s.days, s.longest) for s in it.states.values()])
                 for total, lines in [holdings(session, actor, day, Filters())] for it in (total, *lines)],
        "plans": [(it.title, it.counts, [row.days_late for row in it.rows]) for it in standings(session, actor, day)],
    }


def indicate(ledger) -> None:
    """A running total on a milestone of the second task that is due in February, so that a draft can fall behind."""
    with ledger.database.writing() as session:
        session.get_one(Milestone, ledger.milestones["2", 2019]).due = date(2019, 2, 10)
        session.add(Indicator(
            milestone_id=ledger.milestones["2", 2019], position=1, name="里程", unit="公里", kind="total",
            comparison="at-least", target="100", baseline="",
        ))


def report(ledger, amount: str) -> None:
    milestone = ledger.milestone("2", 2019)
    draft = Draft("已建成一部分。", [("里程", amount, "公里")], [], meant=True)
    save_draft(milestone, ledger.actor("support"), draft, milestone.round.number, milestone.round.draft_version)


def part(ledger, number: str, unit: str, given: Part | None) -> None:
    with ledger.database.reading() as session:
        task_id = session.scalar(select(Milestone.task_id).where(Milestone.id == ledger.milestones[number, 2018]))
    set_part(ledger.database, ledger.actor("system"), task_id, ledger.units[unit], given)


# What is done on which day after 13 December 2018, one call each.
DEEDS = {
    1: lambda it: it.submit(),
    2: lambda it: (it.draft("support", "2"), it.draft("lead", "1", 2019)),
    6: lambda it: it.fire("reviewer", "return", RETURN),
    8: lambda it: it.ask("support", ChangeKind.EXTENSION, "2", due=date(2019, 1, 25), attachment=DOCUMENT),
    9: lambda it: it.grant(1),
    11: lambda it: it.submit(answers=["甲", "乙"]),
    12: lambda it: it.fire("reviewer", "approve"),
    20: lambda it: (it.fire("committee", "accept"), it.submit("support", "2")),
    22: lambda it: part(it, "1", "丁局", Part.SUPPORT),
    25: lambda it: report(it, "2"),
    29: lambda it: it.fire("committee2", "approve", number="2"),
    31: lambda it: it.fire("committee", "reopen", {"words": "复查。"}),
    35: lambda it: report(it, "60"),
    36: lambda it: it.ask("colead", ChangeKind.UNITS, "2", 2019, seats=((it.units["丁局"], Part.LEAD),)),
    37: lambda it: it.grant(2),
    40: lambda it: part(it, "1", "各镇", None),
    43: lambda it: it.cancel("1", 2019),
    47: lambda it: it.fire("committee", "send_back", {"words": "请核对。"}, number="2"),
}
DAYS = 50


def test_every_figure_of_every_past_day_is_what_was_shown_that_day(ledger, clock):
    indicate(ledger)
    actor, evenings = ledger.actor("committee"), {}
    for n in range(DAYS):
        if n in DEEDS:
            DEEDS[n](ledger)
        today = ledger.actor("lead").today
        with ledger.database.reading() as session:
            evenings[today] = shown(session, actor, judging(session, today))
        clock.pass_(days=1)
    lights = {light for it in evenings.values() for _, light, *_ in it["map"].values()}
    assert {"overdue", "far-behind", "behind", "returned", "near", "under-way", "done", "cancelled"} <= lights
    for today, evening in evenings.items():
        with ledger.database.reading() as session:
            then = shown(session, actor, judging(session, today, past=True))
        for name, value in evening.items():
            assert then[name] == value, (today, name)
    with ledger.database.reading() as session:
        day = judging(session, max(evenings) + timedelta(1))
        for again in range(2):  # read, then remembered
            points = trend(session, actor, day, Filters(), weeks=6)
            assert {it.day: figures(it) for it in points} == {
                it: evenings[it]["total"] for it in week_ends(day.today, 6)
            }, again
    assert isinstance(points[0], Point)
    before = min(evenings) - timedelta(1)
    with ledger.database.reading() as session:
        assert not any(figures(overview(session, actor, judging(session, before, past=True), Filters()).total).values())


def test_a_day_with_clocks_is_a_day():
    assert {it.name for it in fields(Judging)} == {it.name for it in fields(Day)} | {"clocks"}


@pytest.mark.parametrize("name", ["committee", "reviewer", "area1", "auditor", "lead", "support", "outsider"])
def test_nobody_sees_more_of_a_past_day_than_of_the_present(ledger, clock, name):
    ledger.submit()
    clock.pass_(days=3)
    today = ledger.actor("lead").today
    with ledger.database.reading() as session:
        now = tally(session, ledger.actor(name), Day(today), Filters())
        then = tally(session, ledger.actor(name), judging(session, today - timedelta(1), past=True), Filters())
    assert then["total"] == now["total"]
