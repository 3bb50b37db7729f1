"""Fifty at once, and every single call made to fail: a transition happens whole, once, or not at all."""

import contextlib
import io
import threading
from collections import Counter

import pytest
from sqlalchemy import event, func, select

from evidence import FolderStore, take
from models import AuditEvent, Database, Evidence, Milestone, Round
from tests.ledger import LIMITS, RETURN
from workflow.drafts import Piece, add_piece
from workflow.engine import fire
from workflow.errors import Stale
from workflow.subjects import load_milestone


class Power(Exception):
    """The lights went out."""


def whole(database) -> tuple:
    """Everything that one transition may touch."""
    with database.reading() as session:
        return (
            session.execute(select(Milestone.id, Milestone.state, Milestone.version, Milestone.chain_head,
                                   Milestone.round_number).order_by(Milestone.id)).all(),
            session.scalar(select(func.count()).select_from(AuditEvent)),
            session.execute(select(Round.id, Round.submitted_at, Round.digest, Round.points).order_by(Round.id)).all(),
            session.scalar(select(func.count()).select_from(Evidence)),
        )


def test_of_fifty_at_once_exactly_one_wins_and_the_others_are_told(ledger):
    ledger.submit()
    opened = ledger.milestone()
    actors = [ledger.actor(name) for name in ("reviewer", "area1", "committee2")]
    outcomes, told = Counter(), []
    start = threading.Barrier(50)

    def attempt(n: int) -> None:
        with ledger.database.reading() as session:
            mine = load_milestone(session, opened.id)
            session.commit()
            start.wait()
            try:
                fire(mine, "approve", actors[n % 3], {}, opened.version)
                outcomes["won"] += 1
            except Stale as stale:
                outcomes["told"] += 1
                told.append((stale.who, stale.action.zh, stale.when))

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == {"won": 1, "told": 49}
    winner = {actor.title for actor in actors} & {who for who, _, _ in told}
    assert len({entry for entry in told}) == 1 and winner and told[0][1] == "审核通过"
    with ledger.database.reading() as session:
        approvals = session.scalars(select(AuditEvent).where(AuditEvent.action == "approve")).all()
        assert len(approvals) == 1 and approvals[0].actor_name == told[0][0]


@pytest.mark.parametrize(("way", "name", "trigger", "input"), [
    ((), "lead", "submit", {}),
    ((("lead", "submit"),), "reviewer", "return", RETURN),
    ((("lead", "submit"), ("reviewer", "approve")), "committee", "accept", {}),
], ids=["submit", "return", "accept"])
def test_the_nth_database_call_fails(ledger, database_url, clock, way, name, trigger, input):
    """For every n, the commit included, until none is left to fail."""
    ledger.fill()
    for who, step in way:
        ledger.fire(who, step)
    before, actor = whole(ledger.database), ledger.actor(name)
    for n in range(1, 40):
        database = Database(database_url, clock=clock)
        calls = Counter()

        def count(*_, calls=calls, n=n):
            calls["now"] += 1
            if calls["now"] == n:
                raise Power()

        with database.reading() as session:
            milestone = load_milestone(session, ledger.milestones["1", 2018])
            event.listen(database.engine, "before_cursor_execute", count)
            event.listen(database.engine, "commit", count)
            with contextlib.suppress(Power):
                fire(milestone, trigger, actor, input, milestone.version)
            event.remove(database.engine, "before_cursor_execute", count)
            event.remove(database.engine, "commit", count)
        database.dispose()
        if calls["now"] < n:
            break  # nothing was left to fail: it went through
        assert whole(ledger.database) == before, f"call {n} failed, and something stayed"
    assert n > 5
    assert whole(ledger.database) != before
    assert ledger.milestone().version == before[0][0].version + 1


def test_the_audit_insert_fails_and_the_state_stays(ledger):
    ledger.fill()
    before = whole(ledger.database)
    actor = ledger.actor("lead")

    def no_trail(_connection, _cursor, statement, *_):
        if "INTO audit_event" in statement:
            raise Power()

    event.listen(ledger.database.engine, "before_cursor_execute", no_trail)
    try:
        with pytest.raises(Power):
            milestone = ledger.milestone()
            fire(milestone, "submit", actor, {}, milestone.version)
    finally:
        event.remove(ledger.database.engine, "before_cursor_execute", no_trail)
    assert whole(ledger.database) == before


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
STORE_CALLS = ("mkdir", "replace", "fsync", "chmod")


@pytest.mark.parametrize("call", STORE_CALLS)
def test_a_store_call_fails_and_no_row_names_a_file_that_is_not_there(ledger, tmp_path, monkeypatch, call):
    import os
    from pathlib import Path

    store = FolderStore(tmp_path / "evidence")

    def fail(*_, **__):
        raise Power()

    monkeypatch.setattr(Path if call == "mkdir" else os, call, fail)
    with pytest.raises(Power):
        taken = take(io.BytesIO(PDF), "报告.pdf", store, 2**20)
        piece = Piece(Evidence.FILE, taken.name, "", taken.media_type, taken.size, taken.sha256)
        add_piece(ledger.milestone(), ledger.actor("lead"), piece, LIMITS)
    assert ledger.milestone().round.evidence_count == 0


def test_a_transaction_that_fails_leaves_a_file_as_garbage_at_most(ledger, tmp_path):
    store = FolderStore(tmp_path / "evidence")
    taken = take(io.BytesIO(PDF), "报告.pdf", store, 2**20)
    piece = Piece(Evidence.FILE, taken.name, "", taken.media_type, taken.size, taken.sha256)

    def fail(_connection):
        raise Power()

    milestone, actor = ledger.milestone(), ledger.actor("lead")
    event.listen(ledger.database.engine, "commit", fail)
    try:
        with pytest.raises(Power):
            add_piece(milestone, actor, piece, LIMITS)
    finally:
        event.remove(ledger.database.engine, "commit", fail)
    assert store.exists(taken.sha256)
    assert ledger.milestone().round.evidence_count == 0


def test_nothing_but_the_engine_moves_a_milestone():
    """No module outside workflow/ assigns a state or names one in a comparison."""
    import ast
    from pathlib import Path

    from workflow.definitions.milestone import MILESTONE

    words = set(MILESTONE.by_name) | set(MILESTONE.triggers)
    offences = []
    for folder in ("models", "plans", "evidence", "reports", "views"):
        for file in Path(folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Compare):
                    constants = [c.value for c in ast.walk(node) if isinstance(c, ast.Constant)]
                    offences += [(str(file), node.lineno, word) for word in constants if word in words]
                if isinstance(node, ast.Assign):
                    offences += [
                        (str(file), node.lineno, "state") for target in node.targets
                        if isinstance(target, ast.Attribute) and target.attr == "state"
                    ]
    assert offences == []
