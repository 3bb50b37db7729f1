"""Headers of real papers, the mapping that a person corrects, and what makes no plan."""

import pytest

from plans.columns.periods import Period, period_of
from plans.columns.roles import Role, header_role, role_of
from plans.reading import NO_TABLE, understand
from plans.unreadable import Unreadable
from tests.plans.markup import grid_of

HEADERS = {
    "序 号": Role.SERIAL, "主 要 内 容": Role.CONTENT, "重点任务": Role.TITLE, "目标任务": Role.TITLE,
    "改革举措": Role.TITLE,
    "牵头责任单位": Role.LEAD, "主要责任单位": Role.LEAD, "市级牵头单位": Role.LEAD, "协同配合单位": Role.SUPPORT,
    "协作单位": Role.SUPPORT, "配合科室、社区": Role.SUPPORT, "负责部门": Role.UNITS, "指导部门": Role.UNITS,
    "责任科室": Role.UNITS,
    "责任单位及责任人": Role.UNITS, "牵头及配合单位": Role.UNITS, "责任领导": Role.LEADERS, "责 任 人": Role.LEADERS,
    "完成时限": Role.DEADLINE, "整改时限": Role.DEADLINE, "起止年限": Role.DEADLINE, "进展情况": Role.PROGRESS,
    "完成率(%)": Role.PROGRESS, "截至6月底进展情况": Role.PROGRESS, "备注": Role.REMARKS, "适用范围": Role.OTHER,
    "督办单位": Role.OTHER,
    "场景领域": Role.GROUP, "工作指标": Role.INDICATOR, "目标值": Role.TARGET, "2020年现状": Role.BASELINE,
    "计量单位": Role.MEASURE,
}
TABLE = """某县任务表
| 序号 | 任务 | 督办单位 | 责任单位 | 2022年 |
| 1 | 修路 | 县交通运输局 | 县财政局 | 10公里 |
"""


@pytest.mark.parametrize("words", HEADERS)
def test_a_header_is_known_by_its_words(words):
    assert header_role(words) == HEADERS[words]


@pytest.mark.parametrize(("words", "period"), [
    ("2018年", Period(2018)), ("2018", Period(2018)), ("2027年\n目标值", Period(2027)), ("第二年", Period(None, nth=2)),
    ("2021—2025年", Period(2025, first=2021, label="2021—2025年")), ("第三季度", Period(None, 9, label="第三季度")),
    ("6月底前", Period(None, 6, label="6月底前")), ("2020年现状", None), ("年度目标", None), ("年", None),
])
def test_a_column_of_time_is_known_by_its_words(words, period):
    assert period_of(words) == period


def test_a_sentence_is_no_header():
    assert role_of("县财政局要会同有关部门做好资金保障") is None


def test_a_mapping_wins_over_the_words():
    plain = understand(grid_of(TABLE)).tasks[0]
    assert [(s.name, str(s.part)) for s in plain.seats] == [("县财政局", "lead")]
    assert plain.other == {"督办单位": "县交通运输局"}
    mapping = {"督办单位": "lead", "责任单位": "support", "2022年": ""}
    plan = understand(grid_of(TABLE), mapping)
    assert [(s.name, str(s.part)) for s in plan.tasks[0].seats] == [("县交通运输局", "lead"), ("县财政局", "support")]
    assert plan.tasks[0].other == {"2022年": "10公里"}
    assert {column.header: column.role for column in plan.columns} == {
        "序号": "serial", "任务": "title", "督办单位": "lead", "责任单位": "support", "2022年": "other",
    }


def test_a_column_can_be_mapped_to_a_year():
    text = TABLE.replace("2022年", "本期要求")
    plan = understand(grid_of(text), {"本期要求": "period:2022"})
    assert [(m.year, m.requirement) for m in plan.tasks[0].milestones] == [(2022, "10公里")]


@pytest.mark.parametrize("text", [
    "某县通知\n各单位要高度重视。\n（一）指导思想。坚持稳中求进。",
    "| 序号 | 单位名称 | 联系电话 |\n| 1 | 县财政局 | 0000 |",
    "| 索引号 | 1 | 发文机关 | 县政府 |",
])
def test_what_has_no_tasks_is_no_plan(text):
    with pytest.raises(Unreadable) as caught:
        understand(grid_of(text))
    assert caught.value.words == NO_TABLE


def test_a_finding_names_its_task_its_place_its_words_and_what_was_taken():
    plan = understand(grid_of("某县任务表\n| 任务 | 责任单位 |\n| 修路 | 甲市、乙市人民政府 |"))
    found = next(f.to_json("en") for f in plan.findings if f.code == "unit-shared")
    assert (found["task"], found["position"], found["source"]) == (None, 1, "table 1, row 3")
    assert (found["words"], found["proposal"]) == ("甲市", "甲市人民政府")


def test_grades_give_the_exit_code():
    clean = "某县任务表\n| 序号 | 任务 | 责任单位 |\n| 1 | 修路 | 县交通运输局 |"
    assert understand(grid_of(clean)).exit_code == 0
    assert understand(grid_of(clean.replace("县交通运输局", "有关部门"))).exit_code == 1
