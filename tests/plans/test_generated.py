"""Plans of every make → a document → read back → the same plan."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.dates.expressions import month_end
from plans.reading import read_plan
from tests.plans.papers import Paper, Spot, to_csv, to_docx, to_html, to_xls, to_xlsx

KINDS = {"docx": to_docx, "xlsx": to_xlsx, "xls": to_xls, "html": to_html, "csv": to_csv}
OFFICES = (
    "县财政局", "县教育局", "县水利局", "县农业农村局", "县住房和城乡建设局", "县文化和旅游局", "县委宣传部",
    "各乡镇（街道）", "县供销社",
)
NAMES = (
    "高标准农田建设", "农村公路提档升级", "老旧小区改造", "“一网通办”改革", "学前教育普及", "河道综合治理",
    "文化惠民工程",
)
CONTENTS = (
    "开展摸底调查，建立台账", "完成方案编制并组织评审", "建设示范点，总结推广经验",
    "健全管护机制（含经费保障）",
)
ASKS = ("完成前期工作", "建成2个", "覆盖率达到90%以上", "全面推开")
AREAS = ("一、产业发展", "二、基础设施", "三、公共服务")
HEADS = {
    "serial": ("序号", "编号", "序 号"), "title": ("重点任务", "工作任务", "项目名称"),
    "content": ("工作内容", "具体措施", "主 要 内 容"),
    "lead": ("牵头单位", "主要责任单位", "牵头责任单位"), "support": ("配合单位", "协同配合单位", "协作单位"),
    "units": ("责任单位", "负责部门", "责任科室"), "deadline": ("完成时限", "完成时间", "时间节点"),
    "remarks": ("备注",),
}


@dataclass(frozen=True)
class Made:
    """One task as it is to be read back."""

    area: str
    title: str
    content: str
    leads: tuple[str, ...]
    supports: tuple[str, ...]
    asks: tuple[str, ...]
    due: tuple[int, int] | None  # year and month


@dataclass(frozen=True)
class Layout:
    order: tuple[str, ...]
    heads: dict[str, str]
    years: tuple[int, ...]
    labelled: bool  # 「牵头单位：甲；配合单位：乙」 in one column
    separator: str


@st.composite
def layouts(draw) -> Layout:
    dated = draw(st.booleans())
    first, count = draw(st.integers(2018, 2024)), draw(st.integers(2, 6))
    seats = draw(st.sampled_from([("lead", "support"), ("units",)]))
    order = ["title", "content", *seats, *(["deadline"] if dated else ["years"])]
    order += ["serial"] if draw(st.booleans()) else []
    order += ["remarks"] if draw(st.booleans()) else []
    return Layout(
        tuple(draw(st.permutations(order))), {role: draw(st.sampled_from(words)) for role, words in HEADS.items()},
        () if dated else tuple(range(first, first + count)), draw(st.booleans()), draw(st.sampled_from(["、", "，",
            "\n"])),
    )


@st.composite
def tasks(draw, layout: Layout) -> list[Made]:
    titles = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    areas = sorted(draw(st.lists(st.sampled_from(AREAS), min_size=len(titles), max_size=len(titles))))
    made = []
    for title, area in zip(titles, areas, strict=True):
        units = draw(st.lists(st.sampled_from(OFFICES), min_size=1, max_size=4, unique=True))
        asks = tuple(draw(st.sampled_from(["", *ASKS])) for _ in layout.years)
        made.append(Made(
            area, title, draw(st.sampled_from(CONTENTS)), tuple(units[:1]), tuple(units[1:]), asks,
            None if layout.years else (draw(st.integers(2020, 2027)), draw(st.integers(1, 12))),
        ))
    return made


def paper_of(layout: Layout, made: list[Made]) -> Paper:
    """Two rows of headers where there are years; every area in a row of its own."""
    paper = Paper(["某县重点工作任务分解表"], [])
    columns = [name for role in layout.order for name in (layout.years if role == "years" else [role])]
    tall = 2 if layout.years else 1
    place = 0
    for role in layout.order:
        if role == "years":
            paper.spots.append(Spot(0, place, "年度目标", 1, len(layout.years)))
            paper.spots += [Spot(1, place + at, f"{year}年") for at, year in enumerate(layout.years)]
            place += len(layout.years)
        else:
            paper.spots.append(Spot(0, place, layout.heads[role], tall, 1))
            place += 1
    row, area = tall, ""
    for number, task in enumerate(made, 1):
        if task.area != area:
            area = task.area
            paper.spots.append(Spot(row, 0, area, 1, len(columns)))
            row += 1
        for at, column in enumerate(columns):
            text = _cell(column, number, task, layout)
            if text:
                paper.spots.append(Spot(row, at, text))
        row += 1
    return paper


def _cell(column, number: int, task: Made, layout: Layout) -> str:
    if isinstance(column, int):
        return task.asks[layout.years.index(column)]
    leads, supports = layout.separator.join(task.leads), layout.separator.join(task.supports)
    if column == "units":
        if layout.labelled:
            return f"牵头单位：{leads}" + (f"；配合单位：{supports}" if supports else "")
        return layout.separator.join(task.leads + task.supports)
    words = {
        "serial": str(number), "title": task.title, "content": task.content, "lead": leads, "support": supports,
        "deadline": f"{task.due[0]}年{task.due[1]}月底前" if task.due else "",
        "remarks": "约束性" if number % 2 else "",
    }
    return words[column]


def wanted(layout: Layout, number: int, task: Made) -> dict:
    inferred = "units" in layout.order and not layout.labelled and bool(task.supports)
    if task.due:
        milestones = [(task.due[0], task.content, month_end(*task.due))]
    else:
        asked = zip(layout.years, task.asks, strict=True)
        milestones = [(year, ask, date(year, 12, 31)) for year, ask in asked if ask]
    return {
        "number": str(number) if "serial" in layout.order else None, "area": task.area, "title": task.title,
        "contents": (task.content,), "milestones": milestones,
        "seats": [*((name, "lead", inferred) for name in task.leads), *((name, "support",
        inferred) for name in task.supports)],
    }


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_plan_that_was_written_is_read_back(kind, data):
    layout = data.draw(layouts())
    made = data.draw(tasks(layout))
    plan = read_plan(KINDS[kind](paper_of(layout, made)), f"plan.{kind}")
    read = [
        {
            "number": t.number, "area": t.area, "title": t.title, "contents": t.contents,
            "milestones": [(m.year, m.requirement, m.due) for m in t.milestones],
            "seats": sorted(((s.name, str(s.part), s.inferred) for s in t.seats), key=lambda seat: seat[1]),
        }
        for t in plan.tasks
    ]
    assert read == [wanted(layout, number, task) for number, task in enumerate(made, 1)]
    assert plan.title == "某县重点工作任务分解表"
    assert all(finding.grade != "error" for finding in plan.findings)
