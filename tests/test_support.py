"""Supporting units: asked, answering, silent; who may read what before the submission, and nobody changes it after."""

import io
import itertools

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import AuditEvent, ChangeKind, ContributionRequest, Milestone, Role
from reports.ledger import Filters
from reports.units import by_unit
from tests.ledger import FILE, LIMITS, PEOPLE
from tests.variables import ONE_DATABASE
from workflow import directory
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.contribution_rules import is_lapsed
from workflow.definitions.contribution import CONTRIBUTION
from workflow.drafts import add_piece, put_words
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow, NotVisible, Refused
from workflow.lights import Day
from workflow.requests import ask, standings
from workflow.subjects import load_requests, request_rows

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SECRET = "权属争议十二宗，暂不宜对外"
NAMES = [person[0] for person in PEOPLE]


def states(ledger) -> dict[str, str]:
    names = {unit_id: name for name, unit_id in ledger.units.items()}
    return {names[r.unit_id]: r.state for r in ledger.requests()}


def codes(error) -> list[str]:
    return [reason.code for reason in error.value.reasons]


def test_the_first_draft_asks_every_supporting_unit_and_each_member_of_a_collective_for_itself(ledger):
    ledger.draft()
    assert states(ledger) == {"乙局": "asked", "丙镇": "asked"}
    assert ledger.request("丙镇").via_id == ledger.units["各镇"] and ledger.request("乙局").via_id is None
    # Five working days from Thursday 13 December.
    assert {r.due.isoformat() for r in ledger.requests()} == {"2018-12-20"}
    ledger.draft("lead2")
    assert len(ledger.requests()) == 2


def test_a_collective_without_members_is_shown_as_nobody_and_not_waited_for(ledger):
    with ledger.database.writing() as session:
        session.execute(text("DELETE FROM unit_member"))
    ledger.draft()
    assert states(ledger) == {"乙局": "asked"}
    milestone = ledger.milestone()
    lines = standings(ledger.sessions[-1], milestone, ledger.actor("lead"))
    assert [(line.unit.name, line.nobody) for line in lines] == [("乙局", False), ("各镇", True)]
    ledger.answer("support", "nothing")
    ledger.fire("lead", "submit")


def test_the_lead_asks_in_words_and_by_a_day_and_nobody_twice(ledger):
    due = ledger.milestone().due
    assert ask(ledger.milestone(), ledger.actor("lead"), "请提供权属数据。", due.replace(day=20)) == 2
    assert {(r.wanted, r.due.day) for r in ledger.requests()} == {("请提供权属数据。", 20)}
    with pytest.raises(Incomplete):
        ask(ledger.milestone(), ledger.actor("lead"))
    with pytest.raises(Incomplete):
        ask(ledger.milestone("1", 2019), ledger.actor("lead"), "", due.replace(day=1))
    for name in ("support", "reviewer", "committee"):
        with pytest.raises(Refused):
            ask(ledger.milestone("1", 2019), ledger.actor(name))


def test_the_submission_waits_for_every_answer_and_says_so(ledger):
    ledger.draft()
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert codes(refused) == ["supports-missing"]
    ledger.answer("support", "confirm")
    with pytest.raises(NotNow):
        ledger.fire("lead", "submit")
    ledger.answer("member", "nothing")
    ledger.fire("lead", "submit")
    assert ledger.milestone().state == "submitted"


def test_a_silent_unit_holds_nobody_up_once_its_time_has_run_out_and_stays_on_the_record(ledger, clock):
    ledger.draft()
    ledger.answer("support", "nothing")
    clock.pass_(days=7)  # the last day itself
    with pytest.raises(NotNow):
        ledger.fire("lead", "submit")
    clock.pass_(days=1)
    today = ledger.actor("lead").today
    assert is_lapsed(ledger.request("丙镇"), today) and not is_lapsed(ledger.request("乙局"), today)
    ledger.fire("lead", "submit")
    assert is_lapsed(ledger.request("丙镇"), today.replace(year=2000))  # frozen so, whatever the clock says
    with pytest.raises(Refused) as refused:
        ledger.answer("member", "nothing")
    assert codes(refused) == ["round-frozen"]
    with ledger.database.reading() as session:
        lines = {
            line.name: tuple(line.answers[name] for name in ("asked", "in_time", "lapsed"))
            for line in by_unit(session, ledger.actor("committee"), Day(today), Filters()) if line.answers
        }
    assert lines == {"丙镇": (1, 0, 1), "乙局": (1, 1, 0)}  # the lead has no answers at all


def test_an_answer_after_its_time_counts_as_late_not_as_missing(ledger, clock):
    ledger.draft()
    clock.pass_(days=10)
    ledger.answer("member", "nothing")
    with ledger.database.reading() as session:
        lines = by_unit(session, ledger.actor("committee"), Day(ledger.actor("lead").today), Filters())
    answers = {line.name: (line.answers["answered_late"], line.answers["lapsed"]) for line in lines if line.answers}
    assert answers == {"乙局": (0, 1), "丙镇": (1, 0)}


def test_an_objection_is_answered_or_taken_up_before_the_submission_and_both_are_kept(ledger):
    ledger.draft()
    ledger.answer("member", "nothing")
    with pytest.raises(Incomplete):
        ledger.answer("support", "object")
    ledger.answer("support", "object", {"words": "颁证率与我局口径不一致。"})
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert codes(refused) == ["objections-open"]
    with pytest.raises(NotVisible):  # another supporting unit does not even see it
        ledger.answer("member", "reply", {"words": "代答。"}, unit="乙局")
    with pytest.raises(Refused):
        ledger.answer("support", "reply", {"words": "自答。"})
    ledger.answer("lead", "reply", {"words": "按省统一口径。"}, unit="乙局")
    ledger.fire("lead", "submit")
    request = ledger.request("乙局")
    assert (request.state, request.words, request.reply) == ("replied", "颁证率与我局口径不一致。", "按省统一口径。")


def test_an_objection_is_not_lost_by_withdrawing(ledger, browse):
    ledger.draft()
    ledger.answer("member", "nothing")
    ledger.answer("support", "object", {"words": "颁证率与我局口径不一致。"})
    ledger.answer("lead", "take_up", {"words": "已改。"}, unit="乙局")
    ledger.fire("lead", "submit")
    ledger.fire("lead", "withdraw")
    assert ledger.requests() == []
    ledger.fire("lead", "submit")
    page = browse("reviewer").get(f"/review?id={ledger.milestones['1', 2018]}").text
    assert "颁证率与我局口径不一致。" in page and "已改。" in page


def test_asking_again_is_possible_once_a_day_and_gives_no_more_time(ledger, clock):
    ledger.draft()
    with pytest.raises(NotNow) as refused:
        ledger.answer("lead", "ask_again", unit="乙局")
    assert codes(refused) == ["asked-today"]
    due = ledger.request("乙局").due
    clock.pass_(days=1)
    ledger.answer("lead", "ask_again", {"wanted": "尤其需要附表二。"}, unit="乙局")
    request = ledger.request("乙局")
    assert (request.reminders, request.wanted, request.due, request.state) == (1, "尤其需要附表二。", due, "asked")
    with pytest.raises(NotNow):
        ledger.answer("lead", "ask_again", unit="乙局")
    with pytest.raises(Refused):
        ledger.answer("support", "ask_again")


def test_what_is_contributed_needs_something_given_and_can_be_taken_back_until_the_submission(ledger):
    ledger.draft()
    with pytest.raises(NotNow) as refused:
        ledger.answer("support", "contribute")
    assert codes(refused) == ["nothing-contributed"]
    put_words(ledger.milestone(), ledger.actor("support"), "见附表。", [("争议宗数", "12", "宗")])
    ledger.answer("support", "contribute")
    assert ledger.request("乙局").reported == [{"name": "争议宗数", "amount": "12", "unit": "宗"}]
    with pytest.raises(NotNow) as refused:
        put_words(ledger.milestone(), ledger.actor("support"), "改口。")
    assert codes(refused) == ["answered"]
    ledger.answer("support", "take_back")
    put_words(ledger.milestone(), ledger.actor("support"), "见附表，已更正。")
    ledger.answer("support", "contribute")
    ledger.answer("member", "nothing")
    ledger.fire("lead", "submit")
    with pytest.raises(Refused):
        ledger.answer("support", "take_back")


def test_a_unit_that_comes_before_it_was_asked_is_asked_by_coming(ledger):
    put_words(ledger.milestone(), ledger.actor("member"), "先送数据。")
    assert states(ledger) == {"乙局": "asked", "丙镇": "asked"}


def test_a_new_round_asks_nobody_by_itself(ledger):
    ledger.submit()
    ledger.fire("lead", "withdraw")
    ledger.draft()
    put_words(ledger.milestone(), ledger.actor("support"), "补充。")  # what it keeps to itself holds nobody up
    assert ledger.requests() == []
    put_words(ledger.milestone(), ledger.actor("support"), "补充。", answering=True)
    assert states(ledger) == {"乙局": "asked"}
    ledger.answer("support", "contribute")
    ledger.fire("lead", "submit")


@pytest.mark.parametrize("statement", [
    "UPDATE contribution_request SET words = 'x'", "UPDATE contribution_request SET state = 'nothing'",
    "DELETE FROM contribution_request", "UPDATE lead_part SET given = true",
])
def test_the_database_itself_refuses_to_change_answers_and_parts_of_a_submitted_round(ledger, statement):
    ledger.submit()
    ledger.submit("colead", "2")
    with pytest.raises(DatabaseError), ledger.database.writing() as session:
        session.execute(text(statement))


def test_answers_are_part_of_what_was_submitted(ledger):
    ledger.submit()
    ledger.submit("colead", "2")
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []
    with ledger.database.writing() as session:
        for name in ("contribution_request_frozen", "contribution_request_frozen_update"):
            postgresql = ledger.database.is_postgresql
            if postgresql != name.endswith("update"):
                session.execute(text(f"DROP TRIGGER {name}" + (" ON contribution_request" if postgresql else "")))
        session.execute(text("UPDATE contribution_request SET words = '没有异议'"))
    with ledger.database.snapshot() as session:
        assert [(f.code, f.subject_id) for f in verify(session).faults] == [("round", ledger.milestones["1", 2018])]


# Who reads what: before the submission the lead's people and the unit's own; from then on whoever sees the milestone.
READS_BEFORE = {"lead", "lead2", "leader", "lead_reviewer", "support"}
READS_AFTER = READS_BEFORE | {"member", "reviewer", "area1", "committee", "committee2", "head", "auditor"}


def routes(one: int, piece: int, request: int) -> list[str]:
    return [
        "/", "/?tab=done", "/?tab=mine", "/ledger", "/ledger?view=list", "/tasks/1", f"/milestones/{one}",
        f"/review?id={one}", "/review", "/monitor", "/audit", "/audit?subject=contribution_request",
        f"/milestones/{one}/evidence/{piece}", f"/requests/{request}", f"/requests/{request}/act/object",
        f"/requests/{request}/act/reply", f"/requests/{request}/act/take_back",
        f"/milestones/{one}/act/submit", "/help",
    ]


@ONE_DATABASE
def test_no_route_shows_a_contribution_to_others_before_the_leads_submission(ledger, browse):
    """Words, an objection's reason, a figure and a file, over every page, for every person."""
    one = ledger.milestones["1", 2018]
    ledger.draft()
    support = browse("support")
    support.post(f"/milestones/{one}/contribution", {
        "body": SECRET, "figure_name": "秘密指标", "figure_amount": "12", "figure_unit": "宗",
        "file": (io.BytesIO(PDF), "秘密附件.pdf"),
    })
    request = ledger.request("乙局")
    version = request.version
    support.post(f"/requests/{request.id}/act/object", {"version": version, "words": f"{SECRET}（异议）"})
    assert ledger.request("乙局").state == "objected"
    piece = next(p for p in ledger.milestone().round.evidence if p.name == "秘密附件.pdf")
    paths = routes(one, piece.id, request.id)
    marks = (SECRET, "秘密指标", "秘密附件", "异议）")

    def readers() -> set[str]:
        found = set()
        for name in NAMES:
            browser = browse(name)
            for path in paths:
                answer = browser.get(path)
                if answer.data == PDF or any(mark in answer.get_data(as_text=True) for mark in marks):
                    found.add(name)
        return found

    assert readers() == READS_BEFORE
    ledger.answer("lead", "reply", {"words": "已核。"}, unit="乙局")
    ledger.answer("member", "nothing")
    ledger.fire("lead", "submit")
    assert readers() == READS_AFTER


def test_a_unit_that_the_administrator_takes_out_of_a_task_is_not_waited_for(ledger):
    ledger.draft()  # 乙局 and 丙镇 are asked
    ledger.answer("member", "nothing")
    with ledger.database.reading() as session:
        task_id = session.get_one(Milestone, ledger.milestones["1", 2018]).task_id
    directory.set_part(ledger.database, ledger.actor("system"), task_id, ledger.units["乙局"], None)
    assert {it.unit.name: it.state for it in ledger.requests()} == {"乙局": "released", "丙镇": "nothing"}
    ledger.fire("lead", "submit")
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []
        event = session.scalars(select(AuditEvent).filter_by(action="release")).one()
        assert event.actor_role == Role.SYSTEM_ADMIN


def test_nobody_changes_a_contribution_but_its_unit_and_nobody_after_freezing(ledger, browse):
    one = ledger.milestones["1", 2018]
    ledger.draft()
    put_words(ledger.milestone(), ledger.actor("support"), SECRET)
    piece = add_piece(ledger.milestone(), ledger.actor("support"), FILE, LIMITS)
    request = ledger.request("乙局")

    def attempts(name: str) -> None:
        browser, version = browse(name), ledger.request("乙局").version
        browser.post(f"/milestones/{one}/evidence/{piece}/remove")
        browser.post(f"/milestones/{one}/contribution", {"body": "别人写的"})
        for trigger in CONTRIBUTION.triggers:
            browser.post(f"/requests/{request.id}/act/{trigger}", {"version": version, "words": "代"})

    def kept() -> tuple:
        found = ledger.request("乙局")
        pieces = [(p.kind, p.body) for p in ledger.milestone().round.evidence if p.unit_id == ledger.units["乙局"]]
        return found.state, found.words, pieces

    before = kept()
    for name in NAMES:
        if name != "support":
            attempts(name)
    assert kept() == before
    ledger.answer("support", "contribute")
    if ledger.request("丙镇").state == "asked":
        ledger.answer("member", "nothing")
    ledger.fire("lead", "submit")
    frozen = kept()
    for name in ("support", "lead", "reviewer", "committee"):
        attempts(name)
    assert kept() == frozen


def test_a_request_has_a_page_with_its_own_timeline_and_what_the_clock_says(ledger, browse, clock):
    ledger.draft()
    clock.pass_(days=1)
    ledger.answer("lead", "ask_again", {"wanted": "请附地块清单。"}, unit="乙局")
    ledger.answer("support", "object", {"words": "面积不一致。"})
    ledger.answer("lead2", "reply", {"words": "以测绘为准。"}, unit="乙局")
    request, silent = ledger.request("乙局").id, ledger.request("丙镇").id
    for name in ("lead", "support"):
        page = browse(name).get(f"/requests/{request}").text
        told = page[page.index('<ol class="time">'):]
        said = ["以测绘为准。", "答复异议", "面积不一致。", "提出异议", "请附地块清单。", "再次提请", "提请"]
        assert sorted(told.index(it) for it in ("甲局 · 副经办人", "乙局 · 经办人", "甲局 · 经办人"))
        assert all(it in told for it in said), name
    clock.pass_(days=9)
    milestone = ledger.milestones["1", 2018]
    assert "逾期未反馈（2018年12月20日到期）" in browse("member").get(f"/requests/{silent}").text
    assert f'href="/requests/{silent}"' in browse("lead").get(f"/milestones/{milestone}").text
    for name, status in (("member", 404), ("reviewer", 404), ("committee", 404), ("auditor", 404), ("outsider", 404)):
        assert browse(name).get(f"/requests/{request}").status_code == status, name
    ledger.fire("lead", "submit")
    assert "以测绘为准。" in browse("reviewer").get(f"/requests/{request}").text
    assert "逾期未反馈" in browse("committee").get(f"/requests/{silent}").text
    answer = browse("support").post(f"/requests/{request}/act/take_back", {"version": 1})
    assert answer.status_code in (403, 409)


# By hand: task 1's request to 乙局, in each state. The lead is 甲局; member answers only for 丙镇.
LEAD = ("lead", "lead2", "leader", "lead_reviewer")
ANSWERS = {
    "asked": {("support", t) for t in ("contribute", "confirm", "object", "nothing")}
    | {(name, "ask_again") for name in LEAD},
    "contributed": {("support", "take_back")}, "confirmed": {("support", "take_back")},
    "nothing": {("support", "take_back")},
    "objected": {("support", "take_back")} | {(name, t) for name in LEAD for t in ("reply", "take_up")},
    "replied": set(), "taken_up": set(), "released": set(),
}
WAYS = {
    "asked": (), "contributed": (("support", "contribute"),), "confirmed": (("support", "confirm"),),
    "nothing": (("support", "nothing"),), "objected": (("support", "object"),),
    "replied": (("support", "object"), ("lead", "reply")), "taken_up": (("support", "object"), ("lead", "take_up")),
    "released": (),  # with a granted change alone
}


@pytest.mark.parametrize("state", list(CONTRIBUTION.by_name))
def test_every_person_and_every_answer_in_every_state(ledger, clock, state):
    assert set(ANSWERS) == set(WAYS) == set(CONTRIBUTION.by_name)
    ledger.draft()
    put_words(ledger.milestone(), ledger.actor("support"), "见附表。")
    for name, trigger in WAYS[state]:
        ledger.answer(name, trigger, {"words": "说明"}, unit="乙局")
    if state == "released":
        ledger.grant(ledger.ask("lead", ChangeKind.UNITS, seats=((ledger.units["甲局"], "lead"),)))
    clock.pass_(days=1)  # it may be asked again
    request = ledger.request("乙局")
    for name, trigger in itertools.product(NAMES, CONTRIBUTION.triggers):
        action, actor = CONTRIBUTION.arrow(trigger, state), ledger.actor(name)
        may = action is not None and not refusals(action, actor, request) and CONTRIBUTION.sees.holds(actor, request)
        assert may == ((name, trigger) in ANSWERS[state]), (name, trigger)
        if not may:
            with pytest.raises((Refused, NotVisible)):
                fire(request, trigger, actor, {"words": "说明"}, request.version)


def test_a_requests_rules_mean_the_same_in_python_and_in_sql(ledger, clock):
    ledger.draft()
    put_words(ledger.milestone(), ledger.actor("support"), "见附表。")
    ledger.answer("support", "object", {"words": "不一致。"})
    ledger.submit("lead", "1", 2019)
    clock.pass_(days=1)
    rules = {CONTRIBUTION.sees} | {
        rule for a in CONTRIBUTION.actions for rule in (*a.who, *a.unless, *a.needs)
    }
    with ledger.database.reading() as session:
        requests = load_requests(session, request_rows(ContributionRequest))
        assert len(requests) == 4
        for name in NAMES:
            actor = ledger.actor(name)
            for rule in rules:
                found = set(session.scalars(request_rows(ContributionRequest.id).where(rule.where(actor))))
                assert found == {r.id for r in requests if rule.holds(actor, r)}, (rule.code, name)
            for trigger in CONTRIBUTION.triggers:
                listed = set(session.scalars(
                    request_rows(ContributionRequest.id).where(may_where(CONTRIBUTION, trigger, actor))
                ))
                assert listed == {
                    r.id for r in requests
                    if (a := CONTRIBUTION.arrow(trigger, r.state)) and not refusals(a, actor, r)
                }, (trigger, name)


def test_every_passage_of_a_request_is_an_event_of_its_own_chain(ledger):
    ledger.draft()
    ledger.answer("support", "object", {"words": "不一致。"})
    ledger.answer("lead", "reply", {"words": "已核。"}, unit="乙局")
    with ledger.database.reading() as session:
        trail = session.execute(
            select(AuditEvent.action, AuditEvent.from_state, AuditEvent.to_state).where(
                AuditEvent.subject_type == "contribution_request", AuditEvent.subject_id == ledger.request("乙局").id
            ).order_by(AuditEvent.sequence)
        ).all()
    assert [tuple(row) for row in trail] == [
        ("ask", None, "asked"), ("object", "asked", "objected"), ("reply", "objected", "replied"),
    ]
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []
