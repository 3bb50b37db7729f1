"""What a person meets: pages in their language, errors that say what to do, nothing typed that is lost."""

import io
import re

import pytest
from jinja2 import nodes
from sqlalchemy import event

from settings import ROOT
from tests.ledger import PASSWORD, RETURN
from workflow.delegation import delegate
from workflow.drafts import end_draft

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def one(ledger) -> int:
    return ledger.milestones["1", 2018]


def draft(ledger, **more) -> dict:
    content = ledger.milestone().round
    return {"round_number": content.number, "draft_version": content.draft_version,
            "version": ledger.milestone().version, **more}


def statements(app, ask) -> list[str]:
    """The SQL statements that a request takes; BEGIN and COMMIT are none."""
    counted = []

    def count(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            counted.append(statement)

    engine = app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert ask().status_code in (200, 302), counted
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return counted


def test_a_milestone_goes_from_plan_to_sign_off_over_http(ledger, browse, one):
    lead, reviewer, committee = browse("lead"), browse("reviewer"), browse("committee")
    form = draft(ledger, account="已完成。", figure_name=["颁证率"], figure_amount=["98.6"], figure_unit=["%"])
    assert lead.post(f"/milestones/{one}/draft", form | {"file": (io.BytesIO(PDF), "报告.pdf")}).status_code == 302
    ledger.all_answer()
    assert lead.post(f"/milestones/{one}/draft", draft(ledger, account="已完成。", then="submit")).status_code == 302
    assert "已完成。" in reviewer.get(f"/review?id={one}").text
    data = {"reason": "figures", "words": "口径不一致。", "points": "一\r\n\r\n二"}
    assert reviewer.act(one, "return", data).status_code == 302
    assert [p["words"] for p in ledger.milestone().round.points] == ["一", "二"]
    page = lead.get(f"/milestones/{one}").text
    assert "退回待改" in page and "口径不一致" in page
    answered = draft(ledger, account="已完成，附表已改。", answer=["甲", "乙"], then="submit")
    assert lead.post(f"/milestones/{one}/draft", answered).status_code == 302  # saved, then submitted
    assert reviewer.act(one, "approve").status_code == 302
    assert committee.act(one, "accept", {"words": "同意。"}).status_code == 302
    assert "验收销号" in lead.get(f"/milestones/{one}").text
    page = lead.get(f"/milestones/{one}").text
    assert "已完成，附表已改。" in page and "第 1 轮" in page


def test_an_action_that_cannot_be_taken_now_is_greyed_with_the_reason_that_the_server_gives(ledger, browse, one):
    lead = browse("lead")
    page = lead.get(f"/milestones/{one}").text
    greyed = re.search(r'<button[^>]*disabled[^>]*>提交审核</button>\s*<span[^>]*>(.*?)</span>', page, re.S)
    answer = lead.act(one, "submit")
    assert answer.status_code == 409
    assert greyed and greyed.group(1).strip() in answer.text


def test_a_page_opened_before_somebody_acted_says_who_and_when_and_keeps_the_words(ledger, browse, one):
    ledger.submit()
    version = ledger.milestone().version
    ledger.fire("reviewer", "approve")
    answer = browse("area1").act(one, "return", {"words": "我写的一大段意见"}, version)
    assert answer.status_code == 409
    assert "督查室 · 审核一岗" in answer.text and "审核通过" in answer.text and "2018年12月13日 10:00" in answer.text
    assert "我写的一大段意见" in answer.text


def test_a_draft_that_a_colleague_saved_meanwhile_is_not_overwritten(ledger, browse, one):
    first = draft(ledger, account="同事写的")
    assert browse("lead2").post(f"/milestones/{one}/draft", first).status_code == 302
    answer = browse("lead").post(f"/milestones/{one}/draft", first | {"account": "我写的一大段"})
    assert answer.status_code == 409 and "副经办人" in answer.text and "我写的一大段" in answer.text
    assert ledger.milestone().round.account == "同事写的"


@pytest.mark.parametrize("form", [
    {"figure_name": "颁证率", "figure_amount": "一百"}, {"figure_amount": "3"}, {"account": "长" * 20_001},
    {"figure_name": "a", "figure_amount": "NaN"}, {"figure_name": "a", "figure_amount": "1e9"},
])
def test_a_wrong_figure_is_named_and_what_was_typed_is_still_there(ledger, browse, one, form):
    answer = browse("lead").post(f"/milestones/{one}/draft", draft(ledger, **{"account": "我写的一大段"} | form))
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert form.get("account", "我写的一大段")[:50] in answer.text
    assert ledger.milestone().round.draft_version == 0


def test_one_wrong_file_is_named_and_the_right_one_stays(ledger, browse, one):
    files = [(io.BytesIO(PDF), "对.pdf"), (io.BytesIO(b"MZ"), "错.pdf"), (io.BytesIO(b""), "空.pdf")]
    answer = browse("lead").post(f"/milestones/{one}/draft", draft(ledger, account="写好的", file=files))
    assert answer.status_code == 422 and "错.pdf" in answer.text and "空.pdf" in answer.text
    assert ledger.milestone().round.evidence_count == 1 and ledger.milestone().round.account == "写好的"


def test_too_many_and_too_large_are_refused_in_words(ledger, browse, one):
    lead = browse("lead")
    many = [(io.BytesIO(PDF), f"{n}.pdf") for n in range(7)]
    assert "最多 6 件" in lead.post(f"/milestones/{one}/draft", draft(ledger, file=many)).text
    large = lead.post(f"/milestones/{one}/draft", draft(ledger, file=(io.BytesIO(PDF + b"0" * 3 * 2**20), "大.pdf")))
    assert large.status_code == 413 and "1 MB" in large.text


def test_evidence_is_served_as_a_download_with_safe_headers_to_those_who_may_read_it(ledger, browse, one):
    lead = browse("lead")
    lead.post(f"/milestones/{one}/draft", draft(ledger, account="x", file=(io.BytesIO(PDF), "../../报告\u202e.pdf")))
    piece = ledger.milestone().rounds[0].evidence[0]
    path = f"/milestones/{one}/evidence/{piece.id}"
    answer = lead.get(path)
    assert answer.data == PDF and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    # A draft's file is the lead's: not the supporting unit's, not the reviewer's, nor reached through another one.
    for name in ("support", "reviewer", "committee", "outsider"):
        assert browse(name).get(path).status_code == 404, name
    assert lead.get(f"/milestones/{ledger.milestones['1', 2019]}/evidence/{piece.id}").status_code == 404
    ledger.all_answer()
    lead.post(f"/milestones/{one}/draft", draft(ledger, account="x", then="submit"))
    for name in ("support", "reviewer", "committee", "auditor"):
        assert browse(name).get(path).status_code == 200, name
    assert lead.post(f"{path}/remove").status_code == 409  # frozen


def test_a_supporting_unit_adds_its_own_and_touches_nothing_else(ledger, browse, one):
    support, lead, member = browse("support"), browse("lead"), browse("member")
    sent = {"body": "权属数据见附件。", "file": (io.BytesIO(PDF), "数据.pdf")}
    assert support.post(f"/milestones/{one}/contribution", sent).status_code == 302
    assert "权属数据见附件。" in lead.get(f"/milestones/{one}").text
    assert "权属数据见附件。" not in member.get(f"/milestones/{one}").text
    piece = ledger.milestone().rounds[0].evidence[-1]
    assert lead.post(f"/milestones/{one}/evidence/{piece.id}/remove").status_code == 404
    assert support.post(f"/milestones/{one}/draft", draft(ledger, account="代写")).status_code == 403
    assert support.post(f"/milestones/{one}/evidence/{piece.id}/remove").status_code == 302


def test_an_expired_sign_in_carries_the_form_along(ledger, browse, clock, one):
    lead = browse("lead")
    form = draft(ledger, account="写了一个小时的进展") | {"csrf_token": lead.token()}
    clock.pass_(hours=2)
    asked = lead.post(f"/milestones/{one}/draft", form, token=False)
    assert asked.status_code == 401 and "登录已过期" in asked.text
    carried = dict(re.findall(r'name="(resume_[a-z_]+)" value="([^"]*)"', asked.text))
    resumed = lead.post("/sign-in", {"username": "lead", "password": PASSWORD, **carried})
    assert "写了一个小时的进展" in resumed.text and f'action="/milestones/{one}/draft"' in resumed.text
    again = {name.removeprefix("resume_"): value for name, value in carried.items() if name != "resume_path"}
    sent = resumed.text[resumed.text.index(f'action="/milestones/{one}/draft"'):]
    again["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', sent)[1]
    assert lead.post(f"/milestones/{one}/draft", again, token=False).status_code == 302
    assert ledger.milestone().round.account == "写了一个小时的进展"


def test_what_was_written_is_called_as_its_form_calls_it_and_nothing_of_the_form_itself_is_shown(ledger, browse):
    """After somebody else acted, and when a sign-in had ended on a page with filters."""
    ledger.submit()
    ledger.fire("reviewer", "approve")
    committee, one = browse("committee"), ledger.milestones["1", 2018]
    seen = ledger.milestone().version
    ledger.fire("committee", "send_back", {"words": "再看。"})
    stale = committee.act(one, "accept", {"words": "写好的意见"}, version=seen)
    kept = stale.text[stale.text.index("您填写的内容"):]
    assert stale.status_code == 409 and "审定意见</label>" in kept and "写好的意见" in kept
    refused = browse("lead").post("/chasing/send", {"milestone": one, f"seen-{one}": 1, "words": "请抓紧"})
    kept = refused.text[refused.text.index("您填写的内容"):]
    assert kept.count("</label>") == 1 and "填写的文字</label>" in kept
    stranger = browse()
    asked = stranger.post("/chasing/send?figure=overdue", {"milestone": one, "words": "请抓紧"})
    assert 'name="resume_path" value="/chasing/send?figure=overdue"' in asked.text
    carried = dict(re.findall(r'name="(resume_[a-z_]+)" value="([^"]*)"', asked.text))
    resumed = stranger.post("/sign-in", {"username": "committee", "password": PASSWORD, **carried})
    assert 'action="/chasing/send?figure=overdue"' in resumed.text


def test_each_field_of_a_page_has_a_label_of_its_own(ledger, browse):
    """Several actions of one milestone ask for words."""
    ledger.submit()
    for path in (f"/milestones/{ledger.milestones['1', 2018]}", "/review"):
        page = browse("reviewer").get(path).text
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert [it for it in set(ids) if ids.count(it) > 1] == []
        assert set(re.findall(r'<label[^>]* for="([^"]+)"', page)) <= set(ids)
        assert page.count('name="words"') > 1


def test_the_counts_of_the_ledger_add_up_whichever_way_they_are_cut(ledger, browse):
    ledger.submit()
    committee = browse("committee")
    total = len(ledger.milestones)

    def shown(query: str) -> int:
        return int(re.search(r"<p>(\d+) 个年度节点", committee.get(f"/ledger?{query}").text).group(1))

    assert shown("") == total
    assert sum(shown(f"year={year}") for year in (2018, 2019, 2020)) == total
    assert sum(shown(f"state={state}") for state in ("planned", "submitted", "reviewed", "accepted")) == total
    assert sum(shown(f"light={colour}") for colour in ("blue", "gray", "green", "yellow", "red")) == total
    assert shown("words=农村 颁证") == 2 and shown("words=' OR 1=1 --") == 0
    assert shown("area=abc&year=x&light=zz") == total


@pytest.mark.parametrize(("path", "most"), [
    ("/", 8), ("/ledger", 12), ("/ledger?light=red", 12), ("/ledger?figure=over&asof=2018-12-12", 12),
    ("/monitor", 12), ("/monitor?asof=2018-12-12", 12), ("/monitor/screen", 12), ("/monitor/units", 12),
    ("/monitor/time", 12), ("/monitor/units/1", 16), ("/review", 10), ("/tasks/1", 8),
])
def test_a_page_takes_few_statements_however_much_there_is(app, ledger, browse, path, most):
    ledger.submit()
    committee = browse("committee")
    taken = statements(app, lambda: committee.get(path))
    assert len(taken) <= most, taken
    ledger.submit("support", "2")  # and where something has happened since
    taken = statements(app, lambda: committee.get(path))
    assert len(taken) <= most, taken


def taken_by(app, ledger, browser, trigger, data, number="1") -> list[str]:
    """The statements of one transition over HTTP."""
    milestone = ledger.milestone(number)
    form = {"version": milestone.version, "csrf_token": browser.token(), **data}
    url = f"/milestones/{milestone.id}/act/{trigger}"
    return statements(app, lambda: browser.post(url, form, token=False))


def test_a_transition_takes_at_most_eight_statements_one_of_them_for_all_its_notices(app, ledger, browse):
    ledger.fill()
    steps = (
        ("lead", "submit", {}), ("reviewer", "return", RETURN | {"points": "一\n二"}), ("lead", None, None),
        ("lead", "submit", {}), ("lead", "withdraw", {}), ("lead", "submit", {}), ("reviewer", "approve", {}),
        ("committee", "send_back", {"words": "请核对。"}), ("area1", "approve", {}), ("committee", "accept", {}),
        ("committee", "reopen", {"words": "复查。"}),
    )
    browsers = {name: browse(name) for name in ("lead", "reviewer", "area1", "committee")}
    for name, trigger, data in steps:
        if trigger is None:
            ledger.fill(answers=["甲", "乙"])
            continue
        taken = taken_by(app, ledger, browsers[name], trigger, data)
        assert sum("INTO notice" in statement for statement in taken) == 1
        assert len(taken) <= 8, (trigger, [s[:60] for s in taken])


def test_it_takes_no_more_with_several_leads_and_for_those_who_are_away(app, ledger, browse):
    """The longest way: parts of two leads to freeze and to copy, and everybody acts for somebody."""
    away = {"colead": "outsider", "reviewer": "nobody", "committee": "member"}
    day = ledger.database.clock().date()
    browsers = {}
    for giver, taker in away.items():
        delegate(ledger.database, ledger.actor(giver), ledger.accounts[taker], None, day, day)
        browsers[giver] = browse(taker)
        assert browsers[giver].post("/delegations/act", {"giver": ledger.accounts[giver]}).status_code == 302
    steps = (
        (None, None, []), ("colead", "submit", {}), ("reviewer", "return", RETURN | {"points": "一"}),
        (None, None, ["甲"]), ("colead", "submit", {}), ("reviewer", "approve", {}),
        ("committee", "send_back", {"words": "请核对。"}), ("reviewer", "approve", {}), ("committee", "accept", {}),
        ("committee", "reopen", {"words": "复查。"}),
    )
    for name, trigger, data in steps:
        if trigger is None:
            ledger.draft("support", "2", answers=data)
            end_draft(ledger.milestone("2"), ledger.actor("support"))
            continue
        taken = taken_by(app, ledger, browsers[name], trigger, data, "2")
        assert len(taken) <= 8, (trigger, [s[:60] for s in taken])


def test_pages_come_in_english_for_those_who_ask(browse, one, ledger):
    committee = browse("committee")
    assert committee.post("/language", {"language": "en"}).status_code == 302
    for path in ("/", "/ledger", "/monitor", "/audit", "/help", "/review", f"/milestones/{one}", "/milestones/99999"):
        text = committee.get(path).text
        # What is left in Chinese is the paper, and names: no label of ours.
        assert 'lang="en"' in text
        for label in ("工作台", "监测", "待审核", "期限", "下一步", "经过", "没有这一页"):
            assert label not in text, (path, label)


def test_errors_are_pages_with_a_request_number(browse):
    lead = browse("lead")
    for path, status in (("/nowhere", 404), ("/audit", 403), ("/milestones/99999", 404)):
        answer = lead.get(path)
        assert answer.status_code == status
        assert answer.headers["X-Request-Id"] in answer.text and "返回工作台" in answer.text


def test_the_policy_forbids_inline_scripts_and_no_page_has_any(browse, one):
    lead = browse("lead")
    for path in ("/", "/ledger", f"/milestones/{one}", "/help", "/style"):
        answer = lead.get(path)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*src=)|<[^>]+ on\w+=|<[^>]+ style=", answer.text)


def test_the_audit_page_shows_what_happened_and_filters_it(ledger, browse):
    ledger.submit()
    auditor = browse("auditor")
    query = "subject=milestone&action=submit&actor=甲局&since=2018-12-13&until=2018-12-13"
    assert "提交审核" in auditor.get(f"/audit?{query}").text
    assert "没有符合条件的事件" in auditor.get("/audit?since=2019-01-01").text
    assert auditor.get("/audit?since=x&id=y&before=z").status_code == 200


def test_health_says_whether_it_can_work(browse, app):
    assert browse().get("/healthz").json == {"status": "ok"}
    assert browse().get("/readyz").status_code == 200


def test_every_macro_is_given_what_it_asks_for(app):
    """What is missing is an error only where the macro comes to use it, for one milestone in many."""
    folder = ROOT / "templates"
    trees = {str(it.relative_to(folder)): app.jinja_env.parse(it.read_text()) for it in folder.rglob("*.html")}
    own = {name: {it.name: it for it in tree.find_all(nodes.Macro)} for name, tree in trees.items()}
    called = 0
    for name, tree in trees.items():
        known = dict(own[name])
        for it in tree.find_all(nodes.FromImport):
            for imported in it.names:
                there, here = imported if isinstance(imported, tuple) else (imported, imported)
                known[here] = own[it.template.value][there]
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in known and not call.dyn_args:
                macro = known[call.node.name]
                asked = [it.name for it in macro.args]
                given = {*asked[: len(call.args)], *(it.key for it in call.kwargs)}
                missing = set(asked[: len(asked) - len(macro.defaults)]) - given
                assert not missing, (name, call.lineno, call.node.name, missing)
                called += 1
    assert called > 100
