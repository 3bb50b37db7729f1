"""The commands as they are typed: what they print, how they end, and that a second time changes nothing."""

import json
import sqlite3
from pathlib import Path

import click
import pytest
from sqlalchemy import func, select, text

from models import Account, AuditEvent, Database, Milestone, Plan, PlanDraft, ReturnReason, Role, RoleGrant, Task, Unit
from models.schema import downgrade, upgrade
from plans.demonstration import SAMPLE, accounts_to_show, create_demonstration
from settings import Settings
from views.app import create_app
from workflow.registry import WORKFLOWS


@pytest.fixture
def empty(database_url, tmp_path):
    """The application over an empty database, without people."""
    made = create_app(Settings(database_url=database_url, evidence_url=f"file://{tmp_path}/evidence"))
    yield made
    made.extensions["database"].dispose()


@pytest.fixture
def run(empty):
    def run(*words: str):
        return empty.test_cli_runner().invoke(args=list(words))

    return run


def counts(app) -> tuple[int, ...]:
    """What the ledger holds, and its events. That a document came in is on record also where it was not stored, and the
    list of reasons with which every ledger begins."""
    with app.extensions["database"].reading() as session:
        rows = [session.scalar(select(func.count()).select_from(table)) for table in (Plan, Task, Milestone, Unit)]
        besides = AuditEvent.subject_type.in_((PlanDraft.__tablename__, ReturnReason.__tablename__))
        return (*rows, session.scalar(select(func.count()).select_from(AuditEvent).where(~besides)))


def test_a_plan_is_checked_and_told(run):
    done = run("plan", "check", str(SAMPLE))
    assert done.exit_code == 1  # doubts
    assert "行动 7；任务 120（带标记 52）；年度节点 332（2018: 119, 2019: 108, 2020: 105）" in done.output
    assert "unit-like-another" in done.output


def test_the_json_has_the_shape_that_others_rely_on(run):
    plan = json.loads(run("plan", "check", str(SAMPLE), "--json").output)
    assert set(plan) == {
        "title", "years", "plan_due", "lead_rule", "marks", "columns", "tasks", "findings",
    }
    assert (plan["years"], plan["plan_due"], len(plan["tasks"])) == ([2018, 2019, 2020], "2018-07-25", 120)
    first = plan["tasks"][0]
    assert {"number", "title", "starred", "action", "contents", "units", "milestones"} <= set(first)
    assert {"name", "part", "inferred", "collective", "source"} <= set(first["units"][0])
    assert {"year", "requirement", "due", "steps", "indicators"} <= set(first["milestones"][0])
    assert {"grade", "code", "task", "source", "message"} <= set(plan["findings"][0])


@pytest.mark.parametrize(("content", "words"), [
    (b"", "空"), (b"\x00\x01\x02" * 40, "文本"), ("没有表格的一段话。".encode(), "没有找到任务"),
])
def test_a_file_that_is_no_plan_is_unreadable_and_says_why(run, empty, tmp_path, content, words):
    file = tmp_path / "plan.txt"
    file.write_bytes(content)
    for command in ("check", "import"):
        done = run("plan", command, str(file))
        assert done.exit_code == 3
        assert words in done.output
    assert counts(empty) == (0, 0, 0, 0, 0)


def test_an_import_stores_all_and_a_second_one_changes_nothing_and_says_so(run, empty):
    done = run("plan", "import", "--accept-doubts", str(SAMPLE))
    assert done.output.strip().endswith("已导入：任务 120 项，年度节点 332 个。")
    before = counts(empty)
    assert before[:3] == (1, 120, 332)
    again = run("plan", "import", "--accept-doubts", str(SAMPLE))
    assert (again.exit_code, again.output.strip()) == (0, "同一文件已导入过，没有作任何改动。")
    assert counts(empty) == before


def test_a_plan_with_errors_is_not_stored_in_part(run, empty, tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    head, tail = text.split("\n\t2\n", 1)
    file = tmp_path / "plan.txt"
    file.write_text(head + "\n\t2\n\t多出的一格\n" + tail, encoding="utf-8")
    done = run("plan", "import", "--accept-doubts", str(file))
    assert done.exit_code == 2
    assert "未导入" in done.output
    assert counts(empty) == (0, 0, 0, 0, 0)


def test_an_import_that_fails_in_its_middle_leaves_nothing(run, empty, monkeypatch):
    def fail(*_arguments, **_more):
        raise OSError("disk full")

    monkeypatch.setattr("plans.store.add_milestones", fail)
    assert run("plan", "import", "--accept-doubts", str(SAMPLE)).exit_code != 0
    assert counts(empty) == (0, 0, 0, 0, 0)


def test_first_people_are_made_from_the_terminal(run, empty):
    done = run("user", "create", "anquan", "--unit", "保密办", "--post", "安全管理岗", "--role", "security_admin")
    assert done.exit_code == 0 and "一次性密码" in done.output
    assert run("user", "create", "anquan", "--unit", "保密办", "--post", "岗", "--role", "auditor").exit_code == 1
    mixed = run("user", "create", "two", "--unit", "保密办", "--post", "岗", "--role", "auditor", "--role", "handler")
    assert mixed.exit_code == 1 and "不得兼任" in mixed.output
    assert run("user", "password", "anquan").exit_code == 0
    assert run("user", "password", "nobody").exit_code == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workflow_is_drawn_from_its_definition(run, tmp_path, language):
    file = tmp_path / "drawn.svg"
    assert run("workflow", "draw", "milestone", "--language", language, "--output", str(file)).exit_code == 0
    svg = file.read_text(encoding="utf-8")
    words = ("待报送", "同意办结", "退回修改") if language == "zh" else ("To report", "Sign off", "Return")
    assert svg.startswith("<svg") and all(word in svg for word in words)


def test_the_pictures_in_the_documents_are_those_that_the_definitions_give(run, tmp_path):
    assert run("workflow", "draw", "--all", "--language", "zh", "--output", str(tmp_path)).exit_code == 0
    drawn, kept = (
        {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.svg")}
        for folder in (tmp_path, Path("docs/pictures/workflows"))
    )
    assert drawn == kept and len(kept) == len(WORKFLOWS)


def test_a_trail_is_verified_checkpointed_and_exported_from_the_terminal(run, empty, tmp_path):
    run("plan", "import", "--accept-doubts", str(SAMPLE))
    clean = run("audit", "verify")
    assert clean.exit_code == 0 and "完好" in clean.output
    file = tmp_path / "checkpoint.json"
    assert run("audit", "checkpoint", str(file)).exit_code == 0
    assert run("audit", "verify", "--against", str(file)).exit_code == 0
    file.write_text(file.read_text(encoding="utf-8").replace('"number":1', '"number":2'), encoding="utf-8")
    assert run("audit", "verify", "--against", str(file)).exit_code == 1
    lines = run("audit", "export", "-").output.splitlines()
    with empty.extensions["database"].reading() as session:
        assert len(lines) == session.scalar(select(func.count()).select_from(AuditEvent))
    assert json.loads(lines[0])["sequence"] == 1


BEFORE = ("plan check", "workflow draw", "database upgrade", "demo year", "serve")  # need no tables, or make them
ARGUMENTS = {
    "plan import": [str(SAMPLE)], "plan export": ["1", "plan.xlsx"], "user password": ["xitong"],
    "user create": ["xitong", "--unit", "办", "--post", "岗", "--role", "auditor"],
    "evidence migrate": ["file:///a", "file:///b"],
}


def commands(group: click.Group, path: str = "") -> dict[str, click.Command]:
    """Every command there is, by how it is typed."""
    found = {}
    for name, it in group.commands.items():
        words = f"{path} {name}".strip()
        found |= commands(it, words) if isinstance(it, click.Group) else {words: it}
    return found


def bare(tmp_path):
    return create_app(Settings(database_url=f"sqlite:///{tmp_path}/bare.db", evidence_url=f"file://{tmp_path}/e"))


def test_without_tables_every_command_says_in_a_sentence_what_to_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = bare(tmp_path)
    ours = {words for words in commands(app.cli) if words not in ("run", "shell", "routes")}
    assert set(BEFORE) | set(ARGUMENTS) <= ours
    for words in sorted(ours - set(BEFORE)):
        done = app.test_cli_runner().invoke(args=[*words.split(), *ARGUMENTS.get(words, [])])
        assert done.exit_code == 2 and isinstance(done.exception, SystemExit), words
        assert done.output.startswith("数据库还没有建表") and "flask database upgrade" in done.output, words
        assert done.output.count("\n") == 1, words
    assert app.test_cli_runner().invoke(args=["workflow", "draw"]).exit_code == 0
    assert app.test_cli_runner().invoke(args=["plan", "check", str(SAMPLE)]).exit_code == 1
    english = app.test_cli_runner(env={"LC_ALL": "en_GB.UTF-8"}).invoke(args=["remind"])
    assert english.output.startswith("The database has no tables yet")


def test_older_tables_are_said_to_be_so_and_those_of_a_later_program_are_not_judged(run, empty):
    database = empty.extensions["database"]
    downgrade(database, "0026")
    done = run("demo", "clock")
    assert done.exit_code == 2 and "表结构较旧" in done.output
    assert run("database", "upgrade").exit_code == 0
    assert run("remind").exit_code == 0
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert run("remind").exit_code == 0


def test_one_byte_changed_behind_the_applications_back_is_named(tmp_path):
    url = f"sqlite:///{tmp_path}/ledger.db"
    upgrade(Database(url))
    app = create_app(Settings(database_url=url, evidence_url=f"file://{tmp_path}/e"))
    app.test_cli_runner().invoke(args=["plan", "import", "--accept-doubts", str(SAMPLE)])
    connection = sqlite3.connect(tmp_path / "ledger.db")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    query = "SELECT id, detail FROM audit_event WHERE subject_type = 'milestone' LIMIT 1"
    event, detail = connection.execute(query).fetchone()
    connection.execute(
        "UPDATE audit_event SET detail = ? WHERE id = ?", (detail.replace("2018", "2017", 1), event)
    )
    connection.commit()
    connection.close()
    done = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert done.exit_code == 1
    assert f"(event {event}): hash" in done.output


def test_a_role_that_nobody_granted_is_named(run, empty):
    """Over the whole sample with its people, whose every role and part has its event."""
    run("plan", "import", "--accept-doubts", str(SAMPLE))
    database = empty.extensions["database"]
    create_demonstration(database)
    done = run("audit", "verify")
    assert done.exit_code == 0, done.output
    with database.writing() as session:
        account = session.scalar(select(Account.id).where(Account.username == "shenji"))
        session.add(RoleGrant(account_id=account, role=Role.COMMITTEE))
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert f"account {account}: standing" in done.output and "committee" in done.output


def test_a_demonstration_has_an_account_for_every_office_and_unit_and_a_second_time_adds_none(run, empty):
    run("plan", "import", "--accept-doubts", str(SAMPLE))
    database = empty.extensions["database"]
    made = create_demonstration(database)
    assert create_demonstration(database) == made
    with database.reading() as session:
        shown = accounts_to_show(session)
        single = session.scalar(select(func.count()).where(~Unit.collective))
    assert len(shown) == made
    assert {unit.unit for unit in shown} >= {"督查室", "管委会"}
    assert len({unit.unit for unit in shown}) <= single
