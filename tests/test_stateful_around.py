"""What happens around the milestones against small models of it: change requests, handovers and delegations,
implementation plans, leaders who sign, leads that are each responsible for their own part."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from models import ChangeKind, ChangeRequest, Database, Handover, Implementation, Part
from tests.clock import NOW
from tests.ledger import FILE, LIMITS, attempt, opened
from tests.test_delegation import acting, give
from tests.test_implementation import FULL
from workflow import planning
from workflow.audit.verify import verify
from workflow.calendar import local_day
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.handover import HANDOVER
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.delegation import revoke
from workflow.directory import change_unit, set_leads_apart
from workflow.drafts import Draft, add_piece, save_draft
from workflow.engine import fire
from workflow.lead_rules import lead_seats, part_of

WORDS = {"words": "说明。"}


def any_of(*names: str):
    return st.sampled_from(names)


class Machine(RuleBasedStateMachine):
    """Bound to copies of the small plan and to a clock by the test."""

    copies = clock = None

    def __init__(self):
        super().__init__()
        self.clock.now = NOW
        self.copy = self.copies()
        self.database = Database(self.copy.__enter__(), clock=self.clock)
        self.ledger = opened(self.database)

    @classmethod
    def hold(cls, copies, clock, **limits) -> None:
        """Runs, always the same ones, that look for one in which the ledger differs from the model."""
        run_state_machine_as_test(
            type("Bound", (cls,), {"copies": staticmethod(copies), "clock": staticmethod(clock)}),
            settings=settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), **limits),
        )

    def take(self, workflow, subject_id: int, actor, trigger: str) -> None:
        with self.database.reading() as session:
            subject = workflow.load(session, subject_id)
            fire(subject, trigger, actor, WORDS, subject.version)

    def milestone(self, number: str = "1"):
        """The milestone as it stands now; what was read before is let go."""
        for session in self.ledger.sessions:
            session.close()
        self.ledger.sessions.clear()
        return self.ledger.milestone(number)

    def teardown(self):
        with self.database.snapshot() as session:
            assert verify(session).faults == []
        self.database.dispose()
        self.copy.__exit__(None, None, None)


LEADS = {"lead": "甲局", "outsider": "戊局"}  # of task 1, one after the other
OPINION = {"support": "supported", "oppose": "opposed"}
DECISION = {"grant": "granted", "refuse": "refused"}


class Request:
    def __init__(self, number: int, unit: str, days: int | None, to: str, needs_head: bool):
        self.id, self.unit, self.days, self.to, self.needs_head = number, unit, days, to, needs_head
        self.state, self.opinion = "requested", ""

    @property
    def open(self) -> bool:
        return self.state in ("requested", "supported", "opposed")


class Changes(Machine):
    """One milestone, its deadline and its lead, as docs/changes.md and docs/delegation.md tell it."""

    def __init__(self):
        super().__init__()
        self.lead, self.due, self.extended = "lead", date(2018, 12, 31), 0
        self.requests: list[Request] = []
        self.handovers: list[list] = []  # from, to, state
        self.delegation, self.until = None, None

    @property
    def newest(self) -> Request | None:
        return self.requests[-1] if self.requests else None

    @property
    def today(self) -> date:
        return local_day(self.clock())

    @rule(name=any_of("lead", "outsider", "support"), days=st.sampled_from([20, 20, 100, None]))
    def ask(self, name, days):
        may = name == self.lead and self.today <= self.due and not (self.newest and self.newest.open)
        other = next(it for it in LEADS if it != self.lead)
        units = self.ledger.units
        asked = {"due": self.due + timedelta(days)} if days else {
            "seats": ((units[LEADS[other]], Part.LEAD), (units["乙局"], Part.SUPPORT))
        }
        made = []
        kind = ChangeKind.EXTENSION if days else ChangeKind.UNITS
        if attempt(may, lambda: made.append(self.ledger.ask(name, kind, **asked))):
            needs_head = bool(days) and (days > 90 or self.extended >= 1)
            self.requests.append(Request(made[0], LEADS[name], days, other, needs_head))

    @rule(name=any_of("reviewer", "area1", "committee2", "area2", "committee", "lead"), trigger=any_of(*OPINION))
    def give_opinion(self, name, trigger):
        if (request := self.newest) is None:
            return
        may = request.state == "requested" and name in ("reviewer", "area1", "committee2")
        if attempt(may, lambda: self.take(CHANGE_REQUEST, request.id, self.ledger.actor(name), trigger)):
            request.state, request.opinion = OPINION[trigger], name

    @rule(name=any_of("committee", "committee2", "head", "reviewer", "lead", "for"), trigger=any_of(*DECISION))
    def decide(self, name, trigger):
        """`for`: 督查室's second reviewer, who acts for the committee where that was given."""
        request = self.newest
        actor = acting(self.ledger, "area1", "committee") if name == "for" else self.ledger.actor(name)
        assert (actor is not None) or not self.delegated
        if request is None or actor is None:
            return
        hands = {"area1", "committee"} if name == "for" else {name}
        may = request.state in OPINION.values() and name in ("committee", "committee2", "head", "for") and (
            request.opinion not in hands and (not request.needs_head or name == "head")
        )
        if attempt(may, lambda: self.take(CHANGE_REQUEST, request.id, actor, trigger)):
            request.state = DECISION[trigger]
            if trigger == "grant" and request.days:
                self.due, self.extended = self.due + timedelta(request.days), self.extended + 1
            elif trigger == "grant":
                self.handovers.append([self.lead, request.to, "open"])
                self.lead = request.to

    @rule(name=any_of("lead", "outsider", "support"))
    def withdraw(self, name):
        if (request := self.newest) is None:
            return
        may = request.open and LEADS.get(name) == request.unit
        if attempt(may, lambda: self.take(CHANGE_REQUEST, request.id, self.ledger.actor(name), "withdraw")):
            request.state = "withdrawn"

    @rule(name=any_of("lead", "outsider", "support"), trigger=any_of("give", "take"))
    def sign(self, name, trigger):
        if not self.handovers:
            return
        giver, taker, state = handover = self.handovers[-1]
        first, after = ("given", "taken") if trigger == "give" else ("taken", "given")
        may = name == (giver if trigger == "give" else taker) and state in ("open", after)
        with self.database.reading() as session:
            handover_id = session.scalars(select(Handover.id).order_by(Handover.id.desc()).limit(1)).one()
        if attempt(may, lambda: self.take(HANDOVER, handover_id, self.ledger.actor(name), trigger)):
            handover[2] = first if state == "open" else "signed"

    @property
    def delegated(self) -> bool:
        return self.delegation is not None and self.today <= self.until

    @rule()
    def delegate(self):
        if not self.delegated:
            self.delegation, self.until = give(self.ledger, "committee", "area1"), self.today + timedelta(7)

    @rule(name=any_of("committee", "area1", "reviewer"))
    def end_delegation(self, name):
        if not self.delegated:
            return
        may = name in ("committee", "area1")
        if attempt(may, lambda: revoke(self.database, self.ledger.actor(name), self.delegation)):
            self.delegation = None

    @rule()
    def time_passes(self):
        self.clock.pass_(days=3)

    @invariant()
    def the_ledger_is_as_the_model_says(self):
        milestone = self.milestone()
        assert (milestone.due, milestone.times_extended) == (self.due, self.extended)
        assert [seat.unit_id for seat in lead_seats(milestone)] == [self.ledger.units[LEADS[self.lead]]]
        with self.database.reading() as session:
            states = session.scalars(select(ChangeRequest.state).order_by(ChangeRequest.id)).all()
            signed = session.execute(
                select(Handover.from_unit_id, Handover.to_unit_id, Handover.state).order_by(Handover.id)
            ).all()
        assert states == [it.state for it in self.requests]
        units = self.ledger.units
        assert [tuple(row) for row in signed] == [
            (units[LEADS[giver]], units[LEADS[taker]], state) for giver, taker, state in self.handovers
        ]


class Plans(Machine):
    """The implementation plan of 丁局, as docs/implementation.md tells it."""

    def __init__(self):
        super().__init__()
        self.id = planning.begin(self.database, self.ledger.actor("colead"), self.ledger.plan_id)
        self.state, self.full, self.number, self.reviewer = "drafting", False, 1, ""

    @rule(name=any_of("colead", "support", "outsider"), whole=st.booleans())
    def fill_in(self, name, whole):
        years = (2018, 2019, 2020) if whole else (2018,)
        entries = {self.ledger.milestones["2", year]: FULL for year in years}
        may = name == "colead" and self.state == "drafting"

        def save():
            with self.database.reading() as session:
                planning.save(IMPLEMENTATION.load(session, self.id), self.ledger.actor(name), "安排", entries)

        if attempt(may, save):
            self.full = self.full or whole

    @rule(
        name=any_of("colead", "support", "reviewer", "area1", "area2", "committee", "committee2"),
        trigger=any_of("submit", "withdraw", "approve", "return", "file", "reopen"),
    )
    def act(self, name, trigger):
        if attempt(
            self.may(name, trigger), lambda: self.take(IMPLEMENTATION, self.id, self.ledger.actor(name), trigger)
        ):
            self.reviewer = name if trigger == "approve" else self.reviewer
            self.state = {"submit": "submitted", "approve": "reviewed", "file": "filed"}.get(trigger, "drafting")

    def may(self, name: str, trigger: str) -> bool:
        on_committee = name in ("committee", "committee2")
        match self.state, trigger:
            case "drafting", "submit":
                return name == "colead" and self.full
            case "submitted", "withdraw":
                return name == "colead"
            case "submitted", "approve" | "return":
                return name in ("reviewer", "area1", "committee2")
            case "reviewed", "file":
                return on_committee and name != self.reviewer
            case "reviewed", "return":
                return on_committee
            case "filed", "reopen":
                return on_committee
        return False

    @invariant()
    def the_ledger_is_as_the_model_says(self):
        with self.database.reading() as session:
            plan = session.get(Implementation, self.id)
            assert (plan.state, plan.open_entries == 0) == (self.state, self.full)


class Parts(Machine):
    """Task 1, whose lead's leader signs; task 2, whose two leads report apart (docs/cooperation.md)."""

    APART = {"support": "乙局", "colead": "丁局"}
    OF_LEAD = ("lead", "lead2", "leader")

    def __init__(self):
        super().__init__()
        system = self.ledger.actor("system")
        change_unit(self.database, system, self.ledger.units["甲局"], active=True, members=[], leader_signs=True)
        set_leads_apart(self.database, system, self.ledger.milestone("2").task_id, True)
        self.drafts = 0
        self.written = self.sent = self.signed = self.submitted = False
        self.own, self.given, self.in_ = dict.fromkeys(self.APART, False), dict.fromkeys(self.APART, False), False

    def _write(self, name: str, number: str) -> None:
        milestone, actor = self.ledger.milestone(number), self.ledger.actor(name)
        content = milestone.round
        version = content.draft_version
        if number == "2":
            part = part_of(content, self.ledger.units[self.APART[name]])
            version = part.draft_version if part else 0
        save_draft(milestone, actor, Draft(f"第 {self.drafts} 稿。", [], []), content.number, version)
        if not content.evidence_count:
            add_piece(self.ledger.milestone(number), actor, FILE, LIMITS)

    # -- a leader signs --

    @rule(name=any_of(*OF_LEAD))
    def write(self, name):
        self.drafts += 1
        if attempt(not self.submitted, lambda: self._write(name, "1")):
            if not self.written:
                self.ledger.all_answer()
            self.written, self.sent, self.signed = True, False, False

    @rule(name=any_of(*OF_LEAD, "support"))
    def send_to_sign(self, name):
        # A leader has nobody to send it to: they sign.
        may = name in self.OF_LEAD and name != "leader" and self.written
        may = may and not (self.submitted or self.sent or self.signed)
        if attempt(may, lambda: self.ledger.fire(name, "send_to_sign")):
            self.sent = True

    @rule(name=any_of("leader", "leader", "lead"))
    def sign(self, name):
        may = name == "leader" and self.written and not (self.submitted or self.signed)
        if attempt(may, lambda: self.ledger.fire(name, "sign")):
            self.signed = True

    @rule(name=any_of("leader", "lead"))
    def hand_back(self, name):
        may = name == "leader" and self.sent and not self.submitted
        if attempt(may, lambda: self.ledger.fire(name, "hand_back", WORDS)):
            self.sent = self.signed = False

    @rule(name=any_of(*OF_LEAD, "support"))
    def submit(self, name):
        may = name in self.OF_LEAD and self.written and not self.submitted and (self.signed or name == "leader")
        if attempt(may, lambda: self.ledger.fire(name, "submit")):
            self.submitted, self.signed = True, True  # a leader signs by it

    @rule(name=any_of("lead", "leader", "support"))
    def withdraw(self, name):
        """Nothing is asked to be changed by it, so the signature holds on."""
        if attempt(name != "support" and self.submitted, lambda: self.ledger.fire(name, "withdraw")):
            self.submitted = False

    # -- each lead its own part --

    @rule(name=any_of(*APART))
    def write_own_part(self, name):
        self.drafts += 1
        if attempt(not self.in_, lambda: self._write(name, "2")):
            self.own[name], self.given[name] = True, False

    @rule(name=any_of(*APART, "lead"))
    def hand_in(self, name):
        may = name in self.APART and self.own[name] and not (self.in_ or self.given[name]) and (
            not all(given for other, given in self.given.items() if other != name)
        )
        if attempt(may, lambda: self.ledger.fire(name, "hand_in", number="2")):
            self.given[name] = True

    @rule(name=any_of(*APART, "lead"))
    def submit_all(self, name):
        may = name in self.APART and self.own[name] and not self.in_ and (
            all(given for other, given in self.given.items() if other != name)
        )
        if attempt(may, lambda: self.ledger.fire(name, "submit", number="2")):
            self.in_ = self.given[name] = True

    @invariant()
    def the_ledger_is_as_the_model_says(self):
        one, two = self.milestone(), self.ledger.milestone("2")
        assert ((one.state == "submitted"), (two.state == "submitted")) == (self.submitted, self.in_)
        given = {part.unit_id for part in two.round.parts if part.given}
        assert given == {self.ledger.units[self.APART[name]] for name, is_in in self.given.items() if is_in}
        part = part_of(one.round, self.ledger.units["甲局"])
        if not self.submitted:
            stands = (bool(part and part.sent_at), bool(part and part.signed_at))
            assert stands == (self.sent, self.signed)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
@pytest.mark.parametrize("machine", [Changes, Plans, Parts])
def test_any_run_of_what_happens_around_a_milestone(ledger_copies, clock, machine):
    machine.hold(ledger_copies, clock, max_examples=5, stateful_step_count=20)
