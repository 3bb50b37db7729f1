"""Which unit is given what back, and why: every number opens exactly its rounds, for a past day too."""

import io
import re
from html import unescape

import openpyxl
import pytest

from reports.figures import DECISIONS, RETURN_SHARE
from tests.ledger import RETURN
from tests.test_documents import table
from workflow import reason_list
from workflow.reasons import every

_NUMBER = re.compile(r'<a href="(/monitor/returns/rounds[^"]*)">(\d+)</a>')


@pytest.fixture
def story(ledger, clock):
    """甲局 is returned twice, for two reasons, and signed off; 丙镇 once; the reason of that is retired since."""
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    ledger.submit("support", "2")
    ledger.fire("reviewer", "return", RETURN | {"reason": "form"}, number="2")
    clock.pass_(days=20)  # into January
    ledger.submit(answers=["甲", "乙"])
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "return", RETURN | {"reason": "unclear"})
    ledger.submit(answers=["甲", "乙"])
    ledger.fire("reviewer", "approve")
    ledger.fire("committee", "accept")
    with ledger.database.reading() as session:
        form = next(it for it in every(session) if it.code == "form")
    reason_list.change(ledger.database, ledger.actor("system"), form.id, "填报有误", "", False)
    return ledger


def lines(page: str) -> dict[str, list[str]]:
    """The table: by what stands first in each row, the words of its other cells."""
    body = page[page.index('<table id="returns"'):]
    body = body[:body.index("</table>")]
    rows = {}
    for row in body.split("<tr>")[2:]:
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        name, *others = (re.sub(r"<[^>]+>", "", cell).strip() for cell in cells)
        rows[name] = others
    return rows


def test_units_and_reasons_are_counted_over_a_period(story, browse):
    auditor = browse("auditor")
    page = auditor.get("/monitor/returns").text
    heads = re.findall(r"<th[^>]*>([^<]*)</th>", page[page.index('<table id="returns"'):])[:10]
    assert heads == [
        "单位", "退回轮次", "审结轮次", "退回率",
        "材料不全", "数据不符", "与进度要求不符", "佐证不清或不可核验", "填报有误", "其他",
    ]
    found = lines(page)
    assert found["甲局"] == ["2", "3", "66% 基数小", "0", "1", "0", "1", "0", "0"]
    assert found["乙局"] == ["1", "1", "100% 基数小", "0", "0", "0", "0", "1", "0"]
    assert found["合计"][:2] == ["3", "4"]
    december = lines(auditor.get("/monitor/returns?since=2018-12-01&until=2018-12-31").text)
    assert december["甲局"][:2] == ["1", "1"] and december["合计"][:2] == ["2", "2"]
    assert "填报有误" not in auditor.get("/monitor/returns?since=2019-01-01").text  # retired, and not used then


@pytest.mark.parametrize(
    "query", ["", "?since=2018-12-01&until=2018-12-31", "?asof=2018-12-20", "?year=2018&starred=1"]
)
def test_every_number_opens_exactly_its_rounds(story, browse, query):
    committee = browse("committee")
    numbers = _NUMBER.findall(committee.get(f"/monitor/returns{query}").text)
    assert numbers
    for address, number in numbers:
        page = committee.get(unescape(address)).text
        body = page[page.index('<table id="rounds"'):]
        assert body.count("/milestones/") == int(number), address
        assert f"共 {number} 轮" in page


def test_a_past_day_has_what_had_been_returned_then(story, browse):
    found = lines(browse("committee").get("/monitor/returns?asof=2018-12-20").text)
    assert (found["甲局"][:2], found["合计"][:2]) == (["1", "1"], ["2", "2"])


def test_the_list_has_the_words_of_the_time(story, browse):
    committee = browse("committee")
    page = committee.get("/monitor/returns/rounds?reason=form").text
    assert page.count("填报不规范") == 1 and "口径不一致。" in page  # as it was said, under the present name
    assert "填报有误" in page


def test_a_unit_sees_its_own_and_no_other(story, browse):
    lead, own, other = browse("lead"), story.units["甲局"], story.units["乙局"]
    assert lead.get("/monitor/returns").status_code == 403
    for by in ("", f"?by={other}", "?by=x"):
        assert lead.get(f"/monitor/returns/rounds{by}").status_code == 404
    assert "共 2 轮" in lead.get(f"/monitor/returns/rounds?by={own}").text
    unit = lead.get(f"/monitor/units/{own}").text
    assert _NUMBER.findall(unit)[0][1] == "2"


def test_the_workbook_has_the_same_numbers(story, browse):
    committee = browse("committee")
    answer = committee.get("/documents/units.xlsx?since=2018-12-01&until=2018-12-31")
    rows = {row["单位"]: row for row in table(answer, "退回原因")}
    assert rows["甲局"]["退回轮次"] == 1 and rows["甲局"]["数据不符"] == 1 and rows["乙局"]["填报有误"] == 1
    meanings = openpyxl.load_workbook(io.BytesIO(answer.data))["各列口径"].iter_rows(values_only=True)
    assert {it.label.zh for it in (*DECISIONS, RETURN_SHARE)} <= {row[0] for row in meanings}


@pytest.mark.parametrize("query", [
    "since=9999-12-31&until=9999-12-31", "since=0001-01-01&until=x", "reason=none&figure=x&page=999999999", "by=99999",
])
def test_what_is_no_possible_value_asks_for_nothing(story, browse, query):
    committee = browse("committee")
    assert committee.get(f"/monitor/returns?{query}").status_code == 200
    assert committee.get(f"/monitor/returns/rounds?{query}").status_code == 200
