"""Saved views of the ledger: one's own, and those that a unit shares."""

from sqlalchemy import select

from models import SavedView

HERE = "/ledger/views"


def names(browser) -> list[str]:
    page = browser.get("/ledger?plan=1").text
    return [name for name in ("逾期的", "本年度") if f">{name}</a>" in page]


def only(ledger) -> SavedView:
    with ledger.database.reading() as session:
        return session.scalars(select(SavedView)).one()


def test_a_view_is_saved_shown_and_shared_within_the_unit(ledger, browse):
    lead, colleague, other = browse("lead"), browse("lead2"), browse("support")
    query = "light=overdue&year=2018&view=list&nonsense=1&light=%00"
    assert lead.post(HERE, {"view_name": " 逾期的 ", "query": query}).location == (
        "/ledger?light=overdue&year=2018&view=list"
    )
    assert [names(it) for it in (lead, colleague, other)] == [["逾期的"], [], []]
    assert 'aria-current="true">逾期的' in lead.get("/ledger?light=overdue&year=2018&view=list").text
    at = f"{HERE}/{only(ledger).id}"
    lead.post(at, {"view_name": "本年度", "shared": "1"})
    assert [names(it) for it in (lead, colleague, other)] == [["本年度"], ["本年度"], []]
    for browser in (colleague, other):
        assert browser.post(at, {"view_name": "x"}).status_code == 404
        assert browser.post(f"{at}/remove").status_code == 404
    lead.post(at, {"view_name": "本年度"})
    assert names(colleague) == []
    lead.post(f"{at}/remove")
    assert names(lead) == []


def test_a_view_of_a_past_day_stays_one(ledger, clock, browse):
    clock.pass_(days=2)
    lead, query = browse("lead"), "year=2018&asof=2018-12-14"
    assert lead.post(HERE, {"view_name": "当日的", "query": query}).location == f"/ledger?{query}"
    assert 'aria-current="true">当日的' in lead.get(f"/ledger?{query}").text
    lead.post(HERE, {"view_name": "没有这一天", "query": "year=2018&asof=2099-01-01"})
    with ledger.database.reading() as session:
        assert session.scalars(select(SavedView.query).order_by(SavedView.id)).all() == [query, "year=2018"]


def test_what_cannot_be_saved_is_said_and_nothing_typed_is_lost(ledger, browse):
    lead = browse("lead")
    for number in range(30):
        lead.post(HERE, {"view_name": f"视图{number}", "query": "year=2018"})
    lead.post(HERE, {"view_name": "视图0", "query": "year=2019", "shared": "1"})  # in its place
    answer = lead.post(HERE, {"view_name": "第三十一个", "query": "year=2020"})
    assert answer.status_code == 422 and 'value="第三十一个"' in answer.text and 'value="year=2020"' in answer.text
    with ledger.database.reading() as session:
        rows = session.scalars(select(SavedView).order_by(SavedView.id)).all()
    assert len(rows) == 30 and rows[0].query == "year=2019"
    answer = lead.post(f"{HERE}/{rows[1].id}", {"view_name": "视图0"})
    assert answer.status_code == 422 and "同名" in answer.text
    assert lead.post(HERE, {"view_name": "", "query": "year=2020"}).status_code == 422
