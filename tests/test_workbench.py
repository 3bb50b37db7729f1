"""The workbench: what is most urgent first; pages that say the same as the press of their button."""

from datetime import date

from reports.workbench import waiting
from tests.ledger import RETURN
from workflow.definitions.milestone import MILESTONE
from workflow.lights import Day


def years(ledger, name: str, today: date) -> list[int]:
    """Of the first task, in the order of the page."""
    with ledger.database.reading() as session:
        rows = waiting(session, ledger.actor(name), Day(today))
        return [row.subject.year for row in rows if row.workflow is MILESTONE and row.subject.task.number == "1"]


def test_overdue_comes_first_then_what_was_returned_then_the_rest(ledger):
    ledger.submit(year=2019)
    ledger.fire("reviewer", "return", RETURN, year=2019)
    assert years(ledger, "lead", date(2018, 6, 1)) == [2019, 2018]
    assert years(ledger, "lead", date(2019, 1, 10)) == [2018, 2019]


def test_the_page_of_an_action_answers_as_its_press_would(ledger, browse):
    one = ledger.milestones["1", 2018]
    for name, trigger, status in (
        ("lead", "submit", 409), ("reviewer", "submit", 403), ("support", "withdraw", 403),
        ("reviewer", "approve", 409),
    ):
        browser = browse(name)
        page = browser.get(f"/milestones/{one}/act/{trigger}")
        press = browser.act(one, trigger, version=ledger.milestone().version)
        assert (page.status_code, press.status_code) == (status, status), (name, trigger)
    assert browse("outsider").get(f"/milestones/{one}/act/submit").status_code == 404


def test_a_supporting_unit_sees_why_it_can_add_nothing_to_what_was_submitted(ledger, browse):
    ledger.submit()
    page = browse("support").get(f"/milestones/{ledger.milestones['1', 2018]}").text
    assert "提供配合材料</button>" in page and "现为「待审核」，此项须在「待报送」时办理。" in page


def test_what_one_did_and_what_ones_unit_set_going_have_tabs_of_their_own(ledger, browse):
    """已办 is a person's own, 我发起的 the unit's; both say what will be there while nothing is."""
    lead, colleague, reviewer = browse("lead"), browse("lead2"), browse("reviewer")
    one = f"/milestones/{ledger.milestones['1', 2018]}"
    assert "还没有办理记录" in lead.get("/?tab=done").text
    assert "没有正在流转的报送" in lead.get("/?tab=mine").text
    ledger.submit()
    assert "提交审核" in lead.get("/?tab=done").text and one in lead.get("/?tab=done").text
    assert "还没有办理记录" in colleague.get("/?tab=done").text
    assert one in lead.get("/?tab=mine").text and one in colleague.get("/?tab=mine").text
    assert one not in reviewer.get("/?tab=mine").text and one not in browse("outsider").get("/?tab=mine").text
    ledger.fire("reviewer", "approve")
    assert "审核通过" in reviewer.get("/?tab=done").text
    ledger.fire("committee", "accept")
    assert one not in lead.get("/?tab=mine").text and one in lead.get("/?tab=done").text


def test_after_a_judgement_in_the_queue_the_next_one_is_open(ledger, browse, clock):
    for number, year in (("1", 2018), ("1", 2019)):
        ledger.submit("lead", number, year)
        clock.pass_(minutes=1)
    reviewer = browse("reviewer")
    first, second = (ledger.milestones["1", year] for year in (2018, 2019))
    page = reviewer.get("/review").text
    assert f'action="/milestones/{first}/act/approve"' in page and 'name="from" value="review"' in page
    answer = reviewer.act(first, "approve", {"from": "review"})
    assert answer.status_code == 302 and answer.location == "/review"
    page = reviewer.get(answer.location).text
    assert "已办理：审核通过" in page and f'action="/milestones/{second}/act/approve"' in page
    answer = reviewer.act(second, "approve", {"from": "review"})
    assert f'action="/milestones/{second}/act/' not in reviewer.get(answer.location).text
