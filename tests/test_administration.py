"""Units, accounts, roles, responsibilities: bad input at every form, every change audited, nobody's own rights."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from models import Account, AuditEvent, Part, Responsibility, Role, RoleGrant, Task, Unit
from tests.ledger import PASSWORD
from workflow import directory
from workflow.errors import Incomplete, NotVisible, Refused


def events(ledger) -> int:
    with ledger.database.reading() as session:
        return session.scalar(select(func.count(AuditEvent.id)))


def last_event(ledger) -> AuditEvent:
    with ledger.database.reading() as session:
        return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def grants(ledger, name: str) -> list[tuple[int, str, int | None]]:
    with ledger.database.reading() as session:
        query = select(RoleGrant).where(RoleGrant.account_id == ledger.accounts[name])
        return [(row.id, row.role, row.area_id) for row in session.scalars(query)]


def area_id(ledger) -> int:
    with ledger.database.reading() as session:
        return session.scalar(select(Task.area_id).where(Task.number == "1"))


def task_id(ledger, number: str = "1") -> int:
    with ledger.database.reading() as session:
        return session.scalar(select(Task.id).where(Task.number == number))


# Address, form, words of the refusal: one line for each way to fill a form in badly.
BAD_FORMS = (
    ("system", "/admin/units", {"name": ""}, 422, "请填写「单位名称」"),
    ("system", "/admin/units", {"name": "  \x00 "}, 422, "请填写「单位名称」"),
    ("system", "/admin/units", {"name": "甲" * 121}, 422, "最多 120 字"),
    ("system", "/admin/units", {"name": "甲局"}, 422, "「甲局」已存在。"),
    ("system", "/admin/accounts/new", {"unit": "{甲局}", "username": "", "post": "经办人"}, 422, "用户名"),
    ("system", "/admin/accounts/new", {"unit": "{甲局}", "username": "new", "post": ""}, 422, "岗位"),
    ("system", "/admin/accounts/new", {"unit": "{甲局}", "username": "lead", "post": "经办人"}, 422, "已存在"),
    ("system", "/admin/accounts/new", {"unit": "{甲局}", "username": "u" * 65, "post": "经办人"}, 422, "最多 64 字"),
    ("system", "/admin/accounts/new", {"unit": "{甲局}", "username": "xi\u200btong", "post": "\u202e"}, 422, "岗位"),
    ("system", "/admin/accounts/new", {"unit": "{甲局}", "username": "a b", "post": "经办人"}, 422, "用户名只能用"),
    ("system", "/admin/accounts/new", {"unit": "{甲局}", "username": "LEAD", "post": "经办人"}, 422, "已存在"),
    ("system", "/admin/units", {"name": "甲局\u200b"}, 422, "「甲局」已存在。"),
    ("system", "/admin/accounts/new", {"unit": "999999", "username": "new", "post": "经办人"}, 404, ""),
    ("system", "/admin/accounts/new", {"unit": "x", "username": "new", "post": "经办人"}, 404, ""),
    ("system", "/admin/accounts/{lead}", {"unit": "{甲局}", "post": "", "active": "1"}, 422, "岗位"),
    ("system", "/admin/accounts/{lead}", {"unit": "999999", "post": "经办人", "active": "1"}, 404, ""),
    ("system", "/admin/accounts/999999", {"unit": "{甲局}", "post": "经办人", "active": "1"}, 404, ""),
    ("system", "/admin/units/{各镇}", {"active": "1", "member": "999999"}, 404, ""),
    ("system", "/admin/units/999999", {"active": "1"}, 404, ""),
    ("system", "/admin/tasks/{task}", {"unit": "{甲局}", "part": "owner"}, 400, ""),
    ("system", "/admin/tasks/{task}", {"unit": "{甲局}", "part": "none"}, 422, "至少须有一个牵头单位"),
    ("system", "/admin/tasks/{task}", {"unit": "999999", "part": "support"}, 404, ""),
    ("system", "/admin/tasks/999999", {"unit": "{甲局}", "part": "support"}, 404, ""),
    ("security", "/admin/accounts/{lead}/grant", {"role": "emperor"}, 400, ""),
    ("security", "/admin/accounts/{lead}/grant", {"role": ""}, 400, ""),
    ("security", "/admin/accounts/{lead}/grant", {"role": "reviewer", "area": "999999"}, 404, ""),
    ("security", "/admin/accounts/{outsider}/grant", {"role": "reviewer", "area": "abc"}, 400, ""),
    ("security", "/admin/accounts/{lead}/grant", {"role": "handler"}, 422, "已有此角色"),
    ("security", "/admin/accounts/{lead}/grant", {"role": "auditor"}, 422, "不得兼任"),
    ("security", "/admin/accounts/{auditor}/grant", {"role": "committee"}, 422, "不得兼任"),
    ("security", "/admin/accounts/999999/grant", {"role": "handler"}, 404, ""),
    ("security", "/admin/accounts/{lead}/revoke/999999", {}, 404, ""),
    ("security", "/admin/accounts/999999/password", {}, 404, ""),
)


@pytest.mark.parametrize(("who", "path", "form", "status", "words"), BAD_FORMS)
def test_a_form_that_will_not_do_says_why_and_changes_nothing(ledger, browse, who, path, form, status, words):
    known = {name: str(id_) for name, id_ in (*ledger.units.items(), *ledger.accounts.items())}
    known["task"] = str(task_id(ledger))
    before = events(ledger)
    browser = browse(who)
    answer = browser.post(path.format(**known), {name: value.format(**known) for name, value in form.items()})
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert events(ledger) == before


def test_a_new_account_signs_in_with_its_one_time_password_and_may_do_nothing_yet(ledger, browse):
    page = browse("system").post("/admin/accounts/new", {
        "unit": ledger.units["甲局"], "username": "newcomer", "post": "科员",
    })
    assert page.status_code == 200
    with ledger.database.reading() as session:
        account = session.scalars(select(Account).where(Account.username == "newcomer")).one()
        roles = session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).all()
    assert account.must_change_password
    assert roles == []
    assert last_event(ledger).action == "create"
    assert "password" not in last_event(ledger).detail


def test_a_role_given_works_at_the_next_sign_in_and_taken_away_at_the_next_click(ledger, browse):
    security = browse("security")
    path = f"/admin/accounts/{ledger.accounts['outsider']}"
    answer = security.post(f"{path}/grant", {"role": "reviewer", "area": area_id(ledger)})
    assert answer.status_code == 302
    event = last_event(ledger)
    assert (event.subject_type, event.action, event.actor_role) == ("account", "grant", "security_admin")
    outsider = browse("outsider")
    assert outsider.get("/review").status_code == 200
    grant_id = next(id_ for id_, role, _area in grants(ledger, "outsider") if role == Role.REVIEWER)
    assert security.post(f"{path}/revoke/{grant_id}").status_code == 302
    assert outsider.get("/review").status_code == 302  # signed out: rights have changed
    assert browse("outsider").get("/review").status_code == 403


@pytest.mark.parametrize("office", ["system", "security"])
def test_no_one_changes_their_own_rights(ledger, browse, office):
    browser, own = browse(office), ledger.accounts[office]
    before = events(ledger)
    form = {"unit": ledger.units["信息中心"], "post": "另一岗", "active": "1"}
    tries = [(f"/admin/accounts/{own}", form)] if office == "system" else [
        (f"/admin/accounts/{own}/grant", {"role": "committee"}),
        (f"/admin/accounts/{own}/revoke/{grants(ledger, office)[0][0]}", {}),
        (f"/admin/accounts/{own}/password", {}),
    ]
    for path, fields in tries:
        answer = browser.post(path, fields)
        assert answer.status_code == 403, path
        assert "不能改动本人的权限" in answer.text
    assert events(ledger) == before


def test_the_system_administrator_gives_no_unit_of_their_own_a_part(ledger):
    actor = ledger.actor("system")
    with pytest.raises(Refused):
        directory.set_part(ledger.database, actor, task_id(ledger), ledger.units["信息中心"], Part.LEAD)
    with pytest.raises(Refused):
        directory.change_unit(
            ledger.database, actor, ledger.units["各镇"], active=True,
            members=[ledger.units["丙镇"], ledger.units["信息中心"]],
        )


def test_the_last_security_administrator_stays(ledger):
    database, system = ledger.database, ledger.actor("system")
    keep = {"unit_id": ledger.units["保密办"], "post": "安全管理岗"}
    with pytest.raises(Refused, match="last-one"):
        directory.change_account(database, system, ledger.accounts["security"], active=False, **keep)
    second, _ = directory.create_account(
        database, system, unit_id=ledger.units["保密办"], username="second", post="副岗", password=PASSWORD
    )
    directory.grant(database, ledger.actor("security"), second, Role.SECURITY_ADMIN)
    directory.change_account(database, system, ledger.accounts["security"], active=False, **keep)


def test_the_unit_of_the_last_security_administrator_stays_open(ledger):
    with pytest.raises(Refused, match="last-one"):
        directory.change_unit(
            ledger.database, ledger.actor("system"), ledger.units["保密办"], active=False, members=[]
        )


def test_two_security_administrators_who_revoke_each_other_at_once_are_not_both_gone(ledger):
    second, _ = directory.create_account(
        ledger.database, ledger.actor("system"), unit_id=ledger.units["保密办"], username="second", post="副岗",
        password=PASSWORD,
    )
    directory.grant(ledger.database, ledger.actor("security"), second, Role.SECURITY_ADMIN)
    ledger.accounts["second"] = second
    pairs = [("security", "second"), ("second", "security")]
    start = Barrier(2)

    def revoke(pair):
        actor, grant = ledger.actor(pair[0]), grants(ledger, pair[1])[0][0]
        start.wait()
        with contextlib.suppress(Refused):
            directory.revoke(ledger.database, actor, ledger.accounts[pair[1]], grant)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(revoke, pairs))
    assert sum(len(grants(ledger, name)) for name in ("security", "second")) == 1


def test_an_office_is_asked_for_by_the_change_itself_not_only_by_the_page(ledger):
    with pytest.raises(Refused):
        directory.grant(ledger.database, ledger.actor("system"), ledger.accounts["lead"], Role.COMMITTEE)
    with pytest.raises(Refused):
        directory.create_unit(ledger.database, ledger.actor("security"), "新局")


def test_a_part_that_was_inferred_is_confirmed_and_says_so(ledger, browse):
    browser = browse("system")
    path = f"/admin/tasks/{task_id(ledger)}"
    assert browser.post(path, {"unit": ledger.units["乙局"], "part": "support"}).status_code == 302
    with ledger.database.reading() as session:
        seats = session.scalars(select(Responsibility).where(Responsibility.task_id == task_id(ledger))).all()
    assert not any(seat.inferred for seat in seats)
    assert json.loads(last_event(ledger).detail) == {
        "inferred": [True, False], "part": ["support", "support"], "position": 2, "unit": ledger.units["乙局"],
    }


def test_a_part_taken_away_is_no_longer_that_units_to_act_on(ledger, browse):
    support = browse("support")
    milestone = f"/milestones/{ledger.milestones['1', 2018]}"
    assert support.get(milestone).status_code == 200
    browse("system").post(f"/admin/tasks/{task_id(ledger)}", {"unit": ledger.units["乙局"], "part": "none"})
    assert support.get(milestone).status_code == 404


def test_a_collective_answers_through_the_members_it_is_given(ledger, browse):
    outsider = browse("outsider")
    milestone = f"/milestones/{ledger.milestones['1', 2018]}"
    assert outsider.get(milestone).status_code == 404
    answer = browse("system").post(f"/admin/units/{ledger.units['各镇']}", {
        "active": "1", "member": [ledger.units["丙镇"], ledger.units["戊局"]],
    })
    assert answer.status_code == 302
    assert outsider.get(milestone).status_code == 200


def test_a_collective_is_no_member_of_another(ledger):
    other = directory.create_unit(ledger.database, ledger.actor("system"), "各街道", collective=True)
    with pytest.raises(NotVisible):
        directory.change_unit(
            ledger.database, ledger.actor("system"), ledger.units["各镇"], active=True, members=[other]
        )


def test_a_closed_unit_signs_nobody_in(ledger, browse):
    browser = browse("lead")
    directory.change_unit(ledger.database, ledger.actor("system"), ledger.units["甲局"], active=False, members=[])
    assert browser.get("/").status_code == 302
    answer = browse().post("/sign-in", {"username": "lead", "password": PASSWORD})
    assert answer.status_code == 401


def test_the_same_unit_twice_is_refused_in_words(ledger):
    with pytest.raises(Incomplete) as refused:
        directory.create_unit(ledger.database, ledger.actor("system"), "甲局")
    assert refused.value.errors["name"].en == "“甲局” exists already."
    with ledger.database.reading() as session:
        assert session.scalar(select(func.count(Unit.id)).where(Unit.name == "甲局")) == 1
