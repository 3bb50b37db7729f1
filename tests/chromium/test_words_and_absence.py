"""A reviewer is away and a colleague acts for them; people are told, they talk, an instruction is answered."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.chromium.test_from_plan_to_sign_off import (
    COMMITTEE,
    LEAD,
    REVIEWER,
    STREETS,
    SUPPORT,
    open_milestone,
    press,
    state_of,
)
from tests.variables import DEMO_DAYS, ONE_DATABASE

pytestmark = ONE_DATABASE

COLLEAGUE, UNIT = "shenhe2", "区农业局 · 经办人"


def test_a_colleague_acts_for_a_reviewer_and_everybody_can_see_it(site):
    lead, reviewer, colleague = map(site.open, (LEAD, REVIEWER, COLLEAGUE))
    open_milestone(lead)
    lead.fill("[name=account]", "已完成。")
    lead.set_input_files("[name=file]", site.report)
    press(lead, "button:has-text('暂存')")
    site.nothing_to_add(lead.url, SUPPORT, *STREETS)
    lead.reload()
    press(lead, "button:has-text('提交审核')")

    # The reviewer is told, and away from tomorrow; the colleague is told of that.
    reviewer.goto("/notices")
    expect(reviewer.locator(".told")).to_contain_text(f"{UNIT}提交了「7 农村土地确权登记颁证 · 2018」，请审核")
    reviewer.goto("/delegations")
    reviewer.select_option("[name=taker]", label="督查室 · 审核二岗")
    reviewer.fill("[name=last_day]", reviewer.input_value("[name=first_day]"))
    press(reviewer, "main form button:has-text('授权')")
    colleague.goto("/")
    colleague.click("a:has-text('通知')")
    press(colleague, ".told a:has-text('授权您自')")
    press(colleague, "button:has-text('以此身份代办')")
    expect(colleague.locator(".acting")).to_contain_text("督查室 · 审核二岗 代 督查室 · 审核一岗")
    colleague.goto("/review")
    press(colleague, "button:has-text('审核通过')")
    press(colleague, "button:has-text('恢复本人身份')")
    expect(colleague.locator(".acting")).to_have_count(0)

    open_milestone(lead)
    assert state_of(lead) == "待审定"
    expect(lead.locator(".time")).to_contain_text("督查室 · 审核二岗 代 督查室 · 审核一岗")
    verified = site.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout


def test_an_instruction_a_note_and_a_mention_reach_whom_they_are_for(site):
    lead, reviewer, committee = map(site.open, (LEAD, REVIEWER, COMMITTEE))
    open_milestone(committee)
    committee.click("summary:has-text('作出批示')")
    committee.fill("#instruction", "请说明卡在哪一步。")
    committee.fill("#answer-by", str(date.today() + timedelta(DEMO_DAYS + 30)))
    press(committee, "#instructions button")
    open_milestone(reviewer)
    reviewer.fill("#note", "颁证率存疑。")
    press(reviewer, "#notes .say > button")
    reviewer.click("#talk summary:has-text('提到某人')")
    reviewer.click("#talk .mention button:has-text('@区农业局·经办人')")
    reviewer.locator("#comment").press_sequentially("请看批示。")
    press(reviewer, "#talk .say > button")

    lead.goto("/")
    press(lead, "a:has-text('答复批示')")
    expect(lead.locator("main")).to_contain_text("@区农业局·经办人 请看批示。")
    expect(lead.locator("main")).not_to_contain_text("颁证率存疑")
    lead.fill("#instructions textarea", "卡在验收。")
    press(lead, "#instructions button")
    lead.goto("/")
    expect(lead.locator("main")).not_to_contain_text("答复批示")
    committee.goto("/notices")
    expect(committee.locator(".told").first).to_contain_text("答复了您对")
    expect(committee.locator(".told").first).to_contain_text("卡在验收。")
