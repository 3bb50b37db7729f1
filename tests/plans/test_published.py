"""The way out: a plan's workbook in the published layout, read back, is the same plan."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Part
from plans.checked import CheckedMilestone, CheckedPlan, CheckedTask, Seat
from plans.reading import read_plan
from reports.published import workbook
from tests.plans.paper import paper
from tests.plans.seed import SAMPLE


def meaning(plan: CheckedPlan) -> dict:
    """What a plan says, without where it says it."""
    return {
        "title": plan.title, "years": plan.years, "plan_due": plan.plan_due,
        "tasks": [
            (
                task.number, task.title, task.starred, task.area, task.contents,
                [(seat.name, seat.part, seat.inferred, seat.collective) for seat in task.seats],
                [(m.year, m.requirements, m.due, m.steps) for m in task.milestones],
            )
            for task in plan.tasks
        ],
    }


def back(plan: CheckedPlan) -> CheckedPlan:
    return read_plan(workbook(plan), "导出.xlsx")


@pytest.mark.parametrize("data", [paper(), SAMPLE.read_bytes()], ids=["small", "sample"])
def test_what_is_exported_reads_back_as_the_same_plan(data):
    plan = read_plan(data, "方案.txt")
    assert meaning(back(plan)) == meaning(plan)


def test_the_workbook_has_the_published_layout():
    plan = read_plan(SAMPLE.read_bytes(), "方案.txt")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(plan))).active
    assert sheet["A1"].value == plan.title
    heads = [[sheet.cell(row, column).value for column in range(1, 8)] for row in (3, 4)]
    assert heads == [["序号", "项目名称", "工作内容", "进度要求", None, None, "责任单位"],
                     [None, None, None, "2018年", "2019年", "2020年", None]]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:G1", "D3:F3", "A5:G5"} <= merged
    assert sheet["A5"].value == "一、资源资产盘活行动"


@pytest.mark.parametrize("text", ["=1+1", "=HYPERLINK(\"http://x.example\")", "+1", "-1", "@SUM(A1)", "\t=1", "007"])
def test_no_text_becomes_a_formula_a_link_or_a_number(text):
    task = CheckedTask("1", text, False, "一、甲行动", (text,), (), (), 1, 1, "")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(CheckedPlan(text, [2018], None, [task])))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


WORDS = st.text(alphabet="农村公路建设环境整治产业发展水利医疗教育文化安全生产", min_size=4, max_size=14)
NAMES = st.lists(
    st.sampled_from(["区农业局", "区水务局", "区教育局", "区住建局", "区财政局", "东山街道", "区委组织部", "区人社局"]),
    min_size=1, max_size=4, unique=True,
)


@st.composite
def plans(draw) -> CheckedPlan:
    years = sorted(draw(st.sets(st.integers(2018, 2025), min_size=1, max_size=4)))
    tasks = []
    for n in range(1, draw(st.integers(1, 8)) + 1):
        names = draw(NAMES)
        leads = draw(st.integers(1, len(names)))
        seats = tuple(
            Seat(name, Part.LEAD if k < leads else Part.SUPPORT, False, False, name) for k, name in enumerate(names)
        )
        lines = draw(st.integers(1, 2))
        asked = {year: tuple(draw(WORDS) for _ in range(lines)) for year in years if draw(st.booleans())}
        tasks.append(CheckedTask(
            number=str(n), title=f"{draw(WORDS)}{n}", starred=draw(st.booleans()),
            area=f"{'一二'[n > 4]}、{'甲乙'[n > 4]}行动", contents=tuple(f"{draw(WORDS)}内容" for _ in range(lines)),
            seats=seats, milestones=tuple(
                CheckedMilestone(year, requirements, date(year, 12, 31)) for year, requirements in asked.items()
            ),
            first_line=0, last_line=0, source_text="",
        ))
    return CheckedPlan("某区任务分解表", years, None, tasks)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans())
def test_generated_plans_come_back_as_they_went_out(plan):
    assert meaning(back(plan)) == meaning(plan)


def test_a_plan_without_years_keeps_its_one_milestone_and_its_deadline():
    seats = (Seat("区农业局", Part.LEAD, False, False, ""), Seat("区水务局", Part.SUPPORT, False, False, ""))
    tasks = [
        CheckedTask(
            str(n), f"整治第{n}条河道", False, "一、治理行动", (f"清理第{n}条河道淤泥",), seats,
            (CheckedMilestone(None, (f"第{n}条河道水质达标",), due),), 0, 0, "",
        )
        for n, due in ((1, date(2024, 6, 30)), (2, date(2024, 9, 30)), (3, date(2024, 10, 31)))
    ]
    read = back(CheckedPlan("某区河道整治任务清单（2024年）", [], None, tasks))
    assert [(t.number, t.title, t.contents) for t in read.tasks] == [(t.number, t.title, t.contents) for t in tasks]
    assert [t.milestones[0].due for t in read.tasks] == [t.milestones[0].due for t in tasks]
    assert [t.milestones[0].requirement for t in read.tasks] == [t.milestones[0].requirement for t in tasks]
