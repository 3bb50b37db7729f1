"""Figures are asked for once, and again as soon as there is anything newer: of the plan alone of which there is."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert, select

from models import (
    Account,
    AuditEvent,
    Database,
    FormerProgress,
    Milestone,
    Round,
    Task,
    Unit,
    database_of,
)
from reports import chasing, newest, remembered
from reports.late import late_and_stuck, reviewing
from reports.ledger import Filters, ledger_map, tally, unit_choices, unscheduled_tasks
from reports.monitor import overview
from reports.spells import holdings
from reports.units import by_unit
from tests.ledger import another_plan
from tests.test_as_of import figures, judging
from workflow.actor import command_line
from workflow.audit.chain import append
from workflow.lights import Day

EVERYTHING = Filters()
PLANS = 5


@pytest.fixture
def asked(ledger):
    """`asked(question, who)`: the answer, and how many statements it takes, in a session of its own."""
    taken = []
    event.listen(ledger.database.engine, "before_cursor_execute", lambda *given: taken.append(given[2]))

    def ask(question, who="committee", day=None, filters=EVERYTHING):
        actor = ledger.actor(who)
        with ledger.database.reading() as session:
            taken.clear()
            found = question(session, actor, day or Day(actor.today), filters)
            return found, len(taken)

    return ask


@pytest.fixture
def many(ledger, monkeypatch):
    """The small plan several times over, in bundles of two; the milestones of each plan."""
    monkeypatch.setattr(remembered, "BUNDLE", 2)
    monkeypatch.setattr(chasing, "PAGE", 3)
    at = ledger.database.clock()
    with ledger.database.writing() as session:
        units = {unit.name: unit for unit in session.scalars(select(Unit))}
        for number in range(2, PLANS + 1):
            another_plan(session, number, units, at)
    with ledger.database.reading() as session:
        rows = session.execute(select(Task.plan_id, Milestone.id).join(Milestone.task)).all()
    return {plan: [it for own, it in rows if own == plan] for plan in {row[0] for row in rows}}


def happens(ledger, milestone_id: int, state: str | None = None) -> None:
    """An event of a milestone: it comes to another state, or somebody is urged."""
    with ledger.database.writing() as session:
        milestone = session.get_one(Milestone, milestone_id)
        moved = (milestone.state, state or milestone.state)
        append(session, milestone, command_line("test"), ledger.database.clock(), "urge", moved=moved)
        milestone.state = moved[1]


def shown(session, actor, day) -> dict:
    """What everything that is remembered tells."""
    cut = overview(session, actor, day, EVERYTHING)
    total, holding = holdings(session, actor, day, EVERYTHING)
    return {
        "tally": {name: tally(session, actor, day, EVERYTHING)[name] for name in ("total", "submitted", "overdue")},
        "cut": [
            [(line.name, line.filters, line.plan_id, figures(line)) for line in lines]
            for lines in ([cut.total], cut.plans, cut.areas, cut.years, cut.quarters)
        ],
        "units": [
            (it.id, it.name, figures(it.lead), figures(it.support), it.answers)
            for it in by_unit(session, actor, day, EVERYTHING)
        ],
        "late": late_and_stuck(session, actor, day, EVERYTHING, 7),
        "reviewing": reviewing(session, actor, day, EVERYTHING),
        "time": (total, holding),
        "map": [ledger_map(session, actor, day, EVERYTHING, page=page, tasks_each=5) for page in (None, 1, 2, 9)],
        "bare": unscheduled_tasks(session, actor, day, EVERYTHING),
        "choices": unit_choices(session),
        "chasing": [] if day.until else [
            (it.total, it.counts, [(row.milestone.id, row.times) for row in it.rows])
            for page, quiet in ((2, None), (1, "never"))
            for it in [chasing.candidates(session, actor, day, EVERYTHING, quiet, database_of(session).clock(), page)]
        ],
        "plan": figures(overview(session, actor, day, Filters(plan=3)).total),
    }


def test_what_is_joined_is_what_is_asked_for_anew(ledger, many, clock):
    """After whatever happens to whichever plan, for different rights, of the present and of a past day."""
    actors = [ledger.actor(name) for name in ("committee", "area2", "lead")]
    clock.pass_(days=40)
    present, past = date(2019, 1, 30), ledger.actor("committee").today
    deeds = (
        (many[1][0], "submitted"), (many[4][1], "submitted"), (many[4][1], "reviewed"), (many[5][0], None),
        (many[2][2], "accepted"), (many[1][0], "reviewed"), ("乙局", None),
    )
    for place, (subject, state) in enumerate(deeds):
        if subject == "乙局":
            is_renamed(ledger, subject)  # which may concern every plan
        else:
            happens(ledger, subject, state)
        actor = actors[place % len(actors)]
        for day, is_past in ((present, False), (past, True)):
            with ledger.database.reading() as session:
                found = shown(session, actor, judging(session, day, is_past))
            kept = remembered._known.pop(ledger.database)
            with ledger.database.reading() as session:
                assert found == shown(session, actor, judging(session, day, is_past)), (place, actor.title, day)
            remembered._known[ledger.database] = kept
        clock.pass_(hours=30)
    assert found["tally"]["total"] > 0 and "乙局（新）" in str(found["units"])


def is_renamed(ledger, name: str) -> None:
    with ledger.database.writing() as session:
        unit = session.get_one(Unit, ledger.units[name])
        unit.name += "（新）"
        append(session, unit, command_line("test"), ledger.database.clock(), "change", detail={})


def test_an_answer_holds_until_something_happens(ledger, asked):
    first, _taken = asked(tally)
    again, taken = asked(tally)
    assert taken == 1 and again is first
    ledger.submit()
    after, taken = asked(tally)
    assert taken > 2 and after["submitted"] == first["submitted"] + 1
    assert asked(tally)[1] == 1


def test_an_event_has_its_own_plan_asked_for_again_and_no_other(ledger, many, asked):
    for question in (tally, overview, by_unit, unscheduled_tasks):
        asked(question)
        asked(question, filters=Filters(plan=2))
        before = parts_of(ledger, question)
        happens(ledger, many[4][0])
        asked(question)
        after = parts_of(ledger, question)
        assert before.keys() == after.keys() == set(range(1, PLANS + 1))
        assert {plan for plan in after if after[plan] is not before[plan]} == {4}, question
        # Of another plan nothing is asked: what is newest is told, and whose it is is known by now.
        assert asked(question, filters=Filters(plan=2))[1] == 1, question


def parts_of(ledger, question) -> dict:
    """What is remembered of each plan for the question without filters."""
    kept = remembered._known[ledger.database]._kept
    (found,) = (it for key, it in kept.items() if key[0] is question.__wrapped__ and EVERYTHING in key)
    return dict(found.parts)


def test_what_no_figure_speaks_of_changes_none(ledger, asked):
    first = asked(tally)[0]
    with ledger.database.writing() as session:
        account = session.get_one(Account, ledger.accounts["lead"])
        append(session, account, command_line("test"), ledger.database.clock(), "contact", detail={})
    assert asked(tally)[0] is first
    is_renamed(ledger, "甲局")
    assert asked(tally)[0] is not first


def test_a_draft_that_changes_lights_is_something_too(ledger, asked):
    first = asked(tally)[0]
    for _again in range(2):  # the first that there is, and another
        with ledger.database.writing() as session:
            own = session.scalars(select(Round.id)).first()
            session.add(FormerProgress(round_id=own, at=ledger.database.clock(), progress=None))
        after = asked(tally)[0]
        assert after is not first
        first = after


def test_an_answer_is_for_the_same_rights_day_and_filters(ledger, asked):
    asked(tally)
    today = ledger.actor("committee").today
    for other in ({"who": "outsider"}, {"day": Day(today + timedelta(1))}, {"filters": Filters(year=2018)},
                  {"day": Day(today, near_days=5)}):
        assert asked(tally, **other)[1] == 2, other
    assert asked(tally)[0]["total"] > asked(tally, "outsider")[0]["total"]
    assert asked(overview)[1] == 2 and asked(by_unit)[1] == 3


def test_what_was_numbered_before_and_committed_after_is_newer(ledger, asked):
    def write(number: int) -> None:
        with ledger.database.writing() as session:
            row = session.execute(select(AuditEvent.__table__).order_by(AuditEvent.id).limit(1)).mappings().one()
            session.execute(insert(AuditEvent).values(dict(row) | {"id": number, "subject_id": number}))

    database: Database = ledger.database
    with database.reading() as session:
        last = max(session.scalars(select(AuditEvent.id)))
    write(last + 2)
    first = asked(tally)[0]
    write(last + 1)
    assert asked(tally)[0] is not first


def test_where_it_cannot_be_told_what_has_happened_everything_is_asked_for(ledger, many, asked, monkeypatch):
    """More has happened than the newest numbers tell."""
    monkeypatch.setattr(newest, "_MOST_APART", 0)
    first = asked(tally)[0]
    happens(ledger, many[2][0], "submitted")
    assert asked(tally)[0]["submitted"] == first["submitted"] + 1


def test_what_is_remembered_is_bounded(ledger, many, asked, monkeypatch):
    monkeypatch.setattr(remembered, "PARTS", 3 * PLANS)
    for year in range(2018, 2024):
        asked(tally, filters=Filters(year=year))
    memory = remembered._known[ledger.database]
    assert sum(it.size for it in memory._kept.values()) == memory._size <= 3 * PLANS
    assert asked(tally, filters=Filters(year=2023))[1] == 1 and asked(tally, filters=Filters(year=2018))[1] == 2
