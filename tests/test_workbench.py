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
