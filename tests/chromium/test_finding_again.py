"""Finding again: from any page by one key to a hit, a view that is kept, a calendar that is followed."""

from playwright.sync_api import expect

from tests.variables import ONE_DATABASE

pytestmark = ONE_DATABASE

LEAD = "qunongyeju"


def test_search_a_saved_view_and_a_calendar_feed(site):
    page = site.open(LEAD)
    page.keyboard.press("/")
    page.keyboard.type("土地")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("土地")
    page.locator(".hit a").first.click()
    expect(page.locator("h1")).to_contain_text("土地")

    page.goto("/ledger?light=near")
    page.locator("details:has([name=view_name]) summary").click()
    page.fill("[name=view_name]", "临近的")
    page.get_by_role("button", name="保存为视图").click()
    expect(page.locator("a.chip[aria-current]", has_text="临近的")).to_be_visible()

    page.goto("/calendar")
    page.get_by_role("button", name="生成订阅地址").click()
    address = page.locator(".secret").inner_text()
    answer = site.open().request.get(address)
    assert answer.status == 200 and answer.text().startswith("BEGIN:VCALENDAR")
    assert not site.complaints


def test_search_without_scripts_on_a_telephone(site):
    page = site.open(LEAD, width=360, scripts=False)
    page.locator("form.only-phone [name=q]").fill("土地")
    page.locator("form.only-phone button").click()
    expect(page.locator("mark").first).to_have_text("土地")
