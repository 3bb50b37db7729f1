"""Calendar feeds: read without signing in, of what the person may see now, and ended at once."""

import re
from datetime import date

from icalendar import Calendar
from sqlalchemy import func, select, update

from models import Account, AuditEvent, CalendarFeed, Role, RoleGrant, SecurityEvent
from reports.deadlines import deadlines
from tests.ledger import PEOPLE
from tests.test_supervision import ANSWER, put_out
from workflow import feeds
from workflow.definitions.supervision import SUPERVISION

SECRET = re.compile(r'class="secret">https?://[^/]+(/calendar/([\w-]{43})\.ics)<')

SEEN = re.compile(r'name="seen" value="(\d+)"')


def begin(browser) -> tuple[str, str]:
    """A new address's path, and its token."""
    seen = SEEN.search(browser.get("/calendar").text)[1]
    return SECRET.search(browser.post("/calendar", {"seen": seen}).text).groups()


def events(answer) -> list[tuple[date, str]]:
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    return sorted((it.decoded("dtstart"), str(it["summary"])) for it in Calendar.from_ical(answer.data).walk("VEVENT"))


def test_a_unit_reads_what_it_still_has_to_do(ledger, browse):
    ledger.draft()  # its first draft asks the supporting units
    path, _token = begin(browse("support"))
    found = events(browse().get(path))
    assert [words for _day, words in found if "2018" in words] == [
        "【配合反馈】1 农村土地确权登记颁证 · 2018",
        "【牵头】2 农村公路建设 · 2018", "【配合】1 农村土地确权登记颁证 · 2018",
    ]
    days = [day for day, words in found if words.startswith("【牵头】")]
    assert days == [date(year, 12, 31) for year in (2018, 2019, 2020)]
    ledger.answer("support", "nothing")
    ledger.all_answer()
    assert "配合反馈" not in str(events(browse().get(path)))
    content = browse().get(path).data
    assert {str(it["uid"]).partition("@")[2] for it in Calendar.from_ical(content).walk("VEVENT")} == {"localhost"}
    assert all(len(line) <= 75 for line in content.split(b"\r\n")) and b"http://localhost/milestones/" in content


def test_what_is_over_or_was_taken_away_is_read_no_longer(ledger, browse):
    path, _token = begin(browse("lead"))
    ledger.submit()
    ledger.fire("reviewer", "approve")
    assert len(events(browse().get(path))) == 3  # two of its own, one it supports
    ledger.fire("committee", "accept")
    assert [words[:6] for _day, words in events(browse().get(path))] == ["【配合】3 ", "【牵头】1 "]
    with ledger.database.writing() as session:
        grants = select(RoleGrant.id).join(Account).where(Account.username == "lead", RoleGrant.role == Role.HANDLER)
        session.execute(update(RoleGrant).where(RoleGrant.id.in_(grants)).values(role=Role.SYSTEM_ADMIN))
    assert events(browse().get(path)) == []
    with ledger.database.writing() as session:
        session.execute(update(Account).where(Account.username == "lead").values(active=False))
    assert browse().get(path).status_code == 404


def test_a_form_that_is_sent_again_does_not_end_the_address_that_was_just_shown(ledger, browse):
    browser = browse("lead")
    path, _token = begin(browser)
    again = browser.post("/calendar", {"seen": "0"}, follow_redirects=True)  # as the page before it did
    assert "没有再换" in again.text and not SECRET.search(again.text)
    assert browse().get(path).status_code == 200


def test_an_address_is_renewed_and_ended_and_all_of_it_is_on_the_record(ledger, browse):
    browser = browse("lead")
    (first, token), (second, _) = begin(browser), begin(browser)
    assert browse().get(first).status_code == 404 and browse().get(second).status_code == 200
    assert token not in browser.get("/calendar").text
    browser.post("/calendar/close")
    assert browse().get(second).status_code == 404
    with ledger.database.reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(
            AuditEvent.subject_type == "account", AuditEvent.subject_id == ledger.accounts["lead"],
            AuditEvent.action.endswith("-feed"),
        ).order_by(AuditEvent.id))
        assert list(actions) == ["open-feed", "close-feed", "open-feed", "close-feed"]
        assert token not in str(session.execute(select(CalendarFeed.token_hash)).all())
        kinds = session.execute(select(SecurityEvent.kind, func.count()).group_by(SecurityEvent.kind))
        assert {kind: count for kind, count in kinds if kind.startswith("feed")} == {"feed-read": 1, "feed-refused": 2}
        assert not session.scalars(select(SecurityEvent).where(SecurityEvent.path.contains("/calendar/"))).all()


def test_trying_addresses_out_is_slowed_down_and_stops_nobody_else(ledger, browse):
    path, _token = begin(browse("lead"))
    wrong = [browse().get(f"/calendar/{n}.ics").status_code for n in range(feeds.MOST_WRONG + 2)]
    assert wrong == [404] * feeds.MOST_WRONG + [429] * 2
    assert browse().get(path).status_code == 200


def test_the_day_by_which_a_supervision_sheet_is_answered_is_its_units(ledger, browse):
    (copy,) = put_out(ledger, due=date(2018, 12, 28))
    paths = {name: begin(browse(name))[0] for name in ("lead", "leader", "support", "committee")}
    asked = (date(2018, 12, 28), "【督办答复】督〔2018〕1号 颁证进度督办")
    read = {name for name, path in paths.items() if asked in events(browse().get(path))}
    assert read == {"lead", "leader"}  # 甲局's: whoever issued it has no deadline of it
    assert f"http://localhost/supervision/{copy}".encode() in browse().get(paths["lead"]).data
    assert f'href="/supervision/{copy}"' in browse("lead").get("/calendar").text
    ledger.take(SUPERVISION, copy, "lead", "answer", ANSWER)
    assert asked not in events(browse().get(paths["lead"]))
    ledger.take(SUPERVISION, copy, "committee", "return", {"words": "请写明时间。"})
    assert asked in events(browse().get(paths["lead"]))


def test_nobody_reads_more_than_they_could_open(ledger, browse):
    put_out(ledger)
    for name, *_ in PEOPLE:
        actor = ledger.actor(name)
        with ledger.database.reading() as session:
            found = deadlines(session, actor)
        browser = browse(name) if found else None
        for it in found:
            page = f"/supervision/{it.supervision_id}" if it.supervision_id else f"/milestones/{it.milestone_id}"
            assert browser.get(page).status_code == 200, (name, it.key)
