"""Indicators: reported values against target and the straight line to the deadline; steps with lights of their own."""

import itertools
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from models import Indicator, Milestone
from tests.ledger import FILE, LIMITS
from workflow.drafts import Draft, Implausible, add_piece, save_draft
from workflow.errors import Incomplete, NotNow, Refused
from workflow.indicators import Measure, add_imported, set_indicators
from workflow.lights import LIGHTS, Day, light_code, light_of, step_lights
from workflow.measures import expected_share, share_of
from workflow.subjects import load_milestones, milestone_rows

RATE = Measure("颁证率", "100", "%", "level", "at_least", "60")
ROADS = Measure("新建公路", "50", "公里")


def put(ledger, *measures, name="system", number="1", year=2018):
    set_indicators(ledger.database, ledger.actor(name), ledger.milestones[number, year], measures)


def report(ledger, *figures, meant=False, year=2018):
    milestone = ledger.milestone("1", year)
    content = milestone.round
    draft = Draft("已推进。", list(figures), [], (), meant)
    save_draft(milestone, ledger.actor("lead"), draft, content.number, content.draft_version)


def indicator(kind="yearly", target="50", baseline="", comparison="at_least"):
    return Indicator(name="x", unit="", kind=kind, comparison=comparison, target=target, baseline=baseline)


@pytest.mark.parametrize(("it", "value", "share"), [
    (indicator(), "25", 5000), (indicator(), "60", 10000), (indicator(), "-3", 0), (indicator(target="3"), "1", 3333),
    (indicator("yearly", "50", "20"), "25", 5000),  # a yearly amount begins at nothing, whatever there was before
    (indicator("total", "100", "60"), "80", 5000), (indicator("total", "100"), "80", 8000),
    (indicator("level", "100", "60"), "90", 7500), (indicator("level", "100"), "90", None),
    (indicator("level", "20", "60", "at_most"), "50", 2500), (indicator("increase", "8", "100"), "2", 2500),
    (indicator("level", "60", "60"), "60", None), (indicator(target="0"), "0", None),
])
def test_how_much_of_the_way_is_done(it, value, share):
    assert share_of(it, Decimal(value)) == share


@pytest.mark.parametrize(("today", "share"), [
    (date(2017, 12, 31), None), (date(2018, 1, 1), 0), (date(2018, 7, 2), 5000), (date(2018, 12, 31), 10000),
    (date(2019, 2, 1), 10000),
])
def test_where_the_straight_line_to_the_deadline_stands(today, share):
    assert expected_share(2018, date(2018, 12, 31), today) == share


def test_a_submission_answers_every_indicator_of_the_milestone(ledger):
    put(ledger, RATE, ROADS)
    report(ledger, ("颁证率", "98.6", "%"), ("新建公路", "", "公里"))
    add_piece(ledger.milestone(), ledger.actor("lead"), FILE, LIMITS)
    ledger.all_answer()
    with pytest.raises(NotNow) as refused:
        ledger.fire("lead", "submit")
    assert [reason.code for reason in refused.value.reasons] == ["figures-missing"]
    report(ledger, ("颁证率", "98.6", ""), ("新建公路", "４８", "公里"))
    assert [line["unit"] for line in ledger.milestone().round.reported] == ["%", "公里"]
    ledger.fire("lead", "submit")


def test_a_value_in_another_unit_is_refused(ledger):
    put(ledger, ROADS)
    with pytest.raises(Incomplete) as wrong:
        report(ledger, ("新建公路", "4800", "米"))
    assert "公里" in wrong.value.errors["reported"].zh


@pytest.mark.parametrize(("measure", "figure"), [
    (ROADS, "4800"), (ROADS, "-3"), (RATE, "986"), (RATE, "101"),
])
def test_what_looks_like_a_slip_is_saved_only_when_it_is_said_to_be_meant(ledger, measure, figure):
    put(ledger, measure)
    with pytest.raises(Implausible):
        report(ledger, (measure.name, figure, measure.unit))
    assert ledger.milestone().round.draft_version == 0
    report(ledger, (measure.name, figure, measure.unit), meant=True)
    assert ledger.milestone().round.reported[0]["amount"] == figure


def test_a_running_total_that_falls_behind_the_last_submitted_one_is_pointed_out(ledger):
    total = Measure("累计颁证", "1000", "户", "total")
    put(ledger, total)
    put(ledger, total, year=2019)
    report(ledger, ("累计颁证", "800", "户"))
    add_piece(ledger.milestone(), ledger.actor("lead"), FILE, LIMITS)
    ledger.all_answer()
    ledger.fire("lead", "submit")
    with pytest.raises(Implausible) as doubt:
        report(ledger, ("累计颁证", "700", "户"), year=2019)
    assert "少于上次报送的 800" in doubt.value.errors["doubt-0"].zh
    report(ledger, ("累计颁证", "900", "户"), year=2019)


def test_indicators_are_the_administrators_to_set_until_something_was_submitted(ledger):
    for name in ("lead", "security", "committee"):
        with pytest.raises(Refused):
            put(ledger, RATE, name=name)
    for wrong in (
        Measure("", "5"), Measure("甲", "很多"), Measure("甲", "5", kind="nonsense"), Measure("甲", "5", baseline="无"),
    ):
        with pytest.raises(Incomplete):
            put(ledger, wrong)
    with pytest.raises(Incomplete):
        put(ledger, RATE, RATE)
    put(ledger, RATE)
    put(ledger, ROADS)
    assert [it.name for it in ledger.milestone().indicators] == ["新建公路"]
    report(ledger, ("新建公路", "30", "公里"))
    add_piece(ledger.milestone(), ledger.actor("lead"), FILE, LIMITS)
    ledger.all_answer()
    ledger.fire("lead", "submit")
    with pytest.raises(NotNow):
        put(ledger, RATE)
    ledger.fire("lead", "withdraw")
    with pytest.raises(NotNow):
        put(ledger, RATE)


def test_what_a_reader_found_in_the_paper_is_stored_and_what_is_no_number_is_passed_over(ledger):
    found = [
        SimpleNamespace(name="公路", amount="50", unit="公里", comparison="at_least", kind="yearly", baseline=None),
        SimpleNamespace(name="覆盖率", amount=Decimal("100"), unit="%", comparison="odd", kind="", baseline="60"),
        SimpleNamespace(name="若干", amount="若干"),
    ]
    with ledger.database.writing() as session:
        assert add_imported(session, ledger.milestones["1", 2018], found) == 2
    assert [(it.name, it.target, it.kind, it.baseline) for it in ledger.milestone().indicators] == [
        ("公路", "50", "yearly", ""), ("覆盖率", "100", "yearly", "60"),
    ]


@pytest.mark.parametrize(("day", "value", "code"), [
    (date(2018, 7, 2), "25", "normal"),  # half of the year, half of the way
    (date(2018, 7, 2), "20.5", "normal"),  # 9 points behind
    (date(2018, 7, 2), "20", "behind"),  # 10 points
    (date(2018, 7, 2), "10", "behind"),  # 30 points
    (date(2018, 7, 2), "9.9", "far-behind"),  # more
    (date(2018, 12, 20), "49", "near"), (date(2018, 12, 20), "30", "far-behind"), (date(2019, 1, 1), "30", "overdue"),
])
def test_a_milestone_behind_its_indicator_is_yellow_and_far_behind_it_red(ledger, day, value, code):
    put(ledger, ROADS)
    report(ledger, ("新建公路", value, "公里"))
    assert light_of(ledger.milestone(), Day(day)).code == code


def test_lights_mean_the_same_in_python_and_in_sql(ledger):
    put(ledger, ROADS)
    put(ledger, ROADS, year=2019)
    ledger.submit("colead", "2")
    days = [date(2018, month, 1) for month in range(1, 13)] + [date(2019, 6, 1), date(2020, 2, 29), date(2021, 1, 1)]
    seen = set()
    for value in ("1", "20", "33.3", "50"):
        report(ledger, ("新建公路", value, "公里"))
        report(ledger, ("新建公路", value, "公里"), year=2019)
        with ledger.database.reading() as session:
            milestones = load_milestones(session, milestone_rows(Milestone))
            for today, near in itertools.product(days, (0, 30)):
                day = Day(today, near)
                stored = dict(session.execute(milestone_rows(Milestone.id, light_code(day))).all())
                assert stored == {m.id: light_of(m, day).code for m in milestones}, today
                seen |= set(stored.values())
    assert seen >= {light.code for light in LIGHTS} - {"done", "returned", "before-opening", "dropped", "cancelled"}


def test_each_dated_step_has_a_light_of_its_own(ledger):
    with ledger.database.writing() as session:
        session.execute(text("UPDATE milestone SET steps = :steps WHERE id = :id"), {
            "id": ledger.milestones["1", 2018],
            "steps": '[{"due": "2018-04-30", "text": "摸底"}, {"due": "2018-08-31", "text": "测绘"}, '
                     '{"due": "2018-09-30", "text": "公示"}, {"due": "2018-12-31", "text": "颁证"}]',
        })

    def shown():
        return [step.light.code for step in step_lights(ledger.milestone(), Day(date(2018, 9, 10)))]

    assert shown() == ["before-opening", "overdue", "near", "normal"]
    milestone = ledger.milestone()
    draft = Draft("已测绘。", [], [], (0, 1, 99))
    save_draft(milestone, ledger.actor("lead"), draft, 1, 0)
    assert ledger.milestone().round.steps_done == [0, 1]
    assert shown() == ["step-done", "step-done", "near", "normal"]


def test_the_page_shows_value_target_and_straight_line_and_asks_about_a_slip(ledger, browse, clock):
    clock.now = datetime(2018, 7, 2, 2, 0, tzinfo=clock.now.tzinfo)
    put(ledger, ROADS)
    one, lead = ledger.milestones["1", 2018], browse("lead")
    form = {"round_number": 1, "draft_version": 0, "version": ledger.milestone().version, "account": "推进中。",
            "figure_name": "新建公路", "figure_amount": "900", "figure_unit": "公里"}
    answer = lead.post(f"/milestones/{one}/draft", form)
    assert answer.status_code == 422 and "相差十倍以上" in answer.text and 'name="meant"' in answer.text
    assert 'value="900"' in answer.text
    assert lead.post(f"/milestones/{one}/draft", form | {"figure_amount": "15"}).status_code == 302
    page = lead.get(f"/milestones/{one}").text
    assert "30.0% / 50.0%" in page and "落后 20 个百分点" in page and "进度滞后" in page
