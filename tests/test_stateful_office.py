"""What the committee does besides signing off, against small models of it: supervision sheets, draws and what checking
finds, results of the assessment with the objections to them."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select

from models import (
    Assessment,
    AssessmentItem,
    AssessmentLine,
    AssessmentObjection,
    SampleItem,
    Supervision,
    SupervisionSheet,
)
from reports.assessment import added_to
from tests.ledger import attempt
from tests.test_assessment import LATER, draw
from tests.test_sampling import drawn
from tests.test_stateful_around import Machine, any_of
from tests.test_supervision import COMMITTEE, UNIT, put_out
from workflow.assessing import raise_objection, rules_of, set_rule
from workflow.calendar import local_day
from workflow.definitions.assessment import ASSESSMENT
from workflow.definitions.objection import OBJECTION
from workflow.definitions.sample import SAMPLE
from workflow.definitions.supervision import SUPERVISION
from workflow.directory import change_unit

WORDS = {"words": "说明。"}


class Office(Machine):
    def done(self, may: bool, workflow, subject_id: int, name: str, trigger: str, given: dict = WORDS) -> bool:
        return attempt(may, lambda: self.ledger.take(workflow, subject_id, name, trigger, given))

    def stored(self, model, *columns) -> dict[int, tuple]:
        with self.database.reading() as session:
            return {row[0]: tuple(row[1:]) for row in session.execute(select(model.id, *columns))}


class Sheets(Office):
    """Sheets before 甲局, whose leader may have to sign, and before 乙局 and 丁局 (docs/supervision.md)."""

    OF = {"甲局": UNIT, "乙局": ("support",), "丁局": ("colead",)}
    ABOUT = {"1": ("甲局",), "2": ("乙局", "丁局")}

    def __init__(self):
        super().__init__()
        self.copies_of: dict[int, list] = {}  # unit, state
        self.issued, self.signs = 0, False

    @precondition(lambda self: self.issued < 3)
    @rule(name=any_of(*COMMITTEE, "lead", "reviewer"), number=any_of(*ABOUT), other=st.booleans())
    def issue(self, name, number, other):
        """`other`: to a unit that leads nothing of it."""
        units = (*self.ABOUT[number], "戊局") if other else self.ABOUT[number]
        made = []
        due = local_day(self.clock()) + timedelta(10)
        may = name in COMMITTEE and not other
        if attempt(may, lambda: made.extend(put_out(self.ledger, name, units, ((number, 2018),), due=due))):
            self.issued += 1
            self.copies_of |= {copy: [unit, "issued"] for copy, unit in zip(made, units, strict=True)}

    @rule()
    def change_who_signs(self):
        self.signs = not self.signs
        unit, system = self.ledger.units["甲局"], self.ledger.actor("system")
        change_unit(self.database, system, unit, active=True, members=[], leader_signs=self.signs)

    @precondition(lambda self: self.copies_of)
    @rule(
        name=any_of("lead", "leader", "support", "colead", "committee", "head", "auditor"), place=st.integers(0, 2),
        trigger=any_of(
            "answer", "answer", "send_to_sign", "send_to_sign", "sign", "hand_back", "close", "close", "return",
            "withdraw",
        ),
    )
    def act(self, name, place, trigger):
        copy = list(self.copies_of)[-1 - place % len(self.copies_of)]
        unit, state = self.copies_of[copy]
        if self.done(self.may(name, unit, state, trigger), SUPERVISION, copy, name, trigger):
            self.copies_of[copy][1] = {
                "answer": "answered", "send_to_sign": "signing", "sign": "answered", "close": "closed",
                "withdraw": "withdrawn",
            }.get(trigger, "issued")

    def may(self, name: str, unit: str, state: str, trigger: str) -> bool:
        match state, trigger:
            case "issued", "answer" | "send_to_sign":
                return name in self.OF[unit] and (trigger == "send_to_sign") == (self.signs and unit == "甲局")
            case "signing", "sign" | "hand_back":
                return name == "leader" and unit == "甲局"
            case "answered", "close" | "return":
                return name in COMMITTEE
            case "issued" | "signing" | "answered", "withdraw":
                return name in COMMITTEE
        return False

    @invariant()
    def the_ledger_is_as_the_model_says(self):
        names = {unit_id: name for name, unit_id in self.ledger.units.items()}
        found = self.stored(Supervision, Supervision.unit_id, Supervision.state)
        assert {copy: [names[unit], state] for copy, (unit, state) in found.items()} == self.copies_of
        assert sorted(number for (number,) in self.stored(SupervisionSheet, SupervisionSheet.number).values()) == [
            *range(1, self.issued + 1)
        ]


class Draws(Office):
    """Three milestones that are reviewed, signed off and drawn meanwhile (docs/sampling.md)."""

    PLACES = (("1", 2018), ("1", 2019), ("2", 2018))

    def __init__(self):
        super().__init__()
        for number, year in self.PLACES:
            self.ledger.submit("lead" if number == "1" else "support", number, year)
        self.reviewer = dict.fromkeys(self.PLACES)
        self.signer = dict.fromkeys(self.PLACES)
        self.items: dict[int, list] = {}  # place, who had signed it off, state

    @rule(place=st.sampled_from(PLACES), name=any_of("reviewer", "committee2", "committee"))
    def approve(self, place, name):
        may = name != "committee" and not self.reviewer[place]
        if attempt(may, lambda: self.ledger.fire(name, "approve", number=place[0], year=place[1])):
            self.reviewer[place] = name

    @rule(place=st.sampled_from(PLACES), name=any_of(*COMMITTEE, "reviewer"))
    def accept(self, place, name):
        may = name in COMMITTEE and self.reviewer[place] not in (None, name) and not self.signer[place]
        if attempt(may, lambda: self.ledger.fire(name, "accept", number=place[0], year=place[1])):
            self.signer[place] = name

    @rule(kind=any_of("waiting", "accepted"), name=any_of(*COMMITTEE, "reviewer"), amount=st.integers(1, 3))
    def draw(self, kind, name, amount):
        there = [
            place for place in self.PLACES
            if (self.signer[place] if kind == "accepted" else self.reviewer[place] and not self.signer[place])
        ]
        made = []
        if attempt(name in COMMITTEE and bool(there), lambda: made.append(
            drawn(self.ledger, name, kind, amount=amount)
        )):
            by_id = {self.ledger.milestones[place]: place for place in self.PLACES}
            new = {it.id: [by_id[it.milestone_id], None, "drawn"] for it in made[0].items}
            assert len(new) == min(amount, len(there)) and {place for place, *_ in new.values()} <= {*there}
            for item in new.values():
                item[1] = self.signer[item[0]]
            self.items |= new

    @precondition(lambda self: self.items)
    @rule(
        at=st.integers(0, 2), name=any_of(*COMMITTEE, "auditor", "lead"), trigger=any_of("clear", "find", "check_again")
    )
    def check(self, at, name, trigger):
        item = list(self.items)[-1 - at % len(self.items)]
        place, signer, state = self.items[item]
        may = (state == "drawn") != (trigger == "check_again") and (
            name in COMMITTEE and name not in (signer, self.reviewer[place])
        )
        if self.done(may, SAMPLE, item, name, trigger):
            self.items[item][2] = {"clear": "clean", "find": "problem", "check_again": "drawn"}[trigger]

    @invariant()
    def the_ledger_is_as_the_model_says(self):
        found = self.stored(SampleItem, SampleItem.milestone_id, SampleItem.state)
        assert found == {
            item: (self.ledger.milestones[place], state) for item, (place, _signer, state) in self.items.items()
        }


class Result:
    def __init__(self, number: int, drawer: str, until: date, edition: int, text: tuple):
        self.id, self.drawer, self.until, self.edition, self.text = number, drawer, until, edition, text
        self.state = "open"


class Results(Office):
    """Results of 2018, in which nobody submitted anything (docs/assessment.md)."""

    OF = {"lead": "甲局", "leader": "甲局", "support": "乙局"}
    ITEMS = (str(AssessmentItem.COMPLETION), str(AssessmentItem.ON_TIME))

    def __init__(self):
        super().__init__()
        self.clock.now = LATER
        self.results: list[Result] = []
        self.objections: dict[int, list] = {}  # result, unit, item, state, points
        self.rule, self.per_return = 1, 50

    @property
    def newest(self) -> Result | None:
        return self.results[-1] if self.results else None

    @property
    def open(self) -> Result | None:
        return self.newest if self.newest and self.newest.state == "open" else None

    @property
    def today(self) -> date:
        return local_day(self.clock())

    @rule(name=any_of(*COMMITTEE, "reviewer"), words=any_of("", "更正。"))
    def draw_up(self, name, words):
        published = [it for it in self.results if it.state == "published"]
        may = name in COMMITTEE and not self.open and bool(words or not published)
        made = []
        if attempt(may, lambda: made.append(draw(self.ledger, name, words=words))):
            with self.database.reading() as session:
                until = session.get_one(Assessment, made[0]).objections_until
            self.results.append(Result(made[0], name, until, len(published) + 1, self.text_of(made[0])))

    @rule(days=st.sampled_from([8, 1]))
    def wait(self, days):
        self.clock.pass_(days=days)

    @precondition(lambda self: self.newest)
    @rule(name=any_of(*OF, "outsider"), item=any_of(*ITEMS))
    def object(self, name, item):
        unit, result = self.OF.get(name, "戊局"), self.newest
        busy = any(
            it[:4] == [result.id, unit, item, "raised"] for it in self.objections.values()
        )
        may = result.state == "open" and name in self.OF and self.today <= result.until and not busy
        made = []

        def act():
            with self.database.reading() as session:
                subject = ASSESSMENT.load(session, result.id)
                made.append(
                    raise_objection(subject, self.ledger.actor(name), self.ledger.units[unit], item, "情况有误。")
                )

        if attempt(may, act):
            self.objections[made[0]] = [result.id, unit, item, "raised", None]

    @precondition(lambda self: self.objections)
    @rule(
        at=st.integers(0, 1), name=any_of(*COMMITTEE, *OF),
        trigger=any_of("uphold", "uphold", "dismiss", "take_back", "lapse"), points=st.sampled_from(["0", "2", "30"]),
    )
    def settle(self, at, name, trigger, points):
        objection = list(self.objections)[-1 - at % len(self.objections)]
        result, unit, item, state, _points = self.objections[objection]
        may = state == "raised" and {
            "uphold": name in COMMITTEE, "dismiss": name in COMMITTEE, "take_back": self.OF.get(name) == unit,
            "lapse": False,  # with its result alone
        }[trigger]
        if may and trigger == "uphold":
            may = int(points) <= self.room(result, unit, item)
        given = WORDS | ({"points": points} if trigger == "uphold" else {})
        if self.done(may, OBJECTION, objection, name, trigger, given):
            self.objections[objection][3] = {
                "uphold": "upheld", "dismiss": "dismissed", "take_back": "taken_back"
            }[trigger]
            if trigger == "uphold":
                self.objections[objection][4] = points

    def room(self, result: int, unit: str, item: str) -> Fraction:
        """Nothing was done, so all that an item weighs: 60 and 20 shared out over a hundred."""
        weight = {AssessmentItem.COMPLETION: 75, AssessmentItem.ON_TIME: 25}[AssessmentItem(item)]
        return Fraction(weight) - sum(
            int(points) for *about, _state, points in self.objections.values()
            if about == [result, unit, item] and points
        )

    @precondition(lambda self: self.newest)
    @rule(name=any_of(*COMMITTEE, "lead"), trigger=any_of(*["publish"] * 4, "withdraw"))
    def end(self, name, trigger):
        result = self.newest
        waits = any(it[0] == result.id and it[3] == "raised" for it in self.objections.values())
        may = name in COMMITTEE and result.state == "open" and (
            trigger == "withdraw" or name != result.drawer and self.today > result.until and not waits
        )
        if self.done(may, ASSESSMENT, result.id, name, trigger):
            result.state = {"publish": "published", "withdraw": "withdrawn"}[trigger]
            for it in self.objections.values():
                if it[0] == result.id and it[3] == "raised":
                    it[3] = "lapsed"
            result.text = self.text_of(result.id)

    @rule(name=any_of("committee", "reviewer"), per_return=st.sampled_from([20, 50]))
    def change_the_rule(self, name, per_return):
        with self.database.reading() as session:
            now = rules_of(session, self.ledger.plan_id)[0]
            values = {it: str(getattr(now, it)) for it in (
                *map(str, AssessmentItem), "per_return", "objection_days",
            )} | {"per_return": str(per_return)}
        may = name == "committee" and per_return != self.per_return
        actor = self.ledger.actor(name)
        if attempt(may, lambda: set_rule(self.database, actor, self.ledger.plan_id, values, "调整。")):
            self.per_return, self.rule = per_return, self.rule + 1

    def text_of(self, result: int) -> tuple:
        """What the result says, without what objections added meanwhile."""
        with self.database.reading() as session:
            it = ASSESSMENT.load(session, result)
            lines = session.scalars(select(AssessmentLine).where(AssessmentLine.assessment_id == result)).all()
            return (
                it.rule.number, it.rule.per_return, sorted((s.unit_id, s.points) for s in it.scores),
                sorted((x.unit_id, x.item, x.title, x.points) for x in lines if x.outcome != "upheld"),
            )

    @invariant()
    def the_ledger_is_as_the_model_says(self):
        assert self.stored(Assessment, Assessment.edition, Assessment.state) == {
            it.id: (it.edition, it.state) for it in self.results
        }
        known = AssessmentObjection
        found = self.stored(known, known.assessment_id, known.unit_id, known.item, known.state, known.points)
        assert found == {
            objection: (result, self.ledger.units[unit], *rest)
            for objection, (result, unit, *rest) in self.objections.items()
        }

    @invariant()
    def what_was_drawn_up_stays_as_it_was_and_objections_alone_add_to_it(self):
        for it in self.results:
            assert self.text_of(it.id) == it.text
            with self.database.reading() as session:
                added = added_to(session, it.id)
            assert {unit: sorted(points) for unit, points in added.items()} == {
                self.ledger.units[unit]: points for unit in set(self.OF.values())
                if (points := sorted(o[4] for o in self.objections.values() if o[:2] == [it.id, unit] and o[4]))
            }


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
@pytest.mark.parametrize("machine", [Sheets, Draws, Results])
def test_any_run_of_what_the_committee_does_besides(ledger_copies, clock, machine):
    machine.hold(ledger_copies, clock, max_examples=8, stateful_step_count=50)
