"""The pages of the notices: the number in the navigation, the list, the settings, the administrator's part."""

import re

import pytest
from sqlalchemy import select

from models import AuditEvent, CalendarDay, Contact, Message, Notice
from notices.routing import route
from settings import Settings, SettingsError
from tests.ledger import RETURN
from workflow.calendar import calendar_of


def unread(page: str) -> int:
    found = re.search(r'class="unread">(\d+)<', page)
    return int(found.group(1)) if found else 0


def test_the_number_beside_the_bell_goes_down_as_notices_are_opened(ledger, browse):
    ledger.submit()
    ledger.submit("support", "2")
    reviewer = browse("reviewer")
    page = reviewer.get("/notices").text
    assert unread(page) == 2 and "甲局 · 经办人提交了「1 农村土地确权登记颁证 · 2018」，请审核" in page
    link = re.findall(r'href="(/notices/\d+)"', page)[-1]
    opened = reviewer.get(link)
    assert opened.headers["Location"] == f"/milestones/{ledger.milestones['1', 2018]}"
    assert unread(reviewer.get("/").text) == 1
    assert browse("area1").get(link).status_code == 404  # another's
    reviewer.post("/notices/read")
    page = reviewer.get("/notices?unread=1").text
    assert unread(page) == 0 and "没有通知" in page


def test_the_words_of_a_return_stand_below_its_notice(ledger, browse):
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    page = browse("lead").get("/notices").text
    assert "督查室 · 审核一岗退回了" in page and "<blockquote>口径不一致。</blockquote>" in page


def test_settings_keep_what_departs_from_the_usual_and_are_audited_without_the_address(ledger, browse):
    lead = browse("lead")
    form = {"mail": "lead@example.org", "language": "en", "returned.mail": "now", "due.mail": "off", "urged.mail": "x"}
    assert lead.post("/notices/settings", form).status_code == 302
    with ledger.database.reading() as session:
        kept = session.get_one(Contact, ledger.accounts["lead"])
        assert (kept.mail, kept.language) == ("lead@example.org", "en")
        assert kept.choices == {"returned": {"mail": "now"}, "due": {"mail": "off"}}
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "contact")).one()
        assert "example.org" not in event.detail
    page = lead.get("/notices/settings").text
    assert re.search(r'name="returned\.mail".*?<option value="now" selected>', page)
    wrong = lead.post("/notices/settings", {"mail": "no address", "hook": "http://127.0.0.1/"})
    assert wrong.status_code == 422 and "邮箱地址有误" in wrong.text and "no address" in wrong.text


def test_urging_shows_whom_it_reaches_before_it_reaches_them(ledger, browse):
    one, reviewer = ledger.milestones["1", 2018], browse("reviewer")
    path = f"/milestones/{one}/urge/urge"
    assert path in reviewer.get(f"/milestones/{one}").text
    page = reviewer.get(path).text
    assert "将通知以下 3 人" in page and "甲局 · 副经办人" in page
    assert unread(browse("lead").get("/").text) == 0
    assert reviewer.post(path, {"words": "请于本周报送。"}).status_code == 302
    assert unread(browse("lead").get("/").text) == 1
    page = reviewer.get(f"/milestones/{one}").text
    assert "<strong>催办</strong>" in page and "请于本周报送。" in page
    assert reviewer.get(f"/milestones/{one}/urge/submit").status_code == 404
    ledger.submit()
    assert reviewer.get(path).status_code == 409


def test_the_calendar_page_sets_a_day_and_takes_it_back(ledger, browse):
    system = browse("system")
    form = {"day": "2018-12-29", "working": "0", "words": "停电"}
    assert system.post("/admin/calendar", form).status_code == 302
    assert "停电" in system.get("/admin/calendar").text
    with ledger.database.reading() as session:
        day = session.scalars(select(CalendarDay)).one()
        assert not calendar_of(session).is_working_day(day.day)
    assert system.post("/admin/calendar", {"day": "2018-12-29", "working": ""}).status_code == 302
    with ledger.database.reading() as session:
        assert calendar_of(session).is_working_day(day.day)
        events = select(AuditEvent.action).where(AuditEvent.subject_type == "calendar_day")
        assert session.scalars(events).all() == ["change", "change"]
    assert system.post("/admin/calendar", {"day": "x", "working": "1"}).status_code == 422
    assert system.post("/admin/calendar", form | {"plan": "99"}).status_code == 422
    assert system.post("/admin/calendar", form | {"plan": "x"}).status_code == 422


def test_what_did_not_go_out_is_listed_and_sent_again_on_the_administrators_word(ledger, browse):
    browse("reviewer").post("/notices/settings", {"mail": "reviewer@example.org"})
    ledger.submit()
    route(ledger.database, 8, frozenset({"mail"}))
    with ledger.database.writing() as session:
        message = session.scalars(select(Message)).one()
        message.state, message.error = Message.DEAD, "550 no such user"
    system = browse("system")
    assert "550 no such user" in system.get("/admin/notices").text
    assert system.post(f"/admin/notices/{message.id}/again").status_code == 302
    assert system.post(f"/admin/notices/{message.id}/again").status_code == 404
    assert "没有未送达的消息" in system.get("/admin/notices").text


def test_the_commands_say_what_they_did(app, ledger, clock):
    run = app.test_cli_runner()
    clock.pass_(days=25)  # Monday, 7 January 2019
    first = run.invoke(args=["remind"])
    assert first.exit_code == 0 and "已写入提醒" in first.output and " 0 " not in first.output
    assert "已写入提醒 0 条" in run.invoke(args=["remind"]).output
    assert "已发出 0 封" in run.invoke(args=["deliver"]).output
    with ledger.database.reading() as session:
        assert session.scalars(select(Notice).where(Notice.routed_at.is_(None))).all() == []


@pytest.mark.parametrize(("given", "named"), [
    ({"MAIL_URL": "http://x", "MAIL_FROM": "a@b.org"}, "MAIL_URL"), ({"MAIL_URL": "smtp://x"}, "MAIL_FROM"),
    ({"DIGEST_HOUR": "24"}, "DIGEST_HOUR"), ({"DELIVERY_LEASE_SECONDS": "1"}, "DELIVERY_LEASE_SECONDS"),
])
def test_settings_that_will_not_do_are_named(given, named):
    with pytest.raises(SettingsError, match=named):
        Settings.read(given)
