"""Pages as saved from a site: what is seen of them, with tables that only lay out the page taken apart."""

import pytest

from plans.grid import Row
from plans.readers.document import read_grid
from tests.plans.papers import Paper, Spot, html_table, paragraphs_of, seen_in

PLAN = html_table(Paper([], [Spot(0, 0, "序号"), Spot(0, 1, "任务"), Spot(1, 0, "1"), Spot(1, 1, "建设园区")]))


def grid_of(body: str, head: str = ""):
    return read_grid(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), "plan.html")


def texts(grid, table: int = 1) -> list[list[str]]:
    return [[text for text, _ in row] for row in seen_in(grid, table)]


def test_layout_tables_around_the_plan_are_taken_apart():
    grid = grid_of(
        "<table><tr><td>首页</td><td><table><tr><td><h1>实施方案</h1><p>各单位：</p>" + PLAN
        + "<p>办公室</p></td></tr></table></td></tr></table>"
    )
    assert [b.table if isinstance(b, Row) else b.text for b in grid.blocks] == [
        "首页", "实施方案", "各单位：", 1, 1, "办公室",
    ]
    assert texts(grid) == [["序号", "任务"], ["1", "建设园区"]]


def test_a_table_of_one_column_is_paragraphs():
    grid = grid_of("<table><tr><td>一、总体要求</td></tr><tr><td>二、任务<br>（一）甲</td></tr></table>")
    assert paragraphs_of(grid) == ["一、总体要求", "二、任务", "（一）甲"]


def test_a_cell_that_holds_the_whole_paper_is_the_page():
    paper = "".join(f"<p>（{n}）{'加快推进农机装备创新。' * 30}</p>" for n in range(40))
    grid = grid_of(f"<table><tr><td>首页<br>政策</td><td>{paper}</td></tr></table>")
    assert paragraphs_of(grid)[:3] == ["首页", "政策", "（0）" + "加快推进农机装备创新。" * 30]
    assert not any(isinstance(block, Row) for block in grid.blocks)


def test_a_small_table_in_a_cell_of_the_plan_is_text_of_the_cell():
    grid = grid_of(
        f"<table><tr><td>1</td><td>{'建设园区' * 20}<table><tr><td>甲</td><td>乙</td></tr></table></td></tr></table>"
    )
    assert texts(grid) == [["1", "建设园区" * 20 + "\n甲\n乙"]]


def test_spans_are_laid_out_as_browsers_do():
    grid = grid_of(
        "<table><tr><td rowspan=0>a</td><td colspan=2>b</td></tr><tr><td>c<td rowspan=9>d</tr><tr><td>e</tr>"
        "<tr><td>f<td>g<td>h</tr></table>"
    )
    assert texts(grid) == [
        ["a", "b", "b", "", ""], ["a", "c", "d", "", ""], ["a", "e", "d", "", ""], ["a", "f", "d", "g", "h"],
    ]


def test_lines_of_a_cell_are_those_that_are_seen():
    grid = grid_of("<table><tr><td>1</td><td>  市发改委<br/>\n 市财\n 政局 <p>市住建局</p></td></tr></table>")
    assert texts(grid) == [["1", "市发改委\n市财 政局\n市住建局"]]


def test_digits_in_tags_of_their_own_stay_one_word():
    grid = grid_of("<p>到<font>2</font><font>0</font><span>20</span>年底<o:p></o:p></p>")
    assert paragraphs_of(grid) == ["到2020年底"]


def test_what_the_page_does_not_show_is_not_read():
    grid = grid_of(
        '<script>var a=1</script><style>p{}</style><!-- <p>旧</p> --><p>看见</p><p style="display: none">分享到微信</p>'
        '<select><option>1</option></select><p hidden>密</p><div style="visibility:hidden">密</div>'
    )
    assert paragraphs_of(grid) == ["看见"]
    assert [doubt.code for doubt in grid.doubts] == ["page-hidden"] * 3


def test_hidden_text_within_a_table_is_a_doubt():
    grid = grid_of(
        '<table><tr><td>1</td><td>甲<span style="display:none">乙</span></td></tr>'
        '<tr style="display:none"><td>2</td><td>丙</td></tr></table>'
    )
    assert texts(grid) == [["1", "甲"]]
    assert [(d.code, d.fields["text"]) for d in grid.doubts] == [("text-hidden", "2丙"), ("text-hidden", "乙")]


@pytest.mark.parametrize(("encoding", "head"), [
    ("gb2312", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'), ("gbk", '<meta charset="GBK">'),
    ("utf-8", '<meta charset="utf-8">'), ("utf-8", ""), ("gb18030", ""), ("utf-16", ""),
    ("utf-8", '<meta charset="gb2312">'), ("gb18030", '<meta charset="nonsense">'), ("big5", '<meta charset="big5">'),
])
def test_the_page_says_or_shows_its_encoding(encoding, head):
    text = "責任單位" if encoding == "big5" else "责任单位：市发改委"
    page = f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding)
    assert paragraphs_of(read_grid(page, "plan.htm")) == [text]


def test_a_page_declared_as_xml_is_read():
    page = f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body>{PLAN}</body></html>'
    assert texts(read_grid(page.encode(), "plan.html")) == [["序号", "任务"], ["1", "建设园区"]]


def test_a_caption_is_a_paragraph_before_the_table():
    grid = grid_of("<table><caption>任务分解表</caption><tr><td>1</td><td>甲</td></tr></table>")
    assert paragraphs_of(grid) == ["任务分解表"]
    assert texts(grid) == [["1", "甲"]]
