"""A published plan into the ledger, in a real browser: upload, correct in place, confirm; then a revised edition."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.plans.paper import LINES, changed, paper
from tests.variables import ONE_DATABASE

pytestmark = ONE_DATABASE

SYSTEM, COMMITTEE = "xitong", "guanweihui"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


def upload(page, file) -> None:
    page.goto("/admin/plans")
    page.set_input_files("[name=file]", file)
    with page.expect_navigation():
        page.click("button:has-text('上传并读取')")


def wrong(page) -> list[str]:
    """What assistive software stumbles over, and whether the page is wider than its screen."""
    violations = Axe().run(page, options=RULES).response["violations"]
    found = [f"{it['id']} {it['nodes'][0]['html'][:160]}" for it in violations]
    width = page.viewport_size["width"]
    wide = page.evaluate("document.documentElement.scrollWidth") > width
    return [*found, *(["wider than the screen"] if wide else [])]


@pytest.fixture
def files(tmp_path):
    first, second = tmp_path / "示范区方案.txt", tmp_path / "示范区方案（修订）.txt"
    first.write_bytes(paper(title="示范区任务分解表（2018-2019年）"))
    lines = (*changed("1", asks=("改为全部完成。", "全面完成。"))[:3], LINES[0].but(number="5", title="新增的任务"))
    second.write_bytes(paper(lines, title="示范区任务分解表（2018-2019年）"))
    return first, second


def test_a_plan_is_uploaded_corrected_in_place_confirmed_and_revised(site, files, picture):
    page = site.open(SYSTEM)
    upload(page, files[0])
    expect(page.locator("article.read")).to_have_count(4, timeout=30_000)
    picture(page, "plan-checked")

    # A unit without a label is made the lead, without leaving the sheet.
    row = page.locator("article.read:has-text('农村公路建设')")
    expect(row).to_contain_text("未标明牵头")
    row.locator("a:has-text('更正')").click()
    row.locator(".seat:has-text('丁局') button:has-text('由其牵头')").click()
    expect(row).not_to_contain_text("未标明牵头")
    expect(page.locator("#counts")).to_contain_text("更正 1 条")

    # The same page on a phone, as assistive software meets it, and with scripts off.
    for options in ({"width": 360, "height": 800}, {"scripts": False}):
        other = site.open(SYSTEM, **options)
        other.goto(page.url)
        if options.get("scripts", True):
            assert wrong(other) == []
        other.locator("article.read:has-text('督查机制建设') a:has-text('更正')").click()
        expect(other.locator("article .fixes").first).to_be_visible()
        if options.get("scripts", True):
            assert wrong(other) == []
        other.context.close()
    assert wrong(page) == []

    page.click("a:has-text('下一步：看将入库的内容')")
    expect(page.locator("main")).to_contain_text("新增单位")
    assert wrong(page) == []
    picture(page, "plan-confirm")
    page.check("[name=accept_doubts]")
    with page.expect_navigation():
        page.click("button:has-text('确认入库')")
    expect(page.locator(".notice.ok")).to_contain_text("任务 4 项")

    # A revised edition of it, decided row by row.
    upload(page, files[1])
    expect(page.locator("article.read").first).to_be_visible(timeout=30_000)
    page.click("summary:has-text('全文更正')")
    page.select_option("[name=plan]", label="这是修订版：示范区任务分解表（2018-2019年）")
    with page.expect_navigation():
        page.click("form:has([name=plan]) button")
    expect(page.locator("article.change")).to_have_count(3)
    for article in page.locator("article.change").all():
        article.locator("input[value=take]").check()
    assert wrong(page) == []
    picture(page, "plan-revised", full_page=True)
    with page.expect_navigation():
        page.click("button:has-text('记下本页的决定')")
    page.check("[name=accept_doubts]")
    with page.expect_navigation():
        page.click("button:has-text('台账改按第 2 版执行')")
    expect(page.locator(".notice.ok")).to_contain_text("第 2 版")

    committee = site.open(COMMITTEE)
    committee.goto("/ledger")
    committee.click(".plans a:has-text('示范区')")
    expect(committee.locator("main")).to_contain_text("按第 2 版执行")
    expect(committee.locator("main")).to_contain_text("新增的任务")
