"""Corrections: each does what it says to the plan it was made for, and says so where it finds nothing."""

from datetime import date

import pytest

from models import Part
from plans.corrections import VERBS, apply, check_correction, default_answers, read_file, to_file
from plans.kept import dump, load
from plans.reading import read_plan
from tests.plans.paper import LINES, changed, paper
from tests.plans.seed import SAMPLE
from workflow.errors import Incomplete


@pytest.fixture(scope="module")
def read():
    return read_plan(paper())


@pytest.fixture(scope="module")
def keys(read):
    """The address of each task: its first line and serial."""
    return {task.number: {"row": str(task.first_line), "number": task.number} for task in read.tasks}


def task_after(read, number: str, *corrections):
    made = apply(read, corrections)
    assert made.lost == {}
    return next(task for task in made.plan.tasks if task.number == number)


def seats(task) -> list[tuple[str, str, bool]]:
    return [(seat.name, str(seat.part), seat.inferred) for seat in task.seats]


def codes(findings) -> set[tuple[str, str | None]]:
    return {(finding.code, finding.task) for finding in findings}


def test_what_is_kept_comes_back_as_it_was(read):
    seed = read_plan(SAMPLE.read_bytes())
    for plan in (read, seed):
        again = load(dump(plan))
        assert again == plan
        assert [type(seat.part) for task in again.tasks for seat in task.seats][:1] == [Part]
        assert type(again.findings) is type(plan.findings)


CASES = {
    "lead": ("2", {"unit": "丁局"}, lambda t: seats(t) == [
        ("乙局", "support", False), ("丁局", "lead", False), ("甲局", "support", False)]),
    "unit-part": ("1", {"unit": "乙局", "part": "lead"}, lambda t: seats(t) == [
        ("甲局", "lead", False), ("乙局", "lead", False)]),
    "unit-rename": ("1", {"unit": "乙局", "name": "戊局"}, lambda t: seats(t)[1] == ("戊局", "support", False)),
    "unit-split": ("1", {"unit": "乙局", "names": ["己局", "庚局"]}, lambda t: [s[0] for s in seats(t)] == [
        "甲局", "己局", "庚局"]),
    "unit-join": ("2", {"units": ["丁局", "甲局"], "name": "丁甲局"}, lambda t: [s[0] for s in seats(t)] == [
        "乙局", "丁甲局"]),
    "unit-add": ("1", {"name": "各镇", "part": "support"}, lambda t: t.seats[-1].collective),
    "unit-remove": ("1", {"unit": "乙局"}, lambda t: seats(t) == [("甲局", "lead", False)]),
    "title": ("1", {"value": "新名称"}, lambda t: t.title == "新名称"),
    "star": ("1", {"value": True}, lambda t: t.starred),
    "area": ("1", {"value": "三、其他"}, lambda t: t.area == "三、其他"),
    "content": ("1", {"line": 1, "value": "改过的内容"}, lambda t: t.contents == ("改过的内容",)),
    "requirement": ("3", {"year": 2019, "value": "全部建成。"}, lambda t: [
        (m.year, m.requirement, m.due) for m in t.milestones][1] == (2019, "全部建成。", date(2019, 12, 31))),
    "due": ("1", {"year": 2018, "value": "2018-09-30"}, lambda t: t.milestones[0].due == date(2018, 9, 30)),
    "settle": ("2", {"code": "lead-inferred"}, lambda t: not any(seat.inferred for seat in t.seats)),
}


@pytest.mark.parametrize("verb", CASES)
def test_a_correction_of_a_row_changes_that_row_and_no_other(read, keys, verb):
    number, fields, right = CASES[verb]
    made = apply(read, [{"do": verb, **keys[number], **fields}])
    assert made.lost == {}
    assert right(next(task for task in made.plan.tasks if task.number == number))
    assert [t for t in made.plan.tasks if t.number != number] == [t for t in read.tasks if t.number != number]


def test_every_correction_that_there_is_has_a_test(read):
    elsewhere = {"merge", "split", "remove", "add", "number", "pass-over", "columns", "plan-title", "plan-due",
                 "area-rename", "unit-rename-everywhere"}
    assert set(CASES) | elsewhere == set(VERBS)


def test_a_serial_is_corrected_and_the_row_keeps_its_address(read, keys):
    task = task_after(
        read, "20", {"do": "number", **keys["2"], "value": "20"}, {"do": "title", **keys["2"], "value": "仍找得到"}
    )
    assert task.title == "仍找得到"


def test_a_row_is_joined_with_the_task_before_it(read, keys):
    made = apply(read, [{"do": "merge", **keys["2"]}])
    first = made.plan.tasks[0]
    assert [task.number for task in made.plan.tasks] == ["1", "3", "4"]
    assert first.contents == ("推进农村土地确权登记颁证。", "推进农村公路建设。")
    assert first.milestones[0].requirements == ("基本完成。", "基本完成。")
    assert [seat.name for seat in first.seats] == ["甲局", "乙局", "丁局"]
    assert ("lead-inferred", "2") not in codes(made.plan.findings)


def test_a_joined_row_is_split_again(read, keys):
    made = apply(read, [
        {"do": "merge", **keys["2"]}, {"do": "split", **keys["1"], "line": 2, "serial": "2", "title": "农村公路建设"},
    ])
    assert made.lost == {}
    assert [(t.number, t.contents) for t in made.plan.tasks][:2] == [
        ("1", ("推进农村土地确权登记颁证。",)), ("2", ("推进农村公路建设。",)),
    ]


def test_a_row_that_is_no_task_goes_with_its_findings(read, keys):
    made = apply(read, [{"do": "remove", **keys["4"]}])
    assert len(made.plan.tasks) == 3
    assert not [finding for finding in made.plan.findings if finding.task == "4"]


def test_a_task_that_was_not_read_is_added_after_a_row(read, keys):
    added = {"do": "add", **keys["3"], "key": "new1", "serial": "3.1", "title": "补录", "starred": False, "area": "",
             "contents": ["一", "二"], "leads": ["甲局"], "supports": ["各镇"], "requirements": {"2018": "完成"}}
    made = apply(read, [added, {"do": "due", "row": "new1", "number": "3.1", "year": 2018, "value": "2018-10-01"}])
    task = made.plan.tasks[3]
    assert (task.number, task.area, task.milestones[0].due) == ("3.1", "二、治理行动", date(2018, 10, 1))
    assert seats(task) == [("甲局", "lead", False), ("各镇", "support", False)]


def test_a_unit_is_renamed_wherever_it_stands(read):
    made = apply(read, [{"do": "unit-rename-everywhere", "unit": "甲局", "name": "甲委"}])
    names = [seat.name for task in made.plan.tasks for seat in task.seats]
    assert "甲局" not in names
    assert names.count("甲委") == 3


def test_title_deadline_and_areas_of_the_whole_plan(read):
    made = apply(read, [
        {"do": "plan-title", "value": "新方案"}, {"do": "plan-due", "value": "2018-07-25"},
        {"do": "area-rename", "area": "一、盘活行动", "name": "一、搞活行动"},
    ])
    assert (made.plan.title, made.plan.plan_due) == ("新方案", date(2018, 7, 25))
    assert made.plan.areas == ["一、搞活行动", "二、治理行动"]


def test_a_correction_settles_what_it_answers_and_what_no_longer_holds(read, keys):
    assert {("lead-inferred", "2"), ("deadline-ambiguous", "3"), ("no-requirement", "4")} <= codes(read.findings)
    row = next(row for row in apply(read, []).rows if row.number == "3")
    due = {"do": "due", **keys["3"], "year": 2018, "value": "2018-05-31"}
    answers = default_answers("due", due, row, [f for f in read.findings if f.task == "3"])
    made = apply(read, [
        {"do": "lead", **keys["2"], "unit": "乙局"}, due | {"answers": answers},
        {"do": "requirement", **keys["4"], "year": 2018, "value": "完成整合。"},
    ])
    assert codes(made.plan.findings).isdisjoint(
        {("lead-inferred", "2"), ("deadline-ambiguous", "3"), ("no-requirement", "4")}
    )
    assert ("unit-vague", "4") in codes(made.plan.findings)


def test_taking_the_only_lead_away_is_said(read, keys):
    made = apply(read, [{"do": "unit-part", **keys["1"], "unit": "甲局", "part": "support"}])
    assert ("no-lead", "1") in codes(made.plan.findings)


def test_all_doubts_of_a_kind_are_accepted_at_once_and_errors_never(read):
    made = apply(read, [{"do": "settle", "code": "unit-vague"}, {"do": "settle", "code": "row-length"}])
    assert ("unit-vague", "4") not in codes(made.plan.findings)
    assert list(made.lost) == [1]


@pytest.mark.parametrize("correction", [
    {"do": "title", "row": "999", "number": "1", "value": "x"},
    {"do": "title", "row": "{row}", "number": "7", "value": "x"},
    {"do": "unit-remove", "row": "{row}", "number": "1", "unit": "不存在局"},
    {"do": "due", "row": "{row}", "number": "1", "year": 2031, "value": "2031-01-01"},
    {"do": "content", "row": "{row}", "number": "1", "line": 9, "value": "x"},
    {"do": "merge", "row": "{row}", "number": "1"},
    {"do": "settle", "row": "{row}", "number": "1", "code": "unit-vague"},
    {"do": "area-rename", "area": "没有", "name": "x"},
    {"do": "unit-rename-everywhere", "unit": "没有", "name": "x"},
    {"do": "pass-over", "code": "row-length", "source": "3"},
], ids=lambda it: it["do"])
def test_a_correction_without_its_target_changes_nothing_and_is_a_doubt(read, keys, correction):
    given = {name: keys["1"]["row"] if value == "{row}" else value for name, value in correction.items()}
    made = apply(read, [given])
    assert list(made.lost) == [0]
    assert made.plan.tasks == read.tasks
    assert made.plan.exit_code == 1
    assert "correction-lost" in {finding.code for finding in made.plan.findings}


def test_an_error_is_mended_by_adding_the_row_or_by_passing_it_over():
    broken = paper() + "\n\n\t5\n\t多一格\n\ta\n\tb\n\tc\n\td\n\te\n".encode()
    read = read_plan(broken)
    error = next(finding for finding in read.findings if finding.grade == "error")
    assert read.exit_code == 2
    answer = {"code": error.code, "source": error.source}
    assert apply(read, [{"do": "pass-over", **answer}]).plan.exit_code == 1


def test_corrections_hold_for_the_same_document_read_anew(keys):
    corrections = [{"do": "lead", **keys["2"], "unit": "丁局"}, {"do": "title", **keys["3"], "value": "x"}]
    assert apply(read_plan(paper()), corrections).plan == apply(read_plan(paper()), corrections).plan
    other = apply(read_plan(paper(LINES[:1] + LINES[2:])), corrections)
    assert 0 in other.lost


def test_corrections_go_out_as_a_file_and_come_back(keys):
    corrections = [check_correction({"do": "lead", **keys["2"], "unit": "丁局"}), check_correction(
        {"do": "settle", "code": "unit-vague"})]
    assert read_file(to_file(corrections, "ab" * 32).encode(), "ab" * 32) == corrections


@pytest.mark.parametrize(("data", "where"), [
    (b"{", "corrections"), (b"\xff\xfe\x00", "corrections"), (b'{"corrections": 3}', "corrections"),
    (b'[{"do": "explode"}]', "1"), (b'[{"do": "title", "value": "x"}]', "1"),
    (b'[{"do": "lead", "row": "1", "number": "1", "unit": ""}]', "1"),
    (b'[{"do": "due", "row": "1", "number": "1", "year": 2018, "value": "soon"}]', "1"),
    (b'[{"do": "unit-part", "row": "1", "number": "1", "unit": "x", "part": "boss"}]', "1"),
    (b'{"document": "00", "corrections": []}', "document"),
    (b"[" * 100_000, "corrections"),
])
def test_a_file_that_will_not_do_is_refused_with_the_place(data, where):
    with pytest.raises(Incomplete) as refused:
        read_file(data, "ab" * 32)
    assert where in refused.value.errors


def test_many_corrections_of_a_long_plan_are_applied_in_linear_time():
    lines = tuple(LINES[n % 3].but(number=str(n + 1), title=f"任务{n}") for n in range(3000))
    read = read_plan(paper(lines))
    first = {task.number: task.first_line for task in read.tasks}
    corrections = [
        {"do": "title", "row": str(first[str(n)]), "number": str(n), "value": f"改名{n}"} for n in range(1, 400)
    ]
    made = apply(read, [*corrections, {"do": "settle", "code": "lead-inferred"}])
    assert made.lost == {}
    assert sum(task.title.startswith("改名") for task in made.plan.tasks) == 399
    assert "lead-inferred" not in {finding.code for finding in made.plan.findings}


def test_the_paper_of_these_tests_is_read_as_it_is_meant(read):
    assert [task.number for task in read.tasks] == ["1", "2", "3", "4"]
    assert read.exit_code == 1
    assert len(changed("1", title="x")) == len(LINES)
