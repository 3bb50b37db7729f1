"""An extension in three browsers, from the unit's request to the mark 延 on the ledger."""

from playwright.sync_api import expect

from tests.chromium.test_from_plan_to_sign_off import COMMITTEE, LEAD, REVIEWER, press
from tests.variables import ONE_DATABASE

pytestmark = ONE_DATABASE

TASK = "村级公益事业建设"


def test_an_extension_goes_from_request_to_its_mark(site, picture):
    lead, reviewer, committee = map(site.open, (LEAD, REVIEWER, COMMITTEE))

    # The lead asks on the milestone's page: first for a day that will not do, then for one that will.
    # Of the last year, so that its deadline is still to come for as long as the demonstration's clock allows.
    lead.goto(f"/ledger?view=list&year=2020&words={TASK}")
    lead.click(f"a:has-text('{TASK}')")
    lead.wait_for_url("**/milestones/*")
    milestone = lead.url
    lead.click("aside a:has-text('申请变更')")
    expect(lead.locator("h1")).to_have_text("申请变更")
    lead.evaluate("document.querySelector('[name=due]').removeAttribute('min')")
    lead.fill("[name=due]", "2020-12-31")
    lead.fill("[name=words]", "汛期影响外业测绘，须延长两个月。")
    press(lead, "button:has-text('提出申请')")
    expect(lead.locator(".wrong")).to_contain_text("「新期限」须在")
    expect(lead.locator("[name=words]")).to_have_value("汛期影响外业测绘，须延长两个月。")
    site.complaints.clear()  # Chromium writes the 422 of this answer to its console
    lead.fill("[name=due]", "2021-02-28")
    picture(lead, "change-ask", full_page=True)
    press(lead, "button:has-text('提出申请')")
    request = lead.url
    expect(lead.locator(".compared")).to_contain_text("2021年2月28日")

    # It waits for the reviewer, who supports it, then for the committee, which grants it.
    reviewer.goto("/")
    reviewer.click(f"a:has-text('延期：8 {TASK}')")
    reviewer.fill("form[action$='/act/support'] [name=words]", "情况属实。")
    press(reviewer, "button:has-text('予以支持')")
    committee.goto("/changes")
    committee.click("tbody a:has-text('延期')")
    picture(committee, "change-decide", full_page=True)
    press(committee, "button:has-text('批准变更')")
    expect(committee.locator(".path [aria-current=step]")).to_have_text("已批准")

    # The milestone has its new deadline, the old one beside it, and the mark; so has the ledger.
    lead.goto(milestone)
    expect(lead.locator(".head .badge.ext")).to_have_text("延")
    expect(lead.locator(".head")).to_contain_text("2021年2月28日")
    expect(lead.locator(".compared")).to_contain_text("2020年12月31日")
    picture(lead, "extended", full_page=True)
    committee.goto("/ledger")
    expect(committee.locator(".atlas a.extended")).to_have_count(1)
    committee.goto("/ledger?view=list&year=2020&words=" + TASK)
    expect(committee.locator(".badge.ext")).to_have_count(1)
    picture(committee, "extended-list")

    # The same in English, and on a phone.
    phone = site.open(LEAD, width=360, height=740, locale="en-US")
    for address, name in ((milestone, "extended-phone"), (request, "change-phone"), ("/changes", "changes-phone")):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        picture(phone, name, full_page=True)
    verified = site.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
