"""The whole main job in three browsers, and a fourth for a supporting unit, on a real milestone of the real plan."""

from playwright.sync_api import expect

from tests.variables import ONE_DATABASE

TASK = "农村土地确权登记颁证"
LEAD, SUPPORT, REVIEWER, COMMITTEE = "qunongyeju", "quguotuju", "shenhe1", "guanweihui"
# They answer for 各街道（镇）, which supports the task as well.
STREETS = ("dongshanjiedao", "dongjianjiedao", "naozhouzhen")


def open_milestone(page) -> None:
    """As a person would: the ledger, words to search, the row."""
    page.goto("/ledger?view=list")
    page.click("summary:has-text('筛选')")
    page.fill("[name=words]", TASK)
    press(page, "button:has-text('筛选')")
    page.click(f"a:has-text('{TASK}')")
    expect(page.locator("h1")).to_have_text(f"{TASK} · 2018")


def press(page, what: str) -> None:
    with page.expect_navigation():
        page.click(what)


def state_of(page) -> str:
    return page.locator(".path [aria-current=step]").inner_text().split(" · ")[0]


def test_a_milestone_goes_from_the_published_row_to_sign_off_in_three_browsers(site, picture):
    lead, support, reviewer, committee = map(site.open, (LEAD, SUPPORT, REVIEWER, COMMITTEE))
    picture(lead, "workbench")

    # The supporting unit adds its part to the lead's draft.
    open_milestone(support)
    support.fill("[name=body]", "已提供确权数据库权属来源资料。")
    support.set_input_files("[name=file]", site.report)
    press(support, "button:has-text('提供材料')")
    expect(support.locator(".notice.ok")).to_be_visible()

    # The lead sees the row it came from, what is missing, fills in and submits.
    open_milestone(lead)
    expect(lead.locator(".paper")).to_contain_text("第 68—74 行")
    expect(lead.locator("button:has-text('提交审核')")).to_be_disabled()
    expect(lead.locator("#why-not-submit")).to_contain_text("进展说明")
    lead.fill("[name=account]", "已完成确权登记颁证，颁证率 98.6%。")
    lead.fill("[name=figure_name] >> nth=0", "颁证率")
    lead.fill("[name=figure_amount] >> nth=0", "98.6")
    lead.fill("[name=figure_unit] >> nth=0", "%")
    lead.set_input_files("[name=file]", site.report)
    press(lead, "button:has-text('暂存')")
    expect(lead.locator("#why-not-submit")).to_contain_text("配合单位未反馈")
    site.nothing_to_add(lead.url, *STREETS)
    lead.reload()
    picture(lead, "milestone", full_page=True)
    press(lead, "button:has-text('提交审核')")
    assert state_of(lead) == "待审核"

    # The reviewer returns it with a reason and two points.
    reviewer.goto("/review")
    expect(reviewer.locator("main")).to_contain_text("已完成确权登记颁证")
    reviewer.click("summary:has-text('退回修改')")
    reviewer.select_option("[name=reason]", "figures")
    reviewer.fill("details[open] [name=words]", "颁证率口径不一致。")
    reviewer.fill("details[open] [name=points]", "颁证率口径与附表不一致，请说明。\n缺验收材料。")
    picture(reviewer, "review")
    press(reviewer, "details[open] button.btn")

    # The lead answers one point, may not submit yet, answers the other, and submits again.
    lead.goto("/")
    expect(lead.locator("main")).to_contain_text("2 条待改事项")
    open_milestone(lead)
    assert state_of(lead) == "待报送"
    lead.fill("[name=answer] >> nth=0", "按承包户数统计，已在附表注明。")
    press(lead, "button:has-text('暂存')")
    expect(lead.locator("button:has-text('提交审核')")).to_be_disabled()
    lead.fill("[name=answer] >> nth=1", "已补验收材料。")
    press(lead, "button:has-text('暂存')")
    press(lead, "button:has-text('提交审核')")
    assert state_of(lead) == "待审核"

    # A committee member who is too early is told so; the reviewer approves; the committee signs off.
    open_milestone(committee)
    assert state_of(committee) == "待审核"
    reviewer.goto("/review/choose")
    for key in "jx":
        reviewer.keyboard.press(key)
    expect(reviewer.locator("[name=item]").first).to_be_checked()
    for key in "xo":
        reviewer.keyboard.press(key)
    reviewer.wait_for_url("**/review?id=*")
    expect(reviewer.locator("main")).to_contain_text("已补验收材料。")
    press(reviewer, "button:has-text('审核通过')")
    committee.goto("/review")
    press(committee, "button:has-text('同意办结')")
    open_milestone(committee)
    assert state_of(committee) == "已办结"
    expect(committee.locator(".stamp")).to_contain_text("验收销号")
    picture(committee, "signed-off", full_page=True)

    # It shows in the ledger and the monitor, and the record of it is whole.
    committee.goto("/monitor")
    expect(committee.locator(".figures")).to_contain_text("1")
    committee.locator("canvas").first.wait_for()
    picture(committee, "monitor")
    committee.goto("/ledger")
    expect(committee.locator(".atlas .light-blue")).to_have_count(1)
    picture(committee, "ledger")
    trail = [words.split(" ")[0] for words in committee_trail(committee)]
    assert trail == ["提交审核", "退回修改", "提交审核", "审核通过", "同意办结"]
    verified = site.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def committee_trail(page) -> list[str]:
    """The actions in the audit trail, the oldest first, without the import."""
    open_milestone(page)
    milestone = page.url.rsplit("/", 1)[1]
    page.goto(f"/audit?subject=milestone&id={milestone}")
    return page.locator("tbody summary").all_inner_texts()[::-1][1:]


@ONE_DATABASE
def test_without_scripts_on_a_phone_a_report_is_handed_in_all_the_same(site):
    lead = site.open(LEAD, width=360, height=740, scripts=False)
    open_milestone(lead)
    lead.fill("[name=account]", "已完成。")
    lead.set_input_files("[name=file]", site.report)
    press(lead, "button:has-text('暂存')")
    site.nothing_to_add(lead.url, SUPPORT, *STREETS)
    lead.reload()
    press(lead, "button:has-text('提交审核')")
    assert state_of(lead) == "待审核"
    reviewer = site.open(REVIEWER, width=360, height=740, scripts=False)
    reviewer.goto("/review")
    press(reviewer, "button:has-text('审核通过')")
    open_milestone(reviewer)
    assert state_of(reviewer) == "待审定"


@ONE_DATABASE
def test_a_page_opened_before_somebody_else_acted_says_who_and_keeps_what_was_typed(site):
    first, second = site.open(LEAD), site.open(LEAD)
    for page in (first, second):
        open_milestone(page)
    first.fill("[name=account]", "甲写的进展。")
    press(first, "button:has-text('暂存')")
    second.fill("[name=account]", "乙写的进展。")
    press(second, "button:has-text('暂存')")
    expect(second.locator("main")).to_contain_text("区农业局 · 经办人已先行办理：填报。")
    expect(second.get_by_label("进展说明")).to_have_value("乙写的进展。")
    press(second, "text=查看最新情况")
    expect(second.locator("[name=account]")).to_have_value("甲写的进展。")
    site.complaints.clear()  # Chromium writes the 409 of this answer to its console
