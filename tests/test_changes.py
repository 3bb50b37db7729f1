"""Change requests: who asks, supports and decides; what a grant changes, what it keeps, and what it never rewrites."""

import io
import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from models import AuditEvent, ChangeKind, ChangeRequest, Handover, IndicatorKind, Part, Responsibility
from reports.ledger import Filters, ledger_map, tally
from reports.monitor import overview
from reports.timeline import holding, timeline
from reports.units import by_unit
from tests.ledger import DOCUMENT, PEOPLE
from tests.test_pages import PDF
from tests.variables import ONE_DATABASE
from workflow.asking import Asked, HeadLimits, ask
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.handover import HANDOVER
from workflow.definitions.milestone import MILESTONE
from workflow.drafts import Draft, save_draft
from workflow.errors import Incomplete, NotNow, NotVisible, Refused, Stale
from workflow.indicators import Measure, set_indicators
from workflow.lights import Day, days_late, due_at, light_of

NAMES = [person[0] for person in PEOPLE]
OLD, NEW = date(2018, 12, 31), date(2019, 2, 28)

# By hand, from the issue: who may do what with a request of 甲局 for an ordinary extension of task 1.
OPINION = {("reviewer", it) for it in ("support", "oppose")} | {("area1", it) for it in ("support", "oppose")} | {
    ("committee2", it) for it in ("support", "oppose")  # on the committee, and a reviewer
}
OWN = {(name, "withdraw") for name in ("lead", "lead2", "lead_reviewer", "leader")}
DECISION = {(name, it) for name in ("committee", "committee2", "head") for it in ("grant", "refuse")}
ALLOWED = {
    "requested": OPINION | OWN, "supported": DECISION | OWN, "opposed": DECISION | OWN,
    "granted": set(), "refused": set(), "withdrawn": set(),
}
WAY_TO = {
    "requested": (), "supported": (("reviewer", "support"),), "opposed": (("reviewer", "oppose"),),
    "granted": (("reviewer", "support"), ("committee", "grant")),
    "refused": (("reviewer", "support"), ("committee", "refuse")), "withdrawn": (("lead", "withdraw"),),
}
INPUT = {"oppose": {"words": "理由不充分。"}, "refuse": {"words": "不予批准。"}}
HANDOVER_ALLOWED = {
    "open": {("lead", "give"), ("lead2", "give"), ("lead_reviewer", "give"), ("leader", "give"),
             ("support", "take")},
    "given": {("support", "take")},
    "taken": {("lead", "give"), ("lead2", "give"), ("lead_reviewer", "give"), ("leader", "give")}, "signed": set(),
}


def bring(ledger, state: str, due: date = NEW) -> int:
    request_id = ledger.ask("lead", ChangeKind.EXTENSION, due=due)
    for name, trigger in WAY_TO[state]:
        ledger.take(CHANGE_REQUEST, request_id, name, trigger, INPUT.get(trigger))
    return request_id


def may(ledger, workflow, subject_id: int) -> set[tuple[str, str]]:
    """Who may do what now, by the rules; and the lists say the same."""
    found = set()
    with ledger.database.reading() as session:
        subject = workflow.load(session, subject_id)
        for name, trigger in itertools.product(NAMES, workflow.triggers):
            actor = ledger.actor(name)
            action = workflow.arrow(trigger, subject.state)
            clicked = action is not None and not refusals(action, actor, subject)
            listed = session.scalars(workflow.rows(workflow.model.id).where(may_where(workflow, trigger, actor))).all()
            assert (subject_id in listed) == clicked, (name, trigger)
            if clicked and workflow.sees.holds(actor, subject):
                found.add((name, trigger))
    return found


@pytest.mark.parametrize("state", list(CHANGE_REQUEST.by_name))
def test_every_person_and_every_action_in_every_state(ledger, state):
    assert set(ALLOWED) == set(WAY_TO) == set(CHANGE_REQUEST.by_name)
    assert may(ledger, CHANGE_REQUEST, bring(ledger, state)) == ALLOWED[state]


@ONE_DATABASE
@pytest.mark.parametrize("state", ["requested", "supported", "opposed"])
def test_the_same_over_http(ledger, browse, state):
    request_id = bring(ledger, state)
    for name, trigger in itertools.product(NAMES, CHANGE_REQUEST.triggers):
        if (name, trigger) in ALLOWED[state]:
            continue
        answer = browse(name).post(f"/changes/{request_id}/act/{trigger}", {"version": 1, **INPUT.get(trigger, {})})
        assert answer.status_code in (403, 404, 409), (name, trigger, answer.status_code)
    with ledger.database.reading() as session:
        assert session.get(ChangeRequest, request_id).state == state


def test_a_rule_means_the_same_in_python_and_in_sql(ledger):
    bring(ledger, "supported", due=OLD + timedelta(days=91))
    bring_units(ledger, ledger.ask("support", ChangeKind.UNITS, "2", 2019, seats=(
        (ledger.units["丁局"], "lead"), (ledger.units["戊局"], "lead"))))
    with ledger.database.reading() as session:
        for workflow in (CHANGE_REQUEST, HANDOVER):
            subjects = workflow.many(session, workflow.rows(workflow.model))
            assert subjects
            rules = {workflow.sees} | {r for a in workflow.actions for r in (*a.who, *a.unless, *a.needs)}
            for rule, name in itertools.product(rules, NAMES):
                actor = ledger.actor(name)
                found = set(session.scalars(workflow.rows(workflow.model.id).where(rule.where(actor))))
                assert found == {s.id for s in subjects if rule.holds(actor, s)}, (rule.code, name)


def bring_units(ledger, request_id: int) -> int:
    ledger.grant(request_id)
    return request_id


def test_an_extension_moves_the_deadline_and_keeps_the_old_one(ledger, clock):
    ledger.grant(ledger.ask("lead", ChangeKind.EXTENSION, due=NEW))
    milestone = ledger.milestone()
    assert (milestone.due, milestone.times_extended, milestone.state) == (NEW, 1, "planned")
    assert milestone.published == {"due": "2018-12-31", "requirements": ["2018年基本完成"], "targets": {}}
    assert milestone.extensions[0]["due"] == "2018-12-31" and milestone.extensions[0]["late"] == 0
    with ledger.database.snapshot() as session:
        event = session.scalars(select(AuditEvent).where(
            AuditEvent.subject_type == "milestone", AuditEvent.subject_id == milestone.id
        ).order_by(AuditEvent.sequence.desc())).first()
        assert event.action == "change" and '"before":{"due":"2018-12-31"}' in event.detail
        assert verify(session).faults == []
    clock.now = clock.now.replace(year=2019, month=1, day=20)
    assert light_of(ledger.milestone(), Day(date(2019, 1, 20), 30)).code == "normal"


def test_a_grant_after_the_deadline_lights_it_anew_and_leaves_the_days_late_before_it(ledger, clock):
    request_id = ledger.ask("lead", ChangeKind.EXTENSION, due=NEW)  # asked in time
    clock.now = clock.now.replace(year=2019, month=1, day=10)  # ten days after the deadline
    assert light_of(ledger.milestone(), Day(date(2019, 1, 10))).code == "overdue"
    ledger.grant(request_id)
    milestone = ledger.milestone()
    assert light_of(milestone, Day(date(2019, 1, 10), 30)).code == "normal"
    assert milestone.late_before_extension == 10
    clock.now = clock.now.replace(month=3, day=5)  # five days after the new one
    assert light_of(ledger.milestone(), Day(date(2019, 3, 5))).code == "overdue"
    ledger.submit()
    milestone = ledger.milestone()
    due = due_at(milestone, milestone.round.submitted_at)
    assert days_late(due, milestone.task.plan.opened_on, milestone.round.submitted_at) == 5
    assert milestone.late_before_extension == 10


def test_what_was_submitted_late_stays_late_after_an_extension(ledger, clock):
    request_id = ledger.ask("lead", ChangeKind.EXTENSION, due=NEW)
    clock.now = clock.now.replace(year=2019, month=1, day=10)
    ledger.submit()
    clock.pass_(days=5)
    ledger.grant(request_id)
    milestone = ledger.milestone()
    due = due_at(milestone, milestone.round.submitted_at)
    assert due == OLD and milestone.due == NEW
    assert days_late(due, milestone.task.plan.opened_on, milestone.round.submitted_at) == 10
    assert milestone.late_before_extension == 0  # counted once, at the submission


def test_a_change_does_not_restart_the_clock_of_the_one_who_holds_the_milestone(ledger, clock):
    clock.pass_(days=5)
    ledger.grant(ledger.ask("lead", ChangeKind.EXTENSION, due=NEW))
    milestone = ledger.milestone()
    with ledger.database.reading() as session:
        moments = timeline(session, MILESTONE, milestone, ledger.actor("lead"))
        held = holding(session, moments, MILESTONE, milestone, date(2018, 12, 20))
    assert [moment.event.action for moment in moments] == ["import", "change"] and moments[1].days is None
    assert (held.since, held.days) == (date(2018, 12, 13), 5)


def test_it_is_asked_for_before_expiry_and_one_at_a_time(ledger, clock):
    ledger.ask("lead", ChangeKind.EXTENSION, due=NEW)
    with pytest.raises(NotNow) as refused:
        ledger.ask("lead2", ChangeKind.REQUIREMENT, requirements=("减半",))
    assert [reason.code for reason in refused.value.reasons] == ["change-open"]
    clock.now = clock.now.replace(year=2020, month=1, day=1)  # the day after 2019's deadline, in China
    with pytest.raises(NotNow) as refused:
        ledger.ask("lead", ChangeKind.EXTENSION, year=2019, due=date(2020, 6, 30))
    assert [reason.code for reason in refused.value.reasons] == ["expired"]


def test_on_the_last_day_it_may_still_be_asked(ledger, clock):
    clock.now = clock.now.replace(day=31, hour=15, minute=59)  # 23:59 of 31 December in China
    assert ledger.ask("lead", ChangeKind.EXTENSION, due=NEW)


def test_only_a_lead_unit_asks(ledger):
    for name in ("support", "member", "reviewer", "committee", "auditor"):
        with pytest.raises(Refused):
            ledger.ask(name, ChangeKind.EXTENSION, due=NEW)
    with pytest.raises(NotVisible):
        ledger.ask("outsider", ChangeKind.EXTENSION, due=NEW)


def test_more_than_ninety_days_or_a_second_time_is_for_the_head_alone(ledger):
    long = bring(ledger, "supported", due=OLD + timedelta(days=91))
    for name in ("committee", "committee2"):
        for trigger in ("grant", "refuse"):
            with pytest.raises(Refused) as refused:
                ledger.take(CHANGE_REQUEST, long, name, trigger, INPUT.get(trigger))
            assert [reason.code for reason in refused.value.reasons] == ["head-decides"]
    ledger.take(CHANGE_REQUEST, long, "head", "grant")
    second = bring(ledger, "supported", due=OLD + timedelta(days=100))
    with pytest.raises(Refused):
        ledger.take(CHANGE_REQUEST, second, "committee", "grant")
    ledger.take(CHANGE_REQUEST, second, "head", "grant")
    assert ledger.milestone().times_extended == 2
    assert [e["due"] for e in ledger.milestone().extensions] == ["2018-12-31", "2019-04-01"]


def test_ninety_days_are_the_committees_and_the_limits_are_settings(ledger):
    ledger.grant(ledger.ask("lead", ChangeKind.EXTENSION, due=OLD + timedelta(days=90)))
    milestone, asked = ledger.milestone("2", 2018), Asked(ChangeKind.EXTENSION, "汛期。", due=OLD + timedelta(days=11))
    request_id = ask(milestone, ledger.actor("support"), asked, HeadLimits(days=10), milestone.version)
    with ledger.database.reading() as session:
        assert session.get(ChangeRequest, request_id).needs_head


def test_who_gave_the_opinion_does_not_decide(ledger):
    request_id = ledger.ask("lead", ChangeKind.EXTENSION, due=NEW)
    ledger.take(CHANGE_REQUEST, request_id, "committee2", "support")
    with pytest.raises(Refused) as refused:
        ledger.take(CHANGE_REQUEST, request_id, "committee2", "grant")
    assert [reason.code for reason in refused.value.reasons] == ["own-opinion"]


def test_the_committee_may_grant_what_the_reviewer_did_not_support(ledger):
    request_id = bring(ledger, "opposed")
    ledger.take(CHANGE_REQUEST, request_id, "committee", "grant")
    assert ledger.milestone().due == NEW


@pytest.mark.parametrize(("kind", "asked", "field"), [
    (ChangeKind.EXTENSION, {"due": OLD}, "due"), (ChangeKind.EXTENSION, {}, "due"),
    (ChangeKind.EXTENSION, {"due": NEW, "words": " "}, "words"),
    (ChangeKind.REQUIREMENT, {"requirements": ("2018年基本完成",)}, "requirement"),
    (ChangeKind.REQUIREMENT, {"requirements": (" ",)}, "requirement"),
    (ChangeKind.UNITS, {"seats": ((1, "support"),)}, "seats"), (ChangeKind.UNITS, {"seats": ((99, "lead"),)}, "seats"),
    (ChangeKind.UNITS, {"seats": ((1, "lead"), (1, "support"))}, "seats"),
    (ChangeKind.CANCELLATION, {}, "file"),
])
def test_what_cannot_be_is_not_asked(ledger, kind, asked, field):
    with pytest.raises(Incomplete) as wrong:
        ledger.ask("lead", kind, **asked)
    assert set(wrong.value.errors) == {field}
    with ledger.database.reading() as session:
        assert session.scalars(select(ChangeRequest)).all() == []


def test_a_page_opened_before_the_milestone_moved_asks_for_nothing(ledger):
    opened = ledger.milestone()
    ledger.submit()
    ledger.fire("lead", "withdraw")
    with pytest.raises(Stale):
        ask(opened, ledger.actor("lead"), Asked(ChangeKind.EXTENSION, "x", due=NEW), HeadLimits(), opened.version)


def test_a_changed_requirement_stands_beside_the_published_one(ledger, browse):
    ledger.grant(ledger.ask("lead", ChangeKind.REQUIREMENT, requirements=("完成颁证 80%",)))
    milestone = ledger.milestone()
    assert milestone.requirement == "完成颁证 80%" and milestone.published_requirement == "2018年基本完成"
    page = browse("lead").get(f"/milestones/{milestone.id}").text
    assert "现行进度要求（经批准变更）" in page and "完成颁证 80%" in page and "2018年基本完成" in page


def test_a_cancelled_milestone_is_over_and_every_count_still_adds_up(ledger, browse):
    ledger.submit("lead", year=2019)
    ledger.cancel()
    milestone = ledger.milestone()
    assert milestone.state == "cancelled"
    actor, day = ledger.actor("committee"), Day(date(2018, 12, 13))
    with ledger.database.snapshot() as session:
        counted = tally(session, actor, day, Filters())
        assert counted["total"] == counted["wanted"] + 1 == len(ledger.milestones)
        areas = overview(session, actor, day, Filters()).areas
        assert sum(line.tally["total"] for line in areas) == len(ledger.milestones)
        assert [area.wanted for area in ledger_map(session, actor, day, Filters())] == [4, 1]
        assert verify(session).faults == []
    for name in NAMES:
        with pytest.raises((NotNow, NotVisible, Refused)):
            ledger.fire(name, "submit")
    assert "已取消" in browse("lead").get(f"/milestones/{milestone.id}").text
    assert "验收销号" not in browse("lead").get(f"/milestones/{milestone.id}").text
    text_of = browse("committee").get("/ledger?state=cancelled").text
    assert "1 个年度节点" in text_of


def test_what_ended_while_the_request_was_open_is_not_changed_any_more(ledger):
    request_id = bring(ledger, "supported")
    ledger.submit()
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    with pytest.raises(NotNow) as refused:
        ledger.take(CHANGE_REQUEST, request_id, "committee2", "grant")
    assert [reason.code for reason in refused.value.reasons] == ["milestone-over"]
    ledger.take(CHANGE_REQUEST, request_id, "committee", "refuse", INPUT["refuse"])
    assert ledger.milestone().due == OLD


def seats(ledger, number: str = "1") -> set:
    with ledger.database.reading() as session:
        task_id = ledger.milestone(number).task_id
        rows = session.execute(
            select(Responsibility.unit_id, Responsibility.part).where(Responsibility.task_id == task_id)
        )
        names = {unit_id: name for name, unit_id in ledger.units.items()}
        return {(names[unit_id], part) for unit_id, part in rows}


@pytest.fixture
def handed_over(ledger) -> int:
    """Task 1 goes from 甲局 to 乙局, with a draft and an open request for its second year; the handover's id."""
    ledger.fill()
    ledger.ask("lead2", ChangeKind.EXTENSION, year=2019, due=date(2020, 2, 1))
    units = ledger.units
    ledger.grant(ledger.ask("lead", ChangeKind.UNITS, seats=((units["乙局"], "lead"), (units["甲局"], "support"))))
    with ledger.database.reading() as session:
        return session.scalars(select(Handover.id)).one()


def test_a_change_of_lead_hands_over_drafts_and_open_requests(ledger, handed_over):
    assert seats(ledger) == {("乙局", Part.LEAD), ("甲局", Part.SUPPORT)}
    with ledger.database.reading() as session:
        handover = session.get(Handover, handed_over)
        assert (handover.from_unit_id, handover.to_unit_id) == (ledger.units["甲局"], ledger.units["乙局"])
        assert [(item["what"], item["year"]) for item in handover.items] == [
            ("draft", 2018), ("contribution", 2018), ("contribution", 2018), ("request", 2019),
        ]
        open_one = session.get(ChangeRequest, handover.items[-1]["request"])
        assert open_one.unit_id == ledger.units["乙局"]
    milestone = ledger.milestone()
    assert {piece.unit_id for piece in milestone.rounds[0].evidence} == {ledger.units["乙局"]}
    ledger.take(CHANGE_REQUEST, open_one.id, "support", "withdraw")  # theirs now
    with pytest.raises(Refused):
        ledger.fire("lead", "submit")
    ledger.fire("support", "submit")
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def test_both_units_sign_the_list_in_either_order(ledger, handed_over, browse):
    for state in ("open", "taken"):
        assert may(ledger, HANDOVER, handed_over) == HANDOVER_ALLOWED[state]
        page = browse("lead").get(f"/handovers/{handed_over}").text
        assert "2018 年度节点的草稿，材料 1 件" in page and "甲局" in page and "乙局" in page
        assert "2018 年度节点提请丙镇的配合事项：本期无配合事项" in page
        if state == "open":
            assert "牵头移交" in browse("support").get("/").text
            ledger.take(HANDOVER, handed_over, "support", "take")
    event = ledger.take(HANDOVER, handed_over, "lead2", "give")
    assert event.to_state == "signed" and may(ledger, HANDOVER, handed_over) == set()
    assert browse("outsider").get(f"/handovers/{handed_over}").status_code == 404


def test_who_no_longer_supports_is_not_waited_for_but_what_was_overdue_stays_on_the_record(ledger, clock):
    ledger.draft()  # 乙局 and 丙镇 are asked, to answer by 20 December
    ledger.answer("member", "nothing")
    seats = ((ledger.units["甲局"], "lead"), (ledger.units["丁局"], "support"))
    ledger.grant(ledger.ask("lead", ChangeKind.UNITS, seats=seats))
    assert {r.unit.name: r.state for r in ledger.requests()} == {"乙局": "released", "丙镇": "nothing"}
    ledger.fire("lead", "submit")
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []
        lines = by_unit(session, ledger.actor("committee"), Day(date(2019, 1, 8)), Filters())
        asked = {line.name: (line.asked("asked")[0], line.asked("lapsed")[0]) for line in lines}
        assert asked["乙局"] == (0, 0) and asked["丙镇"] == (1, 0)


def test_what_was_overdue_when_the_units_changed_stays_overdue(ledger, clock):
    ledger.draft()
    asked = ledger.ask("lead", ChangeKind.UNITS, seats=((ledger.units["甲局"], "lead"),))
    clock.pass_(days=9)
    ledger.grant(asked)
    assert {r.state for r in ledger.requests()} == {"asked"}
    ledger.fire("lead", "submit")


TARGET = Measure("颁证率", "95", "%", IndicatorKind.LEVEL)


def test_a_changed_target_keeps_the_old_one_and_is_measured_from_then_on(ledger, browse):
    set_indicators(ledger.database, ledger.actor("system"), ledger.milestones["1", 2018], [
        TARGET, Measure("培训", "100", "人次"),
    ])
    milestone = ledger.milestone()
    draft = Draft("培训 60 人次。", [("颁证率", "90", "%"), ("培训", "60", "人次")], [])
    save_draft(milestone, ledger.actor("lead"), draft, milestone.round.number, milestone.round.draft_version)
    assert ledger.milestone().round.progress == 6000
    page = browse("lead").get(f"/milestones/{milestone.id}/changes/new?kind=requirement").text
    assert "目标值：培训（现为 不少于 100人次）" in page
    same = {"requirements": ("2018年基本完成",)}
    for targets, field in (((("培训", "一百"),), "target-1"), ((("培训", "100"),), "requirement")):
        with pytest.raises(Incomplete) as wrong:
            ledger.ask("lead", ChangeKind.REQUIREMENT, targets=targets, **same)
        assert set(wrong.value.errors) == {field}
    asked = ledger.ask("lead", ChangeKind.REQUIREMENT, targets=(("颁证率", ""), ("培训", "80")), **same)
    before = browse("lead").get(f"/changes/{asked}").text
    assert "100人次" in before and "80人次" in before and "原进度要求" not in before
    ledger.grant(asked)
    milestone = ledger.milestone()
    assert {it.name: it.target for it in milestone.indicators} == {"颁证率": "95", "培训": "80"}
    assert (milestone.round.progress, milestone.published["targets"]["培训"]) == (7500, "100")
    with ledger.database.reading() as session:
        assert session.get(ChangeRequest, asked).before == {
            "requirements": ["2018年基本完成"], "targets": {"培训": "100"},
        }
    page = browse("lead").get(f"/milestones/{milestone.id}").text
    assert "原目标 100人次" in page and "原目标值（培训）" in page
    assert "100人次" in browse("lead").get(f"/changes/{asked}").text
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


@pytest.mark.parametrize("statement", [
    "UPDATE change_request SET words = 'x'", "UPDATE change_request SET proposed = '{}'",
    "UPDATE change_request SET needs_head = NOT needs_head", "UPDATE handover SET items = '[]'",
])
def test_what_was_asked_and_handed_over_cannot_be_changed_unseen(ledger, handed_over, statement):
    with ledger.database.engine.begin() as connection:
        connection.execute(text(statement))
    with ledger.database.snapshot() as session:
        assert {fault.code for fault in verify(session).faults} == {"content"}


def test_it_is_asked_supported_and_granted_over_http(ledger, browse):
    milestone_id = ledger.milestones["1", 2018]
    lead, reviewer, committee = browse("lead"), browse("reviewer"), browse("committee")
    assert f"/milestones/{milestone_id}/changes/new" in lead.get(f"/milestones/{milestone_id}").text
    address = f"/milestones/{milestone_id}/changes/new"
    form = {"kind": "extension", "version": ledger.milestone().version, "words": "汛期无法施工，理由写了很多"}
    wrong = lead.post(address, form | {"due": "2018-12-31"})
    assert wrong.status_code == 422 and "「新期限」须在" in wrong.text and "汛期无法施工" in wrong.text
    bad = lead.post(address, form | {"due": "2019-02-28", "file": (io.BytesIO(b"MZ"), "错.pdf")})
    assert bad.status_code == 422 and "2019-02-28" in bad.text
    sent = lead.post(address, form | {"due": "2019-02-28", "file": (io.BytesIO(PDF), "上级文件.pdf")})
    assert sent.status_code == 302
    page = sent.headers["Location"]
    assert "2018年12月31日" in lead.get(page).text and "2019年2月28日" in lead.get(page).text
    assert lead.get(f"{page}/attachment").data == PDF
    assert browse("outsider").get(page).status_code == browse("outsider").get(f"{page}/attachment").status_code == 404
    greyed = lead.get(f"/milestones/{milestone_id}").text
    assert "已有变更申请尚未办结。" in greyed and f'href="{address}"' not in greyed
    assert "延期：1 农村土地确权登记颁证" in reviewer.get("/").text
    assert reviewer.post(f"{page}/act/support", {"version": 1, "words": "情况属实。"}).status_code == 302
    assert "延期：1 农村土地确权登记颁证" in committee.get("/").text
    assert committee.post(f"{page}/act/grant", {"version": 2}).status_code == 302
    assert 'class="badge ext"' in lead.get(f"/milestones/{milestone_id}").text
    assert "已延期" in committee.get("/ledger").text
    assert "已批准" in committee.get("/changes?state=granted").text


def test_a_cancellation_without_its_document_is_named_and_with_it_is_kept(ledger):
    with pytest.raises(Incomplete):
        ledger.ask("lead", ChangeKind.CANCELLATION)
    request_id = ledger.ask("lead", ChangeKind.CANCELLATION, attachment=DOCUMENT)
    with ledger.database.snapshot() as session:
        report = verify(session, opened=missing)
        assert [(f.code, f.subject_type, f.subject_id) for f in report.faults] == [
            ("file", "change_request", request_id)
        ]


def missing(_sha256: str):
    raise LookupError
