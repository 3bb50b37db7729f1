"""Reporting stays light: one press where nothing changed, and drafts that begin from what was reported before."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models import Notice
from reports.forms import forms
from reports.jobs import KINDS
from tests.ledger import RETURN
from workflow.errors import NotNow
from workflow.jobs import work_off
from workflow.lights import Day, light_of

SAID = {"words": "测绘招标公示中，无新进展。"}


def test_that_nothing_changed_is_said_once_a_quarter_and_moves_nothing(ledger, clock):
    day = Day(clock().date())
    before = ledger.milestone()
    ledger.fire("lead", "no_change", SAID)
    now = ledger.milestone()
    assert (now.state, now.round_number, now.round.draft_version) == ("planned", 1, 0)
    assert light_of(now, day) is light_of(before, day)
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead2", "no_change")
    assert [reason.code for reason in refused.value.reasons] == ["unchanged-said"]
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "no_change", year=2019)
    assert [reason.code for reason in refused.value.reasons] == ["year-not-running"]
    clock.now = datetime(2019, 1, 1, 1, tzinfo=UTC)
    ledger.fire("lead", "no_change", year=2019)
    with pytest.raises(NotNow):
        ledger.fire("lead", "no_change")  # its deadline has passed: it is to be submitted
    clock.now = datetime(2019, 3, 31, 15, tzinfo=UTC)
    with pytest.raises(NotNow):
        ledger.fire("lead", "no_change", year=2019)
    clock.now = datetime(2019, 3, 31, 17, tzinfo=UTC)  # the first of April in China
    ledger.fire("lead", "no_change", year=2019)


def test_points_to_mend_are_answered_instead(ledger):
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "no_change")
    assert [reason.code for reason in refused.value.reasons] == ["points-open"]


def test_a_press_is_no_form_and_asks_nobody(ledger):
    ledger.fire("lead", "no_change", SAID)
    with ledger.database.reading() as session:
        found = forms(session, ledger.units["甲局"], Day(ledger.database.clock().date()))
        assert (found.total, found.unchanged) == (0, 1)
        assert session.scalars(select(Notice)).all() == []
    assert ledger.requests() == []
    ledger.submit()
    with ledger.database.reading() as session:
        found = forms(session, ledger.units["甲局"], Day(ledger.database.clock().date()))
        assert (found.total, found.unchanged) == (1, 1)


def test_it_is_one_press_on_the_page_and_seen_by_whoever_would_chase(ledger, browse):
    lead, path = browse("lead"), f"/milestones/{ledger.milestones['1', 2018]}"
    assert "本期无变化" in lead.get(path).text
    assert lead.post(f"{path}/act/no_change", {"version": 1, **SAID}).status_code == 302
    page = lead.get(path).text
    assert SAID["words"] in page and "本季度已报「本期无变化」" in page
    assert "报本期无变化" in browse("reviewer").get("/chasing").text
    assert "一键代报 1 次" in lead.get("/assessments").text and "本季度填报负担" not in browse("reviewer").get(
        "/assessments").text
    assert "一键代报 1 次" in browse("reviewer").get(f"/monitor/units/{ledger.units['甲局']}").text


def test_of_many_at_one_go_each_by_itself(ledger, browse, clock):
    clock.now = datetime(2018, 12, 3, 2, tzinfo=UTC)
    lead, one = browse("lead"), ledger.milestones["1", 2018]
    page = lead.get("/unchanged").text
    assert "农村土地确权登记颁证 · 2018" in page and "颁证 · 2019" not in page and "农村公路" not in page
    assert "本期无变化" in lead.get("/").text
    empty = lead.post("/unchanged", {})
    assert empty.status_code == 422 and "请至少选择一件" in empty.text
    other = ledger.milestones["2", 2018]  # not its own to say it of
    sent = lead.post("/unchanged", {"milestone": [one, other], f"seen-{one}": 1, f"seen-{other}": 1})
    work_off(ledger.database, KINDS)
    result = lead.get(sent.location).text
    assert sent.status_code == 302 and "农村土地确权登记颁证 · 2018" in result
    assert ledger.milestone().round.unchanged_on and not ledger.milestone("2").round.unchanged_on
    assert "没有可报的节点" in lead.get("/unchanged").text
    assert browse("committee").get("/unchanged").status_code == 403


def test_the_next_year_begins_from_what_was_reported_and_keeps_nothing_by_itself(ledger, browse):
    lead, path = browse("lead"), f"/milestones/{ledger.milestones['1', 2019]}"
    assert "年度的填报带入" not in lead.get(path).text
    ledger.submit()
    assert "从2018年度的填报带入" in lead.get(path).text
    page = lead.get(f"{path}?begin=earlier").text
    assert "已完成颁证 98.6%。</textarea>" in page and 'value="98.6"' in page and "已带入2018年度的填报" in page
    assert ledger.milestone(year=2019).round.draft_version == 0
    ledger.draft(year=2019)
    page = lead.get(f"{path}?begin=earlier").text
    assert "带入" not in page  # something was written: it is not written over
    assert "年度的填报带入" not in browse("reviewer").get(path).text


def test_a_returned_round_is_prefilled(ledger, browse):
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    page = browse("lead").get(f"/milestones/{ledger.milestones['1', 2018]}").text
    assert "已完成颁证 98.6%。</textarea>" in page and RETURN["points"][0] in page and "工作报告.pdf" in page
