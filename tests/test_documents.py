"""Documents: they say what the pages say, to the same person, and nothing that was typed runs in them."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from models import Evidence, Task
from tests.ledger import LIMITS, RETURN
from workflow.drafts import Draft, Piece, add_piece, save_draft

FORMULA = "=HYPERLINK(\"http://example.org\",\"点我\")"


@pytest.fixture
def story(ledger, clock):
    """One signed off, one returned, one with the reviewer, drafts that nobody else may see."""
    clock.pass_(days=1)  # it was made on the 13th
    ledger.submit("colead", "2")
    ledger.fire("reviewer", "approve", number="2")
    ledger.fire("committee", "accept", number="2")
    ledger.submit("lead")
    ledger.fire("reviewer", "return", RETURN)
    ledger.draft(answers=["甲", "乙"])
    ledger.submit("lead", year=2019)
    clock.pass_(days=30)
    return ledger


def table(answer, sheet: str) -> list[dict]:
    """The rows of a sheet by the names of its columns."""
    assert answer.status_code == 200, answer.status_code
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data))[sheet].iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if sum(cell is not None for cell in row) > 2)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1:]]


def test_the_workbook_lists_what_the_ledger_page_counts(story, browse):
    committee = browse("committee")
    rows = table(committee.get("/documents/ledger.xlsx"), "台账")
    assert len(rows) == 6
    one = next(row for row in rows if row["序号"] == "1" and row["年度"] == 2018)
    assert one["项目名称"] == "*农村土地确权登记颁证" and one["2018年进度要求"] == "2018年基本完成"
    assert (one["状态"], one["亮灯"], one["现由谁办理"], one["轮次"]) == ("待报送", "◆ 逾期", "经办人", 2)
    assert one["所示轮次"] == 1 and one["完成值"] == "颁证率：98.6%" and one["佐证材料件数"] == 1
    two = next(row for row in rows if row["序号"] == "2" and row["年度"] == 2018)
    assert two["办结日期"].date() == date(2018, 12, 14) and two["现由谁办理"] is None
    lines = {row["分组"]: row for row in table(committee.get("/documents/ledger.xlsx"), "汇总与图表")}
    assert (lines["合计"]["年度节点"], lines["合计"]["已办结"], lines["合计"]["逾期"]) == (6, 1, 2)
    for query in ("state=accepted", "light=red", "year=2019", "figure=wanted&quarter=2018Q4", "asof=2018-12-13"):
        page = committee.get(f"/ledger?{query}").text
        found = table(committee.get(f"/documents/ledger.xlsx?{query}"), "台账")
        assert f"<p>{len(found)} 个年度节点" in page, query


def test_a_workbook_holds_what_its_reader_may_see(story, browse):
    own = table(browse("lead").get("/documents/ledger.xlsx"), "台账")
    assert {row["序号"] for row in own} == {"1", "3"}
    drafted = next(row for row in own if row["序号"] == "1" and row["年度"] == 2018)
    assert drafted["所示轮次"] == 2  # the unit's own draft, that a reviewer does not see
    assert browse("outsider").get("/documents/ledger.xlsx").status_code == 200
    assert table(browse("outsider").get("/documents/ledger.xlsx"), "台账") == []


def test_a_workbook_of_a_past_day_is_the_ledger_of_that_day(story, browse):
    rows = table(browse("committee").get("/documents/ledger.xlsx?asof=2018-12-13"), "台账")
    assert {row["状态"] for row in rows} == {"待报送"}
    assert {row["佐证材料件数"] for row in rows} == {None}


def test_what_was_typed_is_no_formula_and_the_document_says_how_it_was_taken(ledger, browse):
    with ledger.database.writing() as session:
        session.scalars(select(Task).where(Task.number == "1")).one().title = FORMULA
    milestone = ledger.milestone()
    save_draft(milestone, ledger.actor("lead"), Draft("+1+cmd|' /C calc'!A0", [("@SUM(A1)", "1", "项")], []), 1, 0)
    add_piece(ledger.milestone(), ledger.actor("lead"), Piece(Evidence.LINK, FORMULA, "https://example.org"), LIMITS)
    answer = browse("lead").get("/documents/ledger.xlsx?year=2018")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
        assert any("xl/charts/chart" in name for name in book.namelist())
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert "<autoFilter" in sheets[0] and 'state="frozen"' in sheets[0]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))["台账"]
    assert sheet["A2"].value == "筛选条件：年度：2018年"
    assert sheet["A3"].value.startswith("取数时间：2018年12月13日")
    row = next(row for row in table(answer, "台账") if row["序号"] == "1")
    assert row["项目名称"] == "*" + FORMULA and row["进展说明"].startswith("+1+cmd")
    meanings = {row["列或指标"]: row["口径"] for row in table(answer, "各列口径")}
    assert meanings["自何日起"] and meanings["办结率"]
