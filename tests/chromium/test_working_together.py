"""Task 40 of the real plan: two leads, three units and three streets that support; one objects, one is silent."""

from playwright.sync_api import expect

from tests.chromium.conftest import serving
from tests.variables import ONE_DATABASE

pytestmark = ONE_DATABASE

TASK = "农村饮用水源保护"
LEAD, CO_LEAD, REVIEWER, COMMITTEE = "qunongyeju", "quhuanbaoju", "shenhe1", "guanweihui"
FINANCE, LAND, HOUSING = "qucaizhengju", "quguotuju", "quzhujianju"
STREETS = ("dongshanjiedao", "dongjianjiedao")  # 硇洲镇 stays silent


def press(page, what: str) -> None:
    with page.expect_navigation():
        page.click(what)


def open_milestone(page) -> None:
    page.goto("/tasks/40")
    page.click("table a:has-text('2018')")
    expect(page.locator("h1")).to_have_text(f"{TASK} · 2018")


def line(page, unit: str):
    return page.locator("#support li").filter(has_text=unit)


def state_of(page) -> str:
    return page.locator(".path [aria-current=step]").inner_text().split(" · ")[0]


def test_two_leads_and_their_supporting_units_from_request_to_sign_off(demonstration, tmp_path, chromium, picture):
    with serving(demonstration, tmp_path, chromium) as site:
        lead, other = site.open(LEAD), site.open(CO_LEAD)

        # The lead asks in words; everybody gets a request of their own, each street for itself.
        open_milestone(lead)
        lead.click("#support summary:has-text('提请配合')")
        lead.fill("[name=wanted]", "请提供水源地监测和防渗池改造情况。")
        press(lead, "#support button:has-text('提请配合')")
        expect(lead.locator("#support li")).to_have_count(6)
        expect(line(lead, "硇洲镇")).to_contain_text("待反馈")

        # It drafts; the other lead sees that and may not write.
        press(lead, "button:has-text('开始起草')")
        lead.fill("[name=account]", "保护区常规监测已开展，加油站防渗改造完成。")
        lead.set_input_files("[name=file]", site.report)
        press(lead, "button:has-text('暂存') >> nth=0")
        open_milestone(other)
        expect(other.locator("#leads")).to_contain_text("正在起草")
        assert other.locator("[name=account]").count() == 0
        picture(other, "being-drafted", full_page=True)
        press(lead, "button:has-text('暂存并交其他牵头单位确认')")

        # One contributes with a figure, one confirms, one objects; two streets have nothing to add; one is silent.
        finance = site.open(FINANCE, width=360, height=740)
        open_milestone(finance)
        expect(finance.locator("main")).to_contain_text("请提供水源地监测和防渗池改造情况。")
        finance.fill("[name=body]", "资金已拨付。")
        finance.fill("[name=figure_name] >> nth=0", "拨付资金")
        finance.fill("[name=figure_amount] >> nth=0", "120")
        finance.fill("[name=figure_unit] >> nth=0", "万元")
        picture(finance, "contributing-phone", full_page=True)
        press(finance, "button:has-text('提供材料')")
        expect(line(finance, "区财政局")).to_contain_text("已提供材料")
        assert finance.locator("#support li").count() == 1  # the others' answers are not its own to read
        housing = site.open(HOUSING)
        open_milestone(housing)
        housing.click("#support summary:has-text('确认牵头单位填报')")
        press(housing, "#support details[open] button")
        land = site.open(LAND)
        open_milestone(land)
        land.click("#support summary:has-text('提出异议')")
        land.fill("#support details[open] [name=words]", "报废矿井封井数与我局台账不符。")
        press(land, "#support details[open] button")
        site.nothing_to_add(lead.url, *STREETS)

        # The lead sees the objection and who is missing, and answers it.
        open_milestone(lead)
        expect(line(lead, "区国土局")).to_contain_text("报废矿井封井数与我局台账不符。")
        expect(line(lead, "区财政局")).to_contain_text("拨付资金")
        picture(lead, "matrix", full_page=True)
        lead.click("#support summary:has-text('答复异议')")
        lead.fill("#support details[open] [name=words]", "已与贵局核对，按贵局台账更正。")
        press(lead, "#support details[open] button")

        # The other lead confirms; the submission still waits for the silent street.
        open_milestone(other)
        press(other, "button:has-text('确认共同报送')")
        open_milestone(lead)
        press(lead, "button:has-text('修改草稿')")
        expect(lead.locator("#why-not-submit")).to_contain_text("还有配合单位未反馈")
        press(lead, "button:has-text('暂存并交其他牵头单位确认')")
        assert site.complaints == []

    # Eight days later its time has run out.
    with serving(demonstration, tmp_path, chromium, days=8) as site:
        lead = site.open(LEAD)
        open_milestone(lead)
        expect(line(lead, "硇洲镇")).to_contain_text("逾期未反馈")
        press(lead, "aside button:has-text('提交审核')")
        assert state_of(lead) == "待审核"

        # The reviewer sees objection and answer beside the submission; the committee signs off.
        reviewer, committee = site.open(REVIEWER), site.open(COMMITTEE)
        reviewer.goto("/review")
        for words in ("报废矿井封井数与我局台账不符。", "已与贵局核对，按贵局台账更正。", "逾期未反馈", "资金已拨付。"):
            expect(reviewer.locator("main")).to_contain_text(words)
        picture(reviewer, "review-together", full_page=True)
        press(reviewer, "button:has-text('审核通过')")
        committee.goto("/review")
        press(committee, "button:has-text('同意办结')")
        open_milestone(committee)
        assert state_of(committee) == "已办结"
        expect(line(committee, "硇洲镇")).to_contain_text("逾期未反馈")
        picture(committee, "together-signed-off", full_page=True)
        committee.goto("/monitor/units")
        row = committee.locator("#units tr").filter(has_text="硇洲镇")
        # Asked, in time, late, not at all, waiting, objected.
        assert row.locator("td").all_inner_texts()[-6:] == ["1", "0", "0", "1", "0", "0"]
        for width, locale in ((1440, "en-US"), (360, "zh-CN"), (360, "en-US")):
            page = site.open(LEAD, width=width, height=800, locale=locale)
            open_milestone(page)
            picture(page, f"together-{width}-{locale}", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        verified = site.command("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert site.complaints == []
