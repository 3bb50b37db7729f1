"""An implementation plan in three browsers, from its first entry to filing, with a detour through Word."""

import docx
from playwright.sync_api import expect

from tests.chromium.test_from_plan_to_sign_off import COMMITTEE, REVIEWER, press
from tests.variables import ONE_DATABASE

pytestmark = ONE_DATABASE

UNIT = "quchengguanju"  # leads three milestones


def test_an_implementation_plan_goes_from_draft_to_filed(site, picture, tmp_path):
    lead, reviewer, committee = map(site.open, (UNIT, REVIEWER, COMMITTEE))

    # The unit finds its plan on the workbench, begun from the published table, and fills one entry in.
    lead.goto("/implementation")
    lead.click("tbody a")
    plan = lead.url
    expect(lead.locator(".entry").first).to_be_visible()
    entries = lead.locator(".entry").count()
    first = lead.locator(".entry").first
    first.locator("[name^=measures]").fill("分片包干，逐日清运。")
    first.locator("[name^=handler]").fill("环卫岗")
    first.locator("[name^=leader]").fill("分管副局长")
    first.locator("[name^=evidence]").fill("清运记录\n保洁员名册")
    first.locator("[name^=steps]").fill("尽快完成")
    press(lead, ".entry >> nth=0 >> button:has-text('暂存')")
    expect(lead.locator(".entry .field .wrong")).to_contain_text("须以日期开头")
    expect(first.locator("[name^=measures]")).to_have_value("分片包干，逐日清运。")
    site.complaints.clear()  # Chromium writes the 422 of this answer to its console
    first.locator("[name^=steps]").fill("2018年12月20日 完成配置")
    press(lead, ".entry >> nth=0 >> button:has-text('暂存')")
    expect(first.locator("summary")).to_contain_text("已填")
    lead.goto(plan)
    lead.click(".entry >> nth=0 >> summary")
    picture(lead, "implementation-draft", full_page=True)

    # The others are filled in with Word and read back.
    with lead.expect_download() as download:
        lead.click("text=导出 Word 文档")
    exported = tmp_path / "方案.docx"
    download.value.save_as(exported)
    document = docx.Document(str(exported))
    table = document.tables[0]
    heads = [cell.text for cell in table.rows[0].cells]
    for row in table.rows[1:]:
        for head, words in (
            ("工作措施", "逐日清运。"), ("经办岗位", "环卫岗"), ("分管领导", "副局长"), ("佐证材料", "清运记录"),
        ):
            cell = row.cells[heads.index(head)]
            cell.text = cell.text or words
    document.save(str(exported))
    lead.set_input_files("[name=file]", exported)
    press(lead, "button:has-text('读入')")
    expect(lead.locator(".notice.ok")).to_contain_text(f"更新 {entries - 1} 个节点")
    press(lead, "#draft button:has-text('报送')")
    expect(lead.locator(".path [aria-current=step]")).to_have_text("报送")

    # The reviewer approves, the committee files, and the milestone asks for what was stated.
    reviewer.goto(plan)
    picture(reviewer, "implementation-review", full_page=True)
    press(reviewer, "button:has-text('审核通过')")
    committee.goto(plan)
    press(committee, "button:has-text('同意备案')")
    expect(committee.locator(".path [aria-current=step]")).to_have_text("备案")
    committee.goto("/implementation")
    picture(committee, "implementation-list")
    committee.goto("/monitor")
    expect(committee.locator("main")).to_contain_text("已备案 1 /")
    lead.goto(plan)
    lead.click(".entry >> nth=0 >> text=查看节点")
    expect(lead.locator("[name=check]")).to_have_count(2)
    expect(lead.locator("#draft .points")).to_contain_text("保洁员名册")
    picture(lead, "checklist", full_page=True)
    milestone = lead.url

    # The same in English, and on a phone.
    phone = site.open(UNIT, width=360, height=740, locale="en-US")
    for address, name in ((plan, "implementation-phone"), ("/implementation", "implementations-phone"),
                          (milestone, "checklist-phone")):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        picture(phone, name, full_page=True)
    verified = site.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
