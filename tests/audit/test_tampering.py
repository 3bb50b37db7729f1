"""What somebody with full rights over the database can change, and what the walk then says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DatabaseError

from models import AuditEvent, Evidence, Part, Role, RoleGrant
from settings import ROOT
from tests.ledger import RETURN
from tests.variables import ONE_DATABASE
from workflow import delegation, directory
from workflow.audit.chain import FIELDS, FORMAT, event_hash
from workflow.audit.checkpoint import BadCheckpoint, read_checkpoint, write_checkpoint
from workflow.audit.export import export_events
from workflow.audit.verify import verify

TRIGGERS = {
    "sqlite": [
        *(f"DROP TRIGGER audit_event_no_{verb}" for verb in ("update", "delete")),
        "DROP TRIGGER round_frozen", *(f"DROP TRIGGER evidence_frozen_{v}" for v in ("insert", "update", "delete")),
    ],
    "postgresql": [
        "DROP TRIGGER audit_event_append_only ON audit_event", "DROP TRIGGER round_frozen ON round",
        "DROP TRIGGER evidence_frozen ON evidence",
    ],
}


@pytest.fixture
def worked(ledger):
    """A ledger with a milestone signed off in its second round, and one under review."""
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    ledger.submit(answers=["已说明。", "已补。"])
    ledger.fire("area1", "approve")
    ledger.fire("committee", "accept")
    ledger.submit("support", "2")
    return ledger


def behind_the_back(database, *statements: str) -> None:
    """As the database's owner, with the triggers taken away first."""
    with database.engine.begin() as connection:
        for statement in (*TRIGGERS[database.engine.dialect.name], *statements):
            connection.execute(text(statement))


def faults(database, against: str | None = None) -> list[tuple]:
    with database.snapshot() as session:
        heads = read_checkpoint(session, against) if against else None
        return [(f.code, f.subject_type, f.subject_id, f.sequence) for f in verify(session, heads).faults]


def one(ledger) -> int:
    return ledger.milestones["1", 2018]


def test_an_untouched_ledger_is_intact(worked):
    assert faults(worked.database) == []
    assert faults(worked.database, write_checkpoint(worked.database)) == []


@pytest.mark.parametrize("statement", [
    "UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event", "DELETE FROM checkpoint",
    "UPDATE security_event SET kind = 'x'",
    "UPDATE round SET account = 'x' WHERE submitted_at IS NOT NULL",
    "UPDATE evidence SET sha256 = 'x' WHERE round_id IN (SELECT id FROM round WHERE submitted_at IS NOT NULL)",
    "DELETE FROM evidence WHERE round_id IN (SELECT id FROM round WHERE submitted_at IS NOT NULL)",
])
def test_the_applications_own_connection_cannot_change_what_is_written_once(worked, browse, statement):
    browse("lead")  # so that the security log is not empty
    write_checkpoint(worked.database)
    with pytest.raises(DatabaseError), worked.database.engine.begin() as connection:
        connection.execute(text(statement))


def test_the_trail_cannot_be_emptied_at_once_on_postgresql(worked):
    if not worked.database.is_postgresql:
        return  # SQLite has no TRUNCATE
    with pytest.raises(DatabaseError), worked.database.engine.begin() as connection:
        connection.execute(text("TRUNCATE audit_event"))


@pytest.mark.parametrize("column", [name for name in FIELDS if name not in ("subject_type", "subject_id")] + ["hash"])
def test_one_changed_column_names_the_event(worked, column):
    changed = {
        "format": "2", "sequence": "9", "at": "'2018-01-01 00:00:00+00'", "actor_id": "77", "round": "7",
    }.get(column, "'x'")
    behind_the_back(
        worked.database,
        f"UPDATE audit_event SET {column} = {changed} "
        f"WHERE subject_type = 'milestone' AND subject_id = {one(worked)} AND sequence = 3",
    )
    found = faults(worked.database)
    # A changed sequence moves the event to the end of its chain, where it is named under its new number.
    assert {("milestone", one(worked), 9 if column == "sequence" else 3)} <= {fault[1:] for fault in found}
    assert {fault[1:3] for fault in found} == {("milestone", one(worked))}


def test_a_tail_that_was_cut_off_shows(worked):
    behind_the_back(
        worked.database,
        f"DELETE FROM audit_event WHERE subject_type = 'milestone' AND subject_id = {one(worked)} AND sequence > 3",
    )
    assert ("head", "milestone", one(worked), 3) in faults(worked.database)


def test_an_event_taken_out_of_the_middle_shows(worked):
    behind_the_back(
        worked.database,
        f"DELETE FROM audit_event WHERE subject_type = 'milestone' AND subject_id = {one(worked)} AND sequence = 3",
    )
    assert {code for code, *_ in faults(worked.database)} == {"previous", "sequence"}


def test_a_state_changed_behind_the_engine_shows(worked):
    behind_the_back(worked.database, f"UPDATE milestone SET state = 'reviewed' WHERE id = {one(worked)}")
    assert [fault[:3] for fault in faults(worked.database)] == [("state", "milestone", one(worked))]


@pytest.mark.parametrize(("statement", "named"), [
    ("INSERT INTO role_grant (account_id, role) VALUES ({lead}, 'committee')", ("account", "lead")),
    ("UPDATE role_grant SET area_id = NULL WHERE account_id = {area1}", ("account", "area1")),
    ("DELETE FROM role_grant WHERE account_id = {auditor}", ("account", "auditor")),
    ("UPDATE account SET active = {false} WHERE id = {reviewer}", ("account", "reviewer")),
    ("UPDATE account SET unit_id = {unit} WHERE id = {reviewer}", ("account", "reviewer")),
    (
        "INSERT INTO delegation (giver_id, taker_id, first_day, last_day, given_at) "
        "VALUES ({committee}, {lead}, '2018-01-01', '2019-12-31', '2018-01-01 00:00:00')", ("account", "committee"),
    ),
    ("UPDATE responsibility SET part = 'lead' WHERE task_id = {task} AND part = 'support'", ("task", "1")),
    ("INSERT INTO responsibility (task_id, unit_id, position, part, inferred, source) "
     "VALUES ({task}, {unit}, 9, 'lead', {false}, '')", ("task", "1")),
    ("UPDATE task SET leads_apart = {true} WHERE id = {task}", ("task", "1")),
    ("INSERT INTO unit_member (collective_id, member_id) VALUES ({collective}, {unit})", ("unit", "各镇")),
    ("UPDATE unit SET active = {false} WHERE id = {unit}", ("unit", "戊局")),
])
def test_authority_given_behind_the_administrations_back_is_named(worked, statement, named):
    """Roles, scopes, parts, units, delegations: a row that no event has made, and one that an event did not change."""
    task = worked.milestone().task_id
    flags = ("true", "false") if worked.database.is_postgresql else ("1", "0")
    given = worked.accounts | {
        "task": task, "unit": worked.units["戊局"], "collective": worked.units["各镇"],
        "true": flags[0], "false": flags[1],
    }
    behind_the_back(worked.database, statement.format(**given))
    kind, name = named
    ids = {"account": worked.accounts, "unit": worked.units, "task": {"1": task}}[kind]
    assert faults(worked.database) == [("standing", kind, ids[name], None)]


def test_what_the_administration_changes_is_what_its_events_say(worked):
    """The whole way there and back, through the functions that the pages call."""
    system, security = worked.actor("system"), worked.actor("security")
    database, unit, task = worked.database, worked.units["戊局"], worked.milestone().task_id
    account, _ = directory.create_account(database, system, unit_id=unit, username="new", post="新岗")
    directory.grant(database, security, account, Role.REVIEWER)
    directory.grant(database, security, account, Role.HANDLER)
    with database.reading() as session:
        held = session.query(RoleGrant).filter_by(account_id=account, role=Role.HANDLER).one().id
    directory.revoke(database, security, account, held)
    directory.change_account(database, system, account, unit_id=worked.units["丁局"], post="另一岗", active=True)
    directory.change_unit(database, system, unit, active=False, members=[], leader_signs=True)
    directory.set_part(database, system, task, unit, Part.SUPPORT)
    directory.set_part(database, system, task, worked.units["丁局"], Part.SUPPORT)
    directory.set_part(database, system, task, unit, None)
    day = database.clock().date()
    given = delegation.delegate(database, worked.actor("reviewer"), worked.accounts["area1"], None, day, day)
    delegation.delegate(database, worked.actor("committee"), worked.accounts["committee2"], None, day, day)
    delegation.revoke(database, worked.actor("reviewer"), given)
    assert faults(database) == []


def test_evidence_swapped_behind_an_approval_shows(worked):
    behind_the_back(worked.database, f"UPDATE evidence SET sha256 = '{'cd' * 32}'")
    assert {code for code, *_ in faults(worked.database)} == {"round"}


def test_words_of_a_frozen_round_changed_with_its_digest_show(worked):
    behind_the_back(worked.database, "UPDATE round SET account = 'x', digest = 'y' WHERE submitted_at IS NOT NULL")
    assert {code for code, *_ in faults(worked.database)} == {"round"}


def test_a_chain_removed_whole_with_its_subject_shows_only_against_a_checkpoint(worked):
    unit = worked.units["戊局"]
    checkpoint = write_checkpoint(worked.database)
    accounts = f"SELECT id FROM account WHERE unit_id = {unit}"
    behind_the_back(
        worked.database,
        f"DELETE FROM audit_event WHERE subject_type = 'account' AND subject_id IN ({accounts})",
        f"DELETE FROM role_grant WHERE account_id IN ({accounts})",
        f"DELETE FROM account WHERE unit_id = {unit}",
    )
    assert faults(worked.database) == []
    assert {fault[:2] for fault in faults(worked.database, checkpoint)} == {("removed", "account")}


def test_a_chain_rolled_back_whole_shows_only_against_a_checkpoint(worked):
    with worked.database.reading() as session:
        kept = session.query(AuditEvent).filter_by(
            subject_type="milestone", subject_id=one(worked), sequence=5
        ).one()
        head = kept.hash
    checkpoint = write_checkpoint(worked.database)
    behind_the_back(
        worked.database,
        f"DELETE FROM audit_event WHERE subject_type = 'milestone' AND subject_id = {one(worked)} AND sequence > 5",
        f"UPDATE milestone SET version = 5, chain_head = '{head}', state = 'reviewed' WHERE id = {one(worked)}",
    )
    assert faults(worked.database) == []
    assert faults(worked.database, checkpoint) == [("replaced", "milestone", one(worked), 5)]


def test_a_chain_that_only_grew_is_the_one_of_the_checkpoint(worked):
    checkpoint = write_checkpoint(worked.database)
    worked.fire("committee", "reopen", {"words": "复查。"})
    assert faults(worked.database, checkpoint) == []


@pytest.mark.parametrize("change", [
    lambda content: content["heads"].pop(), lambda content: content.update(number=7),
    lambda content: content.update(at="2018"), lambda content: content.update(format="x"),
])
def test_a_checkpoint_that_was_changed_is_not_believed(worked, change):
    content = json.loads(write_checkpoint(worked.database))
    change(content)
    with worked.database.reading() as session, pytest.raises(BadCheckpoint):
        read_checkpoint(session, json.dumps(content))


def test_checkpoints_are_chained(worked):
    first = json.loads(write_checkpoint(worked.database))
    second = json.loads(write_checkpoint(worked.database))
    assert (first["number"], second["number"]) == (1, 2)
    assert second["previous"] == first["hash"]


def test_a_missing_file_is_named(worked):
    with worked.database.snapshot() as session:
        def gone(_sha256):
            raise FileNotFoundError

        report = verify(session, opened=gone)
    assert {fault.code for fault in report.faults} == {"file"}


def test_the_twenty_lines_in_the_document_verify_an_export(worked, tmp_path):
    """docs/audit.md promises an outsider that this is enough."""
    document = Path("docs/audit.md").read_text(encoding="utf-8")
    program = document.split("```python\n")[1].split("```")[0]
    assert len([line for line in program.splitlines() if line.strip()]) <= 20
    (tmp_path / "check.py").write_text(program, encoding="utf-8")
    with worked.database.snapshot() as session:
        lines = list(export_events(session))

    def check(rows: list[str]) -> str:
        (tmp_path / "events.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "check.py", "events.jsonl"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return run.stdout

    assert check(lines) == f"{len(lines)} events, 0 broken\n"
    changed = [line.replace("督查室", "督察室", 1) if "approve" in line else line for line in lines]
    assert ", 1 broken" in check(changed)


# The highest mark of a process's own memory; what the system tells its parent counts the parent's too.
WALK = """
import atexit, flask.cli
atexit.register(lambda: print(open("/proc/self/status").read()))
flask.cli.main()
"""


def memory_of_a_walk(database_url: str) -> tuple[str, int]:
    """What `flask audit verify` says, and the most memory that it took, in KiB."""
    environment = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": "tests-only-" * 4}
    walk = subprocess.run(
        [sys.executable, "-c", WALK, "audit", "verify"], cwd=ROOT, env=environment, text=True, check=True,
        capture_output=True,
    )
    return walk.stdout, int(re.search(r"VmHWM:\s+(\d+) kB", walk.stdout).group(1))


@ONE_DATABASE
def test_a_hundred_thousand_events_are_walked_without_loading_them_all(ledger, database_url):
    """In one pass, in bounded memory: against the walk over a few events."""
    _, few = memory_of_a_walk(database_url)
    unit_id, rows = ledger.units["戊局"], []
    with ledger.database.writing() as session:
        first = session.query(AuditEvent).filter_by(subject_type="unit", subject_id=unit_id).one()
        previous = first.hash
        template = {name: getattr(first, name) for name in FIELDS}
    for sequence in range(2, 100_001):
        row = template | {"sequence": sequence, "previous": previous, "format": FORMAT}
        row["hash"] = previous = event_hash(SimpleNamespace(**row))
        rows.append(row)
    with ledger.database.writing() as session:
        session.execute(insert(AuditEvent.__table__), rows)
        session.execute(
            text("UPDATE unit SET version = 100000, chain_head = :head WHERE id = :id"),
            {"head": previous, "id": unit_id},
        )
    said, many = memory_of_a_walk(database_url)
    assert int(re.search(r"\d{6,}", said.split("Name:")[0]).group()) > 100_000
    assert many - few < 20 * 2**10  # KiB; all of them at once are over 150 MiB


def test_evidence_of_a_draft_is_not_yet_frozen(ledger):
    ledger.fill()
    with ledger.database.writing() as session:
        assert session.query(Evidence).delete() == 1
