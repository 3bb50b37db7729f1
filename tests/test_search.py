"""Search finds what a person could open, and nothing else; Chinese words of two characters included."""

import random
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from sqlalchemy import event, insert, inspect, select
from sqlalchemy import text as sql

from models import Comment, Database, DocumentText, Evidence, Milestone, Role, Round, Supervision, Task, folded
from reports.search import BY_CODE, KINDS, around, hits_of, marked, search, words_of
from tests.ledger import FILE, PEOPLE, RETURN
from tests.test_supervision import put_out
from tests.variables import ONE_DATABASE
from workflow import drafts, talk
from workflow.actor import Actor
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.supervision import SUPERVISION
from workflow.rules import sees_notes

_EVERYTHING = Actor(None, "", None, "", roles=frozenset({Role.COMMITTEE}))
# By hand, from the design: task 1 is 甲局's with 乙局 and 丙镇, of the first action area.
LEADS = {"lead", "lead2", "leader", "lead_reviewer"}
SUPPORTS = {"support", "member"}
INNER = {"reviewer", "area1", "committee", "committee2", "head", "auditor"}


def found(ledger, who, text: str) -> dict[str, int]:
    """How many hits of each kind somebody has; kinds without any are left out."""
    actor = ledger.actor(who) if isinstance(who, str) else who
    with ledger.database.reading() as session:
        return {it.kind.code: it.count for it in search(session, actor, words_of(text)) if it.count}


def finders(ledger, text: str, kind: str) -> set[str]:
    return {person[0] for person in PEOPLE if kind in found(ledger, person[0], text)}


@pytest.fixture
def busy(ledger):
    """Words of every kind and in every place where they could leak from."""
    ledger.draft()
    one = ledger.milestone()
    drafts.put_words(one, ledger.actor("support"), "乙局已完成测绘，ＧＩＳ数据齐备。")
    for who, words, internal in (("lead", "请测绘队加快", False), ("reviewer", "测绘数据存疑", True)):
        talk.write(ledger.database, ledger.actor(who), ledger.milestones["1", 2018], words, internal)
    with ledger.database.writing() as session:
        session.execute(insert(DocumentText).values(
            sha256=FILE.sha256, words="测绘成果 100% 验收", read_at=ledger.database.clock()
        ))
    put_out(ledger, title="测绘进度督办", units=("乙局", "丁局"), about=(("2", 2018),))
    return ledger


def test_a_draft_and_what_comes_to_it_are_found_by_its_own_units_alone(busy):
    assert finders(busy, "颁证 98.6%", "accounts") == LEADS | SUPPORTS
    assert finders(busy, "成果", "evidence") == LEADS
    assert finders(busy, "gis", "evidence") == LEADS | {"support"}
    busy.all_answer()
    busy.fire("lead", "submit")
    for text, kind in (("颁证 98.6%", "accounts"), ("成果", "evidence"), ("ｇｉｓ", "evidence")):
        assert finders(busy, text, kind) == LEADS | SUPPORTS | INNER, text


def test_notes_are_found_by_those_they_are_for(busy):
    assert finders(busy, "存疑", "comments") == INNER
    assert finders(busy, "加快", "comments") == LEADS | SUPPORTS | INNER
    with busy.database.writing() as session:
        comment = session.scalars(select(Comment).where(Comment.internal)).one()
    talk.remove(busy.database, busy.actor("reviewer"), comment.milestone_id, comment.id)
    assert finders(busy, "存疑", "comments") == set()


def test_a_supervision_sheet_is_found_by_number_title_and_words_where_it_may_be_seen(busy, browse):
    for text in ("督〔2018〕1号", "2018〕1", "进度督办", "抓紧 测绘"):
        assert finders(busy, text, "supervision") == {"support", "colead"} | INNER | {"area2", "lead_reviewer"}, text
        assert found(busy, "committee", text)["supervision"] == 1  # once, before however many units it lies
    assert finders(busy, "督〔2018〕2号", "supervision") == set()
    assert finders(busy, "_", "supervision") == finders(busy, "%", "supervision") == set()
    page = browse("colead").get("/search?q=进度督办&in=supervision").text
    with busy.database.reading() as session:
        own = session.scalar(select(Supervision.id).where(Supervision.unit_id == busy.units["丁局"]))
    assert f'href="/supervision/{own}"' in page and "督〔2018〕1号 测绘<mark>进度督办</mark>" in page


def test_nothing_is_found_that_its_own_rule_would_not_show_and_all_that_it_would(busy):
    """The filters of search against the rules of the pages, thing by thing, for everybody and for delegations."""
    busy.all_answer()
    busy.fire("lead", "submit")
    busy.fire("reviewer", "return", RETURN)  # a round that is frozen, and a draft after it
    with busy.database.reading() as session:
        areas = {m.task.area_id for m in session.scalars(select(Milestone))}
        for person in PEOPLE:
            own = busy.actor(person[0])
            for actor in (own, *(replace(own, only_area=area) for area in areas)):
                assert {it.kind.code: it.count for it in search(session, actor, ["测"])} == _expected(session, actor)


def _expected(session, actor) -> dict[str, int]:
    counts = dict.fromkeys((kind.code for kind in KINDS), 0)
    copies = [SUPERVISION.load(session, it) for it in session.scalars(select(Supervision.id))]
    counts["supervision"] = len({
        it.sheet_id for it in copies
        if SUPERVISION.sees.holds(actor, it) and "测" in it.sheet.named + it.sheet.title + it.sheet.words
    })
    for milestone in [MILESTONE.load(session, it) for it in session.scalars(select(Milestone.id))]:
        if not MILESTONE.sees.holds(actor, milestone):
            continue
        comments = session.scalars(select(Comment).where(Comment.milestone_id == milestone.id))
        counts["comments"] += sum(
            "测" in it.body and (not it.internal or sees_notes.holds(actor, milestone)) for it in comments
        )
        for content in session.scalars(select(Round).where(Round.milestone_id == milestone.id)):
            seen = drafts.sees_round(actor, milestone, content)
            counts["accounts"] += seen and "测" in content.account
            for piece in session.scalars(select(Evidence).where(Evidence.round_id == content.id)):
                known = session.get(DocumentText, piece.sha256)
                words = piece.name + piece.body + (known.words if known else "")
                counts["evidence"] += "测" in words and drafts.sees_piece(actor, milestone, content, piece)
    return counts


def test_words_of_two_characters_in_tasks_and_requirements(ledger):
    assert found(ledger, "committee", "公路") == {"tasks": 1}
    assert found(ledger, "committee", "２０１８ 基本") == {"milestones": 3}
    assert found(ledger, "lead", "公路") == {} and found(ledger, "outsider", "基本") == {}
    assert found(ledger, "committee", "%") == found(ledger, "committee", "_") == {}
    assert words_of('["公路" \\') == ["公路"] and words_of(" ") == []


def test_the_page_groups_marks_and_jumps(busy, browse):
    browser = browse("lead")
    page = browser.get("/search?q=测绘").text
    assert "<mark>测绘</mark>" in page and "佐证材料" in page and "存疑" not in page
    assert "没有找到" in browser.get("/search?q=存疑").text
    assert "可以搜索什么" in browser.get("/search?q=").text
    only = browser.get("/search?q=测绘&in=comments&page=9", follow_redirects=True).text
    assert "加快" in only and "成果" not in only
    assert browser.get("/search?q=1").location.startswith("/tasks/1?")
    assert browser.get("/search?q=2").status_code == 200  # there is one, but not theirs
    assert '<input type="search" name="q"' in page and 'name="q"' not in browse("system").get("/").text


def test_an_uploaded_document_is_found_by_its_words(app, ledger, browse):
    document, file = docx.Document(), BytesIO()
    document.add_paragraph("亩均效益评价")
    document.save(file)
    ledger.draft()
    browser, at = browse("lead"), f"/milestones/{ledger.milestones['1', 2018]}/evidence"
    answer = browser.post(at, {"file": (BytesIO(file.getvalue()), "总结.docx")})
    assert answer.json == {"kept": 1, "problems": []}
    assert found(ledger, "lead", "效益") == {"evidence": 1}
    database: Database = app.extensions["database"]
    with database.writing() as session:
        session.query(DocumentText).delete()
    run = app.test_cli_runner().invoke(args=["evidence", "read"])
    assert run.exit_code == 0 and found(ledger, "lead", "效益") == {"evidence": 1}, run.output


def test_it_asks_as_much_however_much_is_found(busy):
    asked = []
    event.listen(busy.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with busy.database.reading() as session:
        search(session, busy.actor("lead"), ["测"])
    assert len(asked) == 1 + len(KINDS)  # who is asking, and each kind


def test_hits_are_marked_where_they_stand():
    assert marked("ＡＢ公路，公路", ["ab", "公路"]) == [("ＡＢ", True), ("公路", True), ("，", False), ("公路", True)]
    assert marked("㈱公路", ["公路"]) == [("㈱", False), ("公路", True)]
    assert around("一" * 200 + "公路" + "二" * 200, ["公路"])[1:3] == [("一" * 30, False), ("公路", True)]


WORDS = 40


def test_the_index_finds_what_reading_through_finds(demonstration):
    """Words of one to five characters, taken at random out of the sample plan, and such as it has not."""
    database, chance = Database(demonstration), random.Random(20)
    with database.reading() as session:
        tasks = {it.id: [folded(line) for line in (it.title, *it.contents)] for it in session.scalars(select(Task))}
        asked = {it.id: [folded(line) for line in it.requirements] for it in session.scalars(select(Milestone))}
        lines = [line for texts in (*tasks.values(), *asked.values()) for line in texts if line]
        words = {"农村", "q7", "字字"}
        while len(words) < WORDS:
            line = chance.choice(lines)
            begin = chance.randrange(len(line))
            word = line[begin:begin + chance.randint(1, 5)]
            if word.isalpha():
                words.add(word)
        for word in sorted(words):
            for kind, texts in (("tasks", tasks), ("milestones", asked)):
                query = select(hits_of(BY_CODE[kind], _EVERYTHING, [word]).c.id)
                read = {it for it, own in texts.items() if any(word in line for line in own)}
                assert set(session.scalars(query)) == read, (kind, word)
    database.dispose()


@ONE_DATABASE
def test_postgresql_has_an_index_for_every_text_that_is_searched(busy):
    """An index over another expression than the query's would be kept up to date and never be asked.

    SQLite reads the texts through.
    """
    looking = inspect(busy.database.engine)
    made = {
        it["name"] for table in looking.get_table_names() for it in looking.get_indexes(table)
        if it["name"].endswith(("_pairs", "_folded"))
    }
    used = set()
    with busy.database.snapshot() as session:
        session.execute(sql("SET LOCAL enable_seqscan = off"))
        for kind in KINDS:
            query = select(hits_of(kind, _EVERYTHING, ["测绘"]).c.id).compile(session.connection())
            plan = session.connection().exec_driver_sql(f"EXPLAIN {query}", query.params).scalars()
            used |= {name for line in plan for name in made if f" {name} " in line}
    assert made == used and len(made) == 9
