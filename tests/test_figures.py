"""Figures as people type them: what is a number, and what is said where it is none."""

import pytest

from models import Indicator
from workflow.drafts import Draft, save_draft
from workflow.errors import Incomplete
from workflow.figures import amount_of
from workflow.indicators import Measure, set_indicators


@pytest.mark.parametrize(("raw", "text", "per_cent"), [
    ("98.6", "98.6", False), ("１，２３４．５", "1234.5", False), ("-3", "-3", False), ("+3", "+3", False),
    ("12 %", "12", True), ("１２％", "12", True), ("1,000", "1000", False),
])
def test_a_number_is_kept_as_decimal_text(raw, text, per_cent):
    assert (amount_of(raw).text, amount_of(raw).per_cent) == (text, per_cent)


@pytest.mark.parametrize("raw", [
    "", "%", "1_000", "١٢", "१२", "一百", "1e5", "nan", "inf", "1.", ".5", "1.2.3", "--1", "12%%", "1" * 31, "0x10",
])
def test_what_is_no_number_is_none(raw):
    assert amount_of(raw) is None


@pytest.mark.parametrize(("figure", "words"), [
    (("面积", "12%", "亩"), "「面积」的数值带「%」，而计量单位是「亩」。"),
    (("面积", "1_000", "亩"), "「面积」的数值「1_000」不是数字。"),
    (("面" * 101, "1", "亩"), "指标名称不得超过 100 字：" + "面" * 40 + "…"),
    (("面积", "1", "亩" * 21), "「面积」的计量单位不得超过 20 字。"),
])
def test_what_is_wrong_with_a_figure_is_said_and_nothing_is_cut(ledger, figure, words):
    with pytest.raises(Incomplete) as wrong:
        save_draft(ledger.milestone(), ledger.actor("lead"), Draft("已推进。", [figure], []), 1, 0)
    assert wrong.value.errors["reported"].zh == words
    assert ledger.milestone().round.draft_version == 0


def test_an_indicator_is_held_to_the_same(ledger):
    def put(**fields):
        measure = Measure(**{"name": "面积", "target": "12", "unit": "亩"} | fields)
        set_indicators(ledger.database, ledger.actor("system"), ledger.milestones["1", 2018], [measure])

    for fields in ({"target": "12%"}, {"baseline": "3%"}, {"target": "1_0"}, {"name": "面" * 101}, {"unit": "亩" * 21}):
        with pytest.raises(Incomplete):
            put(**fields)
    put(target="95%", unit="")
    with ledger.database.reading() as session:
        (kept,) = session.query(Indicator).all()
        assert (kept.target, kept.unit) == ("95", "%")
