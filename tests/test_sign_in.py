"""Signing in and staying signed in: throttled, renewed, expiring, ended from the server."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import SecurityEvent, SignIn
from tests.ledger import PASSWORD
from workflow import directory
from workflow.errors import Incomplete
from workflow.passwords import check_new


def sign_in(browser, username, password, **fields):
    return browser.post("/sign-in", {"username": username, "password": password, **fields})


@pytest.mark.parametrize(("username", "password"), [
    ("lead", "wrong"), ("x" * 650, "x"), ("lead", "y" * 2001), ("nobody-of-this-name", PASSWORD),
    ("closed", PASSWORD), ("\x00x", PASSWORD),
])
def test_every_failure_gets_the_same_words(ledger, browse, username, password):
    closed, _password = directory.create_account(
        ledger.database, ledger.actor("system"), unit_id=ledger.units["戊局"], username="closed", post="经办人",
        password=PASSWORD,
    )
    directory.change_account(
        ledger.database, ledger.actor("system"), closed, unit_id=ledger.units["戊局"], post="经办人", active=False
    )
    answer = sign_in(browse(), username, password)
    assert answer.status_code == 401
    assert "用户名或密码不正确，或账号已停用。" in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(("username", "password"), [("", "x"), ("x", "")])
def test_a_form_that_is_empty_is_named_so(browse, username, password):
    assert sign_in(browse(), username, password).status_code == 422


def test_a_name_is_locked_after_five_failures_and_free_again_after_a_while(browse, clock, ledger):
    for _ in range(5):
        assert sign_in(browse(), "lead", "wrong").status_code == 401
    locked = sign_in(browse(), "lead", PASSWORD)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) > 0
    assert sign_in(browse(), "reviewer", PASSWORD).status_code == 302  # only that name
    clock.pass_(minutes=16)
    assert sign_in(browse(), "lead", PASSWORD).status_code == 302
    with ledger.database.reading() as session:
        failed = session.scalar(select(func.count()).where(SecurityEvent.kind == "failed"))
    assert failed == 5


def test_a_locked_name_looks_the_same_whether_it_exists_or_not(browse):
    for _ in range(5):
        sign_in(browse(), "not-there", "wrong")
    assert sign_in(browse(), "not-there", "wrong").status_code == 429


def test_the_cookie_is_renewed_at_sign_in_and_dead_after_sign_out(browse):
    browser = browse()
    browser.get("/sign-in")
    before = browser.client.get_cookie("taizhang").value
    sign_in(browser, "lead", PASSWORD)
    signed_in = browser.client.get_cookie("taizhang").value
    assert signed_in != before
    browser.post("/sign-out")
    browser.client.set_cookie("taizhang", signed_in)  # a copy that somebody kept
    assert browser.get("/").status_code == 302


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(browse):
    answer = sign_in(browse(), "lead", PASSWORD)
    flags = answer.headers["Set-Cookie"]
    assert "HttpOnly" in flags and "SameSite=Lax" in flags


def test_only_a_hash_of_the_token_is_kept(ledger, browse):
    browser = browse("lead")
    token = browser.client.get_cookie("taizhang").value
    with ledger.database.reading() as session:
        kept = session.scalars(select(SignIn.token_hash)).one()
    assert len(kept) == 64 and kept not in token


def test_an_idle_sign_in_ends(browse, clock):
    browser = browse("lead")
    clock.pass_(minutes=29)
    assert browser.get("/").status_code == 200
    clock.pass_(minutes=31)
    assert browser.get("/").status_code == 302


def test_a_sign_in_ends_after_twelve_hours_however_busy_it_was(browse, clock):
    browser = browse("lead")
    began = clock.now
    while browser.get("/").status_code == 200:
        clock.pass_(minutes=20)
        assert clock.now - began < timedelta(hours=13)
    assert timedelta(hours=12) <= clock.now - began


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "http:evil.example", " //evil.example", "/\t/evil.example",
])
def test_next_leads_nowhere_else(browse, target):
    answer = sign_in(browse(), "lead", PASSWORD, next=target)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_next_leads_back_to_the_page_that_was_asked_for(browse):
    asked = browse().get("/ledger?year=2018")
    assert asked.headers["Location"].endswith("/sign-in?next=/ledger?year%3D2018")
    assert sign_in(browse(), "lead", PASSWORD, next="/ledger?year=2018").headers["Location"] == "/ledger?year=2018"


def test_a_closed_account_is_out_at_its_next_click(ledger, browse):
    browser = browse("lead")
    assert browser.get("/").status_code == 200
    directory.change_account(
        ledger.database, ledger.actor("system"), ledger.accounts["lead"], unit_id=ledger.units["甲局"],
        post="经办人", active=False,
    )
    assert browser.get("/").status_code == 302


def test_a_one_time_password_must_be_changed_before_anything_else(ledger, browse):
    given = directory.reset_password(ledger.database, ledger.actor("security"), ledger.accounts["lead"])
    browser = browse()
    sign_in(browser, "lead", given)
    for path in ("/", "/ledger", "/help"):
        assert browser.get(path).headers["Location"] == "/password"
    form = {"present": given, "new": "eine-lange-passphrase-9", "again": "eine-lange-passphrase-9"}
    assert browser.post("/password", form).status_code == 302
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(("form", "words"), [
    ({"present": "", "new": "", "again": ""}, "请填写全部三项。"),
    ({"present": PASSWORD, "new": "one-long-password-1", "again": "another-long-one-2"}, "两次输入的新密码不一致。"),
    ({"present": "wrong", "new": "one-long-password-1", "again": "one-long-password-1"}, "密码"),
    ({"present": PASSWORD, "new": "short", "again": "short"}, "至少"),
])
def test_a_new_password_that_will_not_do_is_told_why(browse, form, words):
    answer = browse("lead").post("/password", form)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_password_is_not_the_user_name():
    with pytest.raises(Incomplete) as refused:
        check_new("Qu-Nong-Ye-Ju", "qu-nong-ye-ju")
    assert refused.value.errors["password"].zh == "密码不能与用户名相同。"


def test_changing_the_password_ends_the_other_sign_ins(browse):
    here, there = browse("lead"), browse("lead")
    form = {"present": PASSWORD, "new": "one-long-password-1", "again": "one-long-password-1"}
    assert here.post("/password", form).status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
