"""Many judged at one go: each checked first, fired by itself, told of by itself; nothing is skipped silently."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from models import AuditEvent, EvidenceOpening, Job, Milestone, Words
from reports.jobs import KINDS
from tests.ledger import RETURN
from workflow import rules
from workflow.bulk import ask_for_many
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Unknown
from workflow.jobs import LEASE, lines_of, work_off

FIRST, SECOND, THIRD = ("1", 2018), ("2", 2018), ("3", 2018)
READY = re.compile(r'name="item" value="(\d+:\d+)"')


def states(ledger) -> dict:
    with ledger.database.reading() as session:
        return {it.id: it.state for it in session.scalars(select(Milestone))}


def submit(ledger, *places):
    for number, year in places:
        ledger.submit({"1": "lead", "2": "support"}[number], number, year)


def lines(ledger):
    with ledger.database.reading() as session:
        return lines_of(session, session.scalars(select(Job.id).order_by(Job.id.desc())).first())


def test_every_chosen_item_is_listed_ready_or_not_with_the_servers_own_reason(ledger, browse):
    submit(ledger, FIRST, SECOND)
    reviewer, ids = browse("lead_reviewer"), ledger.milestones  # whose unit has a part in the first
    page = reviewer.post("/review/preflight", {
        "trigger": "approve", "item": [ids[FIRST], ids[SECOND], ids["2", 2019], 987654],
    }).text
    assert "可以办理 1 件，尚不能办理 3 件" in page
    assert [it.split(":")[0] for it in READY.findall(page)] == [str(ids[SECOND])]
    conflict = rules.no_part_in_task.reason.words.zh
    for part in (page, reviewer.act(ids[FIRST], "approve", version=ledger.milestone().version).text):
        assert conflict in part
    assert "现为「待报送」" in page and "没有这一件" in page
    assert states(ledger)[ids[FIRST]] == states(ledger)[ids[SECOND]] == "submitted"  # nothing is done yet


def test_confirmed_items_are_fired_each_by_itself_and_what_was_not_ready_is_told_of(ledger, browse):
    submit(ledger, FIRST, SECOND)
    reviewer, ids = browse("reviewer"), ledger.milestones
    left = ids["1", 2019]
    page = reviewer.post("/review/preflight", {"trigger": "approve", "item": [ids[FIRST], ids[SECOND], left]}).text
    ready = READY.findall(page)
    ledger.fire("area1", "return", RETURN, "2")  # meanwhile somebody acts on one of them
    answer = reviewer.post("/review/many", {"trigger": "approve", "item": ready, "left": [left], "words": "材料齐全。"})
    assert answer.status_code == 302
    found = {it.subject_id: it for it in lines(ledger)}
    assert [found[i].well for i in (ids[FIRST], ids[SECOND], left)] == [True, False, False]
    assert "督查室 · 审核二岗已先行办理：退回修改" in found[ids[SECOND]].words.zh and "待报送" in found[left].words.zh
    assert states(ledger)[ids[FIRST]] == "reviewed" and states(ledger)[ids[SECOND]] == "planned"
    with ledger.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "approve")).one()
        assert '"words":"材料齐全。"' in event.detail and event.request_id == f"job-{session.scalar(select(Job.id))}"
    page = reviewer.get(answer.location).text
    assert "已办理 1 件，未办理 2 件" in page
    exported = reviewer.get(f"{answer.location}/results.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(exported))
    assert [row[2] for row in book.active.iter_rows(values_only=True)] == ["结果", "已办理", "未办理", "未办理"]


def test_all_in_the_filter_are_chosen_on_the_server(ledger, browse):
    submit(ledger, FIRST, SECOND)
    reviewer = browse("reviewer")
    page = reviewer.post("/review/preflight", {"trigger": "approve", "all": "1", "query": "words=公路"}).text
    assert [it.split(":")[0] for it in READY.findall(page)] == [str(ledger.milestones[SECOND])]


def test_evidence_that_nobody_opened_is_pointed_out_and_the_units_own_reading_does_not_count(ledger, browse):
    submit(ledger, FIRST)
    one = ledger.milestones[FIRST]
    reviewer, ask = browse("reviewer"), {"trigger": "approve", "item": [one]}
    piece = re.search(rf"/milestones/{one}/evidence/\d+", reviewer.get(f"/milestones/{one}").text)[0]
    browse("lead").get(piece)
    assert "1 件佐证中 1 件无人查阅" in reviewer.post("/review/preflight", ask).text
    for _twice in range(2):
        reviewer.get(piece)  # the file itself is not in this store: asked for is opened
    assert "无人查阅" not in reviewer.post("/review/preflight", ask).text
    with ledger.database.reading() as session:
        assert len(session.scalars(select(EvidenceOpening)).all()) == 2


def test_who_reviewed_does_not_sign_off_in_bulk_either(ledger, browse):
    submit(ledger, FIRST)
    ledger.fire("committee2", "approve")
    page = browse("committee2").post("/review/preflight", {"trigger": "accept", "all": "1"}).text
    assert not READY.findall(page)
    with pytest.raises(Unknown):
        ask_for_many(ledger.database, ledger.actor("committee"), MILESTONE, "reopen", [(1, 1)], {}, {})


def test_after_a_restart_it_goes_on_and_what_was_done_is_known_by_its_event(ledger, clock, monkeypatch):
    submit(ledger, FIRST, SECOND)
    chosen = [(ledger.milestones[place], ledger.milestone(*place).version) for place in (FIRST, SECOND)]
    left = {ledger.milestones[THIRD]: Words("不办", "No")}
    ask_for_many(ledger.database, ledger.actor("reviewer"), MILESTONE, "approve", chosen, left, {})

    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as broken, pytest.raises(SystemExit):
        broken.setattr("workflow.jobs.Teller.__call__", killed)  # after the first was fired, before it was told
        work_off(ledger.database, KINDS)
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    assert work_off(ledger.database, KINDS) == 1
    assert [it.well for it in lines(ledger)] == [True, True, False]
    with ledger.database.reading() as session:
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "approve")).all()) == 2
