"""Deadlines in the words of real papers, for a plan of 2023."""

from datetime import date

import pytest

from plans.dates.column import read_deadline
from plans.dates.requirement import read_steps

DAYS = {
    "2021年12月31日前": "2021-12-31", "12月底前": "2023-12-31", "3月": "2023-03-31", "2023年6月": "2023-06-30",
    "3-6月": "2023-06-30", "2024年3月-12月": "2024-12-31", "第一季度": "2023-03-31", "三季度末前": "2023-09-30",
    "2023年前三季度": "2023-09-30", "上半年": "2023-06-30", "2023.06.30": "2023-06-30",
    "2023-12-31 00:00:00": "2023-12-31",
    "20230630": "2023-06-30", "十月底前": "2023-10-31", "12月上旬": "2023-12-10", "年底": "2023-12-31",
    "年内完成": "2023-12-31",
    "全年": "2023-12-31", "2025年": "2025-12-31", "2023—2025年": "2025-12-31", "2022-2025年": "2025-12-31",
    "春节前": "2023-01-21", "国庆节前": "2023-09-30", "明年6月底": "2024-06-30", "2024年6月、12月底前": "2024-12-31",
    "6月30日前完成初稿，9月30日前印发": "2023-09-30",
    "持续推进": None, "长期": None, "立行立改": None, "每月": None, "5月底前动工": None, "汛期前": None, "—": None,
}
DOUBTS = {
    "6月前": "deadline-ambiguous", "元旦前": "deadline-ambiguous", "2月30日前": "date-impossible",
    "5月底前动工": "deadline-begins", "2023年12月底前，长期推进": "deadline-and-on", "汛期前": "deadline-unread",
}


def read(text: str, year: int | None = 2023):
    codes = []
    return read_deadline(text, year, lambda code, **fields: codes.append(code)), codes


@pytest.mark.parametrize("text", DAYS)
def test_a_deadline_is_the_last_day_that_is_meant(text):
    due = read(text)[0].due
    assert (due.isoformat() if due else None) == DAYS[text]


@pytest.mark.parametrize("text", DOUBTS)
def test_what_can_be_read_in_two_ways_is_said(text):
    assert DOUBTS[text] in read(text)[1]


def test_without_any_year_there_is_no_day_and_a_doubt():
    assert read("12月底前", None)[0].due is None
    assert read("12月底前", None)[1] == ["deadline-no-year"]
    assert read("2024年12月底前", None)[0].due == date(2024, 12, 31)


def test_several_dates_are_steps_in_their_own_words():
    deadline, codes = read("2023年6月底前完成方案编制；2024年底前全面完成")
    assert [(step.due.isoformat(), step.text) for step in deadline.steps] == [
        ("2023-06-30", "2023年6月底前完成方案编制"), ("2024-12-31", "2024年底前全面完成"),
    ]
    assert codes == []


def test_a_bare_day_in_a_requirement_is_no_deadline():
    assert read_steps("依据4月30日会议精神推进", 2023, lambda code, **fields: None).steps == ()
