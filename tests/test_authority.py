"""Who may do what: the cases come from the definition, the answers were written by hand from the design.

Each person below is one relation to one milestone (task 1, led by 甲局, supported by 乙局 and 各镇). For each
state the table says which actions each may take; every other pair of person and action is refused. What several
leads and signing leaders may do, on milestones that have them, is in tests/test_leads.py.
"""

import itertools
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.sql.elements import False_

from models import Milestone
from tests.ledger import PEOPLE, RETURN
from tests.variables import ONE_DATABASE
from workflow import rules
from workflow.actor import command_line
from workflow.authority import may_where, offers, refusals
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.supervision import SUPERVISION
from workflow.subjects import load_milestones, milestone_rows

# How a milestone is brought to each state; the second hand is 督查室's first reviewer.
WAY_TO = {
    "planned": (),
    "submitted": (("lead", "submit"),),
    "reviewed": (("lead", "submit"), ("reviewer", "approve")),
    "accepted": (("lead", "submit"), ("reviewer", "approve"), ("committee", "accept")),
    "cancelled": (),  # by a granted change, see `bring`
}

# By hand, from the design: *The life of a milestone* and *Who uses it*.
ALLOWED = {
    "planned": {
        ("lead", "save"), ("lead", "ask"), ("lead", "submit"), ("lead2", "save"), ("lead2", "ask"), ("lead2", "submit"),
        ("lead", "ask_change"), ("lead2", "ask_change"), ("lead_reviewer", "ask_change"), ("leader", "ask_change"),
        ("lead", "no_change"), ("lead2", "no_change"), ("lead_reviewer", "no_change"), ("leader", "no_change"),
        # also a handler of the lead unit
        ("lead_reviewer", "save"), ("lead_reviewer", "ask"), ("lead_reviewer", "submit"),
        ("leader", "save"), ("leader", "ask"), ("leader", "submit"),  # 甲局's own leader: all that its handlers may
        ("reviewer", "urge"), ("area1", "urge"), ("committee2", "urge"),
        ("committee", "chase"), ("committee2", "chase"), ("head", "chase"),
        ("committee", "supervise"), ("committee2", "supervise"), ("head", "supervise"),
        ("support", "contribute"), ("member", "contribute"),  # 丙镇 answers for 各镇
    },
    "submitted": {
        ("lead", "withdraw"), ("lead2", "withdraw"), ("lead_reviewer", "withdraw"), ("leader", "withdraw"),  # the unit
        ("reviewer", "approve"), ("reviewer", "return"),
        ("area1", "approve"), ("area1", "return"),  # 行动一 is in scope; area2's is not
        ("committee2", "approve"), ("committee2", "return"),  # on the committee, and a reviewer
        ("committee", "chase"), ("committee2", "chase"), ("head", "chase"),
    },
    "reviewed": {
        ("committee", "accept"), ("committee", "return"), ("committee", "send_back"),
        ("committee2", "accept"), ("committee2", "return"), ("committee2", "send_back"),
        ("head", "accept"), ("head", "return"), ("head", "send_back"),  # the head is a member
    },
    "accepted": {("committee", "reopen"), ("committee2", "reopen"), ("head", "reopen")},
    "cancelled": set(),  # over for good; and no one cancels but by a granted change
}

# Not theirs to see at all: 404, whatever they try.
BLIND = {"colead", "outsider", "area2", "system", "security", "nobody"}

INPUT = {
    "return": RETURN, "send_back": {"words": "请核对。"}, "reopen": {"words": "复查。"},
    "hand_back": {"words": "再改。"},
    "cancel": {"words": "机构撤并。"},
}
FORM = {name: {**data, "points": "\n".join(data.get("points", ()))} for name, data in INPUT.items()}
NAMES = [person[0] for person in PEOPLE]
CASES = list(itertools.product(MILESTONE.by_name, MILESTONE.triggers))


def bring(ledger, clock, state: str) -> None:
    """The supporting units say nothing until their time has run out: they still may, and nobody waits for them."""
    ledger.draft()
    clock.pass_(days=8)
    for name, trigger in WAY_TO[state]:
        ledger.fire(name, trigger)
    if state == "cancelled":
        ledger.cancel()


def test_the_table_names_only_people_states_and_actions_that_there_are():
    assert set(ALLOWED) == set(MILESTONE.by_name) == set(WAY_TO)
    for pairs in ALLOWED.values():
        assert {name for name, _ in pairs} <= set(NAMES)
        assert {trigger for _, trigger in pairs} <= set(MILESTONE.triggers)


@pytest.mark.parametrize("state", list(MILESTONE.by_name))
def test_every_person_and_every_action_in_every_state(ledger, clock, state):
    bring(ledger, clock, state)
    milestone = ledger.milestone()
    for name, trigger in itertools.product(NAMES, MILESTONE.triggers):
        action = MILESTONE.arrow(trigger, state)
        actor = ledger.actor(name)
        may = action is not None and not refusals(action, actor, milestone) and MILESTONE.sees.holds(actor, milestone)
        assert may == ((name, trigger) in ALLOWED[state]), (name, trigger, state)
    for name in set(NAMES) - BLIND:
        offered = offers(MILESTONE, ledger.actor(name), milestone)
        assert {it.action.trigger for it in offered if it.open} == {it for who, it in ALLOWED[state] if who == name}


def test_what_is_greyed_is_ones_own_with_its_reason(ledger, clock):
    """By hand, while a round is under review; who has no part in an action is not shown it at all."""
    bring(ledger, clock, "submitted")
    greyed = {
        name: {
            it.action.trigger: [reason.code for reason in it.reasons]
            for it in offers(MILESTONE, ledger.actor(name), ledger.milestone()) if not it.open
        } for name in ("lead", "support", "reviewer", "lead_reviewer", "committee", "auditor")
    }
    later, own_unit = ["wrong-state"], ["own-unit"]
    assert greyed == {
        "lead": {"save": later, "ask": later, "no_change": later, "ask_change": later, "submit": later},
        "support": {"contribute": later},
        "reviewer": {"urge": later},
        "lead_reviewer": {
            "save": later, "ask": later, "no_change": later, "ask_change": later, "submit": later, "urge": later,
            "approve": own_unit, "return": own_unit,
        },
        "committee": {"return": later, "send_back": later, "accept": later, "reopen": later, "supervise": later},
        "auditor": {},
    }


@ONE_DATABASE
@pytest.mark.parametrize(("state", "trigger"), CASES)
def test_the_same_over_http(ledger, browse, clock, state, trigger):
    """Each person tries the action on a milestone in this state; who is allowed is tried last."""
    if (trigger, state) != ("ask", "planned"):  # the first draft asks everybody by itself
        bring(ledger, clock, state)
    milestone_id, version = ledger.milestones["1", 2018], ledger.milestone().version
    moves = any(action.target for action in MILESTONE.arrows(trigger))
    allowed = [name for name in NAMES if (name, trigger) in ALLOWED[state]]
    for name in [n for n in NAMES if n not in allowed] + allowed[:1]:
        browser = browse(name)
        if moves:
            answer = browser.act(milestone_id, trigger, FORM.get(trigger), version)
        else:
            answer = draft_work(browser, milestone_id, trigger, ledger)
        if name in BLIND or name == "nobody":
            assert answer.status_code in (403, 404), (name, answer.status_code)
        elif name in allowed:
            assert answer.status_code == 302, (name, answer.text)
        else:
            assert answer.status_code in (403, 409), (name, answer.status_code)
        if moves and name not in allowed:
            assert ledger.milestone().version == version, name


def draft_work(browser, milestone_id: int, trigger: str, ledger):
    """What moves nothing has forms of its own."""
    content = ledger.milestone().round
    if trigger == "save":
        return browser.post(f"/milestones/{milestone_id}/draft", {
            "account": "新的进展。", "round_number": content.number, "draft_version": content.draft_version,
        })
    if trigger == "ask":
        return browser.post(f"/milestones/{milestone_id}/requests", {"wanted": "权属数据。"})
    if trigger == "ask_change":
        return browser.post(f"/milestones/{milestone_id}/changes/new", {
            "kind": "extension", "due": "2019-03-01", "words": "汛期无法施工。", "version": ledger.milestone().version,
        })
    if trigger == "supervise":
        return browser.post("/supervision", {
            "milestone": milestone_id, "unit": ledger.units["甲局"], "title": "督办", "words": "请抓紧。",
            "due": "2018-12-28", f"seen-{milestone_id}": ledger.milestone().version,
        })
    if trigger == "contribute":
        return browser.post(f"/milestones/{milestone_id}/contribution", {"body": "我单位的情况。"})
    return browser.post(f"/milestones/{milestone_id}/urge/{trigger}", {"words": "请抓紧。"})


def test_a_rule_means_the_same_in_python_and_in_sql(ledger, clock):
    """Every rule of the definition, on every milestone, for every account and for a command without one.

    Asked today, on the last day of a deadline and of the supporting units' time, and on the day after each.
    """
    with ledger.database.writing() as session:
        session.get_one(Milestone, ledger.milestones["2", 2020]).due = None
    ledger.draft("lead", "1", 2019)
    ledger.submit()
    ledger.submit("support", "2")
    ledger.fire("reviewer", "approve", number="2")
    ledger.fire("committee", "send_back", {"words": "请再核。"}, number="2")
    ledger.fire("reviewer", "approve", number="2")
    ledger.submit("colead", "2", 2019)
    ledger.fire("area1", "return", RETURN, number="2", year=2019)
    waiting, due = ledger.milestone("1", 2019).round.waiting_until, ledger.milestone("1", 2018).due
    today = ledger.actor("lead").today
    for day in (today, waiting, waiting + timedelta(1), due, due + timedelta(1)):
        clock.pass_(days=(day - today).days)
        today = day
        _agree(ledger)


def _agree(ledger):
    asked = {MILESTONE.sees, rules.sees_notes} | {
        rule for action in MILESTONE.actions for rule in (*action.who, *action.unless, *action.needs)
    }
    with ledger.database.reading() as session:
        milestones = load_milestones(session, milestone_rows(Milestone))
        for rule, name in itertools.product(asked, [*NAMES, None]):
            actor = ledger.actor(name) if name else command_line("test")
            found = set(session.scalars(milestone_rows(Milestone.id).where(rule.where(actor))))
            assert found == {m.id for m in milestones if rule.holds(actor, m)}, (rule.code, name)


def test_a_list_never_shows_what_a_click_would_refuse(ledger):
    ledger.submit()
    ledger.submit("colead", "2")
    ledger.fire("reviewer", "approve", number="2")
    with ledger.database.reading() as session:
        milestones = load_milestones(session, milestone_rows(Milestone))
        assert len(milestones) == len(session.scalars(select(Milestone)).all())
        for name, trigger in itertools.product(NAMES, MILESTONE.triggers):
            actor = ledger.actor(name)
            listed = set(session.scalars(milestone_rows(Milestone.id).where(may_where(MILESTONE, trigger, actor))))
            clicked = {
                m.id for m in milestones
                if (action := MILESTONE.arrow(trigger, m.state)) and not refusals(action, actor, m)
            }
            assert listed == clicked, (name, trigger)


@pytest.mark.parametrize("name", ["committee", "reviewer", "lead"])
def test_a_delegation_for_one_action_area_does_not_reach_what_no_area_bounds(ledger, name):
    """Of supervision sheets and implementation plans, the unit's own among them; without the limit all three see it."""
    actor = ledger.actor(name)
    limited, own = replace(actor, only_area=1), SimpleNamespace(unit_id=actor.unit_id)
    for sees in (IMPLEMENTATION.sees, SUPERVISION.sees):
        assert sees.holds(actor, own) and not sees.holds(limited, own)
        assert not isinstance(sees.where(actor), False_) and isinstance(sees.where(limited), False_)
