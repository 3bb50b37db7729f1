"""`flask plan check`, `import`, `export`: what they say, store, and end with."""

import json

import openpyxl
import pytest
from sqlalchemy import func, select

from models import Plan, Task
from plans.corrections import to_file
from plans.readers.limits import MOST_BYTES
from tests.plans.paper import LINES, paper

CLEAN = (LINES[0],)


@pytest.fixture
def run(app, tmp_path, monkeypatch):
    """`run("check", data, …)` runs the command on a file with these bytes."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def command(name: str, data: bytes, *words: str, file: str = "plan.txt"):
        path = tmp_path / file
        path.write_bytes(data)
        return app.test_cli_runner().invoke(args=["plan", name, str(path), *words])

    return command


def plans(ledger) -> int:
    with ledger.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Plan)) - 1  # without the fixture's own


BROKEN = paper() + "\n\n\t5\n\t多一格\n\ta\n\tb\n\tc\n\td\n\te\n".encode()


@pytest.mark.parametrize(("data", "status"), [
    (paper(CLEAN), 0), (paper(), 1), (BROKEN, 2), ("这不是方案。".encode(), 3), (b"", 3), (b"x" * (MOST_BYTES + 1), 3),
], ids=["clean", "doubts", "errors", "unreadable", "empty", "too large"])
def test_check_and_import_end_alike_and_only_what_is_clean_is_stored(ledger, run, data, status):
    assert run("check", data).exit_code == status
    assert run("import", data).exit_code == status
    assert plans(ledger) == (status == 0)


def test_doubts_are_accepted_with_a_word_of_their_own_and_errors_not_even_then(ledger, run):
    assert run("import", BROKEN, "--accept-doubts").exit_code == 2
    assert run("import", paper(), "--accept-doubts", "--opened", "2018-07-01").exit_code == 0
    again = run("import", paper(), "--accept-doubts")
    assert again.exit_code == 0 and "imported before" in again.output
    assert plans(ledger) == 1


def test_corrections_of_a_file_are_applied_and_remembered(ledger, run, tmp_path):
    file = tmp_path / "corrections.json"
    accepted = [{"do": "settle", "code": code} for code in (
        "lead-inferred", "unit-vague", "deadline-ambiguous", "no-requirement")]
    file.write_text(to_file([{"do": "plan-title", "value": "更正后的名称"}, *accepted], ""), encoding="utf-8")
    checked = run("check", paper(), "--json", "--corrections", str(file))
    said = json.loads(checked.output)
    assert said["title"] == "更正后的名称"
    left = [{"do": "settle", "code": code} for code in {f["code"] for f in said["findings"] if f["grade"] == "doubt"}]
    file.write_text(to_file([{"do": "plan-title", "value": "更正后的名称"}, *accepted, *left], ""), encoding="utf-8")
    assert run("check", paper(), "--corrections", str(file)).exit_code == 0
    assert run("import", paper()).exit_code == 1  # without them nothing is stored, and the document is kept
    done = run("import", paper(), "--corrections", str(file))
    assert done.exit_code == 0 and "corrections applied" in done.output
    with ledger.database.reading() as session:
        assert session.scalars(select(Plan.title).order_by(Plan.id.desc())).first() == "更正后的名称"


def test_a_file_of_corrections_that_will_not_do_changes_nothing(ledger, run, tmp_path):
    file = tmp_path / "corrections.json"
    file.write_text('[{"do": "explode"}]')
    refused = run("import", paper(), "--corrections", str(file), "--accept-doubts")
    assert refused.exit_code == 2 and "No. 1" in refused.output
    assert plans(ledger) == 0


def test_a_stored_plan_is_exported(ledger, app, run, tmp_path):
    run("import", paper(), "--accept-doubts")
    with ledger.database.reading() as session:
        plan_id = session.scalars(select(Task.plan_id).order_by(Task.plan_id.desc())).first()
    file = tmp_path / "out.xlsx"
    assert app.test_cli_runner().invoke(args=["plan", "export", str(plan_id), str(file)]).exit_code == 0
    assert openpyxl.load_workbook(file).active["A1"].value == "测试区任务分解表（2018-2019年）"
    unknown = app.test_cli_runner().invoke(args=["plan", "export", "99", str(file)])
    assert unknown.exit_code == 2 and "测试区" in unknown.output
