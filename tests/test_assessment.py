"""Assessment: points that follow from the rule line by line, objections, and what was published staying as it was."""

import io
import itertools
from datetime import UTC, date, datetime, timedelta
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
    Role,
)
from reports import assessment as report
from tests.ledger import PEOPLE, RETURN
from tests.notices.told import told
from workflow.assessing import STANDARD, draw_up, raise_objection, rules_of, set_rule, standard_rule
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.definitions.assessment import ASSESSMENT
from workflow.definitions.objection import OBJECTION
from workflow.errors import Incomplete, NotNow, NotVisible, Refused, WorkflowError

NAMES = [person[0] for person in PEOPLE]
YEAR, LATER = "2018", datetime(2019, 1, 7, 2, tzinfo=UTC)  # a Monday; objections until Monday the 14th
UNIT = ("lead", "lead2", "lead_reviewer", "leader")  # 甲局
COMMITTEE = ("committee", "committee2", "head")
WORDS = {"words": "经核，情况属实。"}
ADDED = {"points": "2.5", **WORDS}
COMPLETION, ON_TIME, QUALITY, SUPPORTING = map(str, AssessmentItem)


def busy(ledger, clock) -> None:
    """A year in which everything happens that points speak of.

    1/2018 (甲局): returned once, then signed off in time; 乙局 and 丙镇 were asked in rounds of their own.
    2/2018 (乙局 and 丁局): never submitted. 3/2018 (督查室): submitted in time, still with the reviewer.
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
    ledger.draft("reviewer_unit", "3") if False else None
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
    ("1/3", "0.33"), ("2/3", "0.67"), ("1/200", "0.01"), ("1/201", "0.00"), ("100", "100.00"), ("199999/2000", "100.00"),
    ("19999/200", "100.00"), ("9999/100", "99.99"), (None, "—"),
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
    first, second, third = (ledger.milestones[n, 2018] for n in "123")
    trail = {}
    with ledger.database.reading() as session:
        for it in session.scalars(select(AuditEvent).order_by(AuditEvent.id)):
            trail[it.subject_type, it.subject_id, it.sequence] = it.action
        requests = {it.id: it for it in [*ledger.requests()]}
    found = {
        (it.unit_id, it.item, it.subject_type, it.subject_id): (it.outcome, it.part, it.of, [e[1] for e in it.events])
        for it in stored(ledger, made)
    }
    for it in stored(ledger, made):
        for sequence, action, _at in it.events:
            assert trail[it.subject_type, it.subject_id, sequence] == action
    units, own = ledger.units, {key[:2] + key[3:]: value for key, value in found.items() if key[2] == "milestone"}
    lead, support, colead, office = (units[name] for name in ("甲局", "乙局", "丁局", "督查室"))
    assert own == {
        (lead, COMPLETION, first): ("on_time", "1", 1, ["accept"]),
        (lead, ON_TIME, first): ("on_time", "1", 1, ["submit"]),
        (lead, QUALITY, first): ("returned-1", "1/2", 1, ["return"]),
        **{(unit, item, second): ("overdue", "0", 1, ["import"])
           for unit in (support, colead) for item in (COMPLETION, ON_TIME)},
        **{(office, item, third): ("overdue", "0", 1, ["import"]) for item in (COMPLETION, ON_TIME)},
    }
    asked = sorted((key[0], value) for key, value in found.items() if key[1] == SUPPORTING)
    assert asked == sorted([
        (support, ("in_time", "1", 1, ["nothing"])), (units["丙镇"], ("lapsed", "0", 1, ["ask"])),
    ])
    assert requests  # the newest round asked nobody by itself
    shown = {name: report.shown(it.points) for name, it in scores(ledger, made).items()}
    # 甲局: (60 + 20 + 10 × ½) ÷ 90; 乙局: 10 of 90 (completion, on time, supporting apply)
    assert shown == {"甲局": "94.44", "乙局": "11.11", "丁局": "0.00", "督查室": "0.00", "丙镇": "0.00"}
