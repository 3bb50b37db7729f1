"""A document on its way into the ledger: found again by its bytes, its corrections kept, every step an event."""

import pytest
from sqlalchemy import func, select

from models import AuditEvent, DraftStatus, Plan, PlanDraft, PlanEdition, Responsibility, Task, Unit
from plans import intake
from plans.kept import load
from plans.store import HasDoubts, HasErrors
from tests.plans.paper import LINES, paper
from workflow.audit.verify import verify
from workflow.errors import Incomplete, Refused, Stale

TITLE = {"do": "plan-title", "value": "更正后的名称"}


@pytest.fixture
def system(ledger):
    return ledger.actor("system")


@pytest.fixture
def desk(ledger, system):
    """`desk(data)` takes a document in and reads it; the draft as it stands then."""

    def take(data: bytes = paper(), name: str = "方案.txt") -> PlanDraft:
        draft_id, unread = intake.take_in(ledger.database, system, data, name)
        if unread:
            intake.read(ledger.database, draft_id)
        return look(ledger, draft_id)

    return take


def look(ledger, draft_id: int) -> PlanDraft:
    with ledger.database.reading() as session:
        draft = session.get_one(PlanDraft, draft_id)
        session.refresh(draft, ["reading"])
        return draft


def trail(ledger, draft_id: int) -> list[str]:
    with ledger.database.reading() as session:
        return list(session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_type == "plan_draft", AuditEvent.subject_id == draft_id)
            .order_by(AuditEvent.sequence)
        ))


def sound(ledger) -> bool:
    with ledger.database.snapshot() as session:
        return not verify(session).faults


def test_the_same_bytes_are_the_same_draft_with_its_corrections(ledger, system, desk):
    first = desk()
    intake.correct(ledger.database, system, first.id, 0, TITLE)
    again = desk(name="改了文件名.txt")
    assert (again.id, again.corrections) == (first.id, [TITLE])
    assert desk(paper(title="另一方案")).id != first.id


def test_a_discarded_document_comes_back_with_its_corrections(ledger, system, desk):
    draft = desk()
    intake.correct(ledger.database, system, draft.id, 0, TITLE)
    intake.discard(ledger.database, system, draft.id, look(ledger, draft.id).version)
    assert look(ledger, draft.id).status == DraftStatus.DISCARDED
    back = desk()
    assert (back.status, back.corrections) == (DraftStatus.READ, [TITLE])
    assert trail(ledger, draft.id) == ["upload", "correct", "discard", "upload"]
    assert sound(ledger)


def test_what_cannot_be_read_says_why_and_can_be_tried_again(ledger, system, desk):
    draft = desk("这不是方案。".encode())
    assert draft.status == DraftStatus.UNREADABLE
    assert draft.problem["zh"] and draft.problem["en"]
    intake.begin_again(ledger.database, system, draft.id)
    assert look(ledger, draft.id).status == DraftStatus.READING


def test_columns_that_make_a_document_unreadable_can_be_taken_back(ledger, system, desk):
    draft = desk(paper(tuple(line.but(units="甲局") for line in LINES)))
    columns = {column.header: "remarks" for column in load(draft.reading).columns}
    assert intake.correct(ledger.database, system, draft.id, 0, {"do": "columns", "columns": columns})
    intake.read(ledger.database, draft.id)
    broken = look(ledger, draft.id)
    assert broken.status == DraftStatus.UNREADABLE
    assert intake.undo(ledger.database, system, draft.id, broken.version, 0)
    intake.read(ledger.database, draft.id)
    assert look(ledger, draft.id).status == DraftStatus.READ


def test_a_column_that_is_said_to_be_something_else_is_read_as_that(ledger, system, desk):
    draft = desk()
    intake.correct(ledger.database, system, draft.id, 0, {"do": "columns", "columns": {"责任单位": "support"}})
    intake.read(ledger.database, draft.id)
    seats = [seat for task in load(look(ledger, draft.id).reading).tasks for seat in task.seats]
    assert "support" in {seat.part for seat in seats if seat.name == "丁局"}


def test_only_the_system_administrator_works_on_documents(ledger, desk):
    draft = desk()
    for name in ("security", "auditor", "committee", "lead"):
        actor = ledger.actor(name)
        for attempt in (
            lambda a=actor: intake.take_in(ledger.database, a, b"x", "x.txt"),
            lambda a=actor: intake.correct(ledger.database, a, draft.id, 0, TITLE),
            lambda a=actor: intake.undo(ledger.database, a, draft.id, draft.version, 0),
            lambda a=actor: intake.discard(ledger.database, a, draft.id, draft.version),
            lambda a=actor: intake.decide(ledger.database, a, draft.id, draft.version, {}),
            lambda a=actor: intake.store(ledger.database, a, draft.id, None, accept_doubts=True),
        ):
            with pytest.raises(Refused):
                attempt()
    assert trail(ledger, draft.id) == ["upload"]


def test_two_people_may_correct_different_rows_but_not_the_same_one_unseen(ledger, system, desk):
    draft = desk()
    rows = [{"row": str(t.first_line), "number": t.number} for t in load(draft.reading).tasks]
    intake.correct(ledger.database, system, draft.id, 0, {"do": "title", **rows[0], "value": "甲改的"})
    intake.correct(ledger.database, system, draft.id, 0, {"do": "title", **rows[1], "value": "乙改的"})
    with pytest.raises(Stale):
        intake.correct(ledger.database, system, draft.id, 0, {"do": "title", **rows[0], "value": "没看见"})
    assert len(look(ledger, draft.id).corrections) == 2


def test_a_correction_that_is_none_changes_nothing(ledger, system, desk):
    draft = desk()
    for raw in ({"do": "explode"}, {"do": "title", "row": "1"}, {"do": "columns"} | {"columns": 3, "do": "nothing"}):
        with pytest.raises(Incomplete):
            intake.correct(ledger.database, system, draft.id, 0, raw)
    assert trail(ledger, draft.id) == ["upload"]


def test_doubts_have_to_be_accepted_and_errors_mended(ledger, system, desk):
    draft = desk()
    with pytest.raises(HasDoubts):
        intake.store(ledger.database, system, draft.id, None, accept_doubts=False)
    broken = desk(paper() + "\n\n\t5\n\t多一格\n\ta\n\tb\n\tc\n\td\n\te\n".encode())
    with pytest.raises(HasErrors):
        intake.store(ledger.database, system, broken.id, None, accept_doubts=True)
    error = next(f for f in load(broken.reading).findings if f.grade == "error")
    intake.correct(
        ledger.database, system, broken.id, 0, {"do": "pass-over", "code": error.code, "source": error.source}
    )
    assert intake.store(ledger.database, system, broken.id, None, accept_doubts=True).tasks == 4


def test_what_is_stored_is_the_corrected_plan_with_its_first_edition(ledger, system, desk):
    draft = desk()
    rows = {t.number: {"row": str(t.first_line), "number": t.number} for t in load(draft.reading).tasks}
    for n, correction in enumerate((
        TITLE, {"do": "lead", **rows["2"], "unit": "丁局"},
        {"do": "due", **rows["1"], "year": 2018, "value": "2018-09-30"},
    )):
        intake.correct(ledger.database, system, draft.id, n, correction)
    stored = intake.store(
        ledger.database, system, draft.id, look(ledger, draft.id).version, accept_doubts=True
    )
    with ledger.database.reading() as session:
        plan = session.get_one(Plan, stored.plan_id)
        edition = session.scalars(select(PlanEdition).where(PlanEdition.plan_id == plan.id)).one()
        kept = load(session.scalar(select(PlanEdition.content).where(PlanEdition.id == edition.id)))
        seats = session.execute(
            select(Unit.name, Responsibility.part, Responsibility.inferred).join(Unit).join(Task)
            .where(Task.plan_id == plan.id, Task.number == "2").order_by(Responsibility.position)
        ).all()
    assert (plan.title, plan.edition_number, edition.number) == ("更正后的名称", 1, 1)
    assert [tuple(seat) for seat in seats] == [
        ("乙局", "support", False), ("丁局", "lead", False), ("甲局", "support", False)
    ]
    assert kept.tasks[0].milestones[0].due.isoformat() == "2018-09-30"
    assert desk().plan_id == plan.id
    assert sound(ledger)
    assert trail(ledger, draft.id)[-1] == "store"


def test_what_is_stored_is_stored_once(ledger, system, desk):
    draft = desk()
    intake.store(ledger.database, system, draft.id, None, accept_doubts=True)
    with pytest.raises(Refused):
        intake.store(ledger.database, system, draft.id, None, accept_doubts=True)
    with pytest.raises(Refused):
        intake.discard(ledger.database, system, draft.id, look(ledger, draft.id).version)
    with ledger.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Plan)) == 2  # and the one of the fixture
