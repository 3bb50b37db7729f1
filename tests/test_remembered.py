"""Figures are asked for once, and again as soon as there is anything newer."""

from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select

from models import AuditEvent, Database, FormerProgress, Round
from reports.ledger import Filters, tally
from reports.monitor import by_unit, overview
from workflow.lights import Day

EVERYTHING = Filters()


@pytest.fixture
def asked(ledger):
    """`asked(question, who)`: how many statements it takes, in a session of its own as a request has."""
    taken = []
    event.listen(ledger.database.engine, "before_cursor_execute", lambda *given: taken.append(given[2]))

    def ask(question, who="committee", day=None, filters=EVERYTHING):
        actor = ledger.actor(who)
        with ledger.database.reading() as session:
            taken.clear()
            found = question(session, actor, day or Day(actor.today), filters)
            return found, len(taken)

    return ask


def test_an_answer_holds_until_something_happens(ledger, asked):
    first, taken = asked(tally)
    assert taken == 2
    again, taken = asked(tally)
    assert taken == 1 and again is first
    ledger.submit()
    after, taken = asked(tally)
    assert taken == 2 and after["submitted"] == first["submitted"] + 1
    assert asked(tally)[1] == 1


def test_a_draft_that_changes_lights_is_something_too(ledger, asked):
    asked(tally)
    with ledger.database.writing() as session:
        own = session.scalars(select(Round.id)).first()
        session.add(FormerProgress(round_id=own, at=ledger.database.clock(), progress=None))
    assert asked(tally)[1] == 2


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
        newest = max(session.scalars(select(AuditEvent.id)))
    write(newest + 2)
    asked(tally)
    write(newest + 1)
    assert asked(tally)[1] == 2
