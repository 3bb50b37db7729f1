"""A unit under the name that it had when the paper was printed."""

from datetime import date

import pytest
from sqlalchemy import select

from models import Responsibility, Unit
from plans.reading import read_plan
from plans.store import store_plan
from workflow import directory
from workflow.actor import command_line
from workflow.errors import Incomplete

PAPER = """重点工作任务分解表
序号\t任务名称\t工作内容\t责任单位\t2018年\t2019年
1\t建立台账\t逐项登记\t牵头单位：国土局；配合单位：财政局\t完成登记\t复核一次
2\t开展培训\t分批培训\t牵头单位：财政局；配合单位：国土局、自然资源局\t培训两期\t培训三期
"""


@pytest.fixture
def actor():
    return command_line("test")


def named(database, *names: str) -> list[int]:
    return [directory.create_unit(database, command_line("test"), name) for name in names]


def stored(database, actor) -> dict[str, list[tuple[str, str]]]:
    """By unit: its seats as (task, part)."""
    store_plan(database, actor, read_plan(PAPER.encode(), "plan.txt"), PAPER.encode(), "plan.txt", accept_doubts=True)
    with database.reading() as session:
        rows = session.execute(
            select(Unit.name, Responsibility.task_id, Responsibility.part)
            .join(Responsibility, Responsibility.unit_id == Unit.id).order_by(Responsibility.task_id)
        ).all()
    found: dict[str, list[tuple[str, str]]] = {}
    for name, task, part in rows:
        found.setdefault(name, []).append((task, part))
    return found


def test_a_paper_of_the_time_is_about_the_unit_that_had_the_name(database, actor):
    (unit,) = named(database, "自然资源局")
    directory.add_alias(database, actor, unit, "国土局", date(2010, 1, 1), date(2019, 3, 1))
    seats = stored(database, actor)
    assert set(seats) == {"自然资源局", "财政局"}
    assert [part for _task, part in seats["自然资源局"]] == ["lead", "support"]  # both names in one row: one seat


def test_at_another_time_the_name_is_another_unit(database, actor):
    (unit,) = named(database, "自然资源局")
    directory.add_alias(database, actor, unit, "国土局", date(2019, 3, 1), None)
    assert set(stored(database, actor)) == {"自然资源局", "国土局", "财政局"}


def test_a_present_name_counts_before_a_former_one(database, actor):
    first, _second = named(database, "自然资源局", "规划局")
    directory.add_alias(database, actor, first, "国土局")
    named(database, "国土局")
    assert [part for _task, part in stored(database, actor)["国土局"]] == ["lead", "support"]


@pytest.mark.parametrize(("name", "since", "until"), [
    ("", None, None), ("规划局", None, None), ("国土局", date(2015, 1, 1), None),
    ("老国土局", date(2019, 1, 1), date(2018, 1, 1)),
])
def test_a_former_name_that_will_not_do_is_told_why(database, actor, name, since, until):
    first, second = named(database, "自然资源局", "规划局")
    directory.add_alias(database, actor, first, "国土局", date(2010, 1, 1), date(2019, 3, 1))
    with pytest.raises(Incomplete):
        directory.add_alias(database, actor, second, name, since, until)


def test_the_administrator_keeps_former_names_on_the_units_page(ledger, browse):
    system = browse("system")
    page = f"/admin/units/{ledger.units['甲局']}"
    form = {"name": "甲办", "since": "2010-01-01", "until": "2017-12-31"}
    assert system.post(f"{page}/aliases", form).status_code == 302
    assert "甲办" in system.get(page).text and "2010年1月1日" in system.get(page).text
    assert system.post(f"{page}/aliases", form | {"since": "2010-13-01"}).status_code == 422
    assert system.post(f"{page}/aliases", form).status_code == 422  # the same name at the same time
    assert system.post(f"{page}/aliases/1/remove").status_code == 302
    assert "甲办" not in system.get(page).text
