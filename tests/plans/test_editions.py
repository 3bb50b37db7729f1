"""A revised edition: compared, confirmed row by row, followed; nothing that was submitted is lost or moved."""

from datetime import date

import pytest
from sqlalchemy import select

from models import (
    AuditEvent,
    ContributionRequest,
    Implementation,
    Milestone,
    Notice,
    Plan,
    PlanDraft,
    PlanEdition,
    Responsibility,
    Task,
    Unit,
)
from plans import intake
from plans.editions import Undecided, content_of, differences, follow, standing_of
from plans.editions.difference import ALL, KEEP, SAME, TAKE
from plans.editions.matching import match
from plans.intake import corrected
from plans.reading import read_plan
from tests.ledger import FILE, LIMITS, PEOPLE
from tests.notices.told import told
from tests.plans.paper import LINES, changed, paper
from tests.plans.test_intake import look, sound
from workflow.directory import set_part
from workflow.drafts import Draft, add_piece, save_draft
from workflow.engine import fire
from workflow.errors import NotNow, Refused, Stale
from workflow.notice_kinds import sentence
from workflow.subjects import load_milestone, load_requests, request_rows


class Desk:
    """A stored plan, and what the system administrator does with new editions of it."""

    def __init__(self, ledger, lines=LINES):
        self.ledger, self.database, self.system = ledger, ledger.database, ledger.actor("system")
        draft = self.take(paper(lines))
        self.plan_id = intake.store(
            self.database, self.system, draft.id, None, accept_doubts=True, opened_on=date(2018, 7, 1)
        ).plan_id

    def take(self, data: bytes) -> PlanDraft:
        draft_id, unread = intake.take_in(self.database, self.system, data, "方案.txt")
        if unread:
            intake.read(self.database, draft_id)
        return look(self.ledger, draft_id)

    def revision(self, lines, **options) -> PlanDraft:
        draft = self.take(paper(lines, **options))
        intake.revise(self.database, self.system, draft.id, draft.version, self.plan_id)
        return look(self.ledger, draft.id)

    def differences(self, draft: PlanDraft) -> dict:
        with self.database.reading() as session:
            plan = session.get_one(Plan, self.plan_id)
            decisions = look(self.ledger, draft.id).decisions
            found = differences(plan, standing_of(session, plan), corrected(draft).plan, decisions)
        return {row.key: row for row in found if row.kind != SAME}

    def decide(self, draft: PlanDraft, choose=lambda row: TAKE) -> None:
        decisions = {key: {"do": choose(row), "seen": row.seen} for key, row in self.differences(draft).items()}
        intake.decide(self.database, self.system, draft.id, look(self.ledger, draft.id).version, decisions)

    def follow(self, draft: PlanDraft, choose=lambda row: TAKE):
        self.decide(draft, choose)
        return follow(self.database, self.system, draft.id, None, accept_doubts=True)

    def tasks(self) -> dict[str, Task]:
        with self.database.reading() as session:
            return {t.number: t for t in session.scalars(select(Task).where(Task.plan_id == self.plan_id))}

    def milestone(self, number: str, year: int = 2018) -> Milestone:
        self.ledger.sessions.append(self.database.reading())
        session = self.ledger.sessions[-1]
        task = session.scalars(select(Task).where(Task.plan_id == self.plan_id, Task.number == number)).first()
        found = session.scalars(select(Milestone.id).where(Milestone.task_id == task.id, Milestone.year == year)).one()
        return load_milestone(session, found)

    def submit(self, number: str = "1", name: str = "lead") -> None:
        milestone, actor = self.milestone(number), self.ledger.actor(name)
        save_draft(milestone, actor, Draft("已完成。", [], []), milestone.round.number, milestone.round.draft_version)
        add_piece(milestone, actor, FILE, LIMITS)
        self.all_answer(milestone)
        fire(milestone, "submit", actor, {}, milestone.version)

    def all_answer(self, milestone: Milestone) -> None:
        """Every supporting unit that was asked has nothing to add."""
        with self.database.reading() as session:
            asked = load_requests(session, request_rows(ContributionRequest).where(Milestone.id == milestone.id))
            waiting = [(it, self.ledger.handler_of(it.unit_id)) for it in asked if it.state == it.ASKED]
            for request, name in waiting:
                fire(request, "nothing", self.ledger.actor(name), {}, request.version)

    def fire(self, name: str, trigger: str, number: str = "1", input: dict | None = None) -> None:
        milestone = self.milestone(number)
        fire(milestone, trigger, self.ledger.actor(name), input or {}, milestone.version)

    def accept(self, number: str = "1") -> None:
        self.submit(number)
        self.fire("reviewer", "approve", number)
        self.fire("committee", "accept", number)


@pytest.fixture
def desk(ledger) -> Desk:
    return Desk(ledger)


NEW = "改为全部完成。"


def said(row) -> list[tuple[str, int | None]]:
    return [(change.field, change.year) for change in row.changes]


def test_a_new_edition_that_says_the_same_has_no_differences(desk):
    assert desk.differences(desk.revision(LINES, note="注：版式有调整。")) == {}


@pytest.mark.parametrize(("lines", "expected"), [
    (changed("1", title="农村土地确权登记颁证工作"), [("changed", [("title", None)])]),
    (changed("2", number="7"), [("changed", [("number", None)])]),
    (changed("1", asks=(NEW, "全面完成。")), [("changed", [("requirement", 2018)])]),
    (changed("1", asks=("9月30日前基本完成。", "全面完成。")), [("changed", [("requirement", 2018), ("due", 2018)])]),
    (changed("1", asks=("基本完成。", "")), [("changed", [("milestone", 2019)])]),
    (changed("4", asks=("", "整合完毕。")), [("changed", [("milestone", 2019)])]),
    (changed("1", units="牵头单位：乙局，配合单位：甲局"), [("changed", [("units", None)])]),
    (changed("1", title="*农村土地确权登记颁证"), [("changed", [("starred", None)])]),
    (changed("3", area="一、盘活行动"), [("changed", [("area", None)])]),
    (changed("1", content="另一种内容。"), [("changed", [("contents", None)])]),
    (LINES[:3], [("dropped", [])]),
    ((*LINES, LINES[0].but(number="5", title="全新的一项任务")), [("added", [])]),
], ids=["reworded", "renumbered", "requirement", "deadline", "year-dropped", "year-added", "units", "star", "area",
        "contents", "dropped", "added"])
def test_each_kind_of_difference_is_shown(desk, lines, expected):
    found = desk.differences(desk.revision(lines))
    assert [(row.kind, said(row)) for row in found.values()] == expected


def test_tasks_are_matched_by_title_serial_and_words():
    old, new = list(read_plan(paper()).tasks), list(read_plan(paper((
        LINES[2].but(number="1"), LINES[0].but(number="2", title="农村土地确权登记和颁证"), LINES[1].but(number="3"),
        LINES[3].but(number="4", title="毫不相干的新任务", content="另写一段，与原来的没有一个字相同")),
    )).tasks)
    assert match(old, new) == {0: 2, 1: 0, 2: 1}


def test_nothing_is_followed_until_every_row_is_decided(desk):
    draft = desk.revision(changed("1", asks=(NEW, "全面完成。")))
    with pytest.raises(Undecided) as refused:
        follow(desk.database, desk.system, draft.id, None, accept_doubts=True)
    assert len(refused.value.keys) == 1
    assert desk.milestone("1").requirement == "基本完成。"


def test_a_row_that_moved_on_after_it_was_decided_has_to_be_looked_at_again(desk):
    draft = desk.revision(changed("1", asks=(NEW, "全面完成。")))
    desk.decide(draft)
    desk.submit("1")
    with pytest.raises(Undecided):
        follow(desk.database, desk.system, draft.id, None, accept_doubts=True)
    assert desk.milestone("1").requirement == "基本完成。"


def test_the_ledger_follows_what_was_confirmed_and_the_old_edition_stays(desk):
    lines = (
        LINES[0].but(number="9", title="农村土地确权登记颁证工作", asks=("9月30日前完成。", "全面完成。"),
                     units="牵头单位：乙局，配合单位：戊局", area="一、搞活行动"),
        LINES[1].but(area="一、搞活行动"), LINES[0].but(number="5", title="全新的一项任务", area="三、新设行动"),
        *LINES[2:],
    )
    before = desk.tasks()
    done = desk.follow(desk.revision(lines, title="测试区任务分解表（修订）（2018-2019年）"))
    after = desk.tasks()
    assert (done.number, done.counts) == (2, {"added": 1, "changed": 2, "same": 2})
    assert after["9"].id == before["1"].id and after["9"].area_id == before["1"].area_id
    assert [t.number for t in sorted(after.values(), key=lambda t: t.position)] == ["9", "2", "5", "3", "4"]
    assert desk.milestone("9").due == date(2018, 9, 30)
    with desk.database.reading() as session:
        seats = session.execute(
            select(Unit.name, Responsibility.part).join(Unit).where(Responsibility.task_id == after["9"].id)
            .order_by(Responsibility.position)
        ).all()
        plan = session.get_one(Plan, desk.plan_id)
        old, new = content_of(session, plan, 1), content_of(session, plan, 2)
        areas = [area.title for area in plan.areas]
    assert [tuple(seat) for seat in seats] == [("乙局", "lead"), ("戊局", "support")]
    assert areas == ["一、搞活行动", "三、新设行动", "二、治理行动"]
    assert (plan.title, plan.edition_number) == ("测试区任务分解表（修订）（2018-2019年）", 2)
    assert (old.tasks[0].title, old.tasks[0].milestones[0].requirement) == ("农村土地确权登记颁证", "基本完成。")
    assert new.tasks[0].number == "9"
    assert sound(desk.ledger)


def test_a_signed_off_milestone_keeps_its_words_whatever_is_decided(desk):
    desk.accept("1")
    desk.follow(desk.revision(changed("1", asks=(NEW, NEW))), lambda row: ALL)
    assert desk.milestone("1").requirement == "基本完成。"
    assert desk.milestone("1").state == "accepted"
    assert desk.milestone("1", 2019).requirement == NEW
    assert sound(desk.ledger)


def test_a_milestone_in_other_hands_is_changed_only_where_that_is_said(desk):
    desk.submit("1")
    first = desk.revision(changed("1", asks=(NEW, "全面完成。")))
    assert [row.held for row in desk.differences(first).values()] == [True]
    desk.follow(first)
    assert desk.milestone("1").requirement == "基本完成。"
    desk.follow(desk.revision(changed("1", asks=("再改一次。", "全面完成。"))), lambda row: ALL)
    milestone = desk.milestone("1")
    assert (milestone.requirement, milestone.state) == ("再改一次。", "submitted")
    # What the round answered is kept with it.
    assert (milestone.round.requirement, milestone.round.asked_edition) == ("基本完成。", 1)
    desk.fire("reviewer", "approve")
    assert sound(desk.ledger)


def test_a_reviewers_page_from_before_the_revision_changes_nothing(desk):
    desk.submit("1")
    version = desk.milestone("1").version
    desk.follow(desk.revision(changed("1", asks=(NEW, "全面完成。"))), lambda row: ALL)
    with pytest.raises(Stale):
        fire(desk.milestone("1"), "approve", desk.ledger.actor("reviewer"), {}, version)


def test_a_dropped_task_is_marked_and_what_was_submitted_runs_to_its_end(desk):
    desk.submit("1")
    desk.follow(desk.revision(LINES[1:]))
    tasks = desk.tasks()
    assert tasks["1"].dropped_in == 2
    assert desk.milestone("1").dropped_in is None  # in the reviewer's hands
    assert desk.milestone("1", 2019).dropped_in == 2
    desk.fire("reviewer", "approve")
    desk.fire("committee", "accept")
    assert desk.milestone("1").state == "accepted"
    milestone = desk.milestone("1", 2019)
    with pytest.raises((Refused, NotNow)):
        save_draft(milestone, desk.ledger.actor("lead"), Draft("x", [], []), 1, 0)
    assert sound(desk.ledger)


def test_a_year_that_comes_back_in_a_third_edition_takes_its_milestone_up_again(desk):
    known = desk.milestone("1", 2019).id
    desk.follow(desk.revision(changed("1", asks=("基本完成。", ""))))
    assert desk.milestone("1", 2019).dropped_in == 2
    desk.follow(desk.revision(changed("1", asks=("基本完成。", NEW))))
    milestone = desk.milestone("1", 2019)
    assert (milestone.id, milestone.dropped_in, milestone.requirement) == (known, None, NEW)
    assert sound(desk.ledger)


def test_what_was_not_taken_stays_and_is_not_asked_again(desk):
    lines = changed("1", title="农村土地确权登记颁证工作")
    desk.follow(desk.revision(lines), lambda row: KEEP)
    assert desk.tasks()["1"].title == "农村土地确权登记颁证"
    assert desk.differences(desk.revision(lines, note="注：第三版。")) == {}


def test_what_people_changed_since_is_no_difference_of_the_papers(desk):
    task = desk.tasks()["2"]
    set_part(desk.database, desk.system, task.id, desk.ledger.units["丁局"], "lead")
    assert desk.differences(desk.revision(LINES, note="注：第二版。")) == {}


def test_every_changed_subject_has_its_event(desk):
    desk.follow(desk.revision((*changed("1", title="农村土地确权登记颁证工作", asks=(NEW, "全面完成。"))[:3],)))
    with desk.database.reading() as session:
        events = session.execute(
            select(AuditEvent.subject_type, AuditEvent.action)
            .where(AuditEvent.action.in_(("revise", "drop"))).order_by(AuditEvent.id)
        ).all()
    assert sorted(tuple(event) for event in events) == sorted([
        ("task", "revise"), ("milestone", "revise"), ("task", "drop"), ("plan", "revise"),
    ])


def test_a_plan_stored_before_editions_were_kept_can_be_revised(ledger):
    desk = Desk(ledger)
    desk.plan_id = ledger.plan_id  # made by hand, without any edition
    draft = desk.revision(LINES, title="测试区乡村振兴任务分解表")
    desk.follow(draft)
    with desk.database.reading() as session:
        numbers = session.scalars(select(PlanEdition.number).where(PlanEdition.plan_id == ledger.plan_id)).all()
        first = content_of(session, session.get_one(Plan, ledger.plan_id), 1)
    assert sorted(numbers) == [1, 2]
    assert [task.title for task in first.tasks][0] == "农村土地确权登记颁证"
    assert len(PEOPLE) > 10
    assert sound(ledger)


def test_corrections_of_the_edition_before_are_taken_over_where_the_row_is_the_same(ledger):
    desk = Desk(ledger)
    first = desk.take(paper(title="另一方案"))
    rows = {task.number: {"row": str(task.first_line), "number": task.number} for task in corrected(first).plan.tasks}
    for n, correction in enumerate((
        {"do": "lead", **rows["2"], "unit": "丁局"}, {"do": "title", **rows["1"], "value": "改过的名称"},
        {"do": "settle", **rows["4"], "code": "unit-vague"},
        {"do": "unit-rename-everywhere", "unit": "甲局", "name": "甲委"},
        {"do": "settle", "code": "deadline-ambiguous"},
    )):
        intake.correct(desk.database, desk.system, first.id, n, correction)
    desk.plan_id = intake.store(desk.database, desk.system, first.id, None, accept_doubts=True).plan_id
    draft = desk.revision((LINES[0].but(units="甲局"), *LINES[1:]), title="另一方案", note="注：第二版。")
    assert [it["do"] for it in draft.corrections] == ["lead", "settle", "unit-rename-everywhere"]
    assert [task.seats[1].name for task in corrected(draft).plan.tasks if task.number == "2"] == ["丁局"]
    assert {row.new.number: said(row) for row in desk.differences(draft).values()} == {
        "1": [("title", None), ("units", None)],
    }


def test_what_a_person_said_of_the_columns_is_remembered_for_the_next_edition(ledger):
    desk = Desk(ledger)
    first = desk.take(paper(title="另一方案"))
    intake.correct(desk.database, desk.system, first.id, 0, {"do": "columns", "columns": {"工作内容": "remarks"}})
    intake.read(desk.database, first.id)
    assert corrected(look(ledger, first.id)).plan.tasks[0].contents != ("推进农村土地确权登记颁证。",)
    desk.plan_id = intake.store(desk.database, desk.system, first.id, None, accept_doubts=True).plan_id
    second = desk.take(paper(title="另一方案", note="注：第二版。"))
    assert intake.revise(desk.database, desk.system, second.id, second.version, desk.plan_id)
    intake.read(desk.database, second.id)
    assert desk.differences(look(ledger, second.id)) == {}


def test_a_person_says_which_task_is_which_and_which_is_new(desk):
    lines = (LINES[0].but(title="毫不相干的名称", content="也是另写的内容", number="9"), *LINES[1:])
    draft = desk.revision(lines)
    assert sorted(row.kind for row in desk.differences(draft).values()) == ["added", "dropped"]
    known = desk.tasks()["1"].id
    intake.decide(desk.database, desk.system, draft.id, draft.version, {"same-1": {"task": known}})
    assert [(row.kind, row.standing.row.id) for row in desk.differences(draft).values()] == [("changed", known)]
    desk.follow(draft)
    assert desk.tasks()["9"].id == known
    other = desk.revision(changed("2", title="农村公路建设工程"), note="注：第三版。")
    version = look(desk.ledger, other.id).version
    intake.decide(desk.database, desk.system, other.id, version, {"same-2": {"task": None}})
    kinds = {row.kind for row in desk.differences(other).values() if (row.new or row.standing.now).number == "2"}
    assert kinds == {"added", "dropped"}


def figures(desk, number: str = "1") -> dict[str, str]:
    return {it.name: f"{it.target}{it.unit}" for it in desk.milestone(number).indicators}


def test_changed_indicators_come_with_the_words_and_signed_off_ones_keep_theirs(ledger):
    asks = ("颁证率达到95%，培训100人次以上。", "全面完成。")
    wanted = "颁证率达到98%，培训100人次以上，建成示范村3个。"
    desk = Desk(ledger, changed("1", asks=asks))
    before = figures(desk)
    assert "95%" in before.values()
    milestone = desk.milestone("1")
    figures_typed = [(it.name, it.target, it.unit) for it in milestone.indicators]
    save_draft(milestone, ledger.actor("lead"), Draft("已完成。", figures_typed, []), 1, 0)
    draft = desk.revision(changed("1", asks=(wanted, "全面完成。")))
    (row,) = desk.differences(draft).values()
    assert said(row) == [("requirement", 2018), ("indicators", 2018)]
    desk.follow(draft)
    after = figures(desk)
    assert "98%" in after.values() and len(after) == len(before) + 1
    content = desk.milestone("1").round
    assert content.figures_missing == 1 and content.progress is not None
    desk.accept("3")
    desk.follow(desk.revision(changed("3", asks=("6月前完成方案3个。", ""))), lambda row: ALL)
    assert figures(desk, "3") == {}
    assert sound(ledger)


def test_a_unit_that_leads_by_a_new_edition_gets_its_implementation_plan_and_is_told(desk):
    desk.follow(desk.revision(changed("1", units="牵头单位：戊局，配合单位：甲局")))
    with desk.database.reading() as session:
        plans = session.scalars(select(Implementation).where(Implementation.plan_id == desk.plan_id)).all()
        (new,) = [it for it in plans if it.unit_id == desk.ledger.units["戊局"]]
        assert len({it.unit_id for it in plans}) == len(plans) and new.open_entries == 2
    found = told(desk.ledger)
    assert "outsider" in found["assigned"] and "outsider" in found["plan-begun"]
    assert sound(desk.ledger)


def test_an_import_tells_each_unit_once_how_many_tasks_it_has(desk):
    with desk.database.reading() as session:
        rows = session.scalars(select(Notice).where(Notice.kind == "assigned")).all()
        said_of = {row.account_id: sentence(row.kind, row.detail).zh for row in rows}
    assert len(rows) == len(said_of)
    assert said_of[desk.ledger.accounts["lead"]].endswith("交由本单位牵头 2 项、配合 1 项")
