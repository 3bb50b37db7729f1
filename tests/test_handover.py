"""A person leaves: what they have in hand is listed, and handed over, before the account closes. Nothing is lost."""

from datetime import date

import pytest
from sqlalchemy import select

from models import Account, AccountHandover, AuditEvent, ChangeKind, Role
from tests.notices.told import told
from workflow import directory, planning
from workflow.audit.verify import verify
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.delegation import delegate, delegations_of
from workflow.errors import Incomplete, Refused
from workflow.handover import hand_over, open_work, successors


def close(ledger, name: str, unit: str, active: bool = False) -> None:
    with ledger.database.reading() as session:
        post = session.get_one(Account, ledger.accounts[name]).post
    directory.change_account(
        ledger.database, ledger.actor("system"), ledger.accounts[name], unit_id=ledger.units[unit], post=post,
        active=active,
    )


def work(ledger, name: str) -> list[tuple[str, str, bool]]:
    with ledger.database.reading() as session:
        account = session.get_one(Account, ledger.accounts[name])
        return [(it.title.zh, it.why.zh, it.handed_over) for it in open_work(session, account)]


def test_a_draft_in_hand_has_to_be_handed_over_first(ledger):
    ledger.fill("lead")
    assert work(ledger, "lead") == [("1 农村土地确权登记颁证 · 2018", "正在填报", False)]
    with pytest.raises(Incomplete) as refused:
        close(ledger, "lead", "甲局")
    assert "农村土地确权登记颁证" in refused.value.errors["active"].zh
    hand_over(ledger.database, ledger.actor("system"), ledger.accounts["lead"], ledger.accounts["lead2"])
    assert [handed for *_, handed in work(ledger, "lead")] == [True]
    assert told(ledger, "handed-over") == {"handed-over": {"lead2"}}
    close(ledger, "lead", "甲局")
    ledger.fire("lead2", "submit")  # and goes on with it
    with ledger.database.reading() as session:
        assert ledger.milestone().round.saved_by_id == ledger.accounts["lead"]  # who wrote it stays said
        assert not session.get_one(Account, ledger.accounts["lead"]).active


def test_what_is_under_way_in_other_workflows_is_in_hand_too(ledger):
    """An implementation plan that somebody writes, and a change that they have asked for."""
    plan = planning.begin(ledger.database, ledger.actor("lead"), ledger.plan_id)
    with ledger.database.reading() as session:
        found = IMPLEMENTATION.load(session, plan)
        planning.save(found, ledger.actor("lead"), "总体安排。", {})
    ledger.ask("lead", ChangeKind.EXTENSION, year=2019, due=date(2020, 1, 31))
    titles = {title for title, *_ in work(ledger, "lead")}
    assert titles == {"甲局实施方案", "延期：1 农村土地确权登记颁证 · 2019"}
    with pytest.raises(Incomplete) as refused:
        close(ledger, "lead", "甲局")
    assert "甲局实施方案" in refused.value.errors["active"].zh
    hand_over(ledger.database, ledger.actor("system"), ledger.accounts["lead"], ledger.accounts["lead2"])
    assert {title for title, _, handed in work(ledger, "lead") if handed} == titles
    close(ledger, "lead", "甲局")


def test_what_was_submitted_stays_in_hand_until_it_is_signed_off(ledger):
    ledger.submit()
    assert [why for _, why, _ in work(ledger, "lead")] == ["由其提交，尚未办结"]
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    assert work(ledger, "lead") == []
    close(ledger, "lead", "甲局")


def test_the_only_handler_of_a_unit_has_all_that_it_leads(ledger):
    assert {why for _, why, _ in work(ledger, "colead")} == {"其为牵头单位唯一经办人"}
    assert len(work(ledger, "colead")) == 3
    with ledger.database.reading() as session:
        assert successors(session, session.get_one(Account, ledger.accounts["colead"])) == []
    for somebody in ("lead", "outsider"):  # of another unit
        with pytest.raises(Incomplete) as error:
            hand_over(ledger.database, ledger.actor("system"), ledger.accounts["colead"], ledger.accounts[somebody])
        assert set(error.value.errors) == {"successor"}
    account_id, _ = directory.create_account(
        ledger.database, ledger.actor("system"), unit_id=ledger.units["丁局"], username="colead2", post="副经办人"
    )
    with pytest.raises(Incomplete):  # has no role yet
        hand_over(ledger.database, ledger.actor("system"), ledger.accounts["colead"], account_id)
    directory.grant(ledger.database, ledger.actor("security"), account_id, Role.HANDLER)
    close(ledger, "colead", "丁局")  # no longer the only one, and with nothing of their own in hand


def test_to_be_moved_to_another_unit_is_to_leave(ledger):
    ledger.fill("lead")
    with pytest.raises(Incomplete):
        close(ledger, "lead", "戊局", active=True)
    hand_over(ledger.database, ledger.actor("system"), ledger.accounts["lead"], ledger.accounts["lead2"])
    close(ledger, "lead", "戊局", active=True)


def test_what_came_into_hand_after_the_handover_has_to_be_handed_over_too(ledger):
    ledger.fill("lead")
    hand_over(ledger.database, ledger.actor("system"), ledger.accounts["lead"], ledger.accounts["lead2"])
    ledger.fill("lead", "1", 2019)
    with pytest.raises(Incomplete) as refused:
        close(ledger, "lead", "甲局")
    assert "2019" in refused.value.errors["active"].zh and "2018" not in refused.value.errors["active"].zh


@pytest.mark.parametrize("name", ["lead2", "committee", "security", "auditor"])
def test_only_the_system_administrator_hands_over(ledger, name):
    ledger.fill("lead")
    with pytest.raises(Refused):
        hand_over(ledger.database, ledger.actor(name), ledger.accounts["lead"], ledger.accounts["lead2"])


def test_delegations_end_with_the_account_and_everything_is_in_the_trail(ledger, clock):
    today = clock().date()
    delegate(ledger.database, ledger.actor("area1"), ledger.accounts["outsider"], None, today, today)
    delegate(ledger.database, ledger.actor("lead"), ledger.accounts["area1"], None, today, today)
    close(ledger, "area1", "督查室")
    with ledger.database.reading() as session:
        assert all(row.revoked_at for row in delegations_of(session, ledger.accounts["area1"]))
        ended = session.scalars(select(AuditEvent).where(AuditEvent.action == "end-delegation")).all()
        assert len(ended) == 2
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def test_the_page_lists_it_and_takes_the_handover(ledger, browse):
    ledger.fill("lead")
    system, path = browse("system"), f"/admin/accounts/{ledger.accounts['lead']}"
    page = system.get(path).text
    assert "在办事项 1 件" in page and "农村土地确权登记颁证" in page
    form = {"unit": ledger.units["甲局"], "post": "经办人", "active": "0"}
    refused = system.post(path, form)
    assert refused.status_code == 422 and "未交接" in refused.text
    assert system.post(f"{path}/hand-over", {"successor": ledger.accounts["support"]}).status_code == 422
    assert system.post(f"{path}/hand-over", {"successor": ledger.accounts["lead2"]}).status_code == 302
    assert "甲局 · 副经办人" in system.get(path).text
    assert system.post(path, form).status_code == 302
    with ledger.database.reading() as session:
        (row,) = session.scalars(select(AccountHandover)).all()
        assert row.matters == [["milestone", ledger.milestones["1", 2018]]]
