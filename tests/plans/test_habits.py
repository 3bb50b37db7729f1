"""Habits of papers, one each: what a reader who does not know them loses, invents, or reads wrongly without a word."""

import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from models import Part
from plans.reading import read_plan
from plans.titles import persons_in
from tests.plans.papers import docx, word_paragraph


def read(text: str, name: str = "plan.txt"):
    return read_plan(text.encode(), name)


def seats(task) -> list[tuple[str, str]]:
    return [(seat.name, "*" if seat.part == Part.LEAD else "") for seat in task.seats]


def codes(plan, grade: str = "doubt") -> list[str]:
    return [finding.code for finding in plan.findings if finding.grade == grade]


def test_a_heading_that_names_the_lead_gives_it_to_the_items_below_and_is_no_task():
    plan = read(
        "某区2024年任务分工方案\n"
        "一、推进科技创新（牵头领导：王志远；牵头单位：区科技局）\n"
        "1.培育企业20家。责任单位：区科技局、区税务局。\n"
        "2.建设实验室2个（区教育局负责）。\n"
        "二、保障民生\n"
        "3.新增就业8000人。牵头单位：区人社局。配合单位：区财政局。\n"
    )
    assert [task.number for task in plan.tasks] == ["1", "2", "3"]
    assert seats(plan.tasks[0]) == [("区科技局", "*"), ("区税务局", "")]
    assert seats(plan.tasks[1]) == [("区科技局", "*"), ("区教育局", "")]
    assert plan.tasks[0].leaders == ("王志远",) and plan.tasks[2].leaders == ()
    assert codes(plan).count("heading-lead") == 2 and "heading-units" in codes(plan)


def test_who_keeps_the_web_page_is_in_charge_of_nothing():
    plan = read(
        "<html><body><p>某区2024年重点任务分工</p><p>1.开工建设厂房20万平方米。（区工信局负责）</p>"
        "<p>主办：某区人民政府办公室</p><p>承办：某区信息中心</p><p>某ICP备12345号</p></body></html>", "plan.html",
    )
    assert [seats(task) for task in plan.tasks] == [[("区工信局", "*")]]
    assert "区人民政府" not in "".join(plan.tasks[0].contents)


def test_a_bracket_that_a_line_end_cuts_is_read_whole():
    plan = read(
        "某市2024年工作分工安排\n一、落实责任\n（一）压实责任。每半年开展1次检查。（市教育局、市民政局，\n各按职责负责）\n"
        "（二）签订责任书。（各县〔市、区〕政府，市消安办）\n"
    )
    assert [[name for name, _ in seats(task)] for task in plan.tasks] == [
        ["市教育局", "市民政局"], ["各县〔市、区〕政府", "市消安办"],
    ]


def test_a_bracket_that_may_name_units_is_not_passed_over_in_silence():
    plan = read("某市2024年工作安排\n一、总则\n1.甲事。（市教育局、某校签约）\n二、任务\n1.乙事。（市水利局负责）\n")
    assert [task.title for task in plan.tasks] == ["乙事"]
    assert "bracket-unread" in codes(plan)


def test_what_came_of_a_task_is_not_what_was_to_be_done():
    plan = read(
        "2022年督查台账\n序号\t督查事项\t责任单位\t办理时限\t完成情况\t存在问题\t下一步措施\n"
        "1\t管网改造15公里\t市住建局\t10月底\t已完成11公里\t管材滞后\t加快采购\n"
        "2\t清理欠薪\t市人社局\t8月底\t已完成\t无\t无\n"
    )
    task = plan.tasks[0]
    assert (task.title, task.milestones[0].requirement) == ("管网改造15公里", "管网改造15公里")
    assert task.other == {"存在问题": "管材滞后", "下一步措施": "加快采购"} and task.progress == "已完成11公里"


def test_problems_are_the_tasks_where_there_is_nothing_else():
    plan = read("整改清单\n序号\t存在问题\t整改措施\t责任单位\n1\t台账不全\t补齐台账\t甲局\n2\t制度缺失\t建制\t乙局\n")
    assert [(task.title, task.contents[0]) for task in plan.tasks] == [("台账不全", "补齐台账"), ("制度缺失", "建制")]


def test_a_cell_across_units_and_another_column_is_a_doubt():
    plan = read(
        "<table><tr><td>序号</td><td>任务</td><td>目标</td><td>责任单位</td></tr>"
        "<tr><td>1</td><td>清洁能源</td><td colspan=2>另行制定方案</td></tr>"
        "<tr><td>2</td><td>供水</td><td>达到92%</td><td>市水利局</td></tr></table>", "plan.html",
    )
    assert [finding.task for finding in plan.findings if finding.code == "cell-across"] == ["1"]


def test_a_title_as_wide_as_the_table_of_a_csv_is_the_title():
    plan = read("附表：2024年要点任务分工,,,\n序号,任务,单位,时限\n1,甲事,甲局,6月底\n2,乙事,乙局,全年\n", "plan.csv")
    assert plan.title == "2024年要点任务分工"
    assert plan.tasks[0].milestones[0].due.isoformat() == "2024-06-30"


def test_a_column_of_what_and_by_when_holds_both():
    plan = read(
        "2024年清单\n序号\t任务\t具体工作任务及完成时限\t责任单位\n1\t户籍改革\t出台细则，6月底前完成。\t县公安局\n"
        "2\t就业\t培训5000人次，11月底前完成。\t县人社局\n"
    )
    assert [task.contents for task in plan.tasks] == [("出台细则，6月底前完成。",), ("培训5000人次，11月底前完成。",)]
    assert [task.milestones[0].due.isoformat() for task in plan.tasks] == ["2024-06-30", "2024-11-30"]


def test_a_bracket_in_the_letter_that_speaks_of_lead_units_is_no_task():
    plan = read(
        "关于印发2022年重点任务的通知\n现印发给你们。（牵头单位要会同配合单位制定方案，于2月底前报市政府督查室。）\n"
        "一、稳增长\n1.增长5%。\n牵头单位：市发展改革委\n"
    )
    assert [task.title for task in plan.tasks] == ["增长5%"]


def test_a_bracket_on_a_line_of_its_own_belongs_to_the_name_before():
    plan = read("<table><tr><td>序号</td><td>任务</td><td>牵头单位</td></tr><tr><td>1</td><td>甲事</td>"
                "<td>市公安局<br>（交警支队）</td></tr></table>", "plan.html")
    assert seats(plan.tasks[0]) == [("市公安局（交警支队）", "*")]


def test_things_that_are_counted_as_the_first_and_the_second_are_numbered():
    plan = read("2023年十件实事\n第一件 道路硬化\n建设内容：硬化200公里\n牵头单位：县交通局\n"
                "第二件 学校扩容\n建设内容：新建2所\n牵头单位：县教育局\n")
    assert [(task.number, task.title, task.area) for task in plan.tasks] == [
        ("第一件", "道路硬化", ""), ("第二件", "学校扩容", ""),
    ]


def test_offices_in_the_middle_of_a_sentence_are_not_lost():
    plan = read("某市2024年要点\n一、医疗\n（一）建成中心2个（市卫健委、市财政局），签约率达到45%（市民政局）。\n")
    assert [[name for name, _ in seats(task)] for task in plan.tasks] == [["市卫健委", "市财政局"], ["市民政局"]]
    assert "clauses-several" in codes(plan)


def test_an_area_that_names_the_lead_gives_it_to_the_rows_below():
    plan = read(
        "<p>2023年3月6日</p><p>某区2023年分工表</p><table><tr><td>序号</td><td>任务</td><td>责任单位</td></tr>"
        "<tr><td>一</td><td colspan=2>压实责任（牵头单位：区应急局）</td></tr>"
        "<tr><td>1</td><td>甲事</td><td>各镇街</td></tr><tr><td>2</td><td>乙事</td><td>区住建局牵头</td></tr></table>",
        "plan.html",
    )
    assert plan.title == "某区2023年分工表"
    assert seats(plan.tasks[0]) == [("区应急局", "*"), ("各镇街", "")]
    assert seats(plan.tasks[1]) == [("区住建局", "*")]
    assert [finding.task for finding in plan.findings if finding.code == "heading-lead"] == ["1"]


@pytest.mark.parametrize(("text", "persons"), [
    ("王\u00a0强", ("王强",)), ("区委常委、副区长 吴刚", ("区委常委、副区长 吴刚",)),
    ("副市长 高明\n何丽", ("副市长 高明", "何丽")),
    ("县长 甲某、副县长 乙某", ("县长 甲某", "副县长 乙某")),
])
def test_persons_with_their_posts(text, persons):
    assert persons_in(text) == persons


# --- Units that stand out in print ---

HEAD = ("序号", "任务", "责任单位")
NOTE = "加粗的单位为牵头单位"


def in_html(note: str, strong: str = "<b>乙局</b>") -> bytes:
    head = "".join(f"<td>{words}</td>" for words in HEAD)
    return (
        f"<p>2024年任务清单</p><p>（{note}）</p><table><tr>{head}</tr>"
        f"<tr><td>1</td><td>甲事</td><td>甲局、{strong}、丙局</td></tr></table>"
    ).encode()


def in_docx(note: str, look: str = "<w:b/>") -> bytes:
    def run(text: str, properties: str = "") -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"

    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc><w:p>{cell}</w:p></w:tc>" for cell in cells) + "</w:tr>"

    units = run("甲局、") + run("乙", look) + run("局", look) + run("、丙局")
    table = row(*map(run, HEAD)) + row(run("1"), run("甲事"), units)
    return docx(word_paragraph("2024年任务清单") + word_paragraph(f"（{note}）") + f"<w:tbl>{table}</w:tbl>")


def in_xlsx(note: str) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    units = CellRichText("甲局、", TextBlock(InlineFont(color="FFFF0000"), "乙局"), "、丙局")
    for row in (("2024年任务清单",), (f"（{note}）",), HEAD, ("1", "甲事", units)):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "make"), [("plan.html", in_html), ("plan.docx", in_docx), ("plan.xlsx", in_xlsx)])
def test_units_that_stand_out_lead_where_a_note_says_so_and_are_a_doubt_where_none_does(name, make):
    told = read_plan(make(NOTE), name)
    assert seats(told.tasks[0]) == [("甲局", ""), ("乙局", "*"), ("丙局", "")]
    assert not any(seat.inferred for seat in told.tasks[0].seats) and told.lead_rule == NOTE
    untold = read_plan(make("征求意见稿"), name)
    assert seats(untold.tasks[0]) == [("甲局", ""), ("乙局", "*"), ("丙局", "")]
    assert all(seat.inferred for seat in untold.tasks[0].seats)
    assert sorted(codes(untold)) == ["lead-inferred", "lead-printed"]


@pytest.mark.parametrize("strong", [
    '<span style="color:#ff0000">乙局</span>', '<font color="red">乙局</font>', "<strong>乙局、</strong>",
    '<span style="font-family:黑体">乙局</span>', '<span style="font-weight:700">乙局</span>',
])
def test_what_stands_out_on_a_page(strong):
    assert seats(read_plan(in_html(NOTE, strong), "plan.html").tasks[0])[1] == ("乙局", "*")


@pytest.mark.parametrize("plain", [
    '<span style="color:#333333">乙局</span>', '<font color="black">乙局</font>', "乙局",
])
def test_what_does_not_stand_out_on_a_page(plain):
    assert seats(read_plan(in_html("征求意见稿", plain), "plan.html").tasks[0])[0] == ("甲局", "*")


@pytest.mark.parametrize("look", ['<w:color w:val="C00000"/>', '<w:rFonts w:eastAsia="黑体"/>'])
def test_what_stands_out_in_word(look):
    assert seats(read_plan(in_docx(NOTE, look), "plan.docx").tasks[0])[1] == ("乙局", "*")


def test_a_mark_behind_the_leading_unit_needs_no_quotes_in_its_note():
    plan = read("2024年清单（★为牵头单位）\n序号\t任务\t责任单位\n1\t甲事\t甲局、乙局★\n2\t乙事\t丙局★、丁局\n")
    assert seats(plan.tasks[0]) == [("甲局", ""), ("乙局", "*")]
