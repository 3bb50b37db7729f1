"""Several leads: one drafts and the other confirms, or each its own part (分别负责); and leaders who sign (审签).

Task 2 is led by 乙局 (support) and 丁局 (colead) together.
"""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models import AuditEvent, Milestone
from tests.ledger import FILE, LIMITS, PEOPLE, RETURN
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.definitions.milestone import MILESTONE
from workflow.directory import change_unit, set_leads_apart
from workflow.drafts import Draft, add_piece, begin_draft, drop_piece, end_draft, save_draft
from workflow.errors import NotNow, Refused, Stale
from workflow.parts import Terms
from workflow.subjects import load_milestones, milestone_rows

NAMES = [person[0] for person in PEOPLE]


def codes(error) -> list[str]:
    return [reason.code for reason in error.value.reasons]


def write(ledger, name, account="已完成。", number="2", year=2018):
    """Save as somebody who has just looked at their form."""
    milestone = ledger.milestone(number, year)
    content = milestone.round
    seen = content.draft_version
    if milestone.task.leads_apart:
        own = [p for p in content.parts if p.unit_id in ledger.actor(name).unit_ids]
        seen = own[0].draft_version if own else 0
    save_draft(milestone, ledger.actor(name), Draft(account, [], []), content.number, seen)


def drafted(ledger, name="support"):
    write(ledger, name)
    add_piece(ledger.milestone("2"), ledger.actor(name), FILE, LIMITS)


def apart(ledger):
    set_leads_apart(ledger.database, ledger.actor("system"), ledger.milestone("2").task_id, True)


def signing(ledger, unit="甲局", on=True):
    change_unit(ledger.database, ledger.actor("system"), ledger.units[unit], active=True, members=[], leader_signs=on)


def test_one_lead_drafts_and_the_other_confirms_before_either_submits(ledger):
    drafted(ledger)
    end_draft(ledger.milestone("2"), ledger.actor("support"))
    with pytest.raises(NotNow) as refused:
        ledger.fire("support", "submit", number="2")
    assert codes(refused) == ["co-leads-missing"]
    ledger.fire("colead", "confirm", number="2")
    ledger.fire("support", "submit", number="2")
    assert ledger.milestone("2").state == "submitted"
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def test_the_one_who_did_not_draft_may_submit_and_stands_behind_it_by_that(ledger):
    drafted(ledger)
    end_draft(ledger.milestone("2"), ledger.actor("support"))
    ledger.fire("colead", "submit", number="2")
    assert {p.unit_id for p in ledger.milestone("2").round.parts if p.given} == {
        ledger.units["乙局"], ledger.units["丁局"]
    }


@pytest.mark.parametrize("change", ["words", "a file", "a file taken out"])
def test_whatever_the_drafter_changes_after_the_confirmation_takes_it_back(ledger, change):
    drafted(ledger)
    second = replace(FILE, name="附件二.pdf", sha256="ef" * 32)  # the same file again would add nothing
    piece = add_piece(ledger.milestone("2"), ledger.actor("support"), second, LIMITS)
    end_draft(ledger.milestone("2"), ledger.actor("support"))
    ledger.fire("colead", "confirm", number="2")
    write(ledger, "support")  # the same words again: nothing changed
    assert all(p.given for p in ledger.milestone("2").round.parts)
    if change == "words":
        write(ledger, "support", "已完成，另有补充。")
    elif change == "a file":
        add_piece(ledger.milestone("2"), ledger.actor("support"), replace(second, sha256="01" * 32), LIMITS)
    else:
        drop_piece(ledger.milestone("2"), ledger.actor("support"), piece)
    with pytest.raises(NotNow) as refused:
        ledger.fire("support", "submit", number="2")
    assert codes(refused) == ["co-leads-missing"]


def test_never_both_at_once_until_the_lock_ends_by_itself(ledger, clock):
    begin_draft(ledger.milestone("2"), ledger.actor("support"), Terms(lock_minutes=30))
    for attempt in (
        lambda: write(ledger, "colead"), lambda: begin_draft(ledger.milestone("2"), ledger.actor("colead")),
        lambda: add_piece(ledger.milestone("2"), ledger.actor("colead"), FILE, LIMITS),
    ):
        with pytest.raises(NotNow) as refused:
            attempt()
        assert codes(refused) == ["being-drafted"]
    clock.pass_(minutes=29)
    with pytest.raises(NotNow):
        write(ledger, "colead")
    clock.pass_(minutes=1)
    write(ledger, "colead")
    with pytest.raises(NotNow):
        write(ledger, "support")  # now it is theirs


def test_saving_holds_the_draft_longer(ledger, clock):
    begin_draft(ledger.milestone("2"), ledger.actor("support"))
    clock.pass_(minutes=20)
    write(ledger, "support")
    clock.pass_(minutes=20)
    with pytest.raises(NotNow):
        write(ledger, "colead")


def test_the_lock_can_be_taken_over_and_that_is_on_the_record(ledger):
    with pytest.raises(Refused):
        ledger.fire("colead", "take_over", number="2")  # there is nothing to take over
    begin_draft(ledger.milestone("2"), ledger.actor("support"))
    ledger.fire("colead", "take_over", number="2")
    with pytest.raises(NotNow):
        write(ledger, "support")
    write(ledger, "colead")
    with ledger.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "take_over")).one()
    assert event.actor_unit == "丁局" and f'"from_unit":{ledger.units["乙局"]}' in event.detail


def test_two_of_one_unit_are_told_apart_by_their_version_and_not_locked_out(ledger):
    opened = ledger.milestone()
    save_draft(opened, ledger.actor("lead"), Draft("甲写", [], []), 1, 0)
    with pytest.raises(Stale):
        save_draft(ledger.milestone(), ledger.actor("lead2"), Draft("乙写", [], []), 1, 0)
    assert ledger.milestone().round.lock is None  # a single lead needs no lock


def test_a_withdrawal_keeps_the_confirmation_and_a_return_does_not(ledger):
    ledger.submit("colead", "2")
    ledger.fire("colead", "withdraw", number="2")
    ledger.fire("colead", "submit", number="2")
    ledger.fire("reviewer", "return", RETURN, number="2")
    assert [p.given for p in ledger.milestone("2").round.parts] == [False, False]


# 分别负责

def test_each_hands_its_own_part_in_and_the_last_one_submits_all_of_it(ledger):
    apart(ledger)
    write(ledger, "support", "公路部分已完成。")
    write(ledger, "colead", "桥梁部分已完成。")  # both at once: there is no lock between parts
    add_piece(ledger.milestone("2"), ledger.actor("support"), FILE, LIMITS)
    assert ledger.milestone("2").round.account == "【乙局】\n公路部分已完成。\n\n【丁局】\n桥梁部分已完成。"
    with pytest.raises(NotNow) as refused:
        ledger.fire("colead", "submit", number="2")
    assert codes(refused) == ["co-leads-missing"]
    ledger.fire("support", "hand_in", number="2")
    assert ledger.milestone("2").state == "planned"
    with pytest.raises(NotNow) as refused:
        ledger.fire("colead", "hand_in", number="2")
    assert codes(refused) == ["all-others-in"]
    ledger.fire("colead", "submit", number="2")
    assert ledger.milestone("2").state == "submitted"


def test_nobody_submits_without_a_part_of_their_own_and_a_change_takes_back_only_ones_own(ledger):
    apart(ledger)
    write(ledger, "support", "公路部分已完成。")
    add_piece(ledger.milestone("2"), ledger.actor("support"), FILE, LIMITS)
    ledger.fire("support", "hand_in", number="2")
    with pytest.raises(NotNow) as refused:
        ledger.fire("colead", "submit", number="2")
    assert codes(refused) == ["no-own-part"]
    write(ledger, "colead", "桥梁部分已完成。")
    write(ledger, "support", "公路部分已完成，另有补充。")
    with pytest.raises(NotNow) as refused:
        ledger.fire("colead", "submit", number="2")
    assert codes(refused) == ["co-leads-missing"]


def test_how_leads_share_is_the_system_administrators_to_set_while_no_draft_is_begun(ledger):
    task_id = ledger.milestone("2").task_id
    for name in ("support", "security", "committee"):
        with pytest.raises(Refused):
            set_leads_apart(ledger.database, ledger.actor(name), task_id, True)
    write(ledger, "support")
    with pytest.raises(Refused) as refused:
        set_leads_apart(ledger.database, ledger.actor("system"), task_id, True)
    assert codes(refused) == ["drafts-begun"]


# 审签

def test_where_a_unit_has_switched_it_on_its_leader_signs_before_the_submission(ledger):
    signing(ledger)
    ledger.fill()
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert codes(refused) == ["not-signed"]
    ledger.fire("lead", "send_to_sign")
    for name in ("lead", "lead2", "committee"):
        with pytest.raises(Refused):
            ledger.fire(name, "sign")
    ledger.fire("leader", "sign")
    ledger.fire("lead", "submit")
    part = ledger.milestone().round.parts[0]
    assert part.signed_by_id == ledger.accounts["leader"]


def test_what_a_leader_tells_the_handlers_is_not_for_others(ledger, browse):
    signing(ledger)
    ledger.fill()
    ledger.fire("lead", "send_to_sign")
    ledger.fire("leader", "hand_back", {"words": "先压一压数据口径。"})
    readers = {
        name for name in NAMES
        if "先压一压数据口径。" in browse(name).get(f"/milestones/{ledger.milestones['1', 2018]}").text
    }
    assert readers == {"lead", "lead2", "leader", "lead_reviewer"}


def test_a_leader_hands_back_with_words_and_a_change_after_signing_has_to_be_signed_again(ledger):
    signing(ledger)
    ledger.fill()
    with pytest.raises(Refused):
        ledger.fire("leader", "hand_back", {"words": "再核数据。"})  # nothing was sent yet
    ledger.fire("lead", "send_to_sign")
    ledger.fire("leader", "hand_back", {"words": "再核数据。"})
    ledger.fire("lead", "send_to_sign")
    ledger.fire("leader", "sign")
    write(ledger, "lead", "改了数据。", "1")
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert codes(refused) == ["not-signed"]


def test_saving_the_same_again_with_the_submission_does_not_undo_the_signature(ledger, browse):
    signing(ledger)
    ledger.fill()
    ledger.fire("leader", "sign")
    one, content = ledger.milestones["1", 2018], ledger.milestone().round
    form = {
        "round_number": content.number, "draft_version": content.draft_version, "version": ledger.milestone().version,
        "account": content.account, "figure_name": "颁证率", "figure_amount": "98.6", "figure_unit": "%",
        "then": "submit",
    }
    assert browse("lead").post(f"/milestones/{one}/draft", form).status_code == 302
    assert ledger.milestone().state == "submitted"


def test_a_leader_may_submit_directly(ledger):
    signing(ledger)
    ledger.fill()
    ledger.fire("leader", "submit")
    assert ledger.milestone().round.parts[0].signed_by_id == ledger.accounts["leader"]


def test_without_the_setting_nobody_is_offered_to_sign(ledger):
    ledger.fill()
    for name, trigger in (("lead", "send_to_sign"), ("leader", "sign")):
        with pytest.raises(Refused) as refused:
            ledger.fire(name, trigger)
        assert codes(refused) == ["no-signing"]


# By hand: who may take the actions of several leads and of signing, on a draft of task 2 by 乙局 and of task 1.
def test_the_authority_of_co_leads_and_leaders(ledger):
    signing(ledger)
    ledger.fill()
    drafted(ledger)  # 乙局 is drafting task 2
    new = ("take_over", "confirm", "hand_in", "send_to_sign", "sign", "hand_back")
    may = {
        (name, trigger, number)
        for number in ("1", "2") for name in NAMES for trigger in new
        if MILESTONE.sees.holds(ledger.actor(name), ledger.milestone(number))
        and not refusals(MILESTONE.arrow(trigger, "planned"), ledger.actor(name), ledger.milestone(number))
    }
    assert may == {
        ("colead", "take_over", "2"), ("lead", "send_to_sign", "1"), ("lead2", "send_to_sign", "1"),
        ("lead_reviewer", "send_to_sign", "1"), ("leader", "sign", "1"),
    }
    ledger.fire("lead", "send_to_sign")
    end_draft(ledger.milestone("2"), ledger.actor("support"))
    for name, trigger, number in (("leader", "hand_back", "1"), ("colead", "confirm", "2")):
        assert refusals(MILESTONE.arrow(trigger, "planned"), ledger.actor(name), ledger.milestone(number)) == []


def test_the_rules_of_leads_mean_the_same_in_python_and_in_sql(ledger, clock):
    """Every rule and every list, over drafts that are locked, confirmed, parted, sent and signed."""
    signing(ledger)
    ledger.fill()
    ledger.fire("lead", "send_to_sign")
    ledger.draft("lead", "1", 2019)
    ledger.fire("leader", "sign", year=2019)
    drafted(ledger)
    ledger.submit("colead", "2", 2019)
    ledger.fire("colead", "withdraw", number="2", year=2019)
    rules = {rule for a in MILESTONE.actions for rule in (*a.who, *a.unless, *a.needs)}
    for step in range(2):
        with ledger.database.reading() as session:
            milestones = load_milestones(session, milestone_rows(Milestone))
            for name in NAMES:
                actor = ledger.actor(name)
                for rule in rules:
                    found = set(session.scalars(milestone_rows(Milestone.id).where(rule.where(actor))))
                    assert found == {m.id for m in milestones if rule.holds(actor, m)}, (rule.code, name)
                for trigger in MILESTONE.triggers:
                    listed = set(session.scalars(
                        milestone_rows(Milestone.id).where(may_where(MILESTONE, trigger, actor))
                    ))
                    assert listed == {
                        m.id for m in milestones
                        if (a := MILESTONE.arrow(trigger, m.state)) and not refusals(a, actor, m)
                    }, (trigger, name)
        clock.pass_(days=9)  # the lock has ended, and those that were asked are out of time
        if step == 0:
            ledger.fire("colead", "confirm", number="2")
