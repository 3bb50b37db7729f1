"""Who is told of what: the answers were written by hand from the design."""

import contextlib

import pytest
from sqlalchemy import event, select, text

from models import AuditEvent, Notice
from tests.ledger import RETURN
from tests.notices.told import count, told
from workflow import directory, urging
from workflow.errors import Refused, WorkflowError
from workflow.notice_kinds import KINDS, sentence
from workflow.notices import how_many_unread, mark_read, notices_of

# Task 1: led by 甲局, supported by 乙局 and 各镇 (丙镇), in the first area. lead_reviewer is of 甲局 and reviews
# everywhere: never told to judge it, but told what its handlers are told.
LEADS = {"lead", "lead2", "lead_reviewer"}
REVIEWERS = {"reviewer", "area1", "committee2"}
COMMITTEE = {"committee", "committee2", "head"}
ALL = LEADS | {"support", "member"}


def test_each_step_tells_those_whose_turn_it_is_and_those_whose_work_it_was(ledger):
    ledger.submit()
    assert told(ledger, "to-review") == {"to-review": REVIEWERS}
    ledger.fire("reviewer", "return", RETURN)
    assert told(ledger, "returned") == {"returned": LEADS}
    ledger.submit(answers=["甲", "乙"])
    ledger.fire("lead", "withdraw")
    assert told(ledger, "withdrawn") == {"withdrawn": REVIEWERS}
    ledger.submit(answers=["甲", "乙"])
    ledger.fire("committee2", "approve")
    assert told(ledger, "to-sign-off") == {"to-sign-off": {"committee", "head"}}  # committee2 did it, so is not told
    assert told(ledger, "approved") == {"approved": LEADS}
    ledger.fire("committee", "send_back", {"words": "请核对。"})
    assert told(ledger, "sent-back") == {"sent-back": REVIEWERS}
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    assert told(ledger, "accepted") == {"accepted": ALL}
    ledger.fire("committee", "reopen", {"words": "复查。"})
    assert told(ledger, "reopened") == {"reopened": ALL}


def test_a_person_is_told_once_of_one_event_however_many_parts_they_have_in_it(ledger):
    ledger.submit("colead", "2")
    ledger.fire("reviewer", "approve", number="2")
    with ledger.database.reading() as session:
        keys = session.execute(select(Notice.account_id, Notice.key)).all()
        told_of = AuditEvent.action.in_(("confirm", "submit", "approve"))
        events = session.scalars(select(AuditEvent).where(told_of)).all()
    assert len(keys) == len(set(keys))
    assert {key for _, key in keys} == {f"milestone:{e.subject_id}:{e.sequence}" for e in events}


def test_who_has_left_is_not_told(ledger):
    directory.change_account(
        ledger.database, ledger.actor("system"), ledger.accounts["area1"], unit_id=ledger.units["督查室"],
        post="审核二岗", active=False,
    )
    ledger.submit()
    assert told(ledger, "to-review") == {"to-review": REVIEWERS - {"area1"}}


def test_without_the_event_there_is_no_notice_and_without_the_notice_no_event(ledger):
    """The two are one transaction: whichever of them fails, neither is there."""
    ledger.fill()
    before = count(ledger)
    for table in ("notice", "audit_event"):
        def fail(_connection, _cursor, statement, *_, table=table):
            if f"INTO {table}" in statement:
                raise RuntimeError("the lights went out")

        event.listen(ledger.database.engine, "before_cursor_execute", fail)
        with contextlib.suppress(RuntimeError):
            ledger.fire("lead", "submit")
        event.remove(ledger.database.engine, "before_cursor_execute", fail)
        assert (count(ledger), ledger.milestone().state) == (before, "planned")
    ledger.fire("lead", "submit")
    assert count(ledger) == before + len(REVIEWERS)


def test_whatever_an_older_notice_lacks_it_can_be_said():
    for kind in KINDS:
        assert "{" not in sentence(kind, {}).zh + sentence(kind, {}).en


def test_notices_are_read_one_by_one_or_all_at_once_and_only_ones_own(ledger, clock):
    ledger.submit()
    ledger.submit("support", "2")
    mine, other = ledger.accounts["reviewer"], ledger.accounts["area1"]
    with ledger.database.writing() as session:
        (newest, _) = notices_of(session, mine, 10)
        assert "农村公路建设" in sentence(newest.kind, newest.detail).zh
        mark_read(session, other, clock(), newest.id)
        assert session.scalar(select(how_many_unread(mine))) == 2
        mark_read(session, mine, clock(), newest.id)
        assert session.scalar(select(how_many_unread(mine))) == 1
        mark_read(session, mine, clock())
        assert (session.scalar(select(how_many_unread(mine))), session.scalar(select(how_many_unread(other)))) == (0, 2)


@pytest.mark.parametrize(("state", "name", "trigger", "reached"), [
    ("planned", "reviewer", "urge", {"甲局 · 经办人", "甲局 · 副经办人", "甲局 · 审核岗"}),
    ("planned", "committee", "chase", {"甲局 · 经办人", "甲局 · 副经办人", "甲局 · 审核岗"}),
    ("submitted", "committee2", "chase", {"督查室 · 审核一岗", "督查室 · 审核二岗"}),
])
def test_urging_reaches_exactly_those_it_said_it_would(ledger, clock, state, name, trigger, reached):
    if state == "submitted":
        ledger.submit()
    before = count(ledger)
    milestone, actor = ledger.milestone(), ledger.actor(name)
    with ledger.database.reading() as session:
        assert set(urging.reached_by(session, milestone, actor, clock())) == reached
    urging.urge(milestone, trigger, actor, {"words": "请抓紧。"})
    assert count(ledger) - before == len(reached)
    with ledger.database.reading() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
        assert (last.action, last.subject_type, last.from_state, last.to_state) == (trigger, "milestone", state, state)
        notice = session.scalars(select(Notice).where(Notice.kind == "urged").limit(1)).one()
        assert notice.detail["words"] == "请抓紧。"


@pytest.mark.parametrize(("name", "trigger"), [
    ("lead", "urge"), ("lead_reviewer", "urge"), ("committee", "urge"), ("reviewer", "chase"), ("area2", "urge"),
])
def test_who_may_not_urge_reaches_nobody(ledger, name, trigger):
    with pytest.raises(WorkflowError):
        urging.urge(ledger.milestone(), trigger, ledger.actor(name), {})
    assert count(ledger) == 0


def test_a_unit_of_ones_own_is_not_urged_by_its_reviewer(ledger):
    with pytest.raises(Refused) as refused:
        urging.urge(ledger.milestone("3"), "urge", ledger.actor("reviewer"), {})
    assert [reason.code for reason in refused.value.reasons] == ["own-unit"]


def test_a_person_cannot_have_two_notices_of_one_key_whoever_writes_them(ledger):
    ledger.submit()
    with pytest.raises(Exception, match="(?i)unique|duplicate"), ledger.database.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO notice (account_id, key, kind, subject_type, subject_id, at, detail) "
            "SELECT account_id, key, kind, subject_type, subject_id, at, detail FROM notice"
        ))
