"""Who is told of what around a milestone: requests, changes, plans, handovers, signatures. Answers by hand."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models import ChangeKind, Notice, Part, Plan
from tests.ledger import CLOCKS
from tests.test_implementation import fill
from workflow import directory, instructions, planning
from workflow.actor import command_line
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.handover import HANDOVER
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.delegation import delegate
from workflow.directory import change_unit
from workflow.notice_kinds import KINDS, TOPICS, sentence
from workflow.planning import open_plans
from workflow.registry import WORKFLOWS
from workflow.reminders import WATCHES, remind

# Task 1: led by 甲局, supported by 乙局 (support) and 各镇, for which 丙镇 (member) answers.
LEADS = {"lead", "lead2", "lead_reviewer"}
REVIEWERS = {"reviewer", "area1", "committee2"}
COMMITTEE = {"committee", "committee2", "head"}
SUPPORTS = {"support", "member"}
LATER = date(2019, 2, 28)


class Story:
    """What each step tells, and nothing else; every sentence is whole in both languages."""

    def __init__(self, ledger):
        self.ledger, self.seen = ledger, 0

    def tells(self, expected: dict[str, set[str]]) -> None:
        names = {account_id: name for name, account_id in self.ledger.accounts.items()}
        found: dict[str, set[str]] = {}
        with self.ledger.database.reading() as session:
            for notice in session.scalars(select(Notice).where(Notice.id > self.seen)):
                found.setdefault(notice.kind, set()).add(names[notice.account_id])
                said = sentence(notice.kind, notice.detail)
                assert said.zh and said.en and "「」" not in said.zh and "“”" not in said.en, said
                assert "{" not in said.zh + said.en and "on ," not in said.en, said
                self.seen = max(self.seen, notice.id)
        assert found == expected


@pytest.fixture
def story(ledger) -> Story:
    return Story(ledger)


def test_a_supporting_unit_is_asked_and_the_lead_hears_what_it_says(ledger, clock, story):
    ledger.draft()
    story.tells({"asked": SUPPORTS})
    clock.pass_(days=1)
    ledger.answer("lead", "ask_again", {"wanted": "附表"}, unit="乙局")
    story.tells({"asked-again": {"support"}})
    ledger.answer("member", "nothing")
    story.tells({"fed-back": LEADS})
    ledger.answer("support", "object", {"words": "口径不一。"})
    story.tells({"objected": LEADS})
    ledger.answer("lead2", "reply", {"words": "已核对。"}, unit="乙局")
    story.tells({"objection-answered": {"support"}})
    ledger.answer("member", "take_back")
    story.tells({"fed-back": LEADS})


@pytest.mark.parametrize(("trigger", "input"), [("confirm", {}), ("nothing", {})])
def test_each_answer_tells_the_lead(ledger, story, trigger, input):
    ledger.draft()
    story.tells({"asked": SUPPORTS})
    ledger.answer("support", trigger, input)
    story.tells({"fed-back": LEADS})


def test_a_change_tells_who_judges_it_and_then_whom_it_concerns(ledger, story):
    asked = ledger.ask("lead", ChangeKind.EXTENSION, due=LATER)
    story.tells({"change-to-review": REVIEWERS})
    ledger.take(CHANGE_REQUEST, asked, "reviewer", "support")
    story.tells({"change-to-decide": COMMITTEE, "change-opinion": LEADS})
    ledger.take(CHANGE_REQUEST, asked, "committee", "grant")
    story.tells({"change-decided": LEADS | SUPPORTS})


def test_a_long_extension_is_told_to_the_head_alone_and_a_refusal_to_who_asked(ledger, story):
    asked = ledger.ask("lead", ChangeKind.EXTENSION, due=date(2019, 12, 31))
    story.tells({"change-to-review": REVIEWERS})
    ledger.take(CHANGE_REQUEST, asked, "reviewer", "oppose", {"words": "理由不足。"})
    story.tells({"change-to-decide": {"head"}, "change-opinion": LEADS})
    ledger.take(CHANGE_REQUEST, asked, "head", "refuse", {"words": "不予批准。"})
    story.tells({"change-decided": LEADS})


@pytest.mark.parametrize(("opinion", "holders"), [(None, REVIEWERS), ("support", COMMITTEE)])
def test_a_withdrawal_tells_who_held_it(ledger, story, opinion, holders):
    asked = ledger.ask("lead", ChangeKind.EXTENSION, due=LATER)
    if opinion:
        ledger.take(CHANGE_REQUEST, asked, "reviewer", opinion)
    with ledger.database.reading() as session:
        story.seen = session.scalar(select(Notice.id).order_by(Notice.id.desc()).limit(1))
    ledger.take(CHANGE_REQUEST, asked, "lead", "withdraw")
    story.tells({"change-withdrawn": holders})


def test_a_change_of_lead_tells_the_old_the_new_and_both_of_the_handover(ledger, story):
    asked = ledger.ask("lead", ChangeKind.UNITS, seats=(
        (ledger.units["丁局"], "lead"), (ledger.units["乙局"], "support"),
    ))
    story.tells({"change-to-review": REVIEWERS})
    ledger.grant(asked)
    story.tells({
        "change-to-decide": COMMITTEE, "change-opinion": LEADS, "change-decided": LEADS | SUPPORTS | {"colead"},
        "assigned": {"colead"}, "unassigned": LEADS | {"member"}, "handover-to-sign": LEADS | {"colead"},
    })
    ledger.take(HANDOVER, 1, "lead", "give")
    story.tells({"handover-signed": {"colead"}})
    ledger.take(HANDOVER, 1, "colead", "take")
    story.tells({"handover-signed": LEADS})


def test_an_implementation_plan_from_its_beginning_to_filing(ledger, story):
    plan = planning.begin(ledger.database, ledger.actor("lead"), ledger.plan_id)
    story.tells({"plan-begun": LEADS - {"lead"}})
    fill(ledger, plan)
    for name, trigger, kinds in (
        ("lead", "submit", {"plan-to-review": REVIEWERS}),
        ("lead2", "withdraw", {"plan-withdrawn": REVIEWERS}),
        ("lead", "submit", {"plan-to-review": REVIEWERS}),
        ("reviewer", "return", {"plan-returned": LEADS}),
        ("lead", "submit", {"plan-to-review": REVIEWERS}),
        ("area1", "approve", {"plan-to-file": COMMITTEE, "plan-approved": LEADS}),
        ("committee", "return", {"plan-returned": LEADS}),
        ("lead", "submit", {"plan-to-review": REVIEWERS}),
        ("area1", "approve", {"plan-to-file": COMMITTEE, "plan-approved": LEADS}),
        ("committee", "file", {"plan-filed": LEADS}),
        ("committee", "reopen", {"plan-reopened": LEADS}),
    ):
        ledger.take(IMPLEMENTATION, plan, name, trigger, {"words": "请补充。"})
        story.tells(kinds)


def test_a_plan_over_several_areas_is_told_to_those_who_review_all_of_them(ledger, story):
    with ledger.database.writing() as session:
        session.get_one(Plan, ledger.plan_id)
        made = open_plans(session, ledger.plan_id, command_line("test"), ledger.database.clock())
        assert {plan.unit_id for plan in made} >= {ledger.units["甲局"], ledger.units["督查室"]}
    story.tells({"plan-begun": LEADS | {"support", "colead"}})


def test_a_leader_is_told_when_it_is_to_be_signed_and_the_handlers_when_it_was(ledger, story):
    change_unit(
        ledger.database, ledger.actor("system"), ledger.units["甲局"], active=True, members=[], leader_signs=True
    )
    ledger.draft()
    story.tells({"asked": SUPPORTS})
    ledger.fire("lead", "send_to_sign")
    story.tells({"to-sign": {"leader"}})
    ledger.fire("leader", "hand_back", {"words": "请补附件。"})
    story.tells({"handed-back": LEADS})
    ledger.fire("lead", "send_to_sign")
    story.tells({"to-sign": {"leader"}})
    ledger.fire("leader", "sign")
    story.tells({"signed": LEADS})


def test_whoever_acts_for_one_who_is_told_is_told_too(ledger, clock, story):
    delegate(ledger.database, ledger.actor("support"), ledger.accounts["outsider"], None, clock.now.date(), LATER)
    story.tells({"delegated": {"outsider"}})
    ledger.draft()
    story.tells({"asked": SUPPORTS | {"outsider"}})


def test_parts_are_told_when_they_are_given_and_when_they_are_taken(ledger, story):
    task = ledger.milestone().task_id
    for part, kinds in ((Part.SUPPORT, {"assigned": {"colead"}}), (None, {"unassigned": {"colead"}})):
        directory.set_part(ledger.database, ledger.actor("system"), task, ledger.units["丁局"], part)
        story.tells(kinds)


# By the calendar


def on(clock, year: int, month: int, day: int) -> None:
    clock.now = datetime(year, month, day, 1, tzinfo=UTC)


def days(ledger, clock, table: str, *dates) -> dict[str, set[str]]:
    """{level: names} for the subjects of that table, after the reminders of these days."""
    people = {account_id: name for name, account_id in ledger.accounts.items()}
    for day in dates:
        on(clock, *day)
        remind(ledger.database, CLOCKS)
        remind(ledger.database, CLOCKS)
    found: dict[str, set[str]] = {}
    with ledger.database.reading() as session:
        for notice in session.scalars(select(Notice).where(Notice.key.startswith(f"remind:{table}:"))):
            found.setdefault(notice.key.split(":", 5)[-1], set()).add(people[notice.account_id])
            said = sentence(notice.kind, notice.detail)
            assert "「」" not in said.zh and "“”" not in said.en and "on ," not in said.en, said
    return found


def test_a_plan_is_reminded_of_before_its_own_day_and_after_it(ledger, clock):
    """Due 25 July 2018, a Wednesday."""
    planning.begin(ledger.database, ledger.actor("lead"), ledger.plan_id)
    assert days(
        ledger, clock, "implementation", (2018, 7, 2), (2018, 7, 18), (2018, 7, 24), (2018, 7, 26), (2018, 8, 1),
        (2018, 8, 8), (2018, 8, 22),
    ) == {
        "due-30": LEADS, "due-7": LEADS, "due-1": LEADS, "overdue+1": LEADS, "overdue+5": LEADS | REVIEWERS,
        "overdue+10": LEADS | REVIEWERS | COMMITTEE, "overdue+20": LEADS | REVIEWERS | COMMITTEE,
    }


def test_a_plan_that_waits_to_be_judged_has_clocks_and_a_filed_one_none(ledger, clock):
    on(clock, 2018, 7, 9)
    plan = planning.begin(ledger.database, ledger.actor("lead"), ledger.plan_id)
    fill(ledger, plan)
    ledger.take(IMPLEMENTATION, plan, "lead", "submit")
    assert days(ledger, clock, "implementation", (2018, 7, 16)) == {"clock:reviewer:2018-07-09+5": REVIEWERS}
    ledger.take(IMPLEMENTATION, plan, "reviewer", "approve")
    ledger.take(IMPLEMENTATION, plan, "committee", "file")
    assert list(days(ledger, clock, "implementation", (2018, 8, 20))) == ["clock:reviewer:2018-07-09+5"]


def test_a_request_is_reminded_of_on_its_eve_and_its_lapse_is_told_to_both_sides(ledger, clock):
    ledger.draft()  # on a Thursday: to be answered by 20 December, in five working days
    ledger.answer("member", "nothing")
    asked = "contribution_request"
    assert days(ledger, clock, asked, (2018, 12, 14), (2018, 12, 19), (2018, 12, 21), (2018, 12, 28)) == {
        "due-1": {"support"}, "overdue+1": LEADS | {"support"},
    }


def test_an_instruction_is_reminded_of_and_its_author_hears_that_it_is_overdue(ledger, clock):
    given = instructions.instruct(
        ledger.database, ledger.actor("committee"), ledger.milestone().task_id, None, "请加快。", date(2018, 12, 27)
    )
    assert days(ledger, clock, "instruction", (2018, 12, 14), (2018, 12, 20), (2018, 12, 26), (2018, 12, 28),
                (2019, 1, 4)) == {
        "due-7": LEADS, "due-1": LEADS, "overdue+1": LEADS, "overdue+5": LEADS | {"committee"},
    }
    instructions.answer(ledger.database, ledger.actor("lead"), given, "已加快。")
    assert "overdue+10" not in days(ledger, clock, "instruction", (2019, 1, 18))


def test_a_change_waits_with_the_reviewer_and_then_with_the_head(ledger, clock):
    asked = ledger.ask("lead", ChangeKind.EXTENSION, due=date(2019, 12, 31))
    found = days(ledger, clock, "change_request", (2018, 12, 20))
    assert found == {"clock:reviewer:2018-12-13+5": REVIEWERS}
    ledger.take(CHANGE_REQUEST, asked, "reviewer", "support")
    assert days(ledger, clock, "change_request", (2018, 12, 27))["clock:committee:2018-12-20+5"] == {"head"}


def test_what_the_plan_no_longer_asks_for_is_not_reminded_of(ledger, clock):
    with ledger.database.writing() as session:
        found = ledger.milestone()
        session.merge(found).dropped_in = 2
    assert days(ledger, clock, f"milestone:{found.id}", (2019, 1, 8)) == {}


def test_every_kind_is_told_somewhere_and_every_telling_has_its_kind_and_topic():
    told_by_definitions = {
        kind for it in WORKFLOWS.values() for action in it.actions for kind, _ in (*action.told, *it.opening)
    }
    by_calendar = {kind for watch in WATCHES for kind in (watch.due, watch.overdue)} | {"clock"}
    besides = {
        "assigned", "unassigned", "urged", "instructed", "answered", "mentioned", "delegated", "delegation-ended",
        "handed-over",
    }
    assert told_by_definitions | by_calendar | besides == set(KINDS)
    assert {kind.topic for kind in KINDS.values()} == set(TOPICS)
