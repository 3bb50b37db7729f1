"""The review queue: by clock and risk, cut by filters in the address, with the last round beside this one."""

import re

from reports.rounds import GONE, NEW, SAME, words_changed
from tests.ledger import RETURN
from workflow.indicators import Measure, set_indicators

STOPS = re.compile(r'data-stop[^>]* href="/review\?id=(\d+)')


def test_what_is_over_its_clock_stands_first_and_the_address_says_what_is_asked(ledger, browse, clock):
    first, second, third = (str(ledger.milestones[it]) for it in (("2", 2018), ("1", 2019), ("1", 2018)))
    ledger.submit("support", "2")
    clock.pass_(days=1)
    ledger.submit("lead", "1", 2019)  # waits for less long, and has more time
    clock.pass_(days=1)
    ledger.submit("lead", "1")
    ledger.fire("area1", "approve")
    ledger.fire("committee", "send_back", {"words": "请复核。"})
    reviewer = browse("reviewer")
    assert STOPS.findall(reviewer.get("/review").text) == [first, second, third]
    clock.pass_(days=6)  # five working days since the second: the first is over
    reviewer = browse("reviewer")
    page = reviewer.get("/review").text
    assert STOPS.findall(page)[0] == first and "超时" in page and "时限将到" in page
    assert STOPS.findall(reviewer.get("/review?clock=clock-over").text) == [first]
    assert STOPS.findall(reviewer.get("/review?words=颁证&year=2019").text) == [second]
    assert 'name="from" value="review?year=2019&amp;words=' in reviewer.get("/review?words=颁证&year=2019").text
    answer = reviewer.post(f"/milestones/{second}/act/approve", {
        "version": ledger.milestone("1", 2019).version, "from": "review?year=2019&nonsense=1",
    })
    assert answer.location == "/review?year=2019"
    assert STOPS.findall(reviewer.get("/review/choose?year=2018").text) == [first, third]


def test_the_last_round_stands_beside_this_one_with_what_changed_marked(ledger, browse):
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    lead = browse("lead")
    one, now = ledger.milestones["1", 2018], ledger.milestone().round
    lead.post(f"/milestones/{one}/draft", {
        "account": "已完成颁证 99.2%，并通过验收。", "round_number": now.number, "draft_version": now.draft_version,
        "answer": ["口径已统一。", "已补验收材料。"], "figure_name": "颁证率", "figure_amount": "99.2",
        "figure_unit": "%", "link": "https://example.gov.cn/1", "caption": "公告",
    })
    ledger.all_answer()
    ledger.fire("lead", "submit")
    page = browse("reviewer").get(f"/review?id={one}").text
    assert "<del>98.6%</del><ins>99.2%，并通过验收</ins>" in page
    assert "<del>98.6 %</del> → <ins>99.2 %</ins>" in page
    assert page.count("本轮新增") == 1 and page.count("同上轮") == 1
    assert "口径已统一。" in page  # its points with their answers


def test_the_indicators_of_what_is_open_stand_in_the_queue(ledger, browse):
    measure = Measure("颁证率", "99", "%", "level", "at_least", "60")
    set_indicators(ledger.database, ledger.actor("system"), ledger.milestones["1", 2018], [measure])
    ledger.submit()
    page = browse("reviewer").get("/review")
    assert page.status_code == 200 and 'id="measures"' in page.text and "99%" in page.text


def test_a_milestones_page_has_the_light_of_whoever_judges_it(ledger, browse, clock):
    ledger.submit()
    one = ledger.milestones["1", 2018]
    for days, light, said in ((0, "时限内", "0/5"), (7, "时限将到", "5/5"), (3, "超时", "6/5")):
        clock.pass_(days=days)
        page = re.sub(r"<[^>]+>", " ", browse("reviewer" if days else "lead").get(f"/milestones/{one}").text)
        assert re.search(rf"{light}\W*{said} 个工作日", page), light
    ledger.fire("reviewer", "approve")
    assert "0/10 个工作日" in browse("committee").get(f"/milestones/{one}").text
    ledger.fire("committee", "accept")
    assert "0/10 个工作日" not in browse("committee").get(f"/milestones/{one}").text


def test_changed_words_read_as_either_text():
    for before, after in (
        ("", "新"), ("旧", ""), ("同", "同"), ("已建成三座桥梁。", "已经建成五座大桥。"), ("共12.5公里", "共13公里"),
        ("一句。" * 2000, "一句。" * 1000 + "二句。" + "一句。" * 1000),
    ):
        runs = words_changed(before, after)
        assert "".join(text for mark, text in runs if mark in (SAME, GONE)) == before
        assert "".join(text for mark, text in runs if mark in (SAME, NEW)) == after
    assert words_changed("共12.5公里", "共13公里") == [(SAME, "共"), (GONE, "12.5"), (NEW, "13"), (SAME, "公里")]
