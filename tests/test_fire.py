"""One milestone through its life, and what stands in the way."""

import pytest
from sqlalchemy import select

from models import AuditEvent
from tests.ledger import RETURN
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow, NotVisible, Refused, Stale


def trail(ledger, number="1", year=2018):
    with ledger.database.reading() as session:
        query = select(AuditEvent.action).where(
            AuditEvent.subject_type == "milestone", AuditEvent.subject_id == ledger.milestones[number, year]
        )
        return session.scalars(query.order_by(AuditEvent.sequence)).all()


def test_a_milestone_goes_from_plan_to_sign_off(ledger):
    ledger.submit()
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    assert ledger.milestone().state == "accepted"
    assert trail(ledger) == ["import", "submit", "approve", "accept"]


def test_a_return_opens_the_next_round_prefilled_with_points_to_answer(ledger):
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    milestone = ledger.milestone()
    assert (milestone.state, milestone.round_number) == ("planned", 2)
    assert milestone.round.account == "已完成颁证 98.6%。"
    assert milestone.round.evidence_count == 1
    assert [point["words"] for point in milestone.round.points] == RETURN["points"]
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert [reason.code for reason in refused.value.reasons] == ["points-open"]
    ledger.submit(answers=["附表按承包户数统计。", "已补。"])
    assert ledger.milestone().state == "submitted"


def test_a_page_opened_before_the_return_changes_nothing(ledger):
    ledger.submit()
    opened = ledger.milestone()
    ledger.fire("reviewer", "return", RETURN)
    with pytest.raises(Stale) as stale:
        fire(opened, "approve", ledger.actor("area1"), {}, opened.version)
    assert "督查室 · 审核一岗" in stale.value.words.zh and "退回修改" in stale.value.words.zh
    assert trail(ledger) == ["import", "submit", "return"]


def test_nothing_is_submitted_without_account_and_evidence(ledger):
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert [reason.code for reason in refused.value.reasons] == ["no-account", "no-evidence"]


def test_a_supporting_unit_does_not_submit(ledger):
    ledger.fill()
    with pytest.raises(Refused):
        ledger.fire("support", "submit")


def test_an_outsider_sees_nothing_to_act_on(ledger):
    with pytest.raises(NotVisible):
        ledger.fire("outsider", "submit")


def test_a_return_without_reason_words_and_points_is_not_taken(ledger):
    ledger.submit()
    with pytest.raises(Incomplete) as incomplete:
        ledger.fire("reviewer", "return", {"reason": "nonsense", "words": " "})
    assert set(incomplete.value.errors) == {"reason", "words", "points"}
    assert ledger.milestone().state == "submitted"


def test_who_reviewed_does_not_accept(ledger):
    ledger.submit()
    ledger.fire("committee2", "approve")
    with pytest.raises(Refused) as refused:
        ledger.fire("committee2", "accept")
    assert [reason.code for reason in refused.value.reasons] == ["own-review"]


def test_no_one_judges_a_task_of_their_own_unit(ledger):
    ledger.submit()
    with pytest.raises(Refused) as refused:
        ledger.fire("lead_reviewer", "approve")
    assert "own-unit" in [reason.code for reason in refused.value.reasons]


def test_a_withdrawn_submission_stays_readable_and_the_next_round_begins_as_it_was(ledger):
    ledger.submit()
    ledger.fire("lead", "withdraw")
    milestone = ledger.milestone()
    assert (milestone.state, milestone.round_number, milestone.round.frozen) == ("planned", 2, False)
    assert [r.frozen for r in milestone.rounds] == [True, False]
    assert milestone.round.account == milestone.rounds[0].account


def test_a_submission_that_was_reviewed_is_not_withdrawn_even_when_it_was_sent_back(ledger):
    ledger.submit()
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "send_back", {"words": "请核对附表。"})
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "withdraw")
    assert [reason.code for reason in refused.value.reasons] == ["acted-on"]


def test_a_sign_off_can_be_taken_back_with_a_reason_and_what_was_accepted_stays(ledger):
    ledger.submit()
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    with pytest.raises(Incomplete):
        ledger.fire("committee", "reopen")
    ledger.fire("committee", "reopen", {"words": "复查发现问题。"})
    milestone = ledger.milestone()
    assert (milestone.state, milestone.round_number) == ("planned", 2)
    assert milestone.rounds[0].frozen


def test_who_reviewed_before_it_was_sent_back_does_not_accept_either(ledger):
    """Both hold two roles: whoever looked first stays a reviewer of this round when somebody else looks again."""
    ledger.submit()
    ledger.fire("committee2", "approve")
    ledger.fire("committee", "send_back", {"words": "请再核。"})
    ledger.fire("reviewer", "approve")
    with pytest.raises(Refused, match="own-review"):
        ledger.fire("committee2", "accept")
    ledger.fire("committee", "accept")


def test_words_that_cannot_be_seen_are_no_words(ledger):
    ledger.submit()
    for unseen in ("\u200b", "\u202e\u2066", "\x00", "\u00ad \u2060"):
        with pytest.raises(Incomplete):
            ledger.fire("reviewer", "return", RETURN | {"words": unseen})
        with pytest.raises(Incomplete):
            ledger.fire("reviewer", "return", RETURN | {"points": [unseen]})
