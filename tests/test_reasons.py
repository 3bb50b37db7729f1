"""The reasons for a return: a list that the administrator keeps, and what was returned keeps its own words."""

import json
import re

import pytest
from sqlalchemy import select, text

from models import FIRST_REASONS, AuditEvent, ReturnReason
from models.schema import downgrade, upgrade
from reports.timeline import timeline
from tests.ledger import RETURN
from workflow import reason_list
from workflow.audit.verify import verify
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Incomplete, Refused
from workflow.reasons import every, offered


def listed(ledger) -> list[str]:
    with ledger.database.reading() as session:
        return [words.zh for words in offered(session).values()]


def reason(ledger, zh: str) -> ReturnReason:
    with ledger.database.reading() as session:
        return session.scalars(select(ReturnReason).where(ReturnReason.zh == zh)).one()


def change(ledger, zh: str, to: str | None = None, offered: bool = True, who: str = "system") -> None:
    row = reason(ledger, zh)
    reason_list.change(ledger.database, ledger.actor(who), row.id, to or row.zh, row.en, offered)


def faults(ledger) -> list[str]:
    with ledger.database.snapshot() as session:
        return [fault.code for fault in verify(session).faults]


def test_a_new_ledger_begins_with_the_first_list_and_its_events(ledger):
    assert listed(ledger) == [words.zh for words in FIRST_REASONS.values()]
    with ledger.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "return_reason")).all()
    assert len(events) == len(FIRST_REASONS) and {event.at for event in events} == {ledger.database.clock()}
    assert faults(ledger) == []


def test_what_was_returned_keeps_its_code_and_words_whatever_becomes_of_the_list(ledger):
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    change(ledger, "数据不符", "数据前后不一致")
    change(ledger, "数据前后不一致", offered=False)
    milestone = ledger.milestone()
    with ledger.database.reading() as session:
        last = timeline(session, MILESTONE, milestone, ledger.actor("lead"))[-1]
    assert last.reason.zh == "数据不符" and last.event.reason == "figures"
    assert json.loads(last.event.detail)["reason_words"] == ["数据不符", "Figures do not agree"]
    assert faults(ledger) == []


def test_a_return_from_before_the_list_was_kept_says_what_the_program_said_then():
    assert MILESTONE.reason_words("unclear", {}).zh == "佐证不清或不可核验"
    assert MILESTONE.reason_words("own-7", {}) is None


def test_the_engine_takes_what_is_offered_and_nothing_else(ledger):
    reason_list.add(ledger.database, ledger.actor("system"), " 未盖章 ")
    change(ledger, "数据不符", offered=False)
    ledger.submit()
    code = reason(ledger, "未盖章").code
    for refused in ("figures", "未盖章", "", None):
        with pytest.raises(Incomplete) as wrong:
            ledger.fire("reviewer", "return", RETURN | {"reason": refused})
        assert set(wrong.value.errors) == {"reason"}
    assert ledger.milestone().state == "submitted"
    event = ledger.fire("reviewer", "return", RETURN | {"reason": code})
    assert event.reason == code and json.loads(event.detail)["reason_words"] == ["未盖章", "未盖章"]
    change(ledger, "数据不符", offered=True)
    assert "数据不符" in listed(ledger)


def test_the_list_is_ordered_reworded_and_never_empty_or_doubled(ledger):
    system = ledger.actor("system")
    reason_list.move(ledger.database, system, reason(ledger, "其他").id, up=True)
    reason_list.move(ledger.database, system, reason(ledger, "材料不全").id, up=True)  # it is the first: nothing
    assert listed(ledger)[0] == "材料不全" and listed(ledger)[-2:] == ["其他", "填报不规范"]
    for words, field in (("数据不符", "zh"), (" ", "zh"), ("字" * 41, "zh")):
        with pytest.raises(Incomplete) as wrong:
            reason_list.add(ledger.database, system, words)
        assert set(wrong.value.errors) == {field}
    for words in listed(ledger)[1:]:
        change(ledger, words, offered=False)
    with pytest.raises(Incomplete) as last:
        change(ledger, "材料不全", offered=False)
    assert set(last.value.errors) == {"offered"} and listed(ledger) == ["材料不全"]
    with ledger.database.reading() as session:
        assert len(every(session)) == len(FIRST_REASONS)
    assert faults(ledger) == []


@pytest.mark.parametrize("who", ["security", "auditor", "committee", "reviewer"])
def test_nobody_else_keeps_it(ledger, who):
    with pytest.raises(Refused):
        change(ledger, "数据不符", "别的", who=who)
    with pytest.raises(Refused):
        reason_list.add(ledger.database, ledger.actor(who), "别的")


def test_a_row_that_was_changed_behind_the_trail_is_named(ledger):
    with ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE return_reason SET zh = '随便' WHERE code = 'other'"))
    with ledger.database.snapshot() as session:
        (fault,) = verify(session).faults
    assert (fault.code, fault.subject_type) == ("standing", "return_reason") and "随便" in fault.words.zh


def test_the_list_comes_back_from_its_events_where_the_migration_is_repeated(ledger):
    change(ledger, "其他", "其他情形")
    reason_list.add(ledger.database, ledger.actor("system"), "未盖章")
    before = listed(ledger)
    downgrade(ledger.database, "0020")
    upgrade(ledger.database)
    assert listed(ledger) == before and faults(ledger) == []
    reason_list.add(ledger.database, ledger.actor("system"), "附件打不开")  # ids go on after those that came back
    assert listed(ledger) == [*before, "附件打不开"] and faults(ledger) == []


def test_the_pages_change_the_list_and_offer_it(ledger, browse):
    system = browse("system")
    assert system.post("/admin/reasons", {"zh": "附件打不开", "en": "A file does not open"}).status_code == 302
    row = reason(ledger, "附件打不开")
    page = system.get("/admin/reasons").text
    assert 'value="附件打不开"' in page and "A file does not open" in page
    twice = system.post(f"/admin/reasons/{row.id}", {"zh": "其他", "en": "", "offered": "1", "seen": row.version})
    assert twice.status_code == 422 and "「其他」已在列表中。" in twice.text
    assert system.post(f"/admin/reasons/{row.id}/move", {"to": "up"}).status_code == 302
    assert system.post("/admin/reasons/99/move", {"to": "up"}).status_code == 404
    before = listed(ledger)
    for nowhere in ({}, {"to": ""}, {"to": "top"}, {"to": "UP"}):
        assert system.post(f"/admin/reasons/{row.id}/move", nowhere).status_code == 400
    assert listed(ledger) == before
    ledger.submit()
    form = browse("reviewer").get(f"/review?id={ledger.milestones['1', 2018]}").text
    choices = re.search(r'<select[^>]*name="reason".*?</select>', form, re.DOTALL).group()
    assert re.findall(r"<option[^>]*>([^<]*)", choices)[1:] == listed(ledger)
    assert listed(ledger)[-2:] == ["附件打不开", "其他"]
    old = system.post(f"/admin/reasons/{row.id}", {"zh": "打不开的附件", "en": "", "offered": "1", "seen": row.version})
    assert old.status_code == 422 and "刚被他人改动" in old.text and "打不开的附件" in old.text  # it was moved since
    row = reason(ledger, "附件打不开")
    system.post(f"/admin/reasons/{row.id}", {"zh": "附件打不开", "en": "", "seen": row.version})  # not ticked
    assert "附件打不开" not in browse("reviewer").get(f"/milestones/{ledger.milestones['1', 2018]}/act/return").text
    audit = browse("auditor").get("/audit").text
    assert "退回原因" in audit and "附件打不开" in audit
