"""What goes out, by which way, when, and how often: against real servers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Contact, Message, Notice
from notices.channels import MailServer, hook_channel, mail_channel
from notices.preferences import Wanted, set_contact
from notices.routing import route
from notices.worker import MOST_ATTEMPTS, Way, deliver, send_again, undelivered, wait
from tests.ledger import RETURN
from workflow.errors import Incomplete

LEASE = timedelta(seconds=60)


@pytest.fixture
def way(mailbox, robot):
    return Way({
        "mail": mail_channel(MailServer.parse(mailbox.url), "ledger@example.org", 5), "hook": hook_channel(5),
    }, LEASE, "https://ledger.example.org")


def wants(ledger, name: str, mail: str = "", hook: str = "", language: str = "zh", **choices: dict) -> None:
    choices = {kind.replace("_", "-"): modes for kind, modes in choices.items()}
    set_contact(ledger.database, ledger.actor(name), Wanted(mail, hook, language, choices), ("json", "wecombot"))


def go(ledger, way: Way) -> int:
    route(ledger.database, 8, frozenset(way.channels))
    return deliver(ledger.database, way)


def states(ledger) -> list:
    with ledger.database.reading() as session:
        return list(session.execute(select(Message.channel, Message.state).order_by(Message.id)).all())


NOW = {"to_review": {"mail": "now", "hook": "now"}}


def test_nobody_is_written_to_who_has_given_no_address(ledger, way, mailbox):
    ledger.submit()
    assert go(ledger, way) == 0 and states(ledger) == []


def test_one_digest_a_day_is_what_a_person_gets_who_says_nothing_more(ledger, way, mailbox, clock):
    wants(ledger, "reviewer", mail="reviewer@example.org")
    ledger.submit()
    ledger.submit("support", "2")
    assert go(ledger, way) == 0  # ten in the morning: today's has gone
    clock.pass_(hours=22)  # Friday, eight in the morning
    assert go(ledger, way) == 1
    (mail,) = mailbox.mails
    assert mail["To"] == "reviewer@example.org" and "2 条通知" in mail["Subject"]
    text = mail.get_content()
    assert "甲局 · 经办人提交了「1 农村土地确权登记颁证 · 2018」，请审核" in text and "农村公路建设" in text
    assert "https://ledger.example.org/notices" in text
    assert go(ledger, way) == 0 and len(mailbox.mails) == 1


def test_what_comes_after_fridays_digest_waits_for_monday(ledger, way, mailbox, clock):
    wants(ledger, "reviewer", mail="reviewer@example.org")
    clock.pass_(days=1, hours=1)  # Friday, eleven
    ledger.submit()
    go(ledger, way)
    clock.pass_(days=2)
    assert go(ledger, way) == 0
    clock.pass_(days=1)
    assert go(ledger, way) == 1


def test_at_once_means_at_once_on_a_working_day_and_the_next_one_otherwise(ledger, way, mailbox, robot, clock):
    wants(ledger, "reviewer", mail="reviewer@example.org", hook=robot.url, **NOW)
    ledger.submit()
    assert go(ledger, way) == 2
    assert mailbox.subjects() == ["【台账】甲局 · 经办人提交了「1 农村土地确权登记颁证 · 2018」，请审核"]
    assert robot.calls[0]["title"] == mailbox.subjects()[0]
    clock.pass_(days=2)  # Saturday
    ledger.submit("support", "2")
    assert go(ledger, way) == 0
    clock.pass_(days=2)
    assert go(ledger, way) == 2


def test_english_is_for_those_who_asked_for_it(ledger, way, mailbox):
    wants(ledger, "lead", mail="lead@example.org", language="en", returned={"mail": "now"})
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    go(ledger, way)
    assert mailbox.subjects()[0].startswith("[Taizhang] 督查室 · 审核一岗 returned")
    assert "口径不一致。" in mailbox.mails[0].get_content()


def test_off_is_off_for_that_kind_alone(ledger, way, mailbox, clock):
    wants(ledger, "lead", mail="lead@example.org", approved={"mail": "off"})
    ledger.submit()
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    go(ledger, way)
    clock.pass_(days=1)
    go(ledger, way)
    assert "办结销号" in mailbox.mails[0].get_content() and "审核通过" not in mailbox.mails[0].get_content()


def test_a_server_that_is_busy_is_tried_again_later_and_later_with_the_same_number(ledger, way, mailbox, clock):
    wants(ledger, "reviewer", mail="reviewer@example.org", **NOW)
    ledger.submit()
    mailbox.answers = ["451 busy", "421 too many"]
    assert go(ledger, way) == 0
    assert go(ledger, way) == 0 and len(mailbox.answers) == 1  # not before its time
    clock.pass_(minutes=1)
    assert go(ledger, way) == 0
    clock.pass_(minutes=1)
    assert go(ledger, way) == 0
    clock.pass_(minutes=1)
    assert go(ledger, way) == 1
    assert [wait(n) for n in (1, 2, 3, 20)] == [
        timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=6)
    ]


def test_what_never_goes_through_is_shown_to_administrators_who_may_try_once_more(ledger, way, mailbox, clock):
    wants(ledger, "reviewer", mail="reviewer@example.org", **NOW)
    ledger.submit()
    mailbox.answers = ["451 busy"] * (MOST_ATTEMPTS + 1)
    for _ in range(MOST_ATTEMPTS):
        go(ledger, way)
        clock.pass_(hours=7)
    assert states(ledger) == [("mail", "dead")]
    with ledger.database.reading() as session:
        (message,) = undelivered(session)
        assert "451 busy" in message.error
    with ledger.database.writing() as session:
        assert send_again(session, message.id, ledger.actor("system"), clock())
        assert not send_again(session, message.id, ledger.actor("system"), clock())
    go(ledger, way)
    assert states(ledger) == [("mail", "dead")] and mailbox.mails == []
    with ledger.database.writing() as session:
        send_again(session, message.id, ledger.actor("system"), clock())
    assert go(ledger, way) == 1 and states(ledger) == [("mail", "sent")]


def test_an_address_that_there_is_not_is_not_tried_again(ledger, way, mailbox):
    wants(ledger, "reviewer", mail="gone@example.org", **NOW)
    ledger.submit()
    mailbox.answers = ["550 no such user"]
    go(ledger, way)
    assert states(ledger) == [("mail", "dead")]


@pytest.mark.parametrize(("answer", "state"), [(503, "waiting"), (None, "uncertain")])
def test_a_robot_is_called_again_only_where_it_surely_took_nothing(ledger, way, robot, answer, state):
    wants(ledger, "reviewer", hook=robot.url, **NOW)
    ledger.submit()
    robot.answers = [answer]  # an error; or the connection ends without any answer
    go(ledger, way)
    assert states(ledger) == [("hook", state)] and robot.calls == []


def test_a_robot_that_cannot_be_reached_is_called_again(ledger, way, robot, clock):
    wants(ledger, "reviewer", hook="json://127.0.0.1:9/", **NOW)
    ledger.submit()
    go(ledger, way)
    assert states(ledger) == [("hook", "waiting")]
    wants(ledger, "reviewer", hook=robot.url, **NOW)
    clock.pass_(minutes=2)
    assert go(ledger, way) == 1 and len(robot.calls) == 1


def test_who_has_left_or_taken_the_address_away_is_not_written_to(ledger, way, mailbox, clock):
    wants(ledger, "reviewer", mail="reviewer@example.org", **NOW)
    ledger.submit()
    route(ledger.database, 8, frozenset(way.channels))
    wants(ledger, "reviewer")
    assert deliver(ledger.database, way) == 0 and mailbox.mails == []
    assert states(ledger) == [("mail", "dead")]


@pytest.mark.parametrize(("mail", "hook", "wrong"), [
    ("not an address", "", {"mail"}), ("a@b\nBcc: c@d.org", "", {"mail"}), ("", "http://127.0.0.1/", {"hook"}),
    ("", "file:///etc/passwd", {"hook"}), ("", "mailto://a:b@c.org", {"hook"}), ("", "wecombot://", {"hook"}),
])
def test_only_addresses_of_the_right_kind_are_kept(ledger, mail, hook, wrong):
    with pytest.raises(Incomplete) as error:
        set_contact(ledger.database, ledger.actor("lead"), Wanted(mail, hook, "zh", {}), ("wecombot", "feishu"))
    assert set(error.value.errors) == wrong
    with ledger.database.reading() as session:
        assert session.get(Contact, ledger.accounts["lead"]) is None


def test_a_ledger_without_a_mail_server_keeps_nothing_to_send_for_later(ledger, way, mailbox):
    wants(ledger, "reviewer", mail="reviewer@example.org", **NOW)
    ledger.submit()
    route(ledger.database, 8, frozenset({"hook"}))
    assert go(ledger, way) == 0 and mailbox.mails == []
    with ledger.database.reading() as session:
        assert session.scalars(select(Notice.routed_at)).all().count(None) == 0
