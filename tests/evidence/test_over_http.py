"""Evidence as people meet it: sent, shown, stripped, handed out, with the same answers over both stores."""

import io
import re
import urllib.request
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Evidence, Milestone, Round, Task
from settings import Settings, SettingsError
from tests.browser import Browser
from tests.evidence.files import PDF, docx, pdf, photo
from tests.ledger import PEOPLE, RETURN
from tests.servers.clamd import EICAR
from views.app import create_app
from workflow.definitions.milestone import MILESTONE
from workflow.drafts import sees_piece, sees_piece_where
from workflow.subjects import load_milestone


@pytest.fixture(params=["folder", "s3"])
def evidence_settings(request) -> dict[str, str]:
    return request.getfixturevalue(f"{request.param}_settings")


@pytest.fixture
def one(ledger) -> int:
    return ledger.milestones["1", 2018]


def another(ledger, database_url, clock, tmp_path, **more):
    """The same ledger with other settings."""
    return create_app(Settings(
        database_url=database_url, preview_folder=f"{tmp_path}/previews", upload_folder=f"{tmp_path}/uploads",
        secret_key="tests-only-" * 4,
        secure_cookies=False, max_file_mb=1, max_round_mb=2, max_round_pieces=6, **more,
    ), serving=True, clock=clock)


def send(browser, milestone_id: int, *files: tuple[bytes, str]):
    form = {"file": [(io.BytesIO(content), name) for content, name in files]}
    return browser.post(f"/milestones/{milestone_id}/evidence", form)


def pieces(ledger, number="1", year=2018) -> list:
    return ledger.milestone(number, year).rounds[-1].evidence


def test_files_sent_beside_the_form_are_kept_and_what_is_wrong_is_said(ledger, browse, one):
    answer = send(browse("lead"), one, (PDF, "对.pdf"), (b"MZ", "错.exe"))
    assert answer.status_code == 200 and answer.json["kept"] == 1
    assert len(answer.json["problems"]) == 1 and answer.json["problems"][0].startswith("错.exe：")
    assert [piece.name for piece in pieces(ledger)] == ["对.pdf"]


def test_sent_again_because_nobody_knows_whether_it_went_through_it_is_there_once(ledger, browse, one):
    lead = browse("lead")
    for _ in range(3):
        assert send(lead, one, (PDF, "报告.pdf")).json == {"kept": 1, "problems": []}
    assert send(lead, one, (PDF, "另一份.pdf")).json["kept"] == 1  # another name is another piece
    assert [piece.name for piece in pieces(ledger)] == ["报告.pdf", "另一份.pdf"]
    # The supporting unit's own copy of it is the supporting unit's.
    assert send(browse("support"), one, (PDF, "报告.pdf")).json["kept"] == 1
    assert len(pieces(ledger)) == 3


def test_only_those_who_work_on_the_draft_may_send(ledger, browse, one):
    for name, status in (("reviewer", 403), ("committee", 403), ("outsider", 404), ("auditor", 403)):
        assert send(browse(name), one, (PDF, "x.pdf")).status_code == status, name
    ledger.submit()
    assert send(browse("lead"), one, (PDF, "x.pdf")).status_code == 409
    assert browse("lead").post(f"/milestones/{one}/evidence", {}, token=False).status_code == 400


def test_all_files_of_a_round_may_come_with_one_form(ledger, browse, one):
    content = ledger.milestone().round
    body = PDF + b"\n" * 900_000
    form = {"round_number": content.number, "draft_version": content.draft_version, "account": "已完成。",
            "file": [(io.BytesIO(body + b"1"), "一.pdf"), (io.BytesIO(body + b"2"), "二.pdf")]}
    assert browse("lead").post(f"/milestones/{one}/draft", form).status_code == 302
    assert len(pieces(ledger)) == 2


@pytest.mark.parametrize("signed", [False, True])
def test_a_file_comes_back_as_it_was_to_those_who_may_read_it(
    ledger, database_url, clock, tmp_path, evidence_settings, one, signed
):
    app = another(ledger, database_url, clock, tmp_path, signed_seconds=60 * signed, **evidence_settings)
    lead = Browser(app, "lead")
    send(lead, one, (PDF, "报告 终稿.pdf"))
    path = f"/milestones/{one}/evidence/{pieces(ledger)[-1].id}"
    for name in ("support", "reviewer", "committee", "outsider"):
        assert Browser(app, name).get(path).status_code == 404, name
    assert Browser(app).get(path).status_code == 302  # to the sign-in page
    assert "/sign-in" in Browser(app).get(path).headers["Location"]
    answer = lead.get(path)
    if signed and evidence_settings["evidence_url"].startswith("s3:"):
        # Handed out by the store itself, for a minute, to be saved under its name.
        assert answer.status_code == 302 and "X-Amz-Expires=60" in answer.headers["Location"]
        assert answer.headers["Cache-Control"] == "no-store"
        with urllib.request.urlopen(answer.headers["Location"], timeout=20) as handed:
            assert handed.read() == PDF
            assert handed.headers["Content-Disposition"].startswith("attachment")
            assert handed.headers["Content-Type"] == "application/octet-stream"
    else:
        assert answer.status_code == 200 and answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Length"] == str(len(PDF))
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    app.extensions["database"].dispose()


def test_pictures_and_pages_are_shown_as_pictures_of_ours_alone(ledger, browse, one):
    lead = browse("lead")
    send(lead, one, (photo(), "现场.jpg"), (pdf("red", "blue"), "报告.pdf"), (docx(), "说明.docx"), (PDF, "空白.pdf"))
    page = lead.get(f"/milestones/{one}").text
    shown = dict.fromkeys(re.findall(r'<img[^>]*src="(/milestones/\d+/evidence/\d+/preview[^"]*)"', page))
    assert len(shown) == 4  # the photograph, the first page, and both pages to leaf through
    for path in shown:
        answer = lead.get(path)
        assert answer.data.startswith(b"\xff\xd8\xff") and answer.mimetype == "image/jpeg"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.data not in (photo(),) and b"2018:12:01" not in answer.data
        assert browse("support").get(path).status_code == 404  # a draft's
    assert "无法在此预览" in page and "共 2 页" in page
    names = {piece.name: piece.id for piece in pieces(ledger)}
    for name, query in (("说明.docx", ""), ("空白.pdf", ""), ("报告.pdf", "?page=3"), ("报告.pdf", "?page=0")):
        assert lead.get(f"/milestones/{one}/evidence/{names[name]}/preview{query}").status_code == 404, name
    # The bytes that were sent are never shown, however they are asked for.
    answer = lead.get(f"/milestones/{one}/evidence/{names['现场.jpg']}?show=1")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_where_and_when_a_photograph_was_taken_is_shown_and_can_be_taken_out_of_the_draft(ledger, browse, one):
    lead, support = browse("lead"), browse("support")
    send(lead, one, (photo(), "现场.jpg"))
    piece = pieces(ledger)[-1]
    page = lead.get(f"/milestones/{one}").text
    assert "2018年12月1日 09:30" in page and "北纬 21.27000°" in page and "东经 110.36000°" in page
    path = f"/milestones/{one}/evidence/{piece.id}/strip"
    assert path in page and support.post(path).status_code == 404
    assert lead.post(path).status_code == 302
    made = pieces(ledger)
    assert [p.name for p in made] == ["现场.jpg"] and made[0].id != piece.id and made[0].sha256 != piece.sha256
    page = lead.get(f"/milestones/{one}").text
    assert "北纬" not in page and "2018年12月1日 09:30" not in page and "/strip" not in page
    sent = lead.get(f"/milestones/{one}/evidence/{made[0].id}").data
    assert sent.startswith(b"\xff\xd8\xff") and b"2018:12:01" not in sent
    assert lead.post(path).status_code == 404  # the old one is gone
    assert send(lead, one, (PDF, "x.pdf")).status_code == 200
    assert lead.post(f"/milestones/{one}/evidence/{pieces(ledger)[-1].id}/strip").status_code == 422  # no picture


def test_what_was_submitted_is_not_stripped(ledger, browse, one):
    lead = browse("lead")
    send(lead, one, (photo(), "现场.jpg"))
    ledger.submit()
    piece = pieces(ledger)[0]
    assert lead.post(f"/milestones/{one}/evidence/{piece.id}/strip").status_code == 409
    page = browse("reviewer").get(f"/milestones/{one}").text
    assert "北纬 21.27000°" in page and "/strip" not in page


def test_the_same_file_for_another_milestone_is_pointed_out_to_those_who_see_it_there(ledger, browse, one):
    road = ledger.milestones["2", 2018]
    send(browse("support"), road, (PDF, "竣工.pdf"))  # 乙局 leads the road, and supports the other task
    send(browse("lead"), one, (PDF, "颁证.pdf"))
    send(browse("support"), one, (PDF, "附件.pdf"))

    def told(name: str, page: str = f"/milestones/{one}") -> bool:
        text = browse(name).get(page).text
        shown = "同一文件也用于" in text
        assert shown == (f'/milestones/{road}">2 农村公路建设 · 2018' in text)
        if not shown:
            assert "农村公路建设" not in text, "and not a word of it to others"
        return shown

    # A draft: seen by the unit whose it is; 甲局 has no part in the road.
    assert told("support") and not told("lead")
    ledger.submit("lead", "1")
    assert not told("reviewer") and not told("reviewer", f"/review?id={one}")  # the road is still a draft
    ledger.submit("support", "2")
    assert told("reviewer") and told("reviewer", f"/review?id={one}") and told("committee") and told("auditor")
    assert not told("lead") and not told("member")
    # The road in another year is the same file's place as well once it is offered there.
    ledger.fire("reviewer", "return", RETURN, "2")
    assert told("reviewer")


def test_a_store_out_of_reach_costs_no_word_and_is_said_plainly(
    ledger, database_url, clock, tmp_path, one, monkeypatch
):
    monkeypatch.setattr("evidence.s3.PATIENCE", {"max_retries": 0})
    app = another(
        ledger, database_url, clock, tmp_path, evidence_url="s3://b?endpoint=http://127.0.0.1:9", evidence_key="k",
        evidence_secret="s",
    )
    lead, content = Browser(app, "lead"), ledger.milestone().round
    form = {"round_number": content.number, "draft_version": content.draft_version, "account": "写了一小时",
            "file": (io.BytesIO(PDF), "报告.pdf")}
    answer = lead.post(f"/milestones/{one}/draft", form)
    assert answer.status_code == 422 and "材料库暂时不可用" in answer.text and "其余内容已保存" in answer.text
    assert ledger.milestone().round.account == "写了一小时" and pieces(ledger) == []
    assert "材料库暂时不可用" in send(lead, one, (PDF, "报告.pdf")).json["problems"][0]
    ledger.fill()
    answer = lead.get(f"/milestones/{one}/evidence/{pieces(ledger)[0].id}")
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    app.extensions["database"].dispose()


def test_a_file_that_was_lost_is_said_to_be_lost(ledger, browse, one):
    ledger.fill()  # names a file that was never sent
    answer = browse("lead").get(f"/milestones/{one}/evidence/{pieces(ledger)[0].id}")
    assert answer.status_code == 404 and "材料库中找不到这个文件" in answer.text


def test_eicar_is_refused_where_scanning_is_on_and_help_says_which_it_is(
    ledger, database_url, clock, tmp_path, evidence_settings, one, clamd_url, browse
):
    app = another(ledger, database_url, clock, tmp_path, clamd_url=clamd_url, **evidence_settings)
    lead = Browser(app, "lead")
    problem = send(lead, one, (docx(attachment=EICAR), "附件.docx")).json["problems"][0]
    assert "病毒扫描发现" in problem and "Eicar" in problem and pieces(ledger) == []
    assert send(lead, one, (docx(), "附件.docx")).json["kept"] == 1
    assert "未启用病毒扫描" not in lead.get(f"/milestones/{one}").text
    assert "ClamAV" in lead.get("/help").text
    off = browse("lead")
    assert "未启用病毒扫描" in off.get("/help").text and "未启用病毒扫描" in off.get(f"/milestones/{one}").text
    app.extensions["database"].dispose()


def test_the_way_of_a_photograph_to_sign_off_keeps_it_whole(ledger, browse, one, app):
    send(browse("lead"), one, (photo(), "现场.jpg"))
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    ledger.submit(answers=["甲", "乙"])
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    for content in ledger.milestone().rounds:
        path = f"/milestones/{one}/evidence/{content.evidence[0].id}"
        assert browse("committee").get(path).data == photo()
        assert browse("committee").get(f"{path}/preview").status_code == 200
    result = app.test_cli_runner().invoke(args=["audit", "verify", "--files"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("wrong", [
    {"evidence_url": "s3://bucket"}, {"evidence_url": "ftp://x"}, {"clamd_url": "x"},
    {"evidence_url": "s3://b?endpoint=https://x&what=1", "evidence_key": "k", "evidence_secret": "s"},
])
def test_settings_that_will_not_do_are_named_at_start(wrong, tmp_path):
    with pytest.raises(SettingsError, match="EVIDENCE_URL|CLAMD_URL"):
        create_app(Settings(database_url=f"sqlite:///{tmp_path}/x.db", secret_key="tests-only-" * 4, **wrong))
    with pytest.raises(SettingsError, match="SIGNED_SECONDS"):
        Settings.read({"SIGNED_SECONDS": str(int(timedelta(days=8).total_seconds()))})


def test_no_secret_of_the_store_is_on_a_page(ledger, browse, one, evidence_settings):
    send(browse("lead"), one, (photo(), "现场.jpg"))
    secret = evidence_settings.get("evidence_secret", "a-secret-of-the-test-run")
    for path in (f"/milestones/{one}", "/help"):
        assert secret not in browse("lead").get(path).text


def test_the_filter_and_the_rule_for_a_piece_agree_for_everybody(ledger, database, browse, one):
    send(browse("lead"), one, (PDF, "甲.pdf"))
    send(browse("support"), one, (PDF, "乙.pdf"))
    send(browse("support"), ledger.milestones["2", 2018], (PDF, "路.pdf"))
    ledger.submit("lead", "1", 2019)
    ledger.submit("lead", "1", 2018)
    ledger.fire("reviewer", "return", RETURN)
    joined = (
        select(Evidence.id).join(Round, Round.id == Evidence.round_id)
        .join(Milestone, Milestone.id == Round.milestone_id).join(Task, Task.id == Milestone.task_id)
    )
    with database.reading() as session:
        every = session.scalars(select(Evidence)).all()
        assert len(every) >= 6
        for name, *_ in PEOPLE:
            who = ledger.actor(name)
            found = set(session.scalars(joined.where(sees_piece_where(who))))
            right = set()
            for piece in every:
                content = session.get(Round, piece.round_id)
                milestone = load_milestone(session, content.milestone_id)
                if MILESTONE.sees.holds(who, milestone) and sees_piece(who, milestone, content, piece):
                    right.add(piece.id)
            assert found == right, name
