"""Chasing: the same reasons as the figures', shown before it is sent, one transaction and one answer for each."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from models import Account, AuditEvent, Milestone, Notice, Role
from reports import chasing
from reports.figures import FIGURE
from reports.ledger import Filters
from tests.ledger import RETURN
from workflow import urging
from workflow.authority import offers
from workflow.calendar import Calendar, local_day
from workflow.clocks import Clocks, Judging
from workflow.definitions.milestone import MILESTONE
from workflow.errors import NotNow, Stale
from workflow.subjects import load_milestones, milestone_rows

LEADS = "甲局 · 经办人、甲局 · 副经办人、甲局 · 审核岗"


def judged(clock) -> Judging:
    today = local_day(clock())
    return Judging(today, clocks=Clocks({Role.REVIEWER: 5, Role.COMMITTEE: 10}, Calendar(), today))


def found(ledger, clock, name: str, quiet: str | None = None, **filters):
    with ledger.database.reading() as session:
        return chasing.candidates(session, ledger.actor(name), judged(clock), Filters(**filters), quiet, clock())


def seats(rows) -> set[tuple[str, int]]:
    return {(row.milestone.task.number, row.milestone.year) for row in rows}


def late(ledger, clock) -> None:
    """February 2019: what was due in 2018 is late, one is held over its clock, one was returned."""
    ledger.submit("support", "2", 2018)
    ledger.submit("support", "2", 2019)
    ledger.fire("reviewer", "return", RETURN, "2", 2019)
    clock.pass_(days=(clock().replace(year=2019, month=2, day=20) - clock()).days)


def test_candidates_are_those_of_the_figures_that_this_person_may_urge(ledger, clock):
    late(ledger, clock)
    for name in ("reviewer", "area1", "committee", "lead", "auditor"):
        with ledger.database.reading() as session:
            actor, day = ledger.actor(name), judged(clock)
            why = {
                m.id: {n for n in chasing.WHY if m.id in set(session.scalars(
                    milestone_rows(Milestone.id).where(FIGURE[n].where(day))))}
                for m in load_milestones(session, milestone_rows(Milestone)) if any(
                    o.open and o.action.trigger in urging.TRIGGERS for o in offers(MILESTONE, actor, m))
            }
        got = found(ledger, clock, name)
        shown = {row.milestone.id: {it.name for it in row.why} for row in got.rows}
        assert shown == {key: names for key, names in why.items() if names}
        assert got.total == len(got.rows)
        for figure, count in got.counts.items():
            assert len(found(ledger, clock, name, figure=figure).rows) == count, (name, figure)
    rows = {(r.milestone.task.number, r.milestone.year): r for r in found(ledger, clock, "committee").rows}
    assert set(rows) == {("1", 2018), ("2", 2018), ("2", 2019), ("3", 2018)}
    assert "、".join(rows["1", 2018].reached) == LEADS and rows["1", 2018].holders == ["甲局"]
    assert rows["2", 2018].holders == [] and rows["2", 2018].holder == Role.REVIEWER
    assert [it.name for it in rows["2", 2018].why] == ["over"] and rows["2", 2018].clock.code == "clock-over"
    assert [it.name for it in rows["2", 2019].why] == ["returned"]
    assert seats(found(ledger, clock, "reviewer").rows) == {("1", 2018), ("2", 2019)}  # 督查室 itself leads 3


def test_conflicts_of_interest_are_ones_own_however_often_others_have_asked(ledger, clock):
    """Of the same rights else, one has a unit with a part in tasks 1 and 2, another one that leads task 3."""
    late(ledger, clock)
    committee = ledger.actor("committee")
    own = [{ledger.units[name] for name in names} for names in ((), ("乙局",), ("督查室",))]
    hands = [replace(committee, hand_unit_ids=frozenset(it)) for it in own]
    everything = {("1", 2018), ("2", 2018), ("2", 2019), ("3", 2018)}
    for _again in range(2):
        for hand, barred in zip(hands, ("", "12", "3"), strict=True):
            with ledger.database.reading() as session:
                got = chasing.candidates(session, hand, judged(clock), Filters(), None, clock())
            assert seats(got.rows) == {it for it in everything if it[0] not in barred}, barred
            assert got.total == len(got.rows)


def test_when_somebody_was_chased_last_can_be_asked_for(ledger, clock):
    late(ledger, clock)
    one = ledger.milestones["1", 2018]
    urging.urge(ledger.milestone(), "chase", ledger.actor("committee"), {})
    row = next(row for row in found(ledger, clock, "committee").rows if row.milestone.id == one)
    assert (row.chased_at, row.times) == (clock(), 1)
    assert ("1", 2018) not in seats(found(ledger, clock, "committee", "never").rows)
    for days, back in ((6, False), (1, True)):
        clock.pass_(days=days)
        assert (("1", 2018) in seats(found(ledger, clock, "committee", "7").rows)) == back
        assert ("1", 2018) not in seats(found(ledger, clock, "committee", "30").rows)


def test_many_are_shown_and_sent_each_by_itself_with_its_answer(ledger, browse, clock):
    late(ledger, clock)
    ids = [ledger.milestones[it] for it in (("1", 2018), ("2", 2018), ("3", 2018), ("1", 2019))]
    committee = browse("committee")
    page = committee.get("/chasing?figure=overdue").text
    assert f'value="{ids[0]}"' in page and f'value="{ids[1]}"' not in page and "甲局" in page and "未催过" in page
    assert page.count(" checked") == 0
    assert len(re.findall(r'name="milestone"[^>]* checked', committee.get("/chasing?all=1").text)) == 4
    page = browse("reviewer").post("/chasing/preview", {"milestone": ids}).text
    assert LEADS in page and "回避" in page and "须在「待报送」时办理" in page
    page = committee.post("/chasing/preview?figure=overdue", {"milestone": ids}).text
    seen = dict(re.findall(r'name="(seen-\d+)" value="(\d+)"', page))
    assert len(seen) == 3 and "不会到达任何人" in page and LEADS in page and "督查室 · 审核二岗" in page
    assert "/chasing?figure=overdue" in page and "管委会 · 审定岗催办「1 农村土地确权登记颁证 · 2018」" in page
    for step in ("preview", "send"):
        nothing = committee.post(f"/chasing/{step}")
        assert nothing.status_code == 422 and "没有选择节点" in nothing.text
    wrong = committee.post("/chasing/send", {"milestone": ids, **seen, "words": "快" * 501})
    assert wrong.status_code == 422 and "快" * 501 in wrong.text
    ledger.submit()  # meanwhile: others hold it now than those who were shown
    told = count(ledger)
    page = committee.post("/chasing/send", {"milestone": ids, **seen, "words": "请于本周内报送。"}).text
    assert page.count("已发出") == 2 and "甲局 · 经办人已先行办理：提交审核" in page
    assert count(ledger) > told
    page = committee.post("/chasing/send", {"milestone": ids, **seen, "words": "请于本周内报送。"}).text
    assert page.count("未发送：") == 4  # the same press again sends nothing twice
    with ledger.database.reading() as session:
        chased = session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "chase")).all()
    assert sorted(chased) == sorted([ids[1], ids[3]])
    assert browse("lead").get("/chasing").status_code == 403


def count(ledger) -> int:
    with ledger.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "urged"))


def test_nobody_is_urged_where_nobody_would_hear_it_and_nothing_that_is_out_of_date(ledger, clock):
    version = ledger.milestone().version
    with pytest.raises(Stale):
        urging.urge(ledger.milestone(), "chase", ledger.actor("committee"), {}, version - 1)
    with ledger.database.writing() as session:
        session.execute(update(Account).where(Account.unit_id == ledger.units["甲局"]).values(active=False))
    with pytest.raises(NotNow) as refused:
        urging.urge(ledger.milestone(), "chase", ledger.actor("committee"), {}, version)
    assert [reason.code for reason in refused.value.reasons] == ["reaches-nobody"]
