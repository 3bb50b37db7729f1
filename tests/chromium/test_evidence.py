"""Files dropped at once, with progress, and again after a broken line; pictures in place, on a desk and on a phone."""

import base64
import io
import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from evidence import PIECE
from tests.chromium.test_from_plan_to_sign_off import LEAD, REVIEWER, STREETS, SUPPORT, open_milestone, press
from tests.evidence.files import PDF, photo

# What a drag from the desktop brings: the browser makes its files from bytes that the test gives.
DROP = """
([form, files]) => {
  const carried = new DataTransfer();
  for (const [name, type, bytes] of files) {
    carried.items.add(new File([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))], name, { type }));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.querySelector(form).dispatchEvent(
      new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}
"""


def drop(page: Page, *files: tuple[str, str, bytes]) -> None:
    page.evaluate(DROP, ["#draft", [[name, type, base64.b64encode(content).decode()] for name, type, content in files]])


def scene() -> bytes:
    """A photograph of sorts, so that a person who looks at the pictures of this test sees one."""
    base = Image.open(io.BytesIO(photo((1600, 1100), "#8fb3d9")))
    told = base.getexif()
    draw = ImageDraw.Draw(base)
    draw.rectangle((0, 700, 1600, 1100), fill="#6d8f4e")
    draw.polygon([(500, 1100), (1100, 1100), (860, 700), (780, 700)], fill="#777")
    draw.ellipse((1250, 120, 1400, 270), fill="#f4e3a1")
    out = io.BytesIO()
    base.save(out, "JPEG", exif=told)
    return out.getvalue()


def paper() -> bytes:
    pages = []
    for number in (1, 2, 3):
        page = Image.new("RGB", (794, 1123), "white")
        draw = ImageDraw.Draw(page)
        draw.text((120, 110), f"Report, page {number}", fill="black", font=ImageFont.load_default(34))
        for line in range(14):
            draw.rectangle((120, 220 + 50 * line, 120 + (554 if line % 5 else 400), 228 + 50 * line), fill="#999")
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def drawn(image) -> None:
    """It has come, and is a picture."""
    image.scroll_into_view_if_needed()
    expect(image).not_to_have_js_property("naturalWidth", 0)


def open_own(page: Page, which: int) -> None:
    """One of the milestones that the lead unit has to report; each test has another."""
    page.goto("/ledger?view=list&year=2019")
    page.goto(page.locator("main a[href^='/milestones/']").nth(which).get_attribute("href"))
    expect(page.locator("#draft")).to_be_visible()


def test_several_files_dropped_at_once_arrive_while_the_words_stay(shared_site, picture):
    lead = shared_site.open(LEAD)
    open_milestone(lead)  # by a link that htmx follows: the scripts have to take hold of the new page
    lead.fill("[name=account]", "写到一半的进展说明")
    drop(lead, ("现场照片.jpg", "image/jpeg", scene()), ("工作报告.pdf", "application/pdf", paper()),
         ("程序.exe", "application/octet-stream", b"MZ" + b"\0" * 100))
    expect(lead.locator("#evidence .file")).to_have_count(2)
    expect(lead.locator(".sending .wrong")).to_contain_text("程序.exe：只接收 PDF")
    expect(lead.locator("[name=account]")).to_have_value("写到一半的进展说明")
    expect(lead.locator("#why-not-submit")).not_to_contain_text("尚无佐证材料")
    expect(lead.locator("#evidence")).to_contain_text("北纬 21.27000°")
    picture(lead, "evidence-sent", full_page=True)
    lead.click(".sending button")
    expect(lead.locator(".sending .wrong")).to_have_count(0)

    # The pages of the PDF unfold in place.
    lead.click(".pages summary")
    expect(lead.locator(".page")).to_have_count(3)
    lead.locator(".page").nth(2).scroll_into_view_if_needed()
    drawn(lead.locator(".page").nth(2))
    picture(lead, "evidence-pages", full_page=True)

    # What the photograph says is taken out, and the draft can be submitted at once.
    press(lead, "button:has-text('去除拍摄时间和地点')")
    expect(lead.locator(".notice.ok")).to_contain_text("不含拍摄时间和地点")
    expect(lead.locator("#evidence")).not_to_contain_text("北纬")
    lead.fill("[name=account]", "已完成。")
    press(lead, "button:has-text('暂存')")
    shared_site.nothing_to_add(lead.url, SUPPORT, *STREETS)
    lead.reload()
    press(lead, "button:has-text('提交审核')")
    reviewer = shared_site.open(REVIEWER)
    reviewer.goto("/review")
    expect(reviewer.locator(".file .name > a img, .file summary img")).to_have_count(2)
    drawn(reviewer.locator(".file .name > a img"))
    picture(reviewer, "evidence-review", full_page=True)
    assert shared_site.complaints == []


def test_a_broken_line_loses_no_word_and_no_file_comes_twice(shared_site):
    lead = shared_site.open(LEAD)
    open_own(lead, 0)
    lead.fill("[name=account]", "写到一半的进展说明")
    tries = []

    def line(route):
        tries.append(route.request.method)
        if len(tries) <= 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    lead.route("**/evidence", line)
    lead.set_input_files("#draft [name=file]", shared_site.report)
    for times in (1, 2):
        expect(lead.locator(".sending .wrong")).to_contain_text("连接中断")
        assert len(tries) == times
        lead.click("button:has-text('重试')")
    expect(lead.locator("#evidence .file")).to_have_count(1)
    expect(lead.locator(".sending .wrong")).to_have_count(0)
    expect(lead.locator("[name=account]")).to_have_value("写到一半的进展说明")
    # Nobody remembers whether it went through: it is chosen once more.
    lead.set_input_files("#draft [name=file]", shared_site.report)
    expect(lead.locator(".sending li")).to_have_count(0)
    expect(lead.locator("#evidence .file")).to_have_count(1)
    assert tries == ["POST"] * 4
    shared_site.complaints.clear()  # Chromium writes both broken lines to its console


def test_a_large_file_goes_on_where_the_line_broke_also_after_the_page_was_opened_anew(shared_site, tmp_path):
    large = tmp_path / "大报告.pdf"
    large.write_bytes(PDF + b"%" + os.urandom(5 * 2**20))
    lead = shared_site.open(LEAD)
    open_own(lead, 6)
    sent, broken = [], set()

    def line(route):
        if route.request.method == "PATCH":
            offset = int(route.request.headers["upload-offset"])
            sent.append(offset)
            # The second piece breaks once, and is tried again by itself; from the third on the line is dead.
            if offset and (offset not in broken or offset >= 2 * PIECE):
                broken.add(offset)
                route.abort("connectionreset")
                return
        route.continue_()

    lead.route("**/evidence/uploads/**", line)
    lead.set_input_files("#draft [name=file]", large)
    expect(lead.locator(".sending .wrong")).to_contain_text("连接中断", timeout=40_000)
    assert sent[:3] == [0, PIECE, PIECE] and set(sent[3:]) == {2 * PIECE}
    lead.unroute("**/evidence/uploads/**")

    # Another day, the same file: what has come is not sent again.
    lead.reload()
    sent.clear()
    lead.on("request", lambda it: sent.append(it.headers["upload-offset"]) if it.method == "PATCH" else None)
    lead.set_input_files("#draft [name=file]", large)
    expect(lead.locator("#evidence .file")).to_have_count(1)
    expect(lead.locator("#evidence .file")).to_contain_text("大报告.pdf")
    assert sent == [str(2 * PIECE)]
    shared_site.complaints.clear()  # Chromium writes the broken lines to its console


def test_saving_while_a_file_is_on_its_way_waits_for_it(shared_site):
    lead = shared_site.open(LEAD)
    open_own(lead, 1)
    lead.fill("[name=account]", "已完成。")
    waiting = []
    lead.route("**/evidence", lambda route: waiting.append(route))
    lead.set_input_files("#draft [name=file]", shared_site.report)
    expect(lead.locator("[data-busy]")).to_have_count(1)
    lead.click("button:has-text('暂存')")
    expect(lead.locator(".sending li")).to_have_count(1)
    assert lead.locator(".notice.ok").count() == 0
    with lead.expect_navigation():
        waiting[0].continue_()
    expect(lead.locator(".notice.ok")).to_contain_text("已暂存")
    expect(lead.locator("#evidence .file")).to_have_count(1)


@pytest.mark.parametrize(("which", "width", "locale"), [
    (2, 360, "zh-CN"), (3, 1440, "zh-CN"), (4, 360, "en-US"), (5, 1440, "en-US"),
])
def test_evidence_fits_on_every_screen_in_both_languages(shared_site, picture, which, width, locale):
    lead = shared_site.open(LEAD, width=width, height=800, locale=locale)
    open_own(lead, which)
    drop(lead, (f"一张名字很长很长很长很长很长很长的现场照片{which}.jpg", "image/jpeg", scene()),
         ("report.pdf", "application/pdf", paper()), ("x.exe", "application/octet-stream", b"MZ" + b"\0" * 100))
    expect(lead.locator("#evidence .file")).to_have_count(2)
    drawn(lead.locator("#evidence a img"))
    drawn(lead.locator("#evidence summary img"))
    if locale == "en-US":
        text = lead.locator("#draft, #evidence").all_inner_texts()
        assert "21.27000° N" in "".join(text)
        for word in ("添加文件", "照片自带信息", "移除", "同一文件", "逐页", "病毒"):
            assert word not in "".join(text), word
    assert lead.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(lead, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [it["nodes"][0]["html"][:200] for it in found.response["violations"]] == []
    picture(lead, f"evidence-{width}-{locale}", full_page=True)
