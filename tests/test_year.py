"""The year that `flask demo year` plays: how it is made, and that on so rich a ledger no two numbers disagree."""

import io
import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from evidence import Intake, store_for
from models import Account, AuditEvent, Database, Message, Milestone, Notice
from plans.demonstration import PASSWORD, cast
from plans.demonstration.year import days_to_play_on, opening, play_year
from reports.figures import ANSWERS, FIGURES, SHARE
from reports.ledger import tally
from reports.units import by_unit
from settings import Settings
from tests.browser import Browser
from tests.test_monitor import numbers
from views.app import create_app
from views.context import judging
from views.ledger import judged_by, read_filters
from workflow.actor import load_actor
from workflow.audit.words import actions
from workflow.calendar import CHINA

UNTIL = date(2019, 1, 11)  # late ones come in, some are over their reviewers' clock
EVERY = 5  # of the milestones: a fifth, so that it is played in seconds


def played(url: str, folder, until: date, every: int) -> list[date]:
    clock = opening()
    database = Database(url, clock=clock)
    days = list(play_year(database, clock, Intake(store_for(f"file://{folder}/evidence"), 2**20), until, every=every))
    database.dispose()
    return days


@pytest.fixture(scope="module")
def app(prepared, tmp_path_factory):
    """The application over a fifth of the year, on the day after its last. On SQLite: playing it takes a while."""
    folder = tmp_path_factory.mktemp("year")
    url = prepared.copy_of_file("schema", folder / "ledger.db")
    played(url, folder, UNTIL, EVERY)
    clock = opening()
    made = create_app(Settings(
        database_url=url, evidence_url=f"file://{folder}/evidence", preview_folder=f"{folder}/previews",
        secret_key="tests-only-" * 4, secure_cookies=False,
    ), serving=True, clock=clock)
    made.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    clock.now = datetime.combine(UNTIL + timedelta(1), time(9), CHINA)
    yield made
    made.extensions["database"].dispose()


@pytest.fixture(scope="module")
def committee(app):
    browser = Browser(app)
    assert browser.post("/sign-in", {"username": "guanweihui", "password": PASSWORD}).status_code == 302
    return browser


def test_a_year_has_something_of_everything_and_its_trail_is_intact(app):
    database = app.extensions["database"]
    with database.reading() as session:
        done = Counter(session.execute(select(AuditEvent.subject_type, AuditEvent.action)).all())
        states = Counter(session.scalars(select(Milestone.state).where(Milestone.year == cast.YEAR)))
        last = session.scalar(select(func.max(AuditEvent.at)))
        assert all(action in actions(kind) for kind, action in done)  # so that the trail can be asked for each
        assert session.scalar(select(func.count()).select_from(Message)) == 0  # nothing is on its way to anybody
        assigned = set(session.scalars(select(Notice.account_id).where(Notice.kind == "assigned")))
        assert len(assigned) > 30 and assigned <= set(session.scalars(select(Account.id)))
    for action in ("submit", "return", "approve", "accept", "urge", "chase", "supervise", "send_to_sign", "sign"):
        assert done["milestone", action], action
    for of in (
        ("change_request", "grant"), ("change_request", "refuse"), ("implementation", "file"), ("supervision", "close"),
        ("contribution_request", "contribute"), ("instruction", "answer"), ("account", "delegate"),
    ):
        assert done[of], of
    assert states["accepted"] > 5 and states["planned"] > 2  # most is done, the silent are not
    assert last.date() <= UNTIL
    verified = app.test_cli_runner().invoke(args=["audit", "verify", "--files"])
    assert verified.exit_code == 0, verified.output


def test_the_same_seed_is_the_same_year_on_both_databases(prepared, postgresql, tmp_path):
    found = []
    with prepared.copy_on_server("schema", postgresql) as server:
        for place, url in enumerate((prepared.copy_of_file("schema", tmp_path / "ledger.db"), server)):
            played(url, tmp_path / str(place), date(2018, 7, 13), 40)
            database = Database(url)
            with database.reading() as session:
                found.append(session.execute(
                    select(AuditEvent.subject_type, AuditEvent.subject_id, AuditEvent.sequence, AuditEvent.hash)
                    .order_by(AuditEvent.subject_type, AuditEvent.subject_id, AuditEvent.sequence)
                ).all())
                assert days_to_play_on(session, date(2018, 8, 10)) < 0
            database.dispose()
    assert found[0] == found[1] and len(found[0]) > 600


def test_a_year_is_played_on_nothing_else_and_only_as_a_demonstration(prepared, tmp_path):
    def run(content: str, **settings):
        url = prepared.copy_of_file(content, tmp_path / f"{content}.db")
        app = create_app(Settings(database_url=url, evidence_url=f"file://{tmp_path}/evidence", **settings))
        return app.test_cli_runner().invoke(args=["demo", "year"]), app.test_cli_runner().invoke(args=["demo", "clock"])

    held, clock = run("ledger", demo=True)
    assert held.exit_code == 1 and "只能在空库上生成" in held.output and "方案 1 份" in held.output
    assert clock.exit_code == 0 and int(clock.output) < 0
    refused, clock = run("schema")
    assert refused.exit_code == 2 and "DEMO=1" in refused.output
    assert clock.exit_code == 1 and "flask demo year" in clock.output


DOCUMENTS = ("bulletin", "year")  # whose annex gives an address for each number


class Known:
    """Numbers by what they count: the filters of a ledger page. Whoever says another number is caught at once."""

    def __init__(self):
        self.numbers: dict[frozenset, int] = {}
        self.where: dict[frozenset, list[str]] = {}

    def say(self, where: str, query: dict[str, str], number: int) -> None:
        key = frozenset(query.items())
        said = self.where.setdefault(key, [])
        before = self.numbers.setdefault(key, number)
        assert before == number, f"{urlencode(query)}: {number} in {where}, {before} in {said}"
        said.append(where)

    def pages(self, browser: Browser, *paths: str) -> None:
        for path in paths:
            for address, number, _name in numbers(browser.get(path).text):
                self.say(path, dict(parse_qsl(urlsplit(address).query)), number)


def book(answer) -> dict[str, list[dict]]:
    """The tables of a workbook, each row by the names of its columns."""
    assert answer.status_code == 200
    tables = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        head = next((n for n, row in enumerate(rows) if sum(cell is not None for cell in row) > 2), len(rows))
        tables[sheet.title] = [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1:]]
    return tables


def origins(answer) -> list[list[str]]:
    """The annex of a bulletin or a year's report that tells where each number comes from."""
    for table in docx.Document(io.BytesIO(answer.data)).tables:
        rows = [["".join(it.text for it in cell.iter(qn("w:t"))) for cell in row.tc_lst] for row in table._tbl.tr_lst]
        if rows[0][:2] == ["编号", "数字"]:
            return rows[1:]
    raise LookupError("no origins")


@pytest.mark.parametrize("query", ["", "year=2018&asof=2018-12-14"])
def test_every_page_and_document_says_the_same_numbers(app, committee, query):
    """For one day and one filter: the monitor and its units, the screen, the ledger, its workbook, and the papers."""
    known, asked, tail = Known(), dict(parse_qsl(query)), f"?{query}" if query else ""
    known.pages(committee, *(f"{page}{tail}" for page in ("/monitor", "/monitor/units", "/ledger")))
    pages = len(known.numbers)
    screen = committee.get(f"/monitor/screen{tail}").text
    plain = re.sub(r'<span class="light.*?</svg></span>', "", screen, flags=re.DOTALL)
    shown = {name: int(number) for number, name in re.findall(r"<b>(\d+)</b><span>([^<]+)</span>", plain)}
    said = 0
    for figure in FIGURES:
        if figure.label.zh in shown and figure.narrow is not None:
            known.say("screen", asked | figure.filters, shown[figure.label.zh])
            said += 1
    assert said >= 4
    _ledger_workbook(known, committee, asked)
    _units_workbook(known, app, committee, asked)
    for name in DOCUMENTS:
        for _number, told, what, _meaning, address in origins(committee.get(f"/documents/{name}.docx{tail}")):
            if told.isdecimal() and address and "净增" not in what:
                known.say(name, dict(parse_qsl(urlsplit(address).query)), int(told))
    assert len(known.numbers) > pages > 60
    with app.test_request_context(), app.extensions["database"].reading() as session:
        actor = load_actor(session, session.scalar(select(Account.id).where(Account.username == "guanweihui")))
        alone = [which for which, said in known.where.items() if len(said) == 1 and said[0] in DOCUMENTS]
        for which in alone:  # no page says it: then it is what its address lists
            filters = read_filters(MultiDict(which))
            assert tally(session, actor, judged_by(filters, None), filters)["total"] == known.numbers[which], which


def test_the_workbench_and_the_queue_hold_what_the_monitor_counts(committee):
    counted = {address: number for address, number, _name in numbers(committee.get("/monitor").text)}
    reviewed = counted["/ledger?state=reviewed"]
    assert reviewed > 0
    queue, workbench = committee.get("/review").text, committee.get("/").text
    assert int(re.search(r"(\d+) 件等待办理", queue)[1]) == reviewed
    assert len(set(re.findall(r'data-stop href="/milestones/(\d+)"', workbench))) == reviewed


def _ledger_workbook(known: Known, committee: Browser, asked: dict) -> None:
    """Its rows counted by state and light, and its own sums."""
    tables = book(committee.get(f"/documents/ledger.xlsx?{urlencode(asked)}"))
    rows = tables["台账"]
    known.say("ledger.xlsx", asked, len(rows))
    states, lights = Counter(row["状态"] for row in rows), Counter(row["亮灯"].split()[-1] for row in rows)
    (total,) = (row for row in tables["汇总与图表"] if row["分组"] == "合计")
    for figure in FIGURES:
        label, narrow = figure.label.zh, figure.filters
        if label in total:
            known.say("ledger.xlsx, 合计", asked | narrow, total[label])
        if "state" in narrow and label in total:
            assert states[label] == total[label]
        if set(narrow) == {"light"} and figure.lights == frozenset({figure.name}):
            known.say("ledger.xlsx, 亮灯", asked | narrow, lights[label])
    page = committee.get(f"/ledger?{urlencode(asked)}").text
    cells = set(re.findall(r'href="/milestones/(\d+)[?"]', page))
    assert len(cells) == len(rows)  # the map has a cell for each


def _units_workbook(known: Known, app, committee: Browser, asked: dict) -> None:
    rows = {row["单位"]: row for row in book(committee.get(f"/documents/units.xlsx?{urlencode(asked)}"))["各单位"]}
    with app.test_request_context(), app.extensions["database"].reading() as session:
        actor = load_actor(session, session.scalar(select(Account.id).where(Account.username == "guanweihui")))
        filters = read_filters(MultiDict(asked))
        lines = by_unit(session, actor, judging(judged_by(filters, None)), filters)
    assert [line.name for line in lines] == list(rows)
    for line in lines:
        row = rows[line.name]
        for figure in FIGURES:
            if f"牵头{figure.label.zh}" in row:
                query = line.lead.filters.counting(figure.name).query()
                known.say("units.xlsx", query, row[f"牵头{figure.label.zh}"])
        for answer in ANSWERS:
            number, asked_filters = line.asked(answer.name)
            assert row[f"配合{answer.label.zh}"] == number
            known.say("units.xlsx", asked_filters.query(), number)
        wanted, done = row["牵头应办节点"], row["牵头已办结"]
        assert row[f"牵头{SHARE['done_share'].label.zh}"] == (100 * done // wanted if wanted else None)
