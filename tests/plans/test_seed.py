"""The seed document as the reader reads it, against what a person reads in it."""

from collections import Counter
from datetime import date

import pytest

from plans.findings import CATALOGUE
from tests.plans.seed import AREAS, SAMPLE, YEARS, checked, expected, expected_words, oddities, plain


def task(number: str):
    return next(task for task in checked().tasks if task.number == number)


def milestone(number: str, year: int):
    return next(m for m in task(number).milestones if m.year == year)


def as_expected(row) -> dict:
    return {
        "number": row.number, "starred": row.starred, "area": row.area,
        "years": tuple(m.year for m in row.milestones), "lines": f"{row.first_line}-{row.last_line}",
        "units": tuple((s.name, str(s.part), s.inferred, s.collective, s.source) for s in row.seats),
    }


@pytest.mark.parametrize("row", expected(), ids=lambda row: row.number)
def test_the_task_is_read_as_a_person_reads_it(row):
    assert as_expected(task(row.number)) == {
        "number": row.number, "starred": row.starred, "area": row.area, "years": row.years, "lines": row.lines,
        "units": row.units,
    }


@pytest.mark.parametrize("row", expected_words(), ids=lambda row: row.number)
def test_the_words_are_read_as_a_person_reads_them(row):
    read = task(row.number)
    assert plain(read.title) == row.title
    assert plain("".join(read.contents)) == row.content
    assert {m.year: plain(m.requirement) for m in read.milestones} == row.requirements


def written_by_hand() -> dict[str, list]:
    rows, words = expected(), expected_words()
    return {
        "numbers": [w.number for w in words],
        "titles": [(w.number, w.title) for w in words],
        "stars": [row.number for row in rows if row.starred],
        "contents": [(w.number, w.content) for w in words],
        "requirements": [(w.number, year, text) for w in words for year, text in w.requirements.items()],
        "units": [(row.number, name, part) for row in rows for name, part, *_ in row.units],
    }


def read_by_the_reader() -> dict[str, list]:
    tasks = checked().tasks
    return {
        "numbers": [t.number for t in tasks],
        "titles": [(t.number, plain(t.title)) for t in tasks],
        "stars": [t.number for t in tasks if t.starred],
        "contents": [(t.number, plain("".join(t.contents))) for t in tasks],
        "requirements": [(t.number, m.year, plain(m.requirement)) for t in tasks for m in t.milestones],
        "units": [(t.number, s.name, str(s.part)) for t in tasks for s in t.seats],
    }


def test_precision_and_recall_are_whole_in_every_field(capsys):
    wanted, got = written_by_hand(), read_by_the_reader()
    measured = {}
    for name in wanted:
        right = (Counter(wanted[name]) & Counter(got[name])).total()
        measured[name] = right / len(got[name]), right / len(wanted[name]), len(wanted[name])
    with capsys.disabled():
        for name, (precision, recall, count) in measured.items():
            print(f"\nseed, {name}: precision {precision:.1%}, recall {recall:.1%} of {count}", end="")
    assert {name: figures[:2] for name, figures in measured.items()} == dict.fromkeys(wanted, (1.0, 1.0))
    assert {name: figures[2] for name, figures in measured.items()} == {
        "numbers": 120, "titles": 120, "stars": 52, "contents": 120, "requirements": 332, "units": 358,
    }


def test_the_serials_are_1_to_120_in_their_order():
    assert [row.number for row in expected()] == [str(n) for n in range(1, 121)]
    assert [row.number for row in expected_words()] == [str(n) for n in range(1, 121)]
    assert [row.number for row in checked().tasks] == [str(n) for n in range(1, 121)]


def test_the_totals_are_those_of_the_count_by_hand():
    plan = checked()
    years = Counter(m.year for t in plan.tasks for m in t.milestones)
    assert plan.areas == list(AREAS)
    assert len(plan.areas) == 7
    assert len(plan.tasks) == 120
    assert sum(t.starred for t in plan.tasks) == 52
    assert sum(not t.starred for t in plan.tasks) == 68
    assert years == {2018: 119, 2019: 108, 2020: 105}
    assert years.total() == 332


def test_the_table_written_by_hand_has_the_same_totals():
    assert sum(row.starred for row in expected()) == 52
    assert Counter(year for row in expected() for year in row.years) == {2018: 119, 2019: 108, 2020: 105}


def test_the_two_tables_written_by_hand_agree_on_the_blank_cells():
    years = {row.number: row.years for row in expected()}
    assert {w.number: tuple(w.requirements) for w in expected_words()} == years


def test_the_28_blank_cells_have_no_milestone():
    there = {(t.number, m.year) for t in checked().tasks for m in t.milestones}
    blank = {(t.number, year) for t in checked().tasks for year in YEARS} - there
    assert len(blank) == 28
    assert {number for number, _ in blank} == {
        "7", "9", "19", "26", "27", "28", "43", "44", "46", "48", "54", "88", "115", "116", "117",
    }
    assert all(m.requirement.strip() for t in checked().tasks for m in t.milestones)


def test_task_9_has_no_milestone_and_says_so():
    assert task("9").milestones == ()
    assert [f.code for f in checked().findings if f.task == "9"] == ["no-requirement"]


def test_task_44_has_two_lines_of_contents_and_of_requirements():
    assert task("44").contents == ("完成200人以上贫困村精准扶贫村道硬化目标", "2020年实现全区所有自然村通硬化公路")
    assert milestone("44", 2018).requirements == ("完成", "100%")


def test_task_45_has_two_lines_of_contents_and_of_requirements():
    assert task("45").contents == (
        "组织公路两侧的农村居民负责本区域内村道养掮 ，实现有路必养，保障公路的完好、安全和畅通。",
        "通客运班车站点建候车亭",
    )
    assert [m.requirements for m in task("45").milestones] == [
        ("开展试点", "90%"), ("全面铺开", "95%"), ("继续深化", "100%"),
    ]
    assert milestone("45", 2019).requirement == "全面铺开\n95%"


def test_all_other_tasks_have_one_line():
    assert {t.number for t in checked().tasks if len(t.contents) != 1} == {"44", "45"}


def test_the_title_is_the_papers_not_the_word_attachment():
    assert checked().title == "湛江经济技术开发区乡村振兴战略实施方案(2018-2020年)任务分解表"
    assert checked().years == [2018, 2019, 2020]


def test_implementation_plans_are_due_on_the_day_the_note_names():
    assert checked().plan_due == date(2018, 7, 25)


@pytest.mark.parametrize(("number", "title"), [
    ("1", "全区乡村振兴战略规划（2018-2022年）"),
    ("9", "优化整合涉农资金"),
    ("29", "制定民宿管理办法和对民宿、农家乐等项目的消防、特种行业经营等领域便利市场准入、加强事中事后监管的管理办法"),
    ("54", "制定公布乡村可开发文物建筑资源目录和旅游开发资源目录。"),
    ("95", "实施新乡贤返乡工程"),
    ("106", "制定乡村专业服务人员职业上升通道保障政策"),
    ("112", "城乡居民基本医疗保险"),
    ("115", "制定半岛特色乡村创建标准"),
    ("116", "建立半岛特色乡村创建名录"),
    ("117", "编制半岛特色民居图集"),
    ("120", "培育发展特色小镇和特色小城镇"),
])
def test_a_title_is_whole_and_without_its_star(number, title):
    assert task(number).title == title


@pytest.mark.parametrize(("number", "year", "requirement"), [
    ("1", 2018, "委托第三方，根据省、市规划要求，编制我区规划。"),
    ("28", 2019, "区、街道（镇）、村全部实施生活垃圾收运处理市场化动作，运营管理专业化、规范化。"),
    ("29", 2020, "组织实施。"),
    ("46", 2018, "年底完成"),
    ("58", 2018, "“校校通”100%\n“班班通”100%\n“人人通”80%"),
    ("58", 2020, "“校校通”“班班通”\n和“人人通”均达100%"),
    ("95", 2018, "组织开展。"),
    ("106", 2018, "起草并印发政策文件。"),
    ("119", 2019, "30%"),
])
def test_a_requirement_stands_under_its_year(number, year, requirement):
    assert milestone(number, year).requirement == requirement


DATED = {
    ("115", 2018): (date(2018, 4, 30), [(date(2018, 4, 30), "4月底前完成")]),
    ("116", 2018): (date(2018, 5, 31), [(date(2018, 5, 31), "5月底前完成首批特色乡村创建试点名录")]),
    ("116", 2019): (date(2019, 8, 31), [(date(2019, 8, 31), "8月底前完成全市特色乡村创建试点名录")]),
    ("117", 2018): (date(2018, 5, 31), [(date(2018, 5, 31), "5月底前完成")]),
    ("118", 2018): (date(2018, 6, 30), [(date(2018, 6, 30), "6月前挑选首批20条特色乡村创建试点")]),
    # Its second sentence has no end, so the milestone has the whole year.
    ("118", 2019): (date(2019, 12, 31), [
        (date(2019, 7, 31), "7月前对达到创建标准的首批10条试点村予以命名并给予资金奖补"),
    ]),
    ("46", 2018): (date(2018, 12, 31), [(date(2018, 12, 31), "年底完成")]),
}


def test_deadlines_are_the_words_own_and_else_the_end_of_the_year():
    for row in checked().tasks:
        for m in row.milestones:
            due, steps = DATED.get((row.number, m.year), (date(m.year, 12, 31), []))
            assert (m.due, [(s.due, s.text) for s in m.steps]) == (due, steps), (row.number, m.year)


def test_every_oddity_is_found_and_nothing_else():
    found = Counter((f.code, f.task, f.source) for f in checked().findings)
    wanted = oddities()
    assert {"missing": wanted - found, "too many": found - wanted} == {"missing": Counter(), "too many": Counter()}


def test_findings_stand_in_the_order_of_the_document():
    lines = [int(f.source.split("-")[0]) for f in checked().findings]
    assert lines == sorted(lines)


@pytest.mark.parametrize(("code", "number", "words"), [
    ("unit-like-another", "37", "「区公安局」与「区公安分局」"),
    ("unit-like-another", "97", "「区发革局」与「区发改局」"),
    ("unit-elided", "34", "「东简」似为省略写法，读作「东简街道」"),
    ("unit-twice", "29", "「东海工商分局」"),
    ("separator-missing", "119", "「村委会自然村」缺少分隔符，拆为：村委会、自然村"),
    ("title-twice", "118", "与任务 60 同名：创建特色乡村试点"),
    ("label-twice", "40", "「牵头单位」出现两次"),
    ("deadline-ambiguous", "118", "「6月前」可指 2018-05-31 或 2018-06-30"),
])
def test_a_finding_says_what_it_is_about(code, number, words):
    said = [f.message.zh for f in checked().findings if (f.code, f.task) == (code, number)]
    assert any(words in message for message in said), said


def test_the_plan_has_doubts_but_no_errors():
    assert checked().exit_code == 1
    assert "error" not in {CATALOGUE[f.code][0] for f in checked().findings}


@pytest.mark.parametrize("number", ["1", "29", "44", "57", "112", "120"])
def test_a_task_keeps_its_row_as_it_was_printed(number):
    row = task(number)
    lines = SAMPLE.read_text(encoding="utf-8").split("\n")
    assert row.source_text == "\n".join(lines[row.first_line - 1 : row.last_line])
    assert row.contents[0] in row.source_text


def test_the_source_text_of_a_broken_row_begins_with_its_serial_and_ends_with_its_units():
    assert task("29").source_text.startswith("\t29\n\n\t*制定民宿管理办法")
    assert task("29").source_text.endswith("\t区旅游局、区公安分局、东海工商分局、东海工商分局、区住建局")
    assert task("112").source_text.startswith("\t\n112\n\t城乡居民基本医疗保险")
