"""Words around the work: who may read and write them, that old words stay, and that instructions get their answer."""

import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import AuditEvent, Comment, CommentVersion, Instruction, Notice
from tests.ledger import PEOPLE, RETURN
from tests.notices.told import told
from tests.test_routes import VALUES
from tests.variables import ONE_DATABASE
from workflow import talk
from workflow.audit.verify import verify
from workflow.calendar import local_day
from workflow.delegation import acting_for, delegate
from workflow.errors import Incomplete, NotVisible, Refused
from workflow.instructions import answer, instruct, to_answer

NAMES = [person[0] for person in PEOPLE]
# By hand, from the design. Task 1 is 甲局's, with 乙局 and 丙镇; lead_reviewer reviews, but is of 甲局.
INNER = {"reviewer", "area1", "committee", "committee2", "head", "auditor"}
PART = INNER | {"lead", "lead2", "leader", "lead_reviewer", "support", "member"}
SECRET = "材料疑有水分"


def say(ledger, name: str, words: str = "请大家看看。", internal: bool = False, number: str = "1") -> int:
    return talk.write(ledger.database, ledger.actor(name), ledger.milestones[number, 2018], words, internal)


@pytest.mark.parametrize(("internal", "readers"), [(False, PART), (True, INNER)])
def test_who_reads_and_writes_what(ledger, internal, readers):
    say(ledger, "reviewer", internal=internal)
    for name in NAMES:
        actor, milestone = ledger.actor(name), ledger.milestone()
        with ledger.database.reading() as session:
            found = talk.talk_of(session, actor, milestone)
            if internal:
                assert (bool(found.notes), found.notes is not None) == (name in readers, name in readers), name
        if name in readers - {"auditor"}:
            say(ledger, name, internal=internal)
        else:
            with pytest.raises((NotVisible, Refused)):
                say(ledger, name, internal=internal)


@ONE_DATABASE
def test_a_note_is_on_no_page_of_anybody_but_those_it_is_for(app, ledger, browse):
    """Every address that can be asked for, as every person, over a milestone that has gone some way."""
    say(ledger, "reviewer", SECRET, internal=True)
    comment = say(ledger, "reviewer", SECRET, internal=True)
    talk.edit(ledger.database, ledger.actor("reviewer"), ledger.milestones["1", 2018], comment, f"{SECRET}，待核")
    talk.remove(ledger.database, ledger.actor("reviewer"), ledger.milestones["1", 2018], comment)
    say(ledger, "reviewer", f"@督查室·审核二岗 {SECRET}", internal=True)
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    values = VALUES | {"comment_id": comment, "notice_id": 1}
    one = ledger.milestones["1", 2018]
    paths = {f"/milestones/{one}", f"/review?id={one}", "/audit?subject=comment", "/ledger?words=水分", "/?tab=done"}
    with app.test_request_context():
        paths |= {
            rule.build({name: values[name] for name in rule.arguments})[1] for rule in app.url_map.iter_rules()
            if "GET" in rule.methods and rule.endpoint != "static"
        }
    seen = set()
    for name in NAMES:
        browser = browse(name)
        for path in sorted(paths):
            if SECRET.encode() in browser.get(path, follow_redirects=True).data:
                seen.add(name)
                assert name in INNER, (name, path)
    assert seen == INNER


def test_notes_cannot_be_changed_or_guessed_at_by_a_unit(ledger, browse):
    one = ledger.milestones["1", 2018]
    note = say(ledger, "reviewer", SECRET, internal=True)
    for name in ("lead", "support", "lead_reviewer", "outsider"):
        browser = browse(name)
        for path in (f"/milestones/{one}/comments/{note}/edit", f"/milestones/{one}/comments/{note}/remove"):
            assert browser.post(path, {"said": "x"}).status_code == 404, (name, path)
        assert browser.post(f"/milestones/{one}/comments", {"said": "x", "internal": "1"}).status_code == 404
    # Nor through another milestone, by those who may.
    other = ledger.milestones["1", 2019]
    assert browse("reviewer").post(f"/milestones/{other}/comments/{note}/edit", {"said": "x"}).status_code == 404


def test_whoever_acts_for_a_reviewer_does_not_read_notes_on_a_task_of_their_own_unit(ledger):
    say(ledger, "reviewer", SECRET, internal=True)
    today = local_day(ledger.database.clock())
    for taker, reads in (("outsider", True), ("support", False)):
        delegate(ledger.database, ledger.actor("reviewer"), ledger.accounts[taker], None, today, today)
        with ledger.database.reading() as session:
            actor = acting_for(session, ledger.actor(taker), ledger.accounts["reviewer"], today)
            assert (talk.talk_of(session, actor, ledger.milestone()).notes is not None) == reads


def test_a_change_and_a_removal_leave_the_old_words_for_the_auditor(ledger, browse):
    one = ledger.milestones["1", 2018]
    lead, auditor, support = browse("lead"), browse("auditor"), browse("support")
    comment = say(ledger, "lead", "第一稿的话")
    assert lead.post(f"/milestones/{one}/comments/{comment}/edit", {"said": "第二稿的话"}).status_code == 302
    assert "改过" in support.get(f"/milestones/{one}").text
    assert lead.post(f"/milestones/{one}/comments/{comment}/remove").status_code == 302
    page = support.get(f"/milestones/{one}").text
    assert "已由本人删除" in page and "第一稿的话" not in page and "第二稿的话" not in page
    page = auditor.get(f"/milestones/{one}").text
    assert "第一稿的话" in page and "第二稿的话" in page
    with ledger.database.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject_type == "comment").order_by(AuditEvent.sequence)
        ).all()
    assert [event.action for event in events] == ["write", "edit", "remove"]
    assert json.loads(events[0].detail)["words"] == hashlib.sha256("第一稿的话".encode()).hexdigest()
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


@pytest.mark.parametrize("name", ["lead2", "reviewer", "committee"])
def test_nobody_changes_anothers_words(ledger, name):
    comment = say(ledger, "lead")
    for change in (talk.edit, talk.remove):
        with pytest.raises(Refused):
            change(ledger.database, ledger.actor(name), ledger.milestones["1", 2018], comment, *(
                ["别的话"] if change is talk.edit else []
            ))
    with ledger.database.reading() as session:
        assert session.get_one(Comment, comment).body == "请大家看看。"


def test_old_words_cannot_be_changed_by_the_applications_own_connection(ledger):
    comment = say(ledger, "lead")
    talk.remove(ledger.database, ledger.actor("lead"), ledger.milestones["1", 2018], comment)
    for statement in ("UPDATE comment_version SET body = 'x'", "DELETE FROM comment_version"):
        with pytest.raises(DatabaseError), ledger.database.engine.begin() as connection:
            connection.execute(text(statement))
    with ledger.database.reading() as session:
        assert session.scalars(select(CommentVersion.body)).all() == ["请大家看看。"]


@pytest.mark.parametrize(("words", "internal", "reached"), [
    ("@甲局·经办人 请补材料", False, {"lead"}),
    ("请 @乙局 · 经办人 和 @督查室·审核一岗 看看", False, {"support", "reviewer"}),
    ("@甲局·副经办人", False, {"lead2"}),
    ("@丁局·经办人 @戊局·经办人", False, set()),  # have no part in it, and could not read it
    ("@甲局·经办人 @督查室·审核二岗", True, {"area1"}),  # a note is not for the lead
    ("甲局·经办人", False, set()),
])
def test_who_is_mentioned_is_told_where_they_may_read_it(ledger, words, internal, reached):
    say(ledger, "committee", words, internal)
    assert told(ledger, "mentioned") == {"mentioned": reached}


def test_an_edit_tells_those_whom_it_mentions_anew_and_nobody_twice(ledger):
    comment = say(ledger, "lead", "@乙局·经办人 请看。")
    for words in ("@乙局·经办人 @丙镇·经办人 请看。", "@丙镇·经办人 请看。", "@丙镇·经办人 @乙局·经办人 请看附表。"):
        talk.edit(ledger.database, ledger.actor("lead"), ledger.milestones["1", 2018], comment, words)
    with ledger.database.reading() as session:
        told_ids = session.scalars(select(Notice.account_id).order_by(Notice.id)).all()
        kept = session.scalars(select(CommentVersion.body).order_by(CommentVersion.id)).all()
    assert told_ids == [ledger.accounts[it] for it in ("support", "member", "support")]
    assert kept[1] == "@乙局·经办人 @丙镇·经办人 请看。"  # whom it no longer mentions stays to be read


def test_an_instruction_stands_on_the_leads_workbench_until_it_is_answered(ledger, browse, clock):
    one, day = ledger.milestones["1", 2018], local_day(clock()) + timedelta(3)
    committee, lead = browse("committee"), browse("lead")
    form = {"instruction": "请查明进度滞后原因。", "answer_by": day.isoformat()}
    assert committee.post(f"/milestones/{one}/instructions", form).status_code == 302
    assert told(ledger, "instructed") == {"instructed": {"lead", "lead2", "lead_reviewer"}}
    assert "请查明进度滞后原因。" in lead.get("/").text and "请查明进度滞后原因。" in lead.get("/tasks/1").text
    clock.pass_(days=4)
    lead = browse("lead")
    assert "已逾期" in lead.get(f"/milestones/{one}").text
    with ledger.database.reading() as session:
        row = session.scalars(select(Instruction)).one()
    for name in ("support", "outsider"):
        assert browse(name).post(f"/instructions/{row.id}/answer", {"reply": "我来答"}).status_code == 403
    assert lead.post(f"/instructions/{row.id}/answer", {"reply": " "}).status_code == 422
    assert lead.post(f"/instructions/{row.id}/answer", {"reply": "因雨季停工，下月补上。"}).status_code == 302
    assert lead.post(f"/instructions/{row.id}/answer", {"reply": "再答"}).status_code == 403
    assert "请查明进度滞后原因。" not in lead.get("/").text
    assert "逾期答复" in browse("committee").get(f"/milestones/{one}").text
    assert told(ledger, "answered") == {"answered": {"committee"}}
    with ledger.database.snapshot() as session:
        assert verify(session).faults == []


def test_an_instruction_on_a_task_is_seen_on_each_of_its_milestones_and_by_every_lead(ledger, clock):
    today = local_day(clock())
    instruct(ledger.database, ledger.actor("committee"), ledger.milestone("2").task_id, None, "抓紧。", today)
    with ledger.database.reading() as session:
        for name, stands in (("support", 1), ("colead", 1), ("lead", 0), ("reviewer", 0)):
            assert len(to_answer(session, ledger.actor(name), today)) == stands, name
        (given,) = to_answer(session, ledger.actor("colead"), today)
    answer(ledger.database, ledger.actor("colead"), given.row.id, "已抓紧。")
    with ledger.database.reading() as session:
        assert to_answer(session, ledger.actor("support"), today) == []


@pytest.mark.parametrize("name", ["lead", "reviewer", "system", "auditor"])
def test_only_the_committee_instructs(ledger, clock, name):
    with pytest.raises(Refused):
        instruct(ledger.database, ledger.actor(name), ledger.milestone().task_id, None, "抓紧。", local_day(clock()))


def test_an_instruction_needs_words_and_a_day_to_come_and_its_own_milestone(ledger, clock):
    today, committee, task = local_day(clock()), ledger.actor("committee"), ledger.milestone().task_id
    for words, day in (("", today), ("抓紧。", today - timedelta(1)), ("抓紧。", None)):
        with pytest.raises(Incomplete):
            instruct(ledger.database, committee, task, None, words, day)
    with pytest.raises(NotVisible):
        instruct(ledger.database, committee, task, ledger.milestones["3", 2018], "抓紧。", today)
