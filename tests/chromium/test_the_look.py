"""What can be said of every page: it fits, it is set in a Chinese type, and assistive software can use it."""

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

LEAD, COMMITTEE, SYSTEM, SECURITY = "qunongyeju", "guanweihui", "xitong", "anquan"
PAGES = {
    None: ("/sign-in",),
    LEAD: ("/", "/?tab=done", "/?tab=mine", "/ledger", "/ledger?view=tasks", "/ledger?view=list&year=2018",
           "/tasks/7", "/milestones/19", "/milestones/106", "/milestones/22/changes/new",
           "/milestones/22/changes/new?kind=units", "/changes", "/implementation", "/implementation/5", "/help",
           "/password", "/notices", "/unchanged", "/notices/settings", "/delegations", "/search?q=土地", "/search",
           "/ledger/views", "/calendar"),
    COMMITTEE: ("/ledger", "/monitor", "/implementation", "/implementation/5", "/changes", "/review",
                "/review/choose", "/jobs", "/audit", "/style", "/milestones/19", "/milestones/324", "/tasks/7",
                "/milestones/19/urge/chase", "/chasing", "/chasing?all=1&quiet=7", "/supervision",
                "/supervision/new?milestone=19", "/documents", "/monitor/returns", "/samples/new", "/assessments",
                "/assessments/rules/1", "/assessments/trial?plan=1&period=2018Q4"),
    SYSTEM: ("/admin", "/admin/units", "/admin/units/1", "/admin/tasks", "/admin/tasks/40",
             "/admin/tasks/40/indicators/106", "/admin/plans", "/plans/1/editions/1", "/admin/calendar",
             "/admin/notices", "/admin/accounts/8", "/admin/reasons", "/delegations"),
    SECURITY: ("/admin",),
}


WIDTHS = (360, 820, 1440, 2560)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.mark.parametrize(("locale", "width"), [("zh-CN", 360), ("en-US", 1440)])
def test_every_page_fits_every_screen_and_serves_assistive_software(shared_site, locale, width):
    """Opened once in each language; the screen grows under it, and at `width` assistive software looks at it."""
    shared_site.complaints.clear()
    wide, wrong = [], []
    for user, paths in PAGES.items():
        page = shared_site.open(user, width=width, height=800, locale=locale)
        for path in paths:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.goto(path).status == 200, path
            wrong += [
                f"{path}: {it['id']} {it['nodes'][0]['html'][:160]} ({len(it['nodes'])})"
                for it in Axe().run(page, options=RULES).response["violations"]
            ]
            for screen in WIDTHS:
                page.set_viewport_size({"width": screen, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth") > screen:
                    wide.append((path, screen))
        page.context.close()
    assert (wide, wrong, shared_site.complaints) == ([], [], [])


def test_chinese_is_set_in_a_chinese_type(shared_site):
    page = shared_site.open(LEAD)
    page.goto("/milestones/19")
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    for place, kind in ((".paper strong", "Serif"), (".path li", "Sans")):
        node = tools.send("DOM.querySelector", {"nodeId": root, "selector": place})["nodeId"]
        fonts = [font["familyName"] for font in tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]
        assert any("CJK" in font or "Noto" in font or "WenQuanYi" in font for font in fonts), (
            f"{place} is set in {fonts} instead of a Chinese {kind}: install fonts-noto-cjk"
        )


def test_the_keyboard_alone_opens_a_cell_of_the_map(shared_site):
    page = shared_site.open(COMMITTEE)
    page.goto("/ledger")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/milestones/*")
    expect(page.locator("h1")).to_contain_text("· 2019")


def test_on_paper_there_is_nothing_to_press(shared_site):
    page = shared_site.open(LEAD)
    page.goto("/milestones/19")
    page.emulate_media(media="print")
    expect(page.locator(".nav")).to_be_hidden()
    expect(page.locator(".paper")).to_be_visible()
    assert [button for button in page.locator("main .btn").all() if button.is_visible()] == []


def test_on_paper_is_what_is_on_the_screen(shared_site):
    """A sheet of paper is as narrow as a small screen, and is none: every column is there, within its width."""
    page = shared_site.open(COMMITTEE)
    for path in ("/monitor", "/monitor/units", "/assessments/trial?plan=1&period=2018Q4"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(media="screen")
        page.goto(path)
        columns = page.locator("main table:not(details table) thead th:visible").all_inner_texts()
        page.set_viewport_size({"width": 680, "height": 960})  # A4 within its margins
        page.emulate_media(media="print")
        assert page.locator("main table:not(details table) thead th:visible").all_inner_texts() == columns
        assert page.evaluate("Math.max(...[...document.querySelectorAll('main td, main th')].map("
                             "it => it.getBoundingClientRect().right))") <= 680, path
    page.goto("/monitor/screen")
    assert len(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900), (1920, 1080), (3840, 2160)])
def test_the_duty_rooms_screen_shows_all_of_it_whatever_its_size(shared_site, size):
    page = shared_site.open(COMMITTEE, width=size[0], height=size[1])
    page.goto("/monitor/screen")
    assert page.locator(".dot").count() == 119  # one of the tasks has no requirement in any year
    cut = page.evaluate(
        "[...document.querySelectorAll('html, .panel, .big > div, .dot')].filter(it => "
        "it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1).map(it => it.className)"
    )
    assert cut == []


def test_on_a_phone_no_column_of_a_list_is_out_of_sight(shared_site):
    page = shared_site.open(COMMITTEE, width=360, height=740, locale="en-US")
    for path in (
        "/chasing", "/assessments/rules/1", "/assessments/trial?plan=1&period=2018Q4", "/monitor/screen", "/style",
    ):
        page.goto(path)
        out = page.evaluate(
            "[...document.querySelectorAll('.tiles td, .areas th, .held th')].filter(it => it.offsetParent && ("
            "it.getBoundingClientRect().right > 360 || it.scrollWidth > it.clientWidth + 1)).map(it => it.textContent)"
        )
        assert out == [], path


def test_the_map_of_120_tasks_fits_on_one_screen(shared_site):
    page = shared_site.open(COMMITTEE, width=1920, height=1080)
    page.goto("/ledger")
    places = page.locator(".atlas [data-stop]")
    assert places.count() == 332
    page.locator(".atlas").scroll_into_view_if_needed()
    box = page.locator(".atlas").bounding_box()
    assert box["height"] <= 1080


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_what_came_of_each_item_is_seen_on_a_phone_without_scrolling_sideways(shared_site, locale):
    page = shared_site.open(LEAD, width=360, height=800, locale=locale)
    page.goto("/unchanged")
    page.locator("main tbody input[type=checkbox]").first.check()
    page.click("main form[method=post] button.main")
    page.wait_for_url("**/jobs/*")
    for path, said in ((page.url, "✓"), ("/jobs", "1 / 1")):
        page.goto(path)
        expect(page.locator("main tbody td", has_text=said).first).to_be_visible()
        cells = page.locator("main tbody td:visible")
        for box in (cells.nth(n).bounding_box() for n in range(cells.count())):
            assert box["x"] >= 0 and box["x"] + box["width"] <= 360, (path, box)
