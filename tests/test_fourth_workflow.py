"""One more workflow costs a definition, a table and a line in the registry: this is one, with nothing else changed.

An errand (交办事项): the committee hands it to a unit, the unit reports it done, the committee closes it or
hands it back. It has no rounds, no evidence and no page of its own.
"""

import re

import pytest
from sqlalchemy import String, Text, false, select, text, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models import AuditEvent, Chained, Role, Words
from models.base import CONVENTION
from settings import ROOT
from workflow import authority
from workflow.audit.chain import append
from workflow.audit.verify import verify
from workflow.definition import Action, Rule, State, Workflow
from workflow.draw import draw
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow, NotVisible, Refused, Stale
from workflow.inputs import Choice
from workflow.inputs import Text as Asked
from workflow.registry import WORKFLOWS
from workflow.subjects import loading


class Own(DeclarativeBase):
    """Kept apart from the ledger's tables, which the migrations make."""


# The table.
class Errand(Chained, Own):
    __tablename__ = "errand"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))


# The definition.
its_unit = Rule(
    "not-its-unit", Words("此项由承办单位办理。", "This is for the unit it was given to."),
    holds=lambda actor, errand: actor.unit_id == errand.unit_id,
    where=lambda actor: Errand.unit_id == actor.unit_id if actor.unit_id else false(),
)
sees_errand = Rule(
    "not-visible", Words("没有这件事项。", "There is no such errand."),
    holds=lambda actor, errand: actor.unit_id == errand.unit_id or Role.COMMITTEE in actor.roles,
    where=lambda actor: true() if Role.COMMITTEE in actor.roles else Errand.unit_id == actor.unit_id,
)


def rows(*entities):
    return select(*entities).select_from(Errand)


load, many = loading(rows, Errand)
WHY = {"thin": Words("过于简略", "Too thin"), "late": Words("未按期", "Not in time")}
ERRAND = Workflow(
    name="errand", path="errands", label=Words("交办事项", "Errand"), model=Errand,
    states=(
        State("given", Words("待回复", "To answer"), Role.HANDLER),
        State("answered", Words("待核销", "To close"), Role.COMMITTEE),
        State("closed", Words("已核销", "Closed"), None),
        State("dropped", Words("已取消", "Dropped"), None),
    ),
    actions=(
        Action("answer", Words("回复", "Answer"), "given", "answered", Role.HANDLER, who=(its_unit,),
               input=(Asked("words", Words("回复内容", "Answer")),)),
        Action("close", Words("核销", "Close"), "answered", "closed", Role.COMMITTEE, seal=True),
        Action("hand_back", Words("退回重办", "Hand back"), "answered", "given", Role.COMMITTEE,
               input=(Choice("reason", Words("原因", "Reason"), WHY), Asked("words", Words("说明", "Words")))),
        Action("drop", Words("取消", "Drop"), "given", "dropped", Role.COMMITTEE),
    ),
    sees=sees_errand, rows=rows, load=load, many=many,
    events={"hand_out": Words("交办", "Handed out")},
    title=lambda errand: Words(errand.words, errand.words),
    facts=lambda errand: [(Words("事项", "What"), Words(errand.words, errand.words))],
)


@pytest.fixture
def errand(ledger, monkeypatch):
    """An errand given to 甲局; its id."""
    monkeypatch.setitem(WORKFLOWS, "errand", ERRAND)  # the line in the registry
    Own.metadata.naming_convention = CONVENTION
    Own.metadata.create_all(ledger.database.engine)
    with ledger.database.writing() as session:
        made = Errand(words="核实群众来信", unit_id=ledger.units["甲局"], state="given")
        session.add(made)
        session.flush()
        append(session, made, ledger.actor("committee"), ledger.database.clock(), "hand_out", moved=(None, "given"))
        return made.id


def act(ledger, errand: int, name: str, trigger: str, input=None, version: int | None = None):
    with ledger.database.reading() as session:
        found = load(session, errand)
        return fire(found, trigger, ledger.actor(name), input or {}, found.version if version is None else version)


def state(ledger, errand: int) -> str:
    with ledger.database.reading() as session:
        return load(session, errand).state


def test_it_goes_through_the_one_way_in_and_its_chain_verifies(ledger, errand):
    act(ledger, errand, "lead", "answer", {"words": "已核实。"})
    act(ledger, errand, "committee", "hand_back", {"reason": "thin", "words": "请写明时间。"})
    act(ledger, errand, "lead2", "answer", {"words": "3月2日已核实。"})
    event = act(ledger, errand, "committee2", "close")
    assert (event.from_state, event.to_state, event.round) == ("answered", "closed", None)
    with ledger.database.reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.subject_type == "errand").order_by(AuditEvent.sequence)
        assert session.scalars(query).all() == ["hand_out", "answer", "hand_back", "answer", "close"]
    with ledger.database.snapshot() as session:
        report = verify(session)
        assert report.faults == [] and report.events > 5


def test_what_is_not_theirs_not_now_and_not_complete_is_refused(ledger, errand):
    with pytest.raises(Refused):
        act(ledger, errand, "committee", "answer", {"words": "x"})
    with pytest.raises(NotVisible):
        act(ledger, errand, "outsider", "answer", {"words": "x"})
    with pytest.raises(NotNow):
        act(ledger, errand, "committee", "close")
    with pytest.raises(Incomplete):
        act(ledger, errand, "lead", "answer")
    act(ledger, errand, "lead", "answer", {"words": "已核实。"})
    with pytest.raises(Stale) as stale:
        act(ledger, errand, "lead2", "answer", {"words": "x"}, version=1)
    assert "回复" in stale.value.words.zh
    assert state(ledger, errand) == "answered"


def test_a_state_changed_behind_the_engine_shows(ledger, errand):
    with ledger.database.engine.begin() as connection:
        connection.execute(text("UPDATE errand SET state = 'closed'"))
    with ledger.database.snapshot() as session:
        assert [(f.code, f.subject_type) for f in verify(session).faults] == [("state", "errand")]


def test_a_rule_means_the_same_in_python_and_in_sql(ledger, errand):
    with ledger.database.reading() as session:
        found = load(session, errand)
        for name in ledger.accounts:
            actor = ledger.actor(name)
            for rule in (its_unit, sees_errand):
                listed = session.scalars(rows(Errand.id).where(rule.where(actor))).all()
                assert bool(listed) == rule.holds(actor, found), (rule.code, name)
            listed = session.scalars(rows(Errand.id).where(authority.may_where(ERRAND, "answer", actor))).all()
            assert bool(listed) == (not authority.refusals(ERRAND.actions[0], actor, found)), name


def test_it_has_a_page_with_buttons_and_waits_on_the_workbench(ledger, errand, browse):
    lead, committee = browse("lead"), browse("committee")
    assert "核实群众来信" in lead.get("/").text and "核实群众来信" not in committee.get("/").text
    page = lead.get(f"/errands/{errand}").text
    form = re.search(rf'<form method="post" action="/errands/{errand}/act/answer">', page)
    assert form and "待回复" in page and "回复内容" in page
    greyed = committee.get(f"/errands/{errand}").text
    assert re.search(r"<button[^>]*disabled[^>]*>核销</button>", greyed)
    assert browse("outsider").get(f"/errands/{errand}").status_code == 404
    wrong = lead.post(f"/errands/{errand}/act/answer", {"version": 1, "words": " "})
    assert wrong.status_code == 422 and "请填写「回复内容」" in wrong.text
    assert lead.post(f"/errands/{errand}/act/answer", {"version": 1, "words": "已核实。"}).status_code == 302
    stale = lead.post(f"/errands/{errand}/act/answer", {"version": 1, "words": "又写一遍"})
    assert stale.status_code == 409 and "又写一遍" in stale.text and f'href="/errands/{errand}"' in stale.text
    assert "核实群众来信" in committee.get("/").text and "核实群众来信" not in lead.get("/").text
    assert "核实群众来信" in lead.get("/?tab=done").text
    back = {"version": 2, "reason": "thin", "words": "请写明时间。"}
    assert committee.post(f"/errands/{errand}/act/hand_back", back).status_code == 302
    page = lead.get(f"/errands/{errand}").text
    assert "<strong>交办</strong>" in page and "退回重办" in page and "过于简略" in page and "请写明时间。" in page


def test_what_no_way_leads_to_any_more_is_not_offered(ledger, errand):
    act(ledger, errand, "committee", "drop")
    with ledger.database.reading() as session:
        dropped = load(session, errand)
        for name in ("lead", "committee"):
            assert authority.offers(ERRAND, ledger.actor(name), dropped) == []


def test_the_audit_page_and_the_drawings_know_its_words(ledger, errand, browse):
    act(ledger, errand, "lead", "answer", {"words": "已核实。"})
    page = browse("auditor").get("/audit?subject=errand").text
    assert "回复" in page and "待回复" in page and "待核销" in page and f'href="/errands/{errand}"' in page
    assert "交办事项怎样办结" in browse("lead").get("/help").text
    for language in ("zh", "en"):
        drawing = draw(ERRAND, language)
        assert all(action.label[language] in drawing for action in ERRAND.actions)


def test_all_workflows_are_drawn_at_once(app, errand, tmp_path):
    drawn = app.test_cli_runner().invoke(args=["workflow", "draw", "--all", "--output", str(tmp_path / "drawings")])
    assert drawn.exit_code == 0, drawn.output
    assert {file.stem for file in (tmp_path / "drawings").iterdir()} == set(WORKFLOWS)
    assert "核销" in (tmp_path / "drawings" / "errand.svg").read_text(encoding="utf-8")


def test_nothing_of_the_application_names_it():
    """What the errand went through knows none of its words."""
    for folder in ("workflow", "reports", "views", "models"):
        for file in (ROOT / folder).rglob("*.py"):
            assert "errand" not in file.read_text(encoding="utf-8").lower(), file
