"""B acts for A: with A's rights alone, with both persons' conflicts, until the last day and not a click longer."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, Milestone, Role
from tests.browser import _TOKEN
from tests.ledger import FILE, LIMITS, PASSWORD
from tests.notices.told import told
from workflow import directory
from workflow.actor import Actor, command_line
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.calendar import local_day
from workflow.definitions.milestone import MILESTONE
from workflow.delegation import acting_for, delegate, delegations_of, revoke
from workflow.drafts import Draft, add_piece, save_draft
from workflow.engine import fire
from workflow.errors import Incomplete, NotVisible, Refused
from workflow.subjects import load_milestones, milestone_rows

OFFICES = {"system", "security", "auditor"}


def give(ledger, giver: str, taker: str, area: int | None = None, first: int = 0, last: int = 7) -> int:
    """From so many days from today to so many."""
    today = local_day(ledger.database.clock())
    return delegate(
        ledger.database, ledger.actor(giver), ledger.accounts[taker], area, today + timedelta(first),
        today + timedelta(last),
    )


def acting(ledger, taker: str, giver: str) -> Actor | None:
    with ledger.database.reading() as session:
        today = local_day(ledger.database.clock())
        return acting_for(session, ledger.actor(taker), ledger.accounts[giver], today)


def take(ledger, actor: Actor, trigger: str, input: dict | None = None, number: str = "1"):
    milestone = ledger.milestone(number)
    return fire(milestone, trigger, actor, input or {}, milestone.version)


def codes(error) -> list[str]:
    return [reason.code for reason in error.value.reasons]


@pytest.mark.parametrize("giver", ["lead", "support", "member", "reviewer", "area1", "committee", "committee2"])
def test_who_acts_has_the_rights_of_the_one_who_is_away_and_no_others(ledger, giver):
    """Held against the giver's own: the same actions on the same milestones, in every state that there is."""
    ledger.submit("colead", "2")
    ledger.submit("colead", "2", 2019)
    ledger.fire("reviewer", "approve", number="2", year=2019)
    give(ledger, giver, "nobody")  # has no role and no part of their own
    own, other = ledger.actor(giver), acting(ledger, "nobody", giver)
    with ledger.database.reading() as session:
        for milestone in load_milestones(session, milestone_rows(Milestone)):
            assert MILESTONE.sees.holds(own, milestone) == MILESTONE.sees.holds(other, milestone)
            for trigger in MILESTONE.triggers:
                action = MILESTONE.arrow(trigger, milestone.state)
                if action is not None:
                    assert refusals(action, own, milestone) == refusals(action, other, milestone), trigger


def test_ones_own_roles_do_not_add_to_them(ledger):
    ledger.submit()
    give(ledger, "lead", "reviewer")
    with pytest.raises(Refused) as refused:
        take(ledger, acting(ledger, "reviewer", "lead"), "approve")
    assert "not-the-role" in codes(refused)


def test_the_conflicts_of_both_count(ledger):
    """乙局 has a part in the task: its handler may not judge it, for whomever."""
    ledger.submit()
    give(ledger, "reviewer", "support")
    with pytest.raises(Refused) as refused:
        take(ledger, acting(ledger, "support", "reviewer"), "approve")
    assert codes(refused) == ["own-unit"]


def test_what_was_done_for_somebody_was_done_by_both(ledger):
    give(ledger, "committee2", "outsider")
    give(ledger, "committee", "outsider")
    ledger.submit()
    take(ledger, acting(ledger, "outsider", "committee2"), "approve")
    for actor in (ledger.actor("committee2"), acting(ledger, "outsider", "committee")):
        with pytest.raises(Refused) as refused:
            take(ledger, actor, "accept")
        assert codes(refused) == ["own-review"]
    take(ledger, ledger.actor("committee"), "accept")


def test_the_trail_names_both_and_is_whole(ledger):
    give(ledger, "lead", "outsider")
    actor, milestone = acting(ledger, "outsider", "lead"), ledger.milestone()
    save_draft(milestone, actor, Draft("已完成。", [], []), 1, 0)
    add_piece(milestone, actor, FILE, LIMITS)
    ledger.all_answer()
    event = take(ledger, actor, "submit")
    assert event.actor_name == "戊局 · 经办人 代 甲局 · 经办人" and event.actor_unit == "甲局"
    assert event.actor_id == ledger.accounts["outsider"]
    assert json.loads(event.detail) == {
        "hand": ledger.accounts["outsider"], "on_behalf_of": ledger.accounts["lead"], "edition": 1,
    }
    submitted = ledger.milestone().round
    assert (submitted.submitted_by_id, submitted.submitted_for_id) == (event.actor_id, ledger.accounts["lead"])
    assert submitted.submitted_unit_id == ledger.units["甲局"]
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def test_names_however_long_fit_into_the_trail(ledger):
    long = Actor(account_id=1, post="岗" * 60, unit_id=1, unit_name="位" * 120)
    both = Actor(account_id=2, post="岗" * 60, unit_id=1, unit_name="位" * 120, on_behalf_of=1, hand_title=long.title)
    assert len(both.title) <= 200 and " 代 " in both.title


def test_it_holds_from_the_first_day_to_the_last(ledger, clock):
    give(ledger, "lead", "outsider", first=2, last=4)
    held = []
    for _ in range(7):
        held.append(acting(ledger, "outsider", "lead") is not None)
        clock.pass_(days=1)
    assert held == [False, False, True, True, True, False, False]


def test_it_is_taken_back_at_once_also_from_whoever_has_a_page_open(ledger):
    ledger.fill()
    given = give(ledger, "lead", "outsider")
    actor = acting(ledger, "outsider", "lead")
    revoke(ledger.database, ledger.actor("lead"), given)
    with pytest.raises(Refused) as refused:
        take(ledger, actor, "submit")
    assert codes(refused) == ["delegation-ended"] and ledger.milestone().state == "planned"
    with ledger.database.reading() as session:
        events = session.scalars(
            select(AuditEvent.action).where(
                AuditEvent.subject_type == "account", AuditEvent.subject_id == ledger.accounts["lead"]
            ).order_by(AuditEvent.sequence)
        ).all()
    assert events[-2:] == ["delegate", "end-delegation"]


def test_who_holds_it_can_give_it_back_and_nobody_else_can_touch_it(ledger):
    given = give(ledger, "lead", "outsider")
    for name in ("lead2", "committee", "security"):
        with pytest.raises(NotVisible):
            revoke(ledger.database, ledger.actor(name), given)
    revoke(ledger.database, ledger.actor("outsider"), given)
    assert acting(ledger, "outsider", "lead") is None
    assert told(ledger) == {"delegated": {"outsider"}, "delegation-ended": {"lead"}}


def test_for_one_area_everything_elsewhere_is_as_if_it_were_not_there(ledger):
    area = ledger.milestone("1").task.area_id
    give(ledger, "committee", "outsider", area)
    actor = acting(ledger, "outsider", "committee")
    with ledger.database.reading() as session:
        milestones = load_milestones(session, milestone_rows(Milestone))
        seen = {m.id for m in milestones if MILESTONE.sees.holds(actor, m)}
        assert seen == {m.id for m in milestones if m.task.area_id == area} != {m.id for m in milestones}
    with pytest.raises(NotVisible):
        take(ledger, actor, "accept", number="3")


def test_a_rule_means_the_same_in_python_and_in_sql_for_whoever_acts(ledger):
    ledger.submit()
    ledger.submit("colead", "2")
    ledger.fire("reviewer", "approve", number="2")
    area = ledger.milestone("3").task.area_id
    pairs = [
        ("committee2", "outsider", None), ("reviewer", "support", None), ("committee", "colead", area),
        ("lead_reviewer", "outsider", area), ("reviewer", "nobody", area),
    ]
    rules = {MILESTONE.sees} | {
        rule for action in MILESTONE.actions for rule in (*action.who, *action.unless, *action.needs)
    }
    for giver, taker, limit in pairs:
        give(ledger, giver, taker, limit)
    with ledger.database.reading() as session:
        milestones = load_milestones(session, milestone_rows(Milestone))
        for giver, taker, _ in pairs:
            actor = acting(ledger, taker, giver)
            for rule in rules:
                found = set(session.scalars(milestone_rows(Milestone.id).where(rule.where(actor))))
                assert found == {m.id for m in milestones if rule.holds(actor, m)}, (rule.code, giver, taker)
            for trigger in MILESTONE.triggers:
                listed = set(session.scalars(milestone_rows(Milestone.id).where(may_where(MILESTONE, trigger, actor))))
                clicked = {
                    m.id for m in milestones
                    if (action := MILESTONE.arrow(trigger, m.state)) and not refusals(action, actor, m)
                    and MILESTONE.sees.holds(actor, m)
                }
                assert listed == clicked, (trigger, giver, taker)


@pytest.mark.parametrize("giver", sorted(OFFICES))
def test_the_three_offices_give_nothing_away(ledger, giver):
    with pytest.raises(Refused) as refused:
        give(ledger, giver, "lead")
    assert codes(refused) == ["nothing-to-give"]


@pytest.mark.parametrize("taker", sorted(OFFICES) + ["lead"])
def test_the_three_offices_do_nobodys_work_and_nobody_acts_for_themselves(ledger, taker):
    with pytest.raises(Incomplete) as error:
        give(ledger, "lead", taker)
    assert set(error.value.errors) == {"taker"}


def test_who_is_given_an_office_later_may_no_longer_act(ledger):
    give(ledger, "lead", "nobody")
    assert acting(ledger, "nobody", "lead") is not None
    directory.grant(ledger.database, ledger.actor("security"), ledger.accounts["nobody"], Role.AUDITOR)
    assert acting(ledger, "nobody", "lead") is None


def test_what_one_holds_for_another_cannot_be_passed_on(ledger):
    give(ledger, "lead", "outsider")
    today = local_day(ledger.database.clock())
    delegate(  # asked while acting for the lead: what is given is the asker's own
        ledger.database, acting(ledger, "outsider", "lead"), ledger.accounts["member"], None, today, today
    )
    passed_on = acting(ledger, "member", "outsider")
    assert passed_on.unit_ids == ledger.actor("outsider").unit_ids
    assert acting(ledger, "member", "lead") is None


@pytest.mark.parametrize(("first", "last"), [(3, 2), (-5, -1), (0, 400)])
def test_days_that_make_no_sense_are_not_taken(ledger, first, last):
    with pytest.raises(Incomplete) as error:
        give(ledger, "lead", "outsider", first=first, last=last)
    assert set(error.value.errors) == {"last_day"}


def test_when_either_account_is_closed_nobody_acts(ledger):
    give(ledger, "reviewer", "nobody")
    directory.change_account(
        ledger.database, command_line("test"), ledger.accounts["reviewer"], unit_id=ledger.units["督查室"],
        post="审核一岗", active=False,
    )
    assert acting(ledger, "nobody", "reviewer") is None
    with ledger.database.reading() as session:
        assert len(delegations_of(session, ledger.accounts["nobody"])) == 1  # nothing is deleted


def test_whoever_acts_is_told_what_the_one_away_would_be_told(ledger):
    give(ledger, "reviewer", "nobody")
    give(ledger, "area1", "outsider", ledger.milestone("3").task.area_id)  # for the other area
    ledger.submit()
    assert told(ledger, "to-review") == {"to-review": {"reviewer", "area1", "committee2", "nobody"}}


def test_on_the_page_one_chooses_for_whom_and_sees_it_until_one_stops(ledger, browse):
    ledger.submit()
    browser, one = browse("nobody"), ledger.milestones["1", 2018]
    assert browse("reviewer").post("/delegations", {
        "taker": ledger.accounts["nobody"], "first_day": "2018-12-13", "last_day": "2018-12-14",
    }).status_code == 302
    assert browser.get(f"/milestones/{one}").status_code == 403
    assert browser.post("/delegations/act", {"giver": ledger.accounts["lead"]}).status_code == 403
    assert browser.post("/delegations/act", {"giver": ledger.accounts["reviewer"]}).status_code == 302
    page = browser.get("/review").text
    assert "戊局 · 见习 代 督查室 · 审核一岗" in page and "恢复本人身份" in page
    assert browser.act(one, "approve").status_code == 302
    assert "戊局 · 见习 代 督查室 · 审核一岗" in browse("committee").get(f"/milestones/{one}").text
    assert browser.post("/delegations/act", {}).status_code == 302
    assert "恢复本人身份" not in browser.get("/").text
    assert browser.get("/review").status_code == 403


@pytest.mark.parametrize("ended", [False, True])
def test_a_form_carried_over_an_expired_sign_in_is_still_done_for_the_other_or_not_at_all(
    ledger, browse, clock, ended
):
    ledger.submit()
    given = give(ledger, "reviewer", "area1")
    browser, one = browse("area1"), ledger.milestones["1", 2018]
    browser.post("/delegations/act", {"giver": ledger.accounts["reviewer"]})
    form = {"version": ledger.milestone().version, "csrf_token": browser.token()}
    clock.pass_(hours=2)
    asked = browser.post(f"/milestones/{one}/act/approve", form, token=False)
    carried = dict(re.findall(r'name="(resume_[a-z_]+)" value="([^"]*)"', asked.text))
    assert browser.post("/sign-in", {"username": "area1", "password": PASSWORD, **carried}).status_code == 200
    if ended:
        revoke(ledger.database, ledger.actor("reviewer"), given)
    form["csrf_token"] = browser.token() if not ended else _TOKEN.search(browser.get("/sign-in").text).group(1)
    answer = browser.post(f"/milestones/{one}/act/approve", form, token=False)
    assert answer.status_code == (403 if ended else 302)
    content = ledger.milestone().round
    assert (content.reviewed_for_id == ledger.accounts["reviewer"]) == (not ended)
    assert (content.reviewed_by_id is None) == ended


def test_a_form_sent_after_the_end_is_not_done_in_ones_own_name(ledger, browse):
    ledger.submit()
    given = give(ledger, "reviewer", "area1")
    browser, one = browse("area1"), ledger.milestones["1", 2018]
    browser.post("/delegations/act", {"giver": ledger.accounts["reviewer"]})
    form = {"version": ledger.milestone().version, "csrf_token": browser.token()}
    revoke(ledger.database, ledger.actor("reviewer"), given)
    answer = browser.post(f"/milestones/{one}/act/approve", form, token=False)
    assert answer.status_code == 403 and "代办授权已到期或已收回" in answer.text
    assert ledger.milestone().state == "submitted"
    assert browser.act(one, "approve").status_code == 302  # now in their own name, as the page says
