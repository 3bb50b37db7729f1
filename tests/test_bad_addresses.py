"""Addresses and forms with numbers, dates and signs that nothing can have: a clear answer, never an error of ours."""

import pytest

HUGE = ("99999999999999999999", "3000000000", "-1", "0", "abc", "9" * 5000, "١٢")

PAGES = (
    "/ledger?plan={}", "/ledger?area={}", "/ledger?unit={}", "/ledger?year={}", "/monitor?unit={}", "/?page={}",
    "/tasks/1?plan={}", "/review?id={}", "/audit?before={}", "/audit?id={}",
)
PLACES = ("/milestones/{}", "/milestones/1/evidence/{}", "/tasks/{}")
ADMIN = ("/admin/accounts/{}", "/admin/units/{}", "/admin/tasks/{}")


@pytest.mark.parametrize("number", HUGE)
def test_a_filter_that_is_no_number_of_ours_asks_for_nothing(browse, number):
    browser = browse("committee")
    for page in PAGES:
        assert browser.get(page.format(number)).status_code in (200, 404), page


@pytest.mark.parametrize("number", HUGE[:-1])
def test_a_place_that_cannot_be_is_not_found(browse, number):
    for name, places in (("committee", PLACES), ("system", ADMIN)):
        browser = browse(name)
        for place in places:
            assert browser.get(place.format(number)).status_code in (404, 405), place


@pytest.mark.parametrize("number", HUGE)
def test_a_form_with_such_a_number_is_refused_and_nothing_moves(ledger, browse, number):
    ledger.fill()
    path = f"/milestones/{ledger.milestones['1', 2018]}"
    lead, system = browse("lead"), browse("system")
    for where, form in (
        (f"{path}/draft", {"account": "x", "round_number": number, "draft_version": number}),
        (f"{path}/act/submit", {"version": number}),
    ):
        assert lead.post(where, form).status_code == 409, where
    for where, form in (
        ("/admin/accounts/new", {"unit": number, "username": "new", "post": "岗"}),
        (f"/admin/tasks/{1}", {"unit": number, "part": "support"}),
        (f"/admin/units/{ledger.units['各镇']}", {"active": "1", "member": number}),
    ):
        assert system.post(where, form).status_code in (302, 404), where
    assert ledger.milestone().state == "planned"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2018-02-30", "today", "2018-13-01"])
def test_a_day_at_the_end_of_time_is_no_error(browse, day):
    auditor = browse("auditor")
    assert auditor.get(f"/audit?since={day}").status_code == 200
    assert auditor.get(f"/audit?until={day}").status_code == 200


def test_a_nul_in_an_address_is_refused_before_anything_is_asked(browse):
    for name in ("committee", "system", None):
        for path in ("/tasks/%00", "/audit?subject=%00", "/ledger?words=%00", "/sign-in?next=%00"):
            assert browse(name).get(path).status_code == 400


def test_a_nul_in_a_form_is_left_out(ledger, browse):
    path = f"/milestones/{ledger.milestones['1', 2018]}/draft"
    answer = browse("lead").post(path, {
        "account": "进\x00展", "round_number": 1, "draft_version": 0,
        "link": "https://example.gov.cn/", "caption": "公\x00告",
    })
    assert answer.status_code == 302
    content = ledger.milestone().round
    assert content.account == "进展"
    assert [piece.name for piece in content.evidence] == ["公告"]


@pytest.mark.parametrize("target", ["http://[", "//[::1", "http://]"])
def test_a_broken_address_to_go_back_to_leads_home(browse, target):
    browser = browse("lead")
    answer = browser.post("/language", {"language": "en", "next": target})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_method_that_is_not_taken_says_which_are(browse):
    answer = browse("lead").get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
