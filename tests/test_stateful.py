"""The workflow against a small model of it, written from the design: any run of actions by anybody."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from models import AuditEvent, Database
from tests.ledger import RETURN, opened
from workflow.audit.verify import verify
from workflow.errors import WorkflowError

PEOPLE = ("lead", "lead2", "support", "reviewer", "area1", "area2", "committee", "committee2", "auditor", "outsider")
HANDLERS, REVIEWERS, COMMITTEE = ("lead", "lead2"), ("reviewer", "area1", "committee2"), ("committee", "committee2")
INPUT = {"return": RETURN, "send_back": {"words": "请核对。"}, "reopen": {"words": "复查。"}}


class Model:
    """One milestone as the design tells it."""

    def __init__(self):
        self.state, self.round, self.filled, self.open_points = "planned", 1, False, 0
        self.submitter = self.reviewer = None
        self.trail = ["import"]

    def may(self, name: str, trigger: str) -> bool:
        match trigger, self.state:
            case "submit", "planned":
                return name in HANDLERS and self.filled and not self.open_points
            case "withdraw", "submitted":
                return name in HANDLERS and self.reviewer is None
            case "approve" | "return", "submitted":
                return name in REVIEWERS and name != self.submitter
            case "return" | "send_back", "reviewed":
                return name in COMMITTEE
            case "accept", "reviewed":
                return name in COMMITTEE and name != self.reviewer
            case "reopen", "accepted":
                return name in COMMITTEE
        return False

    def take(self, name: str, trigger: str) -> None:
        match trigger:
            case "submit":
                self.state, self.submitter = "submitted", name
            case "approve":
                self.state, self.reviewer = "reviewed", name
            case "send_back":
                self.state = "submitted"
            case "accept":
                self.state = "accepted"
            case "return" | "withdraw" | "reopen":
                self.state, self.round = "planned", self.round + 1
                self.submitter = self.reviewer = None
                self.open_points = len(RETURN["points"]) if trigger == "return" else 0
        self.trail.append(trigger)


def machine_over(copies, clock):
    class Life(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.copy = copies()
            self.database = Database(self.copy.__enter__(), clock=clock)
            self.ledger, self.model = opened(self.database), Model()

        @rule(name=st.sampled_from(HANDLERS))
        def fill(self, name):
            if self.model.state == "planned":
                answers = ["已答复。"] * self.model.open_points
                had_points = self.model.open_points
                self.ledger.fill(name, answers=answers or [p["answer"] for p in self.ledger.milestone().round.points])
                self.model.filled, self.model.open_points = True, 0
                assert had_points == 0 or self.ledger.milestone().round.open_points == 0

        @rule(name=st.sampled_from(PEOPLE), trigger=st.sampled_from(
            ["submit", "withdraw", "approve", "return", "send_back", "accept", "reopen"]
        ))
        def act(self, name, trigger):
            expected = self.model.may(name, trigger)
            try:
                self.ledger.fire(name, trigger, INPUT.get(trigger))
                happened = True
            except WorkflowError:
                happened = False
            assert happened == expected, (name, trigger, self.model.state)
            if happened:
                self.model.take(name, trigger)

        @invariant()
        def the_ledger_is_as_the_model_says(self):
            milestone = self.ledger.milestone()
            assert (milestone.state, milestone.round_number) == (self.model.state, self.model.round)
            assert milestone.round.open_points == self.model.open_points
            assert sum(r.frozen for r in milestone.rounds) == self.model.round - (self.model.state == "planned")
            with self.database.snapshot() as session:
                trail = session.scalars(
                    select(AuditEvent.action).where(
                        AuditEvent.subject_type == "milestone", AuditEvent.subject_id == milestone.id
                    ).order_by(AuditEvent.sequence)
                ).all()
                assert trail == self.model.trail

        def teardown(self):
            with self.database.snapshot() as session:
                assert verify(session).faults == []
            self.database.dispose()
            self.copy.__exit__(None, None, None)

    return Life


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_any_run_of_actions_by_anybody(ledger_copies, clock):
    run_state_machine_as_test(
        machine_over(ledger_copies, clock),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
