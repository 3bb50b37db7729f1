"""Lists of units in the words of real papers: `+` leads, `-` supports, `?` inferred, `@` a collective."""

import pytest

from plans.findings import DOUBT, Findings
from plans.units.lead_rule import find_lead_rule
from plans.units.seats import Knowledge, UnitText, names_of, read_seats

LISTS = {
    "甲局牵头，乙局、丙局按职责分工负责": "+甲局 -乙局? -丙局?",
    "办公室牵头,各科室配合": "+办公室 -各科室@",
    "市政府办公室、市编办牵头，市级各有关部门及各县市区政府按职责分工负责":
        "+市政府办公室 +市编办 -市级各有关部门?@ -各县市区政府?@",
    "牵头单位：市发改委；责任单位：市政府有关部门，各县市区，以下均需各县市区落实，不再逐一列出":
        "+市发改委 -市政府有关部门?@ -各县市区?@",
    "市人社局、市农业农村局分别牵头": "+市人社局 +市农业农村局",
    "县教育局、县财政局共同牵头，县人社局参与": "+县教育局 +县财政局 -县人社局",
    "县农业农村局（牵头）、县财政局": "+县农业农村局 -县财政局?",
    "县农业农村局会同县财政局、县水利局负责": "+县农业农村局 -县财政局 -县水利局",
    "财政部、税务总局会同有关部门负责": "+财政部 +税务总局 -有关部门@",
    "县农业农村局负责，各乡镇（街道）配合": "+县农业农村局 -各乡镇（街道）@",
    "县教育局为牵头单位，县财政局为配合单位": "+县教育局 -县财政局",
    "主要责任单位：县教育局 协同配合单位：县财政局、县人社局": "+县教育局 -县财政局 -县人社局",
    "牵头单位县教育局，配合单位县财政局": "+县教育局 -县财政局",
    "县工信局、商务局\n配合单位：各乡镇": "+县工信局 +县商务局 -各乡镇@",
    "县卫健局主办，县财政局协办": "+县卫健局 -县财政局",
    "海关总署、商务部等有关部门负责": "+海关总署? -商务部? -有关部门?@",
    "人民银行、税务总局等部门和单位": "+人民银行? -税务总局?",
    "县财政局\n县水利局": "+县财政局? -县水利局?",
    "县财政局 县水利局": "+县财政局? -县水利局?",
    "1.县财政局 2.县水利局": "+县财政局? -县水利局?",
    "县财政局和县水利局": "+县财政局? -县水利局?",
    "市文化\n和旅游局": "+市文化和旅游局",
    "市人力资源和社\n会保障局、市财政局": "+市人力资源和社会保障局? -市财政局?",
    "县农业农村局（县\n乡村振兴局）": "+县农业农村局（县乡村振兴局）",
    "省科技厅、工业和信息化厅": "+省科技厅? -省工业和信息化厅?",
    "省交通运输厅，甲市、乙市、丙县人民政府": "+省交通运输厅? -甲市人民政府? -乙市人民政府? -丙县人民政府?",
    "宁波、义乌市人民政府": "+宁波市人民政府? -义乌市人民政府?",
    "县委组织部、宣传部": "+县委组织部? -县委宣传部?",
    "县税务局、东海供电局": "+县税务局? -东海供电局?",
    "东简、东山街道": "+东简街道? -东山街道?",
    "供销社（东山、东简）": "+供销社（东山、东简）",
    "区党政办（法制科）": "+区党政办（法制科）",
    "各市、县人民政府": "+各市、县人民政府@",
    "县委办、县政府办，各乡镇（街道）党（工）委": "+县委办? -县政府办? -各乡镇（街道）党（工）委?@",
    "县教育局、县财政局（排名不分先后）": "+县教育局? -县财政局?",
    "县交通运输局负责项目建设，县财政局负责资金保障": "+县交通运输局? -县财政局?",
    "县财政局、县财政局": "+县财政局",
    "无": "",
}


def read(text: str, rule=None) -> str:
    cells = [UnitText(text, (1, 1))]
    seats = read_seats(cells, "1", Findings(), Knowledge(names_of(cells), rule)).seats
    return " ".join(
        f"{'+' if s.part == 'lead' else '-'}{s.name}{'?' * s.inferred}{'@' * s.collective}" for s in seats
    )


@pytest.mark.parametrize("text", LISTS, ids=lambda text: text.replace("\n", "⏎"))
def test_a_list_is_read_as_it_is_meant(text):
    assert read(text) == LISTS[text]


@pytest.mark.parametrize(("said", "rest"), [
    ("税务总局、财政部负责，排在第一位的部门为牵头部门，下同", "+税务总局 -财政部"),
    ("工业和信息化部、科技部等负责。列第一位者为牵头单位，下同", "+工业和信息化部 -科技部"),
    ("市商务局、市财政局（除标注“分别牵头”外，列第一位为牵头或汇总单位，下同）", "+市商务局 -市财政局"),
    ("责任单位：市税务局、市财政局，排在首位的为牵头单位，下同", "+市税务局 -市财政局"),
])
def test_who_leads_may_be_said_once_within_a_list(said, rest):
    assert read(said, find_lead_rule(said)) == rest


@pytest.mark.parametrize("said", [
    "注：责任单位中排名第一的为牵头单位。", "第一责任单位为牵头单位",
    "各项任务责任单位排第一位的为牵头单位，其他为配合单位",
    "列第一位的责任单位为牵头单位或汇总单位。", "牵头单位排在首位", "名列首位的部门为牵头部门",
    "（排序第一的为牵头单位）",
])
def test_who_leads_may_be_said_once_in_many_ways(said):
    assert find_lead_rule(said)
    assert read("甲局、乙局", find_lead_rule(said)) == "+甲局 -乙局"


def test_a_sentence_about_the_first_of_something_else_is_no_rule():
    assert find_lead_rule("支持第一批企业为主办券商，首个项目为市级重点。") is None


def test_leading_units_may_bear_a_mark():
    assert read("★县财政局、县水利局", find_lead_rule("标★的为牵头单位")) == "+县财政局 -县水利局"


@pytest.mark.parametrize(("text", "code"), [
    ("甲局、乙局", "lead-inferred"), ("有关部门", "unit-vague"), ("县财政局张某", "unit-odd"), ("省级：省教育厅",
        "label-unknown"),
    ("县工信局、商务局", "unit-elided"), ("", "no-unit"), ("配合单位：县财政局", "no-lead"),
])
def test_what_is_not_sure_is_a_doubt(text, code):
    findings = Findings()
    read_seats([UnitText(text, (1, 1))], "1", findings, Knowledge())
    assert code in {finding.code for finding in findings if finding.grade == DOUBT}


def test_what_stands_among_the_units_under_its_own_label_is_set_aside():
    read_ = read_seats([UnitText("责任单位：县财政局；责任人：甲某；完成时限：2021年底", (1, 1))], "1", Findings(),
        Knowledge())
    assert [(section.label, section.text.strip("；")) for section in read_.aside] == [
        ("责任人", "甲某"), ("完成时限", "2021年底"),
    ]
