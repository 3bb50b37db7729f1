"""Days that people type: one rule for how far off a day may lie, and which there can be at all."""

import re
from datetime import date

import pytest

from models import ChangeKind, Words
from plans.corrections.fields import Day, Year
from tests.test_supervision import put_out
from workflow import asking
from workflow.days import OUTSIDE, Term, read_day
from workflow.delegation import delegate
from workflow.errors import Incomplete
from workflow.instructions import instruct
from workflow.planning import _step
from workflow.requests import ask

FAR = date(9999, 12, 31)


def test_a_term_holds_a_day_from_both_sides():
    term, begin = Term("due", Words("期限", "Due"), most=10), date(2018, 12, 13)
    assert [term.read(day, begin).day for day in (date(2018, 12, 14), date(2018, 12, 23))] == [14, 23]
    for wrong in (None, begin, date(2018, 12, 24), date(1, 1, 1), FAR):
        with pytest.raises(Incomplete) as error:
            term.read(wrong, begin)
        assert error.value.errors["due"].zh == "「期限」须在 2018年12月14日 至 2018年12月23日 之间。"


def test_a_day_is_one_of_a_ledgers_time():
    for text in ("2018-07-25", "1900-01-01", "2199-12-31", " 2018-07-25 "):
        assert read_day(text).isoformat() == text.strip()
    for text in (None, "", "x", "2018-02-30", "1899-12-31", "2200-01-01", "9999-12-31", "0001-01-01"):
        assert read_day(text) is None, text
    day, year = Day("value", Words("改为", "To")), Year("year", Words("年度", "Year"))
    assert day.read("2024-06-30") == "2024-06-30" and year.read("2199") == 2199
    for field, text in ((day, "9999-12-31"), (year, "2200")):
        with pytest.raises(Incomplete):
            field.read(text)
    for line in ("9999年12月31日前完成", "2018年2月30日前完成"):
        with pytest.raises(Incomplete):
            _step(line)


def test_every_day_until_which_somebody_is_given_time_is_held_to_the_same_rule(ledger):
    """The supervision sheet, the instruction, the request, the extension, the delegation."""
    database, one, colleague = ledger.database, ledger.milestone(), ledger.accounts["lead2"]
    today = database.clock().date()

    def extend(day: date):
        given = asking.Asked(ChangeKind.EXTENSION, "汛期。", day)
        milestone = ledger.milestone()
        return asking.ask(milestone, ledger.actor("lead"), given, asking.HeadLimits(), milestone.version)

    ways = (
        lambda day: put_out(ledger, due=day),
        lambda day: instruct(database, ledger.actor("committee"), one.task_id, one.id, "抓紧。", day),
        lambda day: ask(ledger.milestone(), ledger.actor("lead"), "数据。", day),
        extend,
        lambda day: delegate(database, ledger.actor("lead"), colleague, None, today, day),
    )
    begins = OUTSIDE.zh.split("{first}")[0].split("{label}")[1]
    for way in ways:
        for day in (FAR, today.replace(year=today.year + 2), date(1, 1, 1)):
            with pytest.raises(Incomplete) as error:
                way(day)
            (words,) = error.value.errors.values()
            assert begins in words.zh and words.en != words.zh
    for way in ways:
        way(one.due.replace(day=31) if way is not extend else date(2019, 3, 1))


def test_a_far_day_loses_nothing_that_was_typed_and_becomes_no_other_day(ledger, browse):
    one = ledger.milestones["1", 2018]
    form = {"instruction": "请抓紧颁证。", "answer_by": "9999-12-31"}
    answer = browse("committee").post(f"/milestones/{one}/instructions", form)
    assert answer.status_code == 422 and "请抓紧颁证。" in answer.text and "9999-12-31" in answer.text
    assert "「答复期限」须在 2018年12月13日 至 2019年12月14日 之间。" in answer.text and ">答复期限</" in answer.text
    answer = browse("lead").post(f"/milestones/{one}/requests", {"wanted": "权属数据。", "due": "9999-12-31"})
    assert answer.status_code == 422 and "权属数据。" in answer.text and ledger.requests() == []
    system = browse("system")
    assert system.post("/admin/calendar", {"day": "9999-12-31", "working": "0", "words": "x"}).status_code == 422
    assert system.post(f"/admin/units/{ledger.units['甲局']}/aliases", {"name": "旧名", "until": "9999-12-31"}
                       ).status_code == 422
    page = browse("committee").get(f"/supervision/new?milestone={one}&once=a").text
    assert re.search(r'name="due"[^>]*min="2018-12-14" max="2019-12-14"', page)
