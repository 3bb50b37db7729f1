"""Figures in the words of real papers."""

import pytest

from plans.indicators.reading import Measured, read_indicators

PLAIN = Measured("高标准农田", "", "", "", True)
FIGURES = {
    "饮用水卫生合格率≥90%": ("饮用水卫生合格率", "90", "%", "at_least", "level"),
    "新建农村公路60公里": ("新建农村公路", "60", "公里", "at_least", "yearly"),
    "新建2万亩": ("高标准农田", "2", "万亩", "at_least", "yearly"),
    "培育未来工厂150家左右": ("培育未来工厂", "150", "家", "about", "yearly"),
    "投诉量下降30%": ("投诉量下降", "30", "%", "at_least", "increase"),
    "累计建成400个": ("高标准农田", "400", "个", "at_least", "total"),
    "80%以上的行政村达标": ("行政村达标", "80", "%", "at_least", "level"),
    "实现乡镇全覆盖": ("乡镇", "100", "%", "at_least", "level"),
    "农田灌溉水有效利用系数提高到0.47以上": ("农田灌溉水有效利用系数", "0.47", "", "at_least", "level"),
    "审批时限压缩至不超过50个": ("审批时限压缩", "50", "个", "at_most", None),
    "3个省定贫困村50%以上达标": ("省定贫困村", "50", "%", "at_least", "level"),
}


@pytest.mark.parametrize("text", FIGURES)
def test_a_figure_is_read_with_its_unit_comparison_and_kind(text):
    read = read_indicators(text, PLAIN)
    name, amount, unit, comparison, kind = FIGURES[text]
    assert len(read) == 1
    assert (read[0].name, str(read[0].amount), read[0].unit, read[0].comparison) == (name, amount, unit, comparison)
    assert kind is None or read[0].kind == kind


@pytest.mark.parametrize("text", [
    "贯彻落实", "2025年底前完成", "打造15分钟便民生活圈", "落实《条例》第3条", "推进5G应用", "创建3A级景区",
    "依托12345热线",
])
def test_what_only_looks_like_a_figure_is_none(text):
    assert read_indicators(text, PLAIN) == ()


def test_a_rise_has_its_baseline():
    read = read_indicators("污水处理率由60%提高到70%以上", PLAIN)
    assert [(str(i.baseline), str(i.amount), i.comparison) for i in read] == [("60", "70", "at_least")]


def test_columns_of_unit_and_baseline_belong_to_a_bare_number():
    read = read_indicators("≥6.5", Measured("地区生产总值年均增长", "", "%", "6.2", True))
    assert read[0].to_json() == {
        "name": "地区生产总值年均增长", "amount": "6.5", "unit": "%", "comparison": "at_least", "kind": "increase",
        "baseline": "6.2", "text": "≥6.5",
    }


def test_what_is_done_by_one_single_year_is_no_yearly_amount():
    assert read_indicators("150家", Measured("培育未来工厂", "", "", "", False))[0].kind == ""
