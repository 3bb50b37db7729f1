"""A scope that is wrong is refused where something is done with it: nothing becomes one of everything."""

import pytest
from sqlalchemy import func, select

from models import Job

PAPERS = ("ledger.xlsx", "units.xlsx", "bulletin.docx", "year.docx")
WRONG = (
    "plan=77", "plan=0", "plan=x", "area=77", "unit=77", "year=x", "year=99999", "starred=yes", "quarter=2018Q5",
    "asof=2018-13-01", "asof=2999-01-01", "asof=9999-12-31", "state=nowhere", "light=pink", "figure=all", "dropped=no",
)
BACKWARDS = "起始日期晚于截止日期"


def jobs(ledger) -> int:
    with ledger.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job))


@pytest.mark.parametrize("paper", PAPERS)
def test_no_document_is_one_of_everything_instead(ledger, browse, paper):
    committee = browse("committee")
    for wrong in WRONG:
        answer = committee.get(f"/documents/{paper}?{wrong}")
        assert answer.status_code == 422 and "请" in answer.text, wrong
    assert "「方案」的值「77」有误或不存在，未办理。" in committee.get(f"/documents/{paper}?plan=77").text
    # What the page of documents sends where nothing was chosen, and today, are no mistakes.
    assert committee.get(f"/documents/{paper}?plan=&year=&asof=2018-12-13").status_code == 200


def test_nor_is_one_made_in_the_background(ledger, browse):
    committee = browse("committee")
    for wrong in WRONG:
        for place in ("/documents/later/bulletin", "/documents/later/year", "/documents/dossiers"):
            assert committee.post(place, {"query": wrong}).status_code == 422, (place, wrong)
    assert jobs(ledger) == 0


def test_a_bulletin_is_not_of_another_time_than_was_asked_for(ledger, browse):
    """Not before the day from which it tells: it used to tell of the month instead, without a word."""
    committee = browse("committee")
    for query, said in (
        ("since=2018-12-13", "须早于「截至某日」（2018年12月13日）"), ("since=2019-01-01", "须早于「截至某日」"),
        ("asof=2018-12-01&since=2018-12-01", "须早于「截至某日」"),
        ("since=2018-12-32", "「起始日期」的值「2018-12-32」有误"),
    ):
        answer = committee.get(f"/documents/bulletin.docx?{query}")
        assert answer.status_code == 422 and said in answer.text, query
        assert committee.post("/documents/later/bulletin", {"query": query}).status_code == 422
    said = committee.get("/documents/bulletin.docx?since=2018-12-10&asof=2018-12-01&plan=1").text
    assert 'value="2018-12-10"' in said and 'value="2018-12-01"' in said  # to be corrected where it was asked for
    assert "「与何日相比」（2018年12月10日）须早于「截至某日」（2018年12月1日）" in said
    assert committee.get("/documents/bulletin.docx?since=2018-11-30&asof=2018-12-12").status_code == 200
    assert committee.get("/documents/year.docx?year=-1").status_code == 422
    assert jobs(ledger) == 0


def test_many_at_one_go_are_never_more_than_the_filter_says(ledger, browse):
    ledger.submit()
    reviewer = browse("reviewer")
    every = {"trigger": "approve", "all": "1"}
    assert "可以办理 1 件" in reviewer.post("/review/preflight", every | {"query": ""}).text
    assert "可以办理 1 件" in reviewer.post("/review/preflight", every | {"query": "year=2018&plan=1"}).text
    for wrong in ("plan=77", "area=99", "unit=99", "clock=late", "year=x", f"words={'长' * 61}"):
        answer = reviewer.post("/review/preflight", every | {"query": wrong})
        assert answer.status_code == 422 and "可以办理" not in answer.text, wrong


def test_a_period_that_ends_before_it_begins_is_said_to(ledger, browse):
    auditor, period = browse("auditor"), "since=2018-12-02&until=2018-12-01"
    for page in ("/monitor/returns", "/monitor/returns/rounds", "/documents/units.xlsx", "/audit"):
        answer = auditor.get(f"{page}?{period}")
        assert answer.status_code == 422 and BACKWARDS in answer.text, page
        assert auditor.get(f"{page}?since=2018-12-01&until=2018-12-01").status_code == 200, page
    typed = auditor.get(f"/monitor/returns?{period}").text
    assert 'value="2018-12-02"' in typed and 'value="2018-12-01"' in typed and "没有退回" not in typed
    english = auditor.client.get(f"/audit?{period}", headers={"Accept-Language": "en"}).text
    assert "The period ends before it begins" in english


def test_milestones_without_a_year_can_be_asked_for(ledger, browse):
    """What a figure's address says of them is read as it says, and is no wrong year."""
    committee = browse("committee")
    assert "<p>0 个年度节点" in committee.get("/ledger?year=-1").text
    assert committee.get("/documents/ledger.xlsx?year=-1").status_code == 200
