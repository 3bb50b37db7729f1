"""The monitor: every number opens exactly its milestones, and no two pages show two numbers for one thing."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

import views.monitor
from models import Milestone
from reports.as_of import stood
from reports.figures import ANSWERS, DECISIONS, FIGURES, RETURN_SHARE, SHARES, Kind, Tally, kind_columns
from reports.ledger import Filters, ledger_map, tally, visible
from reports.monitor import Line
from reports.spells import holdings
from reports.units import UnitLine, ranked
from tests.ledger import RETURN
from views.context import judging, past_day
from views.ledger import judged_by, read_filters
from workflow.calendar import Calendar
from workflow.clocks import Clocks, Judging
from workflow.lights import Day
from workflow.periods import quarter_days, quarter_of
from workflow.subjects import milestone_rows

PAGES = ("/monitor", "/monitor/units", "/monitor/units/{甲局}", "/monitor/units/{乙局}", "/ledger")
# A number within a link to the ledger, with what it is called where the link says so.
_LINK = re.compile(
    r'<a[^>]*href="(/ledger\?[^"]*|/ledger)"[^>]*>\s*(?:[^<\d]*<b>)?(\d+)(?:</b>)?(?:<span>([^<]*)</span>)?'
)


@pytest.fixture
def story(ledger, clock):
    """Something of everything: returned, over its clock, done late, a silent unit, an extension of nothing."""
    ledger.draft()
    ledger.answer("support", "nothing")
    clock.pass_(days=12)  # 丙镇 does not answer
    ledger.fire("lead", "submit")
    ledger.submit("colead", "2")
    ledger.fire("reviewer", "return", RETURN, number="2")
    clock.pass_(days=12)  # into January: over the reviewer's clock, and the second task is late
    ledger.submit("colead", "2", answers=["甲", "乙"])
    ledger.fire("reviewer", "approve", number="2")
    ledger.fire("committee", "accept", number="2")
    ledger.submit("lead", year=2019)
    return ledger


def numbers(page: str) -> list[tuple[str, int, str]]:
    """(address, number, its name or "") of every number that opens a ledger."""
    found = [(unescape(path), int(number), name) for path, number, name in _LINK.findall(page)]
    return [it for it in found if not 2000 < it[1] < 2100]  # a year is no count


@pytest.mark.parametrize("asof", [None, "2018-12-26", "2018-12-13"])
def test_every_number_opens_exactly_its_milestones_and_one_address_has_one_number(story, app, browse, asof):
    committee, known, seen = browse("committee"), {}, 0
    for page in PAGES:
        path = page.format(**story.units) + (f"?asof={asof}" if asof else "")
        for address, number, _name in numbers(committee.get(path).text):
            query = parse_qsl(urlsplit(address).query)
            assert dict(query).get("asof") == asof, (path, address)
            seen += 1
            if known.setdefault(frozenset(query), number) != number:
                pytest.fail(f"{path}: {address} is {number} here, {known[frozenset(query)]} elsewhere")
    assert seen > 50
    with app.test_request_context(), story.database.reading() as session:
        for query, number in known.items():
            filters = read_filters(MultiDict(query))
            assert tally(session, story.actor("committee"), judged_by(filters, None), filters)["total"] == number, query


def test_the_ledger_page_behind_a_number_says_the_same_number(story, browse):
    committee = browse("committee")
    tiles = [it for it in numbers(committee.get("/monitor").text) if it[2]]
    assert len(tiles) >= 7
    for address, number, name in tiles:
        shown = re.search(r"<p>(\d+) 个年度节点", committee.get(address).text)
        assert int(shown.group(1)) == number, name


@pytest.mark.parametrize("past", [None, date(2018, 12, 26)])
def test_a_figure_counts_and_lists_the_same_milestones(story, app, past):
    """Both forms of every figure, on every milestone."""
    with app.test_request_context(), story.database.reading() as session:
        actor, day = story.actor("auditor"), judging(past_day(past))
        query = milestone_rows(Milestone.id, *kind_columns(day)).where(visible(actor, day))
        kinds = {key: Kind(*kind) for key, *kind in session.execute(stood(session, query, day))}
        assert any(kind.over for kind in kinds.values()) == (past is None)
        assert any(kind.late for kind in kinds.values()) == (past is None)
        for figure in FIGURES:
            query = milestone_rows(Milestone.id).where(visible(actor, day), figure.where(day))
            listed = set(session.scalars(stood(session, query, day)))
            assert listed == {key for key, kind in kinds.items() if figure.holds(kind)}, figure.name
            filters = Filters(asof=past).counting(figure.name)
            assert tally(session, actor, day, filters)["total"] == len(listed), figure.name


def test_what_was_submitted_in_time_counts_for_those_who_hold_it(story, browse):
    page = browse("committee").get("/monitor").text
    held = page[page.index('id="held"'):page.index("办理漏斗")]
    assert "超时" in held
    with story.database.reading() as session:
        one = session.scalars(select(Milestone).where(Milestone.id == story.milestones["1", 2018])).one()
    assert one.state == "submitted" and one.due < story.actor("lead").today
    assert f'/milestones/{one.id}"' in held
    line = browse("committee").get(f"/monitor/units/{story.units['甲局']}").text
    assert re.search(r'href="/ledger\?[^"]*light=overdue[^"]*"[^>]*><b>0</b>', line)


def test_units_hold_in_the_order_of_the_directory(story):
    with story.database.reading() as session:
        today = story.actor("committee").today
        day = Judging(today, clocks=Clocks({}, Calendar(), today))
        total, lines = holdings(session, story.actor("committee"), day, Filters())
    assert total.name == "" and len(lines) > 1
    assert [it.unit_id for it in lines] == sorted(it.unit_id for it in lines)
    assert all(it.name for it in lines)


def test_a_list_that_is_cut_says_so(story, browse, monkeypatch):
    pages = "/monitor", f"/monitor/units/{story.units['督查室']}"
    assert not any("只列期限最早的" in browse("committee").get(path).text for path in pages)
    monkeypatch.setattr(views.monitor, "SHOWN", 1)
    monkeypatch.setattr(views.monitor, "OF_ONE", 1)
    assert all("只列期限最早的 1 个" in browse("committee").get(path).text for path in pages)


def test_the_definitions_stand_on_one_page(browse):
    page = browse("lead").get("/help/figures").text
    for it in (*FIGURES, *SHARES, *ANSWERS, *DECISIONS, RETURN_SHARE):
        assert f'id="{it.name}"' in page and unescape(it.counted.zh) in unescape(page)
    names = [it.name for it in (*FIGURES, *SHARES, *ANSWERS, *DECISIONS, RETURN_SHARE)]
    assert len(names) == len(set(names))


def test_a_unit_sees_its_own_page_and_no_other(ledger, browse):
    own, other = ledger.units["甲局"], ledger.units["乙局"]
    lead = browse("lead")
    assert lead.get(f"/monitor/units/{own}").status_code == 200
    assert lead.get(f"/monitor/units/{other}").status_code == 404
    assert browse("auditor").get(f"/monitor/units/{other}").status_code == 200


def test_the_screen_fetches_itself_and_shows_the_figures_of_the_monitor(story, browse):
    committee = browse("committee")
    screen, page = committee.get("/monitor/screen").text, committee.get("/monitor").text
    assert 'hx-trigger="every 60s"' in screen and 'hx-select="#screen"' in screen
    assert 'class="screen-page dark"' in screen
    plain = re.sub(r'<span class="light.*?</svg></span>', "", screen, flags=re.DOTALL)
    shown = {name: int(number) for number, name in re.findall(r"<b>(\d+)</b><span>([^<]+)</span>", plain)}
    tiles = {name: number for _path, number, name in numbers(page) if name}
    both = shown.keys() & tiles.keys()
    assert len(both) >= 5 and all(shown[name] == tiles[name] for name in both)
    assert 'class="screen-page"' in committee.get("/monitor/screen?look=light").text


def test_a_day_that_is_none_or_not_past_is_the_present(ledger, browse):
    committee = browse("committee")
    now = committee.get("/monitor").text
    assert "按审计留痕还原" not in now
    for asof in ("2018-12-13", "2099-01-01", "x", "2018-13-01", ""):
        assert "按审计留痕还原" not in committee.get(f"/monitor?asof={asof}").text, asof
    assert "按审计留痕还原" in committee.get("/monitor?asof=2018-12-12").text
    assert committee.get("/ledger?asof=0001-01-01").status_code == 200


def test_a_long_map_comes_in_pages_that_leave_nothing_out(ledger):
    with ledger.database.reading() as session:
        actor, day = ledger.actor("committee"), Day(date(2018, 12, 13))
        whole = [task.id for area in ledger_map(session, actor, day, Filters()) for task in area.tasks]
        maps = [ledger_map(session, actor, day, Filters(), page=page, tasks_each=2) for page in (1, 2, 3)]
        pages = [[task.id for area in areas for task in area.tasks] for areas in maps]
    assert len(whole) == 3 and pages == [whole[:2], whole[2:], []]


def test_quarters_are_those_of_the_deadline():
    assert quarter_days("2018Q4") == (date(2018, 10, 1), date(2018, 12, 31))
    for quarter in ("2018Q1", "2019Q2", "2020Q3"):
        assert {quarter_of(day) for day in quarter_days(quarter)} == {quarter}


def test_units_are_ranked_only_by_shares_that_say_something():
    def unit(number: int, done: int, wanted: int) -> UnitLine:
        tally_ = Tally()
        tally_.add(Kind("accepted", "done"), done)
        tally_.add(Kind("planned", "normal"), wanted - done)
        return UnitLine(number, str(number), Line("", Filters(), tally_), Line("", Filters()))

    lines = ranked([unit(1, 4, 4), unit(2, 5, 10), unit(3, 9, 10), unit(4, 10, 20)])
    assert [(line.id, line.place) for line in lines] == [(3, 1), (2, 2), (4, 2), (1, None)]
