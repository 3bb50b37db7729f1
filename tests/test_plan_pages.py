"""How a plan gets in, over HTTP and with scripts off: upload, check, correct, confirm; several plans side by side."""

import io
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import ActionArea, DraftStatus, Plan
from plans import intake
from plans.checked import CheckedMilestone
from plans.readers.pace import Progress
from plans.reading import read_plan
from plans.store import store_plan
from tests.plans.paper import LINES, changed, paper
from tests.plans.test_editions import Desk
from tests.plans.test_intake import look
from tests.test_pages import statements

HX = {"HX-Request": "true", "Accept-Language": "zh"}


def upload(browser, data: bytes = paper(), name: str = "方案.txt") -> str:
    """The address of the draft, once it has been read."""
    answer = browser.post("/admin/plans", {"file": (io.BytesIO(data), name)})
    assert answer.status_code == 302, answer.text
    draft = answer.headers["Location"]
    while "正在读取" in browser.get(draft).text:
        time.sleep(0.1)
    return draft


def form(page: str, verb: str, **wanted) -> dict:
    """The fields of the first form of a page that makes this correction, and has these values in it."""
    for found in re.findall(r"<form[^>]*>.*?</form>", page, re.S):
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found))
        if fields.get("do") == verb and all(fields.get(name) == value for name, value in wanted.items()):
            return {name: value for name, value in fields.items() if name != "csrf_token"}
    raise AssertionError(f"no form for {verb} {wanted}")


def row_address(page: str, number: str) -> str:
    row = rf'<article class="read" id="row-([\d.]+)">(?:(?!</article>).)*?<span class="muted">{number}</span>'
    return f"rows/{re.search(row, page, re.S).group(1)}"


def test_a_document_goes_from_upload_to_the_ledger_without_scripts(ledger, browse):
    system = browse("system")
    draft = upload(system)
    page = system.get(draft).text
    assert "推进农村公路建设。" in page and "未标明牵头" in page and "原文 · 第" in page

    row = system.get(f"{draft}/{row_address(page, '2')}").text
    assert system.post(f"{draft}/corrections", form(row, "lead", unit="丁局")).status_code == 302
    row = system.get(f"{draft}/{row_address(page, '3')}").text
    due = form(row, "due", year="2018") | {"value": "2018-05-31"}
    assert system.post(f"{draft}/corrections", due).status_code == 302
    vague = form(system.get(draft).text, "settle", code="unit-vague", number="4")
    assert system.post(f"{draft}/corrections", vague).status_code == 302
    title = {"do": "plan-title", "seen": 3, "value": "改好的方案"}
    assert system.post(f"{draft}/corrections", title).status_code == 302

    page = system.get(f"{draft}?show=doubt").text
    assert "未标明牵头" not in page and "6月前" not in page.replace("6月前完成方案", "")
    confirm = system.get(f"{draft}/confirm").text
    assert "新增单位" not in confirm or "有关单位" in confirm
    version = re.search(r'name="version" value="(\d+)"', confirm).group(1)
    refused = system.post(f"{draft}/confirm", {"version": version})
    assert refused.status_code == 409 and "未处理的疑点" in refused.text
    answer = system.post(f"{draft}/confirm", {"version": version, "accept_doubts": "1", "opened_on": "2018-07-01"})
    assert answer.status_code == 302, answer.text
    assert "改好的方案" in system.get("/admin/plans").text
    ledger_page = browse("committee").get("/ledger").text
    assert "改好的方案" in ledger_page and "全部方案" in ledger_page


def test_a_correction_in_place_brings_back_its_row_and_the_counts(browse):
    system = browse("system")
    draft = upload(system)
    path = f"{draft}/{row_address(system.get(draft).text, '2')}"
    part = system.client.get(path, headers=HX).text
    assert part.lstrip().startswith("<article") and "<html" not in part
    sent = form(part, "lead", unit="丁局") | {"csrf_token": system.token()}
    answer = system.client.post(f"{draft}/corrections", data=sent, headers=HX)
    assert answer.status_code == 200 and 'hx-swap-oob="true"' in answer.text and "已更正" in answer.text
    wrong = form(part, "unit-rename", unit="乙局") | {"csrf_token": system.token(), "name": "", "seen": 1}
    answer = system.client.post(f"{draft}/corrections", data=wrong, headers=HX)
    assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_a_second_upload_finds_the_corrections_again(browse):
    system = browse("system")
    draft = upload(system)
    system.post(f"{draft}/corrections", {"do": "plan-title", "seen": 0, "value": "改好的方案"})
    again = upload(system, name="副本.txt")
    assert again == draft and "改好的方案" in system.get(again).text


def test_corrections_are_listed_taken_back_saved_and_loaded(browse):
    system = browse("system")
    draft = upload(system)
    system.post(f"{draft}/corrections", {"do": "plan-title", "seen": 0, "value": "改好的方案"})
    saved = system.get(f"{draft}/corrections.json").data
    listed = system.get(f"{draft}/corrections").text
    version = re.search(r'name="version" value="(\d+)"', listed).group(1)
    assert "改方案名称" in listed and "改好的方案" in listed
    assert system.post(f"{draft}/corrections/0/undo", {"version": version}).status_code == 302
    assert "改好的方案" not in system.get(draft).text
    version = re.search(r'name="version" value="(\d+)"', system.get(f"{draft}/corrections").text).group(1)
    sent = {"version": version, "file": (io.BytesIO(saved), "更正.json")}
    assert system.post(f"{draft}/corrections.json", sent).status_code == 302
    assert "改好的方案" in system.get(draft).text
    bad = {"version": version, "file": (io.BytesIO(b"{"), "x.json")}
    assert system.post(f"{draft}/corrections.json", bad).status_code == 422


def test_what_cannot_be_read_is_said_with_what_to_do_and_stored_plans_stay(ledger, browse):
    system = browse("system")
    draft = upload(system, "这不是方案。".encode())
    answer = system.get(draft)
    assert answer.status_code == 422 and "无法读取" in answer.text and "重新上传" in answer.text
    empty = system.post("/admin/plans", {"file": (io.BytesIO(b""), "空.txt")})
    assert empty.status_code == 422
    with ledger.database.reading() as session:
        assert len(session.scalars(select(Plan.id)).all()) == 1


def test_a_reading_that_takes_long_shows_progress_and_can_be_left(ledger, browse, clock):
    system = browse("system")
    draft_id, _ = intake.take_in(ledger.database, ledger.actor("system"), paper(), "长.txt")
    clock.pass_(seconds=7)
    page = system.get(f"/admin/plans/drafts/{draft_id}").text
    assert "已用 7 秒" in page and 'hx-trigger="every 1s"' in page and "http-equiv" in page
    assert "长.txt" in system.get("/admin/plans").text
    # Whatever process reads it, the draft says how far that has come; an older reading of it says nothing any more.
    begun = look(ledger, draft_id).begun_at
    intake.Teller(ledger.database, draft_id, begun - timedelta(1))(Progress("tasks", 3, 9))
    assert "正在打开文件。" in system.get(f"/admin/plans/drafts/{draft_id}").text
    tell = intake.Teller(ledger.database, draft_id, begun)
    tell(Progress("tasks", 400, 1200))
    tell(Progress("tasks", 600, 1200))  # within the same second: not worth a transaction
    page = system.get(f"/admin/plans/drafts/{draft_id}").text
    assert "400 / 1200 项" in page and 'value="400" max="1200"' in page
    intake.read(ledger.database, draft_id)
    assert look(ledger, draft_id).status == DraftStatus.READ
    assert "推进农村公路建设。" in system.get(f"/admin/plans/drafts/{draft_id}").text


def test_the_document_itself_is_only_ever_saved(browse):
    system = browse("system")
    answer = system.get(f"{upload(system, name='<b>方案.html')}/source")
    assert answer.data == paper()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_hostile_words_of_a_document_stay_words(browse):
    system = browse("system")
    page = system.get(upload(system, paper(changed("1", title="<script>alert(1)</script>")))).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_a_long_plan_is_shown_in_pages_and_each_takes_few_statements(app, browse):
    system = browse("system")
    lines = tuple(LINES[n % 3].but(number=str(n + 1), title=f"第{n + 1}项任务") for n in range(300))
    draft = upload(system, paper(lines))
    first, last = system.get(draft).text, system.get(f"{draft}?page=8").text
    assert first.count('<article class="read"') == 40 and "第300项任务" in last and "第1项任务" not in last
    for path in (draft, f"{draft}?page=8", f"{draft}?show=doubt", f"{draft}/confirm", f"{draft}/corrections"):
        assert len(statements(app, lambda p=path: system.get(p))) <= 9, path
    assert len(statements(app, lambda: system.get("/admin/plans"))) <= 8


def test_a_revision_is_compared_decided_and_followed(ledger, browse):
    desk, system = Desk(ledger), browse("system")
    lines = (*changed("1", title="农村土地确权登记颁证工作")[:3], LINES[0].but(number="5", title="新任务"))
    draft = upload(system, paper(lines))
    draft_id = int(draft.rsplit("/", 1)[1])
    version = look(ledger, draft_id).version
    moved = system.post(f"{draft}/revises", {"version": version, "plan": desk.plan_id})
    assert moved.headers["Location"] == f"{draft}/compare"
    page = system.get(f"{draft}/compare").text
    assert "农村土地确权登记颁证工作" in page and "不再列入" in page and "新增" in page

    def now() -> dict:
        return {"version": look(ledger, draft_id).version}

    assert system.post(f"{draft}/follow", now()).status_code == 409
    seen = dict(re.findall(r'name="seen-([^"]+)" value="([0-9a-f]+)"', page))
    first = next(key for key in seen if key.startswith("task-"))
    one = now() | {f"d-{first}": "keep", f"seen-{first}": seen[first]}
    assert system.post(f"{draft}/decide", one).status_code == 302
    assert system.post(f"{draft}/decide", now() | {"rest": "1"}).status_code == 302
    assert system.post(f"{draft}/follow", now() | {"accept_doubts": "1"}).status_code == 302
    with ledger.database.reading() as session:
        assert session.get_one(Plan, desk.plan_id).edition_number == 2
    assert "第 2 版" in browse("committee").get(f"/ledger?plan={desk.plan_id}").text
    for number in (1, 2):
        assert browse("lead").get(f"/plans/{desk.plan_id}/editions/{number}").status_code == 200
    assert browse("lead").get(f"/plans/{desk.plan_id}/editions/3").status_code == 404


def test_a_round_shows_the_words_that_it_answered(ledger, browse):
    desk = Desk(ledger)
    desk.submit("1")
    desk.follow(desk.revision(changed("1", asks=("改为全部完成。", "全面完成。"))), lambda row: "all")
    page = browse("reviewer").get(f"/review?id={desk.milestone('1').id}").text
    assert "本轮报送时按第 1 版的要求" in page and "基本完成。" in page and "改为全部完成。" in page


def counted(page: str) -> int:
    return int(re.search(r"<p>(\d+) 个年度节点", page).group(1))


def test_lists_work_across_plans_and_within_one(ledger, browse):
    desk, committee = Desk(ledger), browse("committee")
    both = counted(committee.get("/ledger").text)
    one, other = (counted(committee.get(f"/ledger?plan={n}").text) for n in (ledger.plan_id, desk.plan_id))
    assert (both, one) == (one + other, len(ledger.milestones)) and other == 5
    assert counted(committee.get("/ledger?plan=999").text) == both
    lead = browse("lead")
    waiting = [int(re.search(r"您有 (\d+) 件待办", lead.get(f"/?plan={n}").text).group(1)) for n in (1, desk.plan_id)]
    assert sum(waiting) == int(re.search(r"您有 (\d+) 件待办", lead.get("/").text).group(1)) and all(waiting)
    desk.submit("1")
    ledger.submit()
    for path in ("/review", "/monitor", "/"):
        assert "全部方案" in committee.get(path).text, path
    assert len(re.findall(r"<li><a data-stop", committee.get(f"/review?plan={desk.plan_id}").text)) <= 1
    reviewer = browse("reviewer")
    assert [len(re.findall(r"<li><a data-stop", reviewer.get(path).text)) for path in (
        "/review", f"/review?plan={desk.plan_id}", "/review?plan=1")] == [2, 1, 1]


def test_each_figure_of_the_monitor_over_several_plans_links_to_exactly_those_milestones(ledger, browse):
    Desk(ledger)
    committee = browse("committee")
    links = re.findall(r'<td class="num"><a[^>]*href="(/ledger\?[^"]*)"[^>]*>(\d+)</a>', committee.get("/monitor").text)
    assert len(links) > 10
    for path, figure in links:
        assert counted(committee.get(path.replace("&amp;", "&")).text) == int(figure), path


@pytest.mark.parametrize(("path", "most"), [
    ("/", 9), ("/ledger", 12), ("/monitor", 13), ("/review", 11), ("/tasks/1", 9),
])
def test_more_plans_take_no_more_statements(app, ledger, browse, path, most):
    Desk(ledger)
    ledger.submit()
    committee = browse("committee")
    assert len(statements(app, lambda: committee.get(path))) <= most


def test_a_serial_that_several_tasks_have_leads_to_each_of_them(ledger, browse):
    desk = Desk(ledger)
    lines = (*LINES, LINES[0].but(number="1", title="同号的另一项任务", area="二、治理行动"))
    desk.follow(desk.revision(lines))
    committee = browse("committee")
    page = committee.get(f"/tasks/1?plan={desk.plan_id}").text
    assert "<h1>1 农村土地确权登记颁证</h1>" in page and "同号的另一项任务" in page
    assert "<h1>1 同号的另一项任务</h1>" in committee.get(f"/tasks/1?plan={desk.plan_id}&at=5").text
    assert "<h1>1 农村土地确权登记颁证</h1>" in committee.get(f"/tasks/1?plan={ledger.plan_id}").text


def test_a_task_without_serial_and_year_has_its_pages(ledger, browse):
    read = read_plan(paper())
    tasks = [
        replace(task, number=None, milestones=(CheckedMilestone(None, ("完成",), None),)) for task in read.tasks[:2]
    ]
    plan = replace(read, years=[], tasks=tasks)
    stored = store_plan(
        ledger.database, ledger.actor("system"), plan, b"without serials", "无序号.txt", accept_doubts=True
    )
    committee = browse("committee")
    for view in ("map", "tasks", "list"):
        page = committee.get(f"/ledger?plan={stored.plan_id}&view={view}").text
        assert counted(page) == 2 and "农村公路建设" in page
    address = re.search(r'href="(/tasks/-[^"]*at=2[^"]*)"', committee.get(f"/ledger?plan={stored.plan_id}").text)
    task = committee.get(address.group(1).replace("&amp;", "&"))
    assert task.status_code == 200 and "农村公路建设" in task.text
    milestone = re.search(r'href="(/milestones/\d+)"', task.text).group(1)
    assert "未定期限" in committee.get(milestone).text
    assert "农村公路建设" in browse("support").get("/").text


def test_what_an_edition_drops_is_out_of_the_lists_and_still_found(ledger, browse):
    desk, committee = Desk(ledger), browse("committee")
    dropped = desk.milestone("1").id
    desk.follow(desk.revision(LINES[1:]))
    assert counted(committee.get(f"/ledger?plan={desk.plan_id}").text) == 3
    assert counted(committee.get(f"/ledger?plan={desk.plan_id}&dropped=1").text) == 2
    page = committee.get(f"/milestones/{dropped}").text
    assert "第 2 版起不再列入" in page
    lead = browse("lead").get(f"/milestones/{dropped}").text
    assert 'name="account"' not in lead


def test_the_export_is_a_workbook_for_whoever_may_read(ledger, browse):
    answer = browse("lead").get(f"/plans/{ledger.plan_id}/export.xlsx")
    assert answer.data[:2] == b"PK" and "attachment" in answer.headers["Content-Disposition"]
    assert browse("nobody").get(f"/plans/{ledger.plan_id}/export.xlsx").status_code == 403
    assert browse("lead").get("/plans/99/export.xlsx").status_code == 404


def test_the_pages_come_in_english(browse):
    system = browse("system")
    draft = upload(system)
    system.post("/language", {"language": "en"})
    for path in ("/admin/plans", draft, f"{draft}/confirm", f"{draft}/corrections"):
        text = system.get(path).text
        for label in ("核对", "更正清单", "确认入库", "疑点", "上传方案文件", "原文 ·", "下一步", "牵头单位："):
            assert label not in text.replace("牵头单位：甲局，配合单位：乙局", ""), (path, label)


def test_a_plan_without_action_areas_has_a_word_for_it_in_both_languages(ledger, browse):
    with ledger.database.writing() as session:
        session.scalars(select(ActionArea).order_by(ActionArea.id)).first().title = ""
    committee, milestone = browse("committee"), ledger.milestones["1", 2018]
    for path in ("/ledger", "/tasks/1", f"/milestones/{milestone}", "/delegations"):
        assert "（未分行动）" in committee.get(path).text, path
        english = committee.client.get(path, headers={"Accept-Language": "en"}).text
        assert "(no action area)" in english and "Project-Id-Version" not in english, path
