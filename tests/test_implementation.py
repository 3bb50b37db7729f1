"""Implementation plans: begun from the published table, filled in, read from Word, judged, filed, and then answered."""

import contextlib
import io
import itertools
import re
import threading
from datetime import date

import docx
import pytest
from sqlalchemy import select, text

from models import Implementation, Plan, Round
from plans.implementation_document import WrongDocument, read_document, write_document
from reports.implementation import standings
from tests.ledger import PEOPLE
from tests.test_pages import PDF
from tests.variables import ONE_DATABASE
from workflow import planning
from workflow.audit.verify import verify
from workflow.authority import may_where, refusals
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow, NotVisible, Refused, Stale
from workflow.lights import Day
from workflow.planning import Typed, shown

NAMES = [person[0] for person in PEOPLE]
FULL = Typed(
    "逐村测绘，分批颁证。", "确权岗", "分管副局长", ["颁证汇总表", "验收意见"], "颁证率 95%",
    ["2018年9月30日前，完成测绘"],
)

# By hand, from the issue: who may do what with the plan of 甲局 (which leads tasks in area 1 only: 1, with two years).
ALLOWED = {
    "drafting": {(name, it) for name in ("lead", "lead2", "lead_reviewer", "leader") for it in ("save", "submit")},
    "submitted": {(name, "withdraw") for name in ("lead", "lead2", "lead_reviewer", "leader")} | {
        (name, it) for name in ("reviewer", "area1", "committee2") for it in ("approve", "return")
    },
    "reviewed": {(name, it) for name in ("committee", "committee2", "head") for it in ("file", "return")},
    "filed": {(name, "reopen") for name in ("committee", "committee2", "head")},
}
WAY_TO = {
    "drafting": (), "submitted": (("lead", "submit"),), "reviewed": (("lead", "submit"), ("reviewer", "approve")),
    "filed": (("lead", "submit"), ("reviewer", "approve"), ("committee", "file")),
}
WORDS = {"words": "请补充。"}


@pytest.fixture
def plan(ledger) -> int:
    """The plan of 甲局, just begun; its id."""
    return planning.begin(ledger.database, ledger.actor("lead"), ledger.plan_id)


def load(ledger, plan: int) -> Implementation:
    with ledger.database.reading() as session:
        return IMPLEMENTATION.load(session, plan)


def save(ledger, plan: int, name: str = "lead", overview: str | None = None, **typed: Typed) -> int:
    """Save as somebody who has just looked at it: entries by year, as y2018=…"""
    with ledger.database.reading() as session:
        found = IMPLEMENTATION.load(session, plan)
        entries = {ledger.milestones["1", int(year[1:])]: entry for year, entry in typed.items()}
        return planning.save(found, ledger.actor(name), overview, entries)


def fill(ledger, plan: int) -> None:
    save(ledger, plan, y2018=FULL, y2019=FULL)


def bring(ledger, plan: int, state: str) -> None:
    fill(ledger, plan)
    for name, trigger in WAY_TO[state]:
        ledger.take(IMPLEMENTATION, plan, name, trigger)


@pytest.mark.parametrize("state", list(IMPLEMENTATION.by_name))
def test_every_person_and_every_action_in_every_state(ledger, plan, state):
    assert set(ALLOWED) == set(WAY_TO) == set(IMPLEMENTATION.by_name)
    bring(ledger, plan, state)
    found = set()
    with ledger.database.reading() as session:
        subject = IMPLEMENTATION.load(session, plan)
        for name, trigger in itertools.product(NAMES, IMPLEMENTATION.triggers):
            actor = ledger.actor(name)
            action = IMPLEMENTATION.arrow(trigger, subject.state)
            clicked = action is not None and not refusals(action, actor, subject)
            listed = session.scalars(
                IMPLEMENTATION.rows(Implementation.id).where(may_where(IMPLEMENTATION, trigger, actor))
            ).all()
            assert (plan in listed) == clicked, (name, trigger)
            if clicked and IMPLEMENTATION.sees.holds(actor, subject):
                found.add((name, trigger))
    assert found == ALLOWED[state]


@ONE_DATABASE
@pytest.mark.parametrize("state", ["drafting", "submitted", "reviewed"])
def test_the_same_over_http(ledger, plan, browse, state):
    bring(ledger, plan, state)
    for name, trigger in itertools.product(NAMES, IMPLEMENTATION.triggers):
        if (name, trigger) in ALLOWED[state]:
            continue
        path = f"/implementation/{plan}/draft" if trigger == "save" else f"/implementation/{plan}/act/{trigger}"
        answer = browse(name).post(path, {"version": 1, "overview": "x", **WORDS})
        assert answer.status_code in (403, 404, 409), (name, trigger, answer.status_code)
    assert load(ledger, plan).state == state and load(ledger, plan).overview == ""


def test_a_rule_means_the_same_in_python_and_in_sql(ledger, plan):
    bring(ledger, plan, "submitted")
    planning.begin(ledger.database, ledger.actor("support"), ledger.plan_id)
    with ledger.database.reading() as session:
        plans = IMPLEMENTATION.many(session, IMPLEMENTATION.rows(Implementation))
        rules = {IMPLEMENTATION.sees} | {r for a in IMPLEMENTATION.actions for r in (*a.who, *a.unless, *a.needs)}
        for rule, name in itertools.product(rules, NAMES):
            actor = ledger.actor(name)
            found = set(session.scalars(IMPLEMENTATION.rows(Implementation.id).where(rule.where(actor))))
            assert found == {p.id for p in plans if rule.holds(actor, p)}, (rule.code, name)


def test_it_is_begun_once_with_an_entry_for_each_milestone_that_the_unit_leads(ledger, plan):
    assert planning.begin(ledger.database, ledger.actor("lead2"), ledger.plan_id) == plan
    entries = load(ledger, plan).entries
    assert [entry.milestone_id for entry in entries] == [ledger.milestones["1", 2018], ledger.milestones["1", 2019]]
    assert [entry.target for entry in entries] == ["", ""]  # a year is no target
    assert load(ledger, plan).open_entries == 2
    for name in ("outsider", "member", "committee"):
        with pytest.raises(Refused):
            planning.begin(ledger.database, ledger.actor(name), ledger.plan_id)


def test_a_figure_in_the_published_requirement_is_the_target(ledger):
    with ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE milestone SET requirements = '[\"完成 95% 以上\"]' WHERE year = 2019"))
    plan = planning.begin(ledger.database, ledger.actor("lead"), ledger.plan_id)
    assert [entry.target for entry in load(ledger, plan).entries] == ["", "完成 95% 以上"]


def test_it_goes_in_only_when_every_entry_is_filled_in(ledger, plan):
    assert save(ledger, plan, y2018=FULL) == 1
    with pytest.raises(NotNow) as refused:
        ledger.take(IMPLEMENTATION, plan, "lead", "submit")
    assert [reason.code for reason in refused.value.reasons] == ["entries-open"]
    save(ledger, plan, y2019=FULL)
    assert ledger.take(IMPLEMENTATION, plan, "lead2", "submit").to_state == "submitted"
    with pytest.raises(NotNow):
        save(ledger, plan, y2018=Typed())


def test_steps_begin_with_a_date_and_what_will_not_do_keeps_nothing(ledger, plan):
    with pytest.raises(Incomplete) as wrong:
        save(ledger, plan, y2018=Typed("好的", steps=["尽快完成"]), y2019=FULL)
    assert set(wrong.value.errors) == {f"steps-{ledger.milestones['1', 2018]}"}
    assert load(ledger, plan).open_entries == 2
    lines = ["2018-09-30 测绘", "2018年10月1日前，公示", "2018.12.5"]
    save(ledger, plan, y2018=Typed("好的", steps=lines))
    assert load(ledger, plan).entries[0].steps == [
        {"due": "2018-09-30", "text": "测绘"}, {"due": "2018-10-01", "text": "公示"}, {"due": "2018-12-05", "text": ""},
    ]


def test_two_people_fill_in_different_entries_and_neither_loses_anything(ledger, plan):
    one, two = load(ledger, plan).entries
    same = Typed(target=two.target, was=shown(two))  # on the first person's page, untouched
    save(ledger, plan, "lead2", y2019=Typed("乙写的", target=two.target, was=shown(two)))
    save(ledger, plan, "lead", y2018=Typed("甲写的", target=one.target, was=shown(one)), y2019=same)
    assert [entry.measures for entry in load(ledger, plan).entries] == ["甲写的", "乙写的"]
    with pytest.raises(Stale) as stale:
        save(ledger, plan, "lead2", y2018=Typed("也写这个", target=one.target, was=shown(one)))
    assert "甲局 · 经办人" in stale.value.words.zh
    assert load(ledger, plan).entries[0].measures == "甲写的"


def test_a_return_opens_it_again_and_each_submission_has_its_own_digest(ledger, plan):
    bring(ledger, plan, "submitted")
    first = load(ledger, plan).digest
    ledger.take(IMPLEMENTATION, plan, "reviewer", "return", WORDS)
    assert (load(ledger, plan).state, load(ledger, plan).number) == ("drafting", 2)
    save(ledger, plan, y2018=Typed("改过的", "岗", "长", ["表"]))
    ledger.take(IMPLEMENTATION, plan, "lead", "submit")
    assert load(ledger, plan).digest != first
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


@pytest.mark.parametrize("statement", [
    "UPDATE implementation SET overview = 'x'", "UPDATE implementation_entry SET measures = 'x'",
    "DELETE FROM implementation_entry WHERE milestone_id = 2",
])
def test_what_was_submitted_cannot_be_changed_unseen(ledger, plan, statement):
    bring(ledger, plan, "submitted")
    with ledger.database.engine.begin() as connection:
        connection.execute(text(statement))
    with ledger.database.snapshot() as session:
        assert [(f.code, f.subject_type) for f in verify(session).faults] == [("round", "implementation")]


def test_what_was_filed_is_what_a_submission_answers(ledger, plan, browse):
    bring(ledger, plan, "filed")
    content = ledger.milestone().round
    assert [item["words"] for item in content.checklist] == ["颁证汇总表", "验收意见", "目标值：颁证率 95%"]
    ledger.fill()
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert [reason.code for reason in refused.value.reasons] == ["checklist-open"]
    page = browse("lead").get(f"/milestones/{ledger.milestones['1', 2018]}").text
    assert "颁证汇总表" in page and page.count('name="check"') == 3
    form = {"round_number": 1, "draft_version": ledger.milestone().round.draft_version,
            "version": ledger.milestone().version, "account": "已完成。", "check": ["附件 1", "附件 2", "98.6%"],
            "then": "submit", "file": (io.BytesIO(PDF), "表.pdf")}
    assert browse("lead").post(f"/milestones/{ledger.milestones['1', 2018]}/draft", form).status_code == 302
    milestone = ledger.milestone()
    assert milestone.state == "submitted" and milestone.round.checklist[2]["answer"] == "98.6%"
    assert "附件 2" in browse("reviewer").get(f"/review?id={milestone.id}").text
    ledger.fire("lead", "withdraw")
    assert ledger.milestone().round.checklist[0]["answer"] == "附件 1"  # carried on into the next round
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []
    # The answers are part of what was frozen: the trigger and the digest both say so.
    with pytest.raises(Exception, match="does not change"), ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE round SET checklist = '[]' WHERE submitted_at IS NOT NULL"))


def test_a_checklist_changed_behind_the_triggers_shows(ledger, plan):
    bring(ledger, plan, "filed")
    content = ledger.milestone().round
    ledger.fill()
    with ledger.database.writing() as session:
        session.get(Round, content.id).put_checklist([{"words": "表", "answer": "附件"}])
    ledger.fire("lead", "submit")
    drop = "DROP TRIGGER round_checklist_frozen" + (" ON round" if ledger.database.is_postgresql else "")
    with ledger.database.engine.begin() as connection:
        connection.execute(text(drop))
        connection.execute(text("UPDATE round SET checklist = '[]' WHERE submitted_at IS NOT NULL"))
    with ledger.database.snapshot() as session:
        assert [(f.code, f.subject_type) for f in verify(session).faults] == [("round", "milestone")]


def test_filing_again_keeps_the_answers_that_still_fit(ledger, plan):
    bring(ledger, plan, "filed")
    content = ledger.milestone().round
    with ledger.database.writing() as session:
        session.get(Round, content.id).put_checklist([{"words": "颁证汇总表", "answer": "附件 1"}])
    ledger.take(IMPLEMENTATION, plan, "committee", "reopen", WORDS)
    save(ledger, plan, y2018=Typed("措施", "岗", "长", ["颁证汇总表", "现场照片"]))
    for name, trigger in WAY_TO["filed"]:
        ledger.take(IMPLEMENTATION, plan, name, trigger)
    assert ledger.milestone().round.checklist == [
        {"words": "颁证汇总表", "answer": "附件 1"}, {"words": "现场照片", "answer": ""},
    ]


def test_filing_and_submitting_at_once_leave_a_round_that_verifies(ledger, plan):
    bring(ledger, plan, "reviewed")
    ledger.fill()
    start, happened = threading.Barrier(2), []

    def attempt(take) -> None:
        start.wait()
        with contextlib.suppress(NotNow):
            happened.append(take().action)

    actor, opened = ledger.actor("lead"), ledger.milestone()
    tries = (
        lambda: ledger.take(IMPLEMENTATION, plan, "committee", "file"),
        lambda: fire(opened, "submit", actor, {}, opened.version),
    )
    threads = [threading.Thread(target=attempt, args=(take,)) for take in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "file" in happened  # and the submission with it, where it came first
    assert ledger.milestone().round.open_checks == (0 if "submit" in happened else 3)
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def test_a_cancelled_milestone_needs_no_entry(ledger, plan):
    save(ledger, plan, y2019=FULL)
    ledger.cancel()
    save(ledger, plan, overview="总体")
    assert load(ledger, plan).open_entries == 0


def test_a_unit_that_leads_more_since_gets_the_entries_it_lacks(ledger, plan):
    with ledger.database.engine.begin() as connection:
        connection.execute(text(
            "UPDATE responsibility SET part = 'lead' WHERE task_id = 3 AND unit_id = " + str(ledger.units["甲局"])
        ))
    save(ledger, plan, y2018=FULL)
    assert len(load(ledger, plan).entries) == 3 and load(ledger, plan).open_entries == 2


def test_other_units_neither_read_nor_write_it(ledger, plan, browse):
    for name in ("support", "outsider", "colead"):
        for path in (f"/implementation/{plan}", f"/implementation/{plan}/document"):
            assert browse(name).get(path).status_code == 404
        with pytest.raises(NotVisible):
            save(ledger, plan, name, y2018=FULL)
    assert "甲局" not in browse("support").get("/implementation").text.split("<tbody>")[-1]


def written(ledger, plan: int) -> docx.document.Document:
    with ledger.database.reading() as session:
        return docx.Document(io.BytesIO(write_document(IMPLEMENTATION.load(session, plan))))


def packed(document) -> bytes:
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def test_what_is_exported_and_read_back_is_the_same(ledger, plan):
    fill(ledger, plan)
    found = read_document(packed(written(ledger, plan)))
    assert save(ledger, plan, y2018=found[ledger.milestones["1", 2018]], y2019=found[ledger.milestones["1", 2019]]) == 0


def test_a_document_filled_in_with_word_becomes_the_draft(ledger, plan, browse):
    document = written(ledger, plan)
    table = document.tables[0]
    heads = [cell.text for cell in table.rows[0].cells]
    for row in table.rows[1:]:
        for head, words in (("工作措施", "逐村测绘"), ("经办岗位", "确权岗"), ("分管领导", "副局长"),
                            ("佐证材料", "汇总表\n验收意见"), ("时间步骤", "2018年9月30日 测绘")):
            row.cells[heads.index(head)].text = words
    lead = browse("lead")
    sent = lead.post(f"/implementation/{plan}/document", {"file": (io.BytesIO(packed(document)), "填好.docx")})
    assert sent.status_code == 302
    entry = load(ledger, plan).entries[0]
    assert (entry.measures, entry.evidence) == ("逐村测绘", ["汇总表", "验收意见"])
    assert load(ledger, plan).open_entries == 0


def wrong_documents(ledger, plan):
    strange = docx.Document()
    strange.add_table(2, 2)
    yield packed(strange), "没有实施方案的表格"
    numberless = written(ledger, plan)
    numberless.tables[0].rows[1].cells[0].text = "一"
    yield packed(numberless), "不是数字"
    twice = written(ledger, plan)
    twice.tables[0].rows[2].cells[0].text = twice.tables[0].rows[1].cells[0].text
    yield packed(twice), "出现了两次"
    elsewhere = written(ledger, plan)
    elsewhere.tables[0].rows[1].cells[0].text = "99999"
    yield packed(elsewhere), "没有编号为 99999 的节点"
    undated = written(ledger, plan)
    undated.tables[0].rows[1].cells[9].text = "尽快"
    yield packed(undated), "须以日期开头"
    yield PDF, "请上传 Word 文档"
    yield b"PK\x03\x04 not a zip", "损坏"
    yield b"", "空"


def test_a_document_that_will_not_do_is_told_in_words_and_changes_nothing(ledger, plan, browse):
    lead = browse("lead")
    for content, words in wrong_documents(ledger, plan):
        answer = lead.post(f"/implementation/{plan}/document", {"file": (io.BytesIO(content), "填好.docx")})
        assert answer.status_code == 422 and words in answer.text, words
    assert load(ledger, plan).open_entries == 2


def test_a_document_that_asks_for_too_much_is_given_up(ledger, plan):
    huge = docx.Document()
    huge.add_table(210, 100)
    with pytest.raises(WrongDocument):
        read_document(packed(huge))


def test_it_is_filled_in_and_submitted_on_its_page(ledger, browse):
    lead = browse("lead")
    assert "开始起草" in lead.get("/implementation").text
    page = lead.post("/implementation/begin", {"plan": ledger.plan_id}).headers["Location"]
    ids = [ledger.milestones["1", year] for year in (2018, 2019)]
    text_of = lead.get(page).text
    was = dict(re.findall(r'name="(was-\d+)" value="(\w+)"', text_of))
    form = {"version": 1, "overview": "总体", **was} | {
        f"{name}-{n}": words for n in ids for name, words in (
            ("measures", "测绘"), ("handler", "岗"), ("leader", "长"), ("evidence", "表\r\n照片"), ("target", ""),
            ("steps", "尽快"))
    }
    wrong = lead.post(f"{page}/draft", form)
    assert wrong.status_code == 422 and "须以日期开头" in wrong.text and wrong.text.count("表\r\n照片") == 2
    good = form | {f"steps-{n}": "2018-09-30 测绘" for n in ids}
    assert lead.post(f"{page}/draft", good | {"then": "submit"}).status_code == 302
    assert "甲局实施方案" in browse("reviewer").get("/").text
    assert browse("reviewer").post(f"{page}/act/approve", {"version": 2}).status_code == 302
    assert browse("committee").post(f"{page}/act/file", {"version": 3}).status_code == 302
    assert "备案" in lead.get(page).text and 'name="check"' in lead.get(f"/milestones/{ids[0]}").text


def test_the_monitor_shows_who_has_filed_and_who_is_late(ledger, plan, browse, clock):
    with ledger.database.writing() as session:
        session.get(Plan, ledger.plan_id).plan_due = date(2018, 12, 20)
    bring(ledger, plan, "filed")
    clock.now = clock.now.replace(day=25)  # five days after
    with ledger.database.reading() as session:
        standing = standings(session, ledger.actor("committee"), Day(date(2018, 12, 25)))[0]
    rows = {row.unit: row for row in standing.rows}
    assert set(rows) == {"甲局", "乙局", "丁局", "督查室"}  # every unit that leads a milestone
    assert (rows["甲局"].state, rows["甲局"].days_late) == ("filed", 0)
    assert (rows["乙局"].state, rows["乙局"].days_late) == (None, 5)
    assert (standing.filed, len(standing.late)) == (1, 3)
    page = browse("committee").get("/monitor").text
    assert "逾期 3 家" in page and "已备案 1 / 4 家" in page
    assert browse("committee").get("/implementation").text.count("逾期 5 天") == 3
    late = planning.begin(ledger.database, ledger.actor("support"), ledger.plan_id)
    assert load(ledger, late).due == date(2018, 12, 20)


def test_what_was_due_before_the_ledger_opened_is_not_late(ledger, plan, clock):
    with ledger.database.writing() as session:
        session.get(Plan, ledger.plan_id).plan_due = date(2018, 6, 1)
    with ledger.database.reading() as session:
        standing = standings(session, ledger.actor("committee"), Day(date(2018, 12, 25)))[0]
        assert standing.late == [] and standing.due is None
        assert session.scalars(select(Implementation)).one().due is None
