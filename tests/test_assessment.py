"""Assessment: points that follow from the rule line by line, objections, and what was published staying as it was."""

import io
import itertools
import threading
from datetime import UTC, date, datetime
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError

from models import (
    Assessment,
    AssessmentItem,
    AssessmentLine,
    AssessmentObjection,
    AssessmentRule,
    AssessmentScore,
    AuditEvent,
    ChangeKind,
    Notice,
)
from reports import assessment as report
from tests.ledger import CLOCKS, PEOPLE, RETURN
from tests.notices.told import told
from workflow.assessing import STANDARD, draw_up, raise_objection, rules_of, set_rule, standard_rule
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.definitions.assessment import ASSESSMENT
from workflow.definitions.objection import OBJECTION
from workflow.errors import Incomplete, NotNow, NotVisible, Refused
from workflow.reminders import remind

NAMES = [person[0] for person in PEOPLE]
YEAR, LATER = "2018", datetime(2019, 1, 7, 2, tzinfo=UTC)  # a Monday; objections until Monday the 14th
UNIT = ("lead", "lead2", "lead_reviewer", "leader")  # 甲局
COMMITTEE = ("committee", "committee2", "head")
WORDS = {"words": "经核，情况属实。"}
ADDED = {"points": "2.5", **WORDS}
COMPLETION, ON_TIME, QUALITY, SUPPORTING = map(str, AssessmentItem)


def busy(ledger, clock) -> None:
    """A year in which everything happens that points speak of.

    1/2018 (甲局): returned once, then signed off in time; 乙局 answered in time, 丙镇 never did.
    2/2018 (乙局 and 丁局): submitted in time, still with the reviewer. 3/2018 (督查室): never submitted.
    """
    clock.now = datetime(2018, 12, 3, 2, tzinfo=UTC)
    ledger.draft()
    ledger.answer("support", "nothing")
    clock.pass_(days=8)  # 丙镇 lets its five working days pass
    ledger.fire("lead", "submit")
    ledger.fire("reviewer", "return", RETURN)
    ledger.submit(answers=["已说明。", "已补。"])
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    ledger.submit("support", "2")
    clock.now = LATER


def draw(ledger, name: str = "committee", period: str = YEAR, words: str = "") -> int:
    return draw_up(ledger.database, ledger.actor(name), report.draft(ledger.database, ledger.plan_id, period), words)


def stored(ledger, assessment: int, model=AssessmentLine) -> list:
    with ledger.database.reading() as session:
        query = select(model).where(model.assessment_id == assessment)
        return session.scalars(query).all()


def scores(ledger, assessment: int) -> dict[str, AssessmentScore]:
    return {it.name: it for it in stored(ledger, assessment, AssessmentScore)}


def line(item=COMPLETION, part="1", of=1) -> dict:
    return {"item": item, "part": part, "of": of}


def rule(**changed) -> AssessmentRule:
    made = standard_rule(1)
    for name, value in changed.items():
        setattr(made, name, value)
    return made


# By hand: lines, the points of each item as the rule gives them, and what is shown.
TABLE = [
    # everything there is, everything done
    ([line(), line(ON_TIME), line(QUALITY), line(SUPPORTING)], (60, 20, 10, 10), "100.00"),
    # 7 of 9 done; 5 of 9 in time; one of two returned once (half is taken); 1 of 3 answered in time
    ([line()] * 7 + [line(part="0")] * 2 + [line(ON_TIME)] * 5 + [line(ON_TIME, "0")] * 4
     + [line(QUALITY), line(QUALITY, "1/2")] + [line(SUPPORTING)] + [line(SUPPORTING, "0")] * 2,
     (Fraction(140, 3), Fraction(100, 9), Fraction(15, 2), Fraction(10, 3)), "68.61"),
    # it leads nothing: supporting alone is worth all
    ([line(SUPPORTING), line(SUPPORTING, "0")], (None, None, None, 50), "50.00"),
    # nothing was asked of it: 10 are shared out over 90
    ([line(), line(part="0"), line(ON_TIME), line(ON_TIME, "0"), line(QUALITY)],
     (Fraction(100, 3), Fraction(100, 9), Fraction(100, 9), None), "55.56"),
    # what is set aside counts nowhere
    ([line(), line(part="0", of=0)], (100, None, None, None), "100.00"),
    ([line(part="0", of=0)], (None,) * 4, "—"), ([], (None,) * 4, "—"),
]


@pytest.mark.parametrize(("lines", "wanted", "total"), TABLE)
def test_points_by_a_table_made_by_hand(lines, wanted, total):
    found = report.score([dict(it) for it in lines], rule())
    points = [found["items"][item] and Fraction(found["items"][item]["points"]) for item in AssessmentItem]
    assert points == list(wanted) and report.shown(found["points"]) == total


@pytest.mark.parametrize(("value", "text"), [
    ("1/3", "0.33"), ("2/3", "0.67"), ("1/200", "0.01"), ("1/201", "0.00"), ("100", "100.00"),
    ("199999/2000", "100.00"), ("19999/200", "100.00"), ("9999/100", "99.99"), (None, "—"),
])
def test_a_number_is_rounded_once_halves_up(value, text):
    assert report.shown(value) == text


PARTS = st.sampled_from(["0", "1/4", "1/2", "1"])
LINES = st.lists(st.builds(
    lambda item, part, of: line(str(item), part if of else "0", of), st.sampled_from(list(AssessmentItem)), PARTS,
    st.integers(0, 1),
), max_size=40)
WEIGHTS = st.tuples(*(st.integers(0, 100),) * 3).map(sorted).map(
    lambda cut: dict(zip(STANDARD, (cut[0], cut[1] - cut[0], cut[2] - cut[1], 100 - cut[2]), strict=False))
)


@given(LINES, WEIGHTS)
def test_whatever_happened_the_points_are_the_sum_of_their_lines(lines, weights):
    found = report.score(lines, rule(**weights))
    for item in AssessmentItem:
        given_points = sum(Fraction(it["points"]) for it in lines if it["item"] == item)
        assert given_points == Fraction((found["items"][item] or {"points": 0})["points"])
    total = sum(Fraction(it["points"]) for it in lines)
    assert total == Fraction(found["points"] or 0) and 0 <= total <= 100
    applies = any(it["of"] and weights[it["item"]] for it in lines)
    assert (found["points"] is None) == (not applies)
    shares = [Fraction(it["weight"]) for it in found["items"].values() if it]
    assert sum(shares) == (100 if applies else 0)


def test_each_point_names_the_event_that_it_comes_from(ledger, clock):
    busy(ledger, clock)
    made = draw(ledger)
    with ledger.database.reading() as session:
        trail = {
            (it.subject_type, it.subject_id, it.sequence): (it.action, it.hash)
            for it in session.scalars(select(AuditEvent))
        }
    lines = stored(ledger, made)
    for it in lines:
        assert trail[it.subject_type, it.subject_id, it.version][1] == it.head
        for sequence, action, _at in it.events:
            assert trail[it.subject_type, it.subject_id, sequence][0] == action
    names = {unit_id: name for name, unit_id in ledger.units.items()}
    found = {
        (names[it.unit_id], it.item, it.title): (it.outcome, it.part, it.of, [e[1] for e in it.events]) for it in lines
    }
    first, second, third = (f"{n} {title} · 2018" for n, title in (
        (1, "农村土地确权登记颁证"), (2, "农村公路建设"), (3, "督查机制建设"),
    ))
    assert found == {
        ("甲局", COMPLETION, first): ("on_time", "1", 1, ["accept"]),
        ("甲局", ON_TIME, first): ("on_time", "1", 1, ["submit"]),
        ("甲局", QUALITY, first): ("returned-1", "1/2", 1, ["return"]),
        ("乙局", COMPLETION, second): ("held", "0", 0, ["submit"]),
        ("丁局", COMPLETION, second): ("held", "0", 0, ["submit"]),
        ("督查室", COMPLETION, third): ("overdue", "0", 1, ["import"]),
        ("督查室", ON_TIME, third): ("overdue", "0", 1, ["import"]),
        ("乙局", SUPPORTING, f"{first}（第 1 轮）"): ("in_time", "1", 1, ["nothing"]),
        ("丙镇", SUPPORTING, f"{first}（第 1 轮）"): ("lapsed", "0", 1, ["ask"]),
    }
    # 甲局: (60 + 20 + 10 × ½) ÷ 90; what others hold in time counts against nobody.
    assert {name: report.shown(it.points) for name, it in scores(ledger, made).items()} == {
        "甲局": "94.44", "乙局": "100.00", "丁局": "—", "督查室": "0.00", "丙镇": "0.00",
    }


def outcome(ledger, number: str = "1", period: str = YEAR) -> dict[str, tuple[str, str, int]]:
    """Of the first lead of a milestone, by item."""
    taken = report.draft(ledger.database, ledger.plan_id, period)
    wanted = ledger.milestones[number, 2018]
    return {
        it["item"]: (it["outcome"], it["part"], it["of"]) for it in taken.lines
        if it["subject_type"] == "milestone" and it["subject_id"] == wanted
    }


def test_late_held_extended_and_cancelled_are_what_the_lights_say(ledger, clock):
    assert outcome(ledger) == {COMPLETION: ("not_due", "0", 0)}
    asked = ledger.ask("lead", ChangeKind.EXTENSION, due=date(2019, 2, 28))
    clock.now = LATER
    assert outcome(ledger) == {COMPLETION: ("overdue", "0", 1), ON_TIME: ("overdue", "0", 1)}
    ledger.grant(asked)
    assert outcome(ledger) == {} and outcome(ledger, period="2019Q1") == {COMPLETION: ("not_due", "0", 0)}
    clock.now = datetime(2019, 3, 4, 2, tzinfo=UTC)
    ledger.submit()
    late = outcome(ledger, period="2019")
    assert late == {COMPLETION: ("held_late", "0", 1), ON_TIME: ("held_late", "0", 1)}
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    assert outcome(ledger, period="2019Q1") == {
        COMPLETION: ("late_done", "1", 1), ON_TIME: ("late_done", "0", 1), QUALITY: ("returned-0", "1", 1),
    }


def test_what_was_cancelled_or_due_before_the_ledger_opened_is_set_aside(ledger, clock):
    ledger.cancel()
    with ledger.database.writing() as session:
        session.execute(text("UPDATE milestone SET due = '2018-03-31' WHERE id = :id"),
                        {"id": ledger.milestones["2", 2018]})
    clock.now = LATER
    assert outcome(ledger) == {COMPLETION: ("cancelled", "0", 0)}
    assert outcome(ledger, "2") == {COMPLETION: ("before-opening", "0", 0)}


def test_neither_sign_ins_nor_photographs_nor_words_change_a_point(ledger, clock, browse):
    busy(ledger, clock)
    before = report.draft(ledger.database, ledger.plan_id, YEAR)
    for _n in range(3):
        browse("lead").get("/")
    ledger.draft("lead", year=2019)
    with ledger.database.writing() as session:
        session.execute(text("UPDATE unit SET name = name"))
    after = report.draft(ledger.database, ledger.plan_id, YEAR)
    assert (after.lines, after.scores) == (before.lines, before.scores)


def test_the_rule_is_never_rewritten_and_holds_from_its_version_on(ledger, clock):
    busy(ledger, clock)
    first = draw(ledger)
    change = {name: str(value) for name, value in STANDARD.items()} | {"completion": "70", "on_time": "10"}
    for wrong, field in (
        ({"completion": "71"}, "completion"), ({"quality": "-1"}, "quality"), ({"per_return": "101"}, "per_return"),
        ({"objection_days": "0"}, "objection_days"), ({"supporting": "ten"}, "supporting"),
        ({"on_time": "²"}, "on_time"),
        ({"completion": "60", "on_time": "20"}, "completion"),  # the one in force
    ):
        with pytest.raises(Incomplete) as error:
            set_rule(ledger.database, ledger.actor("committee"), ledger.plan_id, change | wrong, "会议决定。")
        assert field in error.value.errors
    for name in NAMES:
        if name not in COMMITTEE:
            with pytest.raises(Refused):
                set_rule(ledger.database, ledger.actor(name), ledger.plan_id, change, "会议决定。")
    stale = report.draft(ledger.database, ledger.plan_id, YEAR)
    assert set_rule(ledger.database, ledger.actor("committee"), ledger.plan_id, change, "会议决定。") == 2
    ledger.take(ASSESSMENT, first, "committee", "withdraw", WORDS)
    with pytest.raises(Incomplete) as error:  # measured under the former version
        draw_up(ledger.database, ledger.actor("committee"), stale)
    assert "period" in error.value.errors
    second = draw(ledger)
    # (70 + 10 + 10 × ½) ÷ 90, and the same under 60 and 20
    assert {report.shown(scores(ledger, it)["甲局"].points) for it in (first, second)} == {"94.44"}
    with ledger.database.reading() as session:
        assert [it.number for it in rules_of(session, ledger.plan_id)] == [2, 1]
        assert [session.get(Assessment, it).rule.number for it in (first, second)] == [1, 2]
        told_of = session.scalars(select(AuditEvent).where(AuditEvent.action == "set-assessment-rule")).one()
        assert (told_of.subject_type, '"completion":70' in told_of.detail) == ("plan", True)


def test_a_result_is_drawn_up_once_its_period_is_over_and_one_at_a_time(ledger, clock):
    with pytest.raises(Incomplete):
        draw(ledger)  # the year is not over
    busy(ledger, clock)
    assert report.draft(ledger.database, ledger.plan_id, "2018Q5") is None
    for name in NAMES:
        if name not in COMMITTEE:
            with pytest.raises(Refused):
                draw(ledger, name)
    with pytest.raises(Incomplete):
        draw(ledger, period="2018Q3")  # nothing fell due
    draw(ledger, period="2018Q4")
    with pytest.raises(Incomplete):
        draw(ledger, period="2018Q4")
    draw(ledger)


# By hand: who may do what with the result that `committee` drew up, while objections run, after, and at its ends.
RESULT = {
    "running": {(name, "object") for name in (*UNIT, "support", "colead", "member")}
    | {(name, "withdraw") for name in COMMITTEE},
    "over": {(name, "withdraw") for name in COMMITTEE} | {("committee2", "publish"), ("head", "publish")},
    "published": set(), "withdrawn": set(),
}
SEEN = {
    "running": {*UNIT, "support", "colead", "member", *COMMITTEE},
    "published": {*UNIT, "support", "colead", "member", *COMMITTEE, "reviewer", "area1", "area2", "auditor"},
}


def test_every_person_and_every_action_on_a_result(ledger, clock):
    busy(ledger, clock)
    made = draw(ledger)
    assert may(ledger, ASSESSMENT, made) == RESULT["running"] and seen_by(ledger, ASSESSMENT, made) == SEEN["running"]
    other = draw(ledger, period="2018Q4")
    clock.now = datetime(2019, 1, 15, 2, tzinfo=UTC)
    assert may(ledger, ASSESSMENT, made) == RESULT["over"]
    ledger.take(ASSESSMENT, made, "head", "publish")
    ledger.take(ASSESSMENT, other, "committee", "withdraw", WORDS)
    for it, state in ((made, "published"), (other, "withdrawn")):
        assert may(ledger, ASSESSMENT, it) == RESULT[state]
    assert seen_by(ledger, ASSESSMENT, made) == SEEN["published"]
    assert seen_by(ledger, ASSESSMENT, other) == SEEN["running"]


OBJECTED = {
    "raised": {(name, "take_back") for name in UNIT}
    | {(name, trigger) for name in COMMITTEE for trigger in ("uphold", "dismiss")},
    "upheld": set(), "dismissed": set(), "taken_back": set(), "lapsed": set(),
}
ENDS = {
    "upheld": ("committee", "uphold", ADDED), "dismissed": ("head", "dismiss", WORDS),
    "taken_back": ("lead2", "take_back", {}),
}


def objected(ledger, made: int, name: str = "lead", unit: str = "甲局", item: str = QUALITY) -> int:
    with ledger.database.reading() as session:
        it = ASSESSMENT.load(session, made)
        return raise_objection(it, ledger.actor(name), ledger.units[unit], item, "退回系口径问题，应予说明。")


def test_every_person_and_every_action_on_an_objection(ledger, clock):
    busy(ledger, clock)
    made = draw(ledger)
    for state, end in (("raised", None), *ENDS.items()):
        it = objected(ledger, made)
        if end:
            ledger.take(OBJECTION, it, *end)
        assert may(ledger, OBJECTION, it) == OBJECTED[state], state
        assert seen_by(ledger, OBJECTION, it) == {*UNIT, *COMMITTEE}
        if not end:
            with pytest.raises(Incomplete):
                objected(ledger, made)  # one at a time on one item
            ledger.take(OBJECTION, it, "lead", "take_back")
    last = objected(ledger, made)
    ledger.take(ASSESSMENT, made, "committee", "withdraw", WORDS)
    assert may(ledger, OBJECTION, last) == OBJECTED["lapsed"] and state_of(ledger, last) == "lapsed"
    assert set(OBJECTED) == set(OBJECTION.by_name)
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def state_of(ledger, objection: int) -> str:
    with ledger.database.reading() as session:
        return session.get(AssessmentObjection, objection).state


def may(ledger, workflow, subject_id: int) -> set[tuple[str, str]]:
    """Both forms of each rule: for the one subject, and as a filter."""
    found = set()
    with ledger.database.reading() as session:
        subject = workflow.load(session, subject_id)
        for name, trigger in itertools.product(NAMES, workflow.triggers):
            actor, action = ledger.actor(name), workflow.arrow(trigger, subject.state)
            clicked = action is not None and not refusals(action, actor, subject)
            query = workflow.rows(workflow.model.id).where(may_where(workflow, trigger, actor))
            assert (subject_id in session.scalars(query).all()) == clicked, (name, trigger)
            if clicked and workflow.sees.holds(actor, subject):
                found.add((name, trigger))
    return found


def seen_by(ledger, workflow, subject_id: int) -> set[str]:
    found = set()
    with ledger.database.reading() as session:
        subject = workflow.load(session, subject_id)
        for name in NAMES:
            actor = ledger.actor(name)
            listed = session.scalars(workflow.rows(workflow.model.id).where(workflow.sees.where(actor))).all()
            assert (subject_id in listed) == workflow.sees.holds(actor, subject), name
            found |= {name} if subject_id in listed else set()
    return found


def test_an_objection_is_the_own_units_in_time_and_its_leaders_where_they_sign(ledger, clock):
    busy(ledger, clock)
    made = draw(ledger)
    with pytest.raises(NotVisible):
        objected(ledger, made, "lead", "乙局")
    with pytest.raises(Incomplete):
        objected(ledger, made, item="adjustment")
    with ledger.database.writing() as session:
        session.execute(text("UPDATE unit SET leader_signs = true WHERE name = '甲局'"))
    with pytest.raises(Refused):
        objected(ledger, made)
    assert objected(ledger, made, "leader")
    assert told(ledger, "assessed")["assessed"] == {*UNIT, "support", "colead", "member"}
    assert told(ledger, "objection-raised") == {"objection-raised": set(COMMITTEE)}
    clock.now = datetime(2019, 1, 15, 2, tzinfo=UTC)
    with pytest.raises(NotNow):
        objected(ledger, made, "leader", item=COMPLETION)
    with pytest.raises(NotNow):
        ledger.take(ASSESSMENT, made, "head", "publish")  # one is not settled
    remind(ledger.database, CLOCKS)  # half of the committee's ten working days are over
    with ledger.database.reading() as session:
        query = select(Notice.account_id).where(Notice.subject_type == "assessment_objection", Notice.kind == "clock")
        assert set(session.scalars(query)) == {ledger.accounts[name] for name in COMMITTEE}


def test_a_handler_is_told_that_the_leader_objects_for_the_unit(ledger, clock, browse):
    busy(ledger, clock)
    path = f"/assessments/{draw(ledger)}/units/{ledger.units['甲局']}"
    with ledger.database.writing() as session:
        session.execute(text("UPDATE unit SET leader_signs = true WHERE name = '甲局'"))
    page = browse("lead").get(path).text
    assert "本单位的异议由分管领导提出。" in page and "/objections\"" not in page
    assert "本单位的异议由分管领导提出。" not in browse("committee").get(path).text


def test_what_an_objection_adds_is_a_line_by_whom_and_why_and_never_beyond_a_hundred(ledger, clock):
    busy(ledger, clock)
    made = draw(ledger)
    it = objected(ledger, made)
    for wrong in ({"points": "5.56"}, {"points": "-1"}, {"points": "1.005"}, {"points": "x"}, {"words": ""}):
        with pytest.raises(Incomplete):  # 94.44… leaves 5.55…
            ledger.take(OBJECTION, it, "committee", "uphold", ADDED | wrong)
    ledger.take(OBJECTION, it, "committee", "uphold", ADDED)
    assert told(ledger, "objection-settled") == {"objection-settled": {"lead", "lead2", "lead_reviewer"}}
    full = objected(ledger, made, item=COMPLETION)
    with pytest.raises(Incomplete) as error:  # of the item that is objected to nothing is missing
        ledger.take(OBJECTION, full, "committee", "uphold", ADDED | {"points": "0.01"})
    assert "最多可加 0.00 分" in error.value.errors["points"].zh
    ledger.take(OBJECTION, full, "committee", "dismiss", WORDS)
    second = objected(ledger, made)
    with pytest.raises(Incomplete):
        ledger.take(OBJECTION, second, "committee", "uphold", ADDED | {"points": "3.06"})
    ledger.take(OBJECTION, second, "committee", "uphold", ADDED | {"points": "3.05"})
    other = objected(ledger, made, "colead", "丁局")
    with pytest.raises(Incomplete):
        ledger.take(OBJECTION, other, "committee", "uphold", ADDED)  # nothing that points are given for
    ledger.take(OBJECTION, other, "committee", "dismiss", WORDS)
    added = [line for line in stored(ledger, made) if line.item == "adjustment"]
    assert [(line.points, line.subject_id, line.events[0][:2]) for line in added] == [
        ("5/2", it, [2, "uphold"]), ("61/20", second, [2, "uphold"]),
    ]
    with ledger.database.reading() as session:
        (row, *_rest) = report.rows_of(scores(ledger, made).values(), report.added_to(session, made))
        assert (row.name, row.total) == ("甲局", Fraction(850, 9) + Fraction(111, 20)) and row.total < 100
        settled = session.get(AssessmentObjection, it)
        assert (settled.answer, settled.settled_by) == (WORDS["words"], "管委会 · 审定岗")


def test_who_has_nothing_left_to_gain_can_still_be_right_and_the_score_stays(ledger, clock, browse):
    """乙局 has a hundred, 丁局 nothing that points are given for: upheld with 0, the reason kept with the result."""
    busy(ledger, clock)
    made = draw(ledger)
    score = scores(ledger, made)
    before = {name: report.shown(score[name].points) for name in ("乙局", "丁局")}
    assert before == {"乙局": "100.00", "丁局": "—"}
    for name, unit in (("support", "乙局"), ("colead", "丁局")):
        it = objected(ledger, made, name, unit, COMPLETION)
        with pytest.raises(Incomplete) as error:
            ledger.take(OBJECTION, it, "committee", "uphold", ADDED | {"points": "0.01"})
        assert "填 0" in error.value.errors["points"].zh
        ledger.take(OBJECTION, it, "committee", "uphold", {"points": "0", "words": f"{unit}所述属实。"})
        assert state_of(ledger, it) == "upheld"
    added = [line for line in stored(ledger, made) if line.item == "adjustment"]
    assert [(line.points, line.events[0][1]) for line in added] == [("0", "uphold")] * 2
    with ledger.database.reading() as session:
        rows = {row.name: row for row in report.rows_of(scores(ledger, made).values(), report.added_to(session, made))}
    assert {name: report.shown(rows[name].total) for name in before} == before
    page = browse("support").get(f"/assessments/{made}/units/{ledger.units['乙局']}").text
    assert "乙局所述属实。" in page and "+0.00" in page
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def published(ledger, clock) -> int:
    busy(ledger, clock)
    made = draw(ledger)
    ledger.take(OBJECTION, objected(ledger, made), "committee", "uphold", ADDED)
    clock.now = datetime(2019, 1, 15, 2, tzinfo=UTC)
    ledger.take(ASSESSMENT, made, "head", "publish")
    return made


FORGED = (
    "UPDATE assessment_line SET part = '1'", "DELETE FROM assessment_line",
    "UPDATE assessment_score SET points = '100'",
    "UPDATE assessment_rule SET completion = 1", "DELETE FROM assessment_rule", "UPDATE assessment SET digest = 'x'",
    "UPDATE assessment SET state = 'open'", "UPDATE assessment SET last_event = 1", "DELETE FROM assessment",
    "UPDATE assessment_objection SET points = '9'", "UPDATE assessment_objection SET words = 'x'",
    "DELETE FROM assessment_objection",
    "INSERT INTO assessment_score SELECT assessment_id, 1, name, forms, items, points FROM assessment_score LIMIT 1",
)


def test_what_was_published_cannot_be_changed(ledger, clock):
    published(ledger, clock)
    for statement in FORGED:
        with pytest.raises(DatabaseError, match="change|added to"), ledger.database.engine.begin() as connection:
            connection.execute(text(statement))


TAMPERED = (
    "UPDATE assessment_line SET part = '1', points = '100' WHERE item = 'quality'",
    "UPDATE assessment_line SET head = 'x' WHERE id = (SELECT min(id) FROM assessment_line)",
    "UPDATE assessment_score SET points = '100' WHERE name = '甲局'", "UPDATE assessment_rule SET per_return = 0",
    "DELETE FROM assessment_line WHERE item = 'adjustment'", "UPDATE assessment SET last_event = 1",
    "UPDATE assessment_score SET name = '乙局' WHERE name = '甲局'",
    "UPDATE assessment SET digest = 'x'",
)


@pytest.mark.parametrize("statement", TAMPERED)
def test_whoever_takes_the_triggers_away_meets_the_fingerprint(ledger, clock, statement):
    made = published(ledger, clock)
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []
    with ledger.database.engine.begin() as connection:
        without_triggers(connection)
        connection.execute(text(statement))
    with ledger.database.snapshot() as session:
        assert {(it.code, it.subject_type, it.subject_id) for it in verify(session).faults} == {
            ("content", "assessment", made)
        }


def without_triggers(connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in ("assessment", "assessment_line", "assessment_score", "assessment_rule"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def test_a_correction_is_a_new_edition_that_names_the_former(ledger, clock, browse):
    first = published(ledger, clock)
    with pytest.raises(Incomplete) as error:
        draw(ledger)
    assert "words" in error.value.errors
    ledger.fire("reviewer", "approve", number="2")
    ledger.fire("committee", "accept", number="2")
    second = draw(ledger, words="第 2 项已办结。")
    told = "没有带入本次更正"
    assert told in browse("committee").get(f"/assessments/{second}").text
    units = {name: f"/assessments/{second}/units/{ledger.units[name]}" for name in ("甲局", "乙局")}
    assert told in browse("lead").get(units["甲局"]).text and told not in browse("support").get(units["乙局"]).text
    clock.now = datetime(2019, 1, 23, 2, tzinfo=UTC)
    ledger.take(ASSESSMENT, second, "head", "publish")
    with ledger.database.reading() as session:
        it = session.get(Assessment, second)
        assert (it.edition, it.corrects_id, it.words) == (2, first, "第 2 项已办结。")
    page = browse("auditor").get(f"/assessments/{first}").text
    assert "已由第 2 次公布的结果更正" in page and "一致" in page
    assert "第 2 项已办结。" in browse("auditor").get(f"/assessments/{second}").text


def test_of_several_at_once_one_draws_the_period_up(ledger, clock):
    busy(ledger, clock)
    barrier, came = threading.Barrier(3), []

    def one():
        taken = report.draft(ledger.database, ledger.plan_id, YEAR)
        barrier.wait()
        try:
            came.append(draw_up(ledger.database, ledger.actor("committee"), taken))
        except Incomplete as error:
            came.append(sorted(error.errors))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 3 and came.count(["period"]) == 2 and len(set(map(str, came))) == 2


def test_from_the_form_to_the_published_page(ledger, clock, browse):
    busy(ledger, clock)
    committee, lead = browse("committee"), browse("lead")
    form = {"plan": ledger.plan_id, "period": YEAR}
    trial = committee.get(f"/assessments/trial?plan={ledger.plan_id}&period=2018&unit={ledger.units['甲局']}").text
    assert "94.44" in trial and "退回 1 次" in trial and stored(ledger, 1) == []
    assert committee.get(f"/assessments/trial?plan={ledger.plan_id}&period=never").status_code == 422
    asked = f"/assessments/trial?plan={ledger.plan_id}&period=2018"
    assert committee.post("/assessments/trial", form).location == asked
    wrong = committee.post("/assessments", form | {"period": "2019Q1", "words": "请看。"})
    assert wrong.status_code == 422 and "本期尚未结束" in wrong.text and "请看。" in wrong.text
    path = committee.post("/assessments", form).location
    # Another hand publishes it: whoever drew it up has nothing to do, and is not asked to withdraw it.
    assert "2018年度考核结果" in browse("head").get("/").text and "考核结果" not in committee.get("/").text
    assert "94.44" in committee.get(path).text
    assert "94.44" in lead.get(path).text and "乙局" not in lead.get(path).text
    assert browse("reviewer").get(path).status_code == 404
    own = f"{path}/units/{ledger.units['甲局']}"
    assert lead.get(f"{path}/units/{ledger.units['乙局']}").status_code == 404
    page = lead.get(own).text
    assert "退回 1 次" in page and "第 3 号事件" in page and "本期填报负担" in page
    empty = lead.post(f"{own}/objections", {"item": "", "words": "口径已说明。"})
    assert empty.status_code == 422 and "口径已说明。" in empty.text
    objection = lead.post(f"{own}/objections", {"item": QUALITY, "words": "口径已说明。"}).location
    page = committee.get(objection).text  # beside the lines that it is about
    assert "口径已说明。" in page and "退回 1 次" in page and "第 3 号事件" in page and path in page
    assert "考核异议" in committee.get("/").text
    too_much = committee.post(f"{objection}/act/uphold", {"version": 1, "points": "9", "words": "属实。"})
    assert too_much.status_code == 422 and "最多可加 5.55 分" in too_much.text and "属实。" in too_much.text
    settled = committee.post(f"{objection}/act/uphold", {"version": 1, "points": "2.5", "words": "属实。"})
    assert settled.status_code == 302
    assert "96.94" in lead.get(own).text and "属实。" in lead.get(own).text
    assert browse("support").get(objection).status_code == 404
    clock.now = datetime(2019, 1, 15, 2, tzinfo=UTC)
    head = browse("head")
    version = 2  # drawn up, objected to
    assert head.post(f"{path}/act/publish", {"version": version}).status_code == 302
    page = browse("reviewer").get(path).text
    assert "一致" in page and "96.94" in page and "乙局" in page and "不排名次" in page
    assert "乙局" not in lead.get(path).text


def test_numbers_on_the_page_and_in_the_workbook_are_the_sums_of_the_lines(ledger, clock, browse):
    made = published(ledger, clock)
    book = openpyxl.load_workbook(io.BytesIO(browse("auditor").get(f"/assessments/{made}/result.xlsx").data))
    sheet = [row for row in book["考核结果"].iter_rows(values_only=True)]
    head = next(n for n, row in enumerate(sheet) if row[0] == "单位")
    table = {row[0]: dict(zip(sheet[head], row, strict=True)) for row in sheet[head + 1:]}
    page = browse("auditor").get(f"/assessments/{made}").text
    names = {unit_id: name for name, unit_id in ledger.units.items()}
    sums: dict[str, Fraction] = {}
    for it in stored(ledger, made):
        if it.of or it.item == "adjustment":
            sums[names[it.unit_id]] = sums.get(names[it.unit_id], Fraction(0)) + Fraction(it.points)
    assert {"甲局", "乙局", "督查室", "丙镇"} == set(sums)
    for name, points in sums.items():
        assert report.shown(points) in page and table[name]["总分"] == float(report.shown(points)), name
    assert table["丁局"]["总分"] == "—"
    lines = [row for row in book["逐项依据"].iter_rows(values_only=True)]
    first = next(n for n, row in enumerate(lines) if row[0] == "单位")
    assert len(lines) - first - 1 == len(stored(ledger, made))
    own = openpyxl.load_workbook(io.BytesIO(browse("support").get(f"/assessments/{made}/result.xlsx").data))
    assert "甲局" not in {row[0] for row in own["逐项依据"].iter_rows(values_only=True)}
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_ranking_only_where_it_is_switched_on():
    scored = [
        {"unit_id": n, "name": name, "items": {}, "points": points, "forms": 0}
        for n, (name, points) in enumerate((("甲", "80"), ("乙", None), ("丙", "181/2"), ("丁", "80")))
    ]
    plain, ranked = report.rows_of(scored, {}), report.rows_of(scored, {0: ["21/2"]}, ranking=True)
    assert [(row.name, row.place) for row in plain] == [("甲", None), ("乙", None), ("丙", None), ("丁", None)]
    assert [(row.name, row.place) for row in ranked] == [("甲", 1), ("丙", 1), ("丁", 3), ("乙", None)]


@pytest.mark.parametrize("period", ["0001", "9999", "0001Q1", "9999Q4", "2018Q5"])
def test_a_period_beyond_the_calendar_is_none(ledger, browse, period):
    committee = browse("committee")
    assert committee.get(f"/assessments/trial?plan={ledger.plan_id}&period={period}").status_code == 422
    assert committee.post("/assessments", {"plan": ledger.plan_id, "period": period}).status_code == 422


def test_the_rule_is_read_by_all_and_set_by_the_committee(ledger, browse):
    path = f"/assessments/rules/{ledger.plan_id}"
    assert "系统初始" in browse("lead").get(path).text
    form = {name: str(value) for name, value in STANDARD.items()} | {"per_return": "25"}
    committee = browse("committee")
    wrong = committee.post(path, form | {"completion": "50", "words": "会议决定。"})
    assert wrong.status_code == 422 and "四项权重合计应为 100" in wrong.text and "会议决定。" in wrong.text
    assert committee.post(path, form | {"words": "会议决定。"}).status_code == 302
    page = committee.get(path).text
    assert "第 2 版" in page and "会议决定。" in page and "管委会 · 审定岗" in page
    assert browse("lead").post(path, form).status_code == 403
    assert committee.get("/assessments/rules/999").status_code == 404


def test_as_many_statements_for_many_milestones_as_for_few(ledger, clock):
    busy(ledger, clock)
    seen = []
    event.listen(ledger.database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    report.draft(ledger.database, ledger.plan_id, YEAR)
    assert len([it for it in seen if it.startswith("SELECT")]) == 7
