"""Requests, co-leads, the draft's lock and the clock against a small model of them: any run of acts by anybody."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from models import Database
from tests.ledger import FILE, LIMITS, attempt, opened
from workflow.audit.verify import verify
from workflow.calendar import Calendar, local_day
from workflow.directory import set_part
from workflow.drafts import Draft, add_piece, begin_draft, end_draft, save_draft

LEADS = {"support": "乙局", "colead": "丁局"}  # of task 2
HELPERS = {"lead": "甲局", "member": "丙镇"}  # made its supporting units
ANSWERS = {"confirm": "confirmed", "nothing": "nothing", "object": "objected"}
INPUT = {"words": "说明。"}


class Model:
    """One milestone of two leads with two supporting units, as docs/cooperation.md tells it."""

    def __init__(self):
        self.written, self.submitted = 0, False
        self.given = dict.fromkeys(LEADS, False)
        self.asked: dict[str, str] = {}
        self.due = None
        self.lock = (None, None)

    def locked_against(self, name: str, now) -> bool:
        holder, until = self.lock
        return holder is not None and holder != name and now < until


class Together(RuleBasedStateMachine):
    """Bound to copies of the small plan and to a clock by the test."""

    copies = clock = None

    def __init__(self):
        super().__init__()
        self.copy = self.copies()
        self.database = Database(self.copy.__enter__(), clock=self.clock)
        self.ledger, self.model = opened(self.database), Model()
        system, task_id = self.ledger.actor("system"), self.ledger.milestone("2").task_id
        for unit in HELPERS.values():
            set_part(self.database, system, task_id, self.ledger.units[unit], "support")

    def _hold(self, name: str) -> None:
        self.model.lock = (name, self.clock() + timedelta(minutes=30))

    @rule(name=st.sampled_from(sorted(LEADS)))
    def write(self, name):
        milestone, model = self.ledger.milestone("2"), self.model
        content = milestone.round
        draft = Draft(f"第 {model.written} 稿。", [], [])
        may = not model.submitted and not model.locked_against(name, self.clock())
        if attempt(may, lambda: save_draft(
            milestone, self.ledger.actor(name), draft, content.number, content.draft_version
        )):
            if not model.written:
                model.asked = dict.fromkeys(HELPERS, "asked")
                model.due = Calendar().after_working_days(local_day(self.clock()), 5)
                add_piece(self.ledger.milestone("2"), self.ledger.actor(name), FILE, LIMITS)
            model.written += 1
            model.given = {other: other == name for other in LEADS}
            self._hold(name)

    @rule(name=st.sampled_from(sorted(LEADS)))
    def begin(self, name):
        may = not self.model.submitted and not self.model.locked_against(name, self.clock())
        if attempt(may, lambda: begin_draft(self.ledger.milestone("2"), self.ledger.actor(name))):
            self._hold(name)

    @rule(name=st.sampled_from(sorted(LEADS)))
    def let_go(self, name):
        may = not self.model.submitted and not self.model.locked_against(name, self.clock())
        if attempt(may, lambda: end_draft(self.ledger.milestone("2"), self.ledger.actor(name))):
            self.model.lock = (None, None)

    @rule(name=st.sampled_from(sorted(LEADS)))
    def take_over(self, name):
        may = not self.model.submitted and self.model.locked_against(name, self.clock())
        if attempt(may, lambda: self.ledger.fire(name, "take_over", number="2")):
            self._hold(name)

    @rule(name=st.sampled_from([*sorted(LEADS), *sorted(HELPERS)]))
    def confirm(self, name):
        model = self.model
        may = name in LEADS and not model.submitted and model.written > 0 and not model.given[name] and (
            not model.locked_against(name, self.clock())
        )
        if attempt(may, lambda: self.ledger.fire(name, "confirm", number="2")):
            model.given[name] = True

    @rule(name=st.sampled_from(sorted(HELPERS)), trigger=st.sampled_from([*sorted(ANSWERS), "take_back"]))
    def answer(self, name, trigger):
        model = self.model
        if not model.asked:
            return
        state = model.asked[name]
        fits = state in ANSWERS.values() if trigger == "take_back" else state == "asked"
        if attempt(
            fits and not model.submitted, lambda: self.ledger.answer(name, trigger, INPUT, number="2")
        ):
            model.asked[name] = ANSWERS.get(trigger, "asked")

    @rule(name=st.sampled_from(sorted(LEADS)), helper=st.sampled_from(sorted(HELPERS)))
    def reply(self, name, helper):
        model = self.model
        if not model.asked:
            return
        may = model.asked[helper] == "objected" and not model.submitted
        if attempt(
            may, lambda: self.ledger.answer(name, "reply", INPUT, number="2", unit=HELPERS[helper])
        ):
            model.asked[helper] = "replied"

    @rule(name=st.sampled_from([*sorted(LEADS), *sorted(HELPERS)]))
    def submit(self, name):
        model, states = self.model, set(self.model.asked.values())
        may = (
            name in LEADS and not model.submitted and model.written > 0
            and not model.locked_against(name, self.clock())
            and all(given for other, given in model.given.items() if other != name)
            and "objected" not in states
            and ("asked" not in states or local_day(self.clock()) > model.due)
        )
        if attempt(may, lambda: self.ledger.fire(name, "submit", number="2")):
            model.submitted = True
            model.given[name] = True

    @rule(minutes=st.sampled_from([10, 40, 3 * 24 * 60]))
    def time_passes(self, minutes):
        self.clock.pass_(minutes=minutes)

    @invariant()
    def the_ledger_is_as_the_model_says(self):
        milestone = self.ledger.milestone("2")
        assert (milestone.state == "submitted") == self.model.submitted
        given = {part.unit_id for part in milestone.round.parts if part.given}
        assert given == {self.ledger.units[LEADS[name]] for name, is_in in self.model.given.items() if is_in}
        states = {r.unit_id: r.state for r in self.ledger.requests("2")}
        assert states == {self.ledger.units[HELPERS[n]]: state for n, state in self.model.asked.items()}

    def teardown(self):
        with self.database.snapshot() as session:
            assert verify(session).faults == []
        self.database.dispose()
        self.copy.__exit__(None, None, None)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_any_run_of_working_together(ledger_copies, clock):
    run_state_machine_as_test(
        type("Bound", (Together,), {"copies": staticmethod(ledger_copies), "clock": staticmethod(clock)}),
        settings=settings(
            max_examples=10, stateful_step_count=30, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
