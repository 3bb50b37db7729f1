"""Plain text: its encoding, its line ends, and what kind of table or prose it holds."""

import pytest

from plans.grid import Paragraph, Row
from plans.readers.document import read_grid
from tests.plans.papers import paragraphs_of, seen_in
from tests.plans.seed import SAMPLE

CELLS = "标题\n\t序号\n\t任务\n\n\t1\n\t建设\n园区\n\n\t2\n\t\n"


def shape(grid) -> list:
    return [b.text if isinstance(b, Paragraph) else [c.text for c in b.cells] for b in grid.blocks]


def test_a_cell_a_line_is_a_row_up_to_a_blank_line():
    grid = read_grid(CELLS.encode(), "plan.txt")
    assert shape(grid) == ["标题", ["序号", "任务"], ["1", "建设\n园区"], ["2", ""]]
    assert {row.table for row in grid.blocks if isinstance(row, Row)} == {0}
    assert grid.place_of((5, 7)).zh == "5-7"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(encoding, end):
    grid = read_grid(CELLS.replace("\n", end).encode(encoding), "plan.txt")
    assert grid.blocks == read_grid(CELLS.encode(), "plan.txt").blocks


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-16-le"])
def test_the_sample_is_the_same_in_every_encoding(encoding):
    text = SAMPLE.read_text(encoding="utf-8")
    assert read_grid(text.encode(encoding)).blocks == read_grid(SAMPLE.read_bytes()).blocks


def test_prose_is_paragraphs_even_with_commas():
    lines = ["通知", "一、建设园区, 发展产业, 促进就业（牵头单位：市发改委）", "二、完善制度（责任单位：市财政局）"]
    assert paragraphs_of(read_grid("\n".join(lines).encode(), "plan.txt")) == lines


def test_rows_parted_by_tabs_are_a_table_with_rows_of_one_length():
    text = "任务分解表\n序号\t任务\t责任单位\n1\t建设园区\t市发改委\n2\t完善制度\n"
    grid = read_grid(text.encode(), "plan.tsv")
    assert paragraphs_of(grid) == ["任务分解表"]
    assert seen_in(grid) == [
        [("序号", None), ("任务", None), ("责任单位", None)],
        [("1", None), ("建设园区", None), ("市发改委", None)], [("2", None), ("完善制度", None), ("", None)],
    ]


def test_quoted_cells_hold_commas_quotes_and_line_ends():
    text = '序号,任务,责任单位\n1,"建设""园区"", 发展产业","市发改委\n市财政局"\n2,完善制度,市财政局\n'
    grid = read_grid(text.encode(), "plan.csv")
    assert [row[1][0] for row in seen_in(grid)] == ["任务", '建设"园区", 发展产业', "完善制度"]
    assert seen_in(grid)[1][2][0] == "市发改委\n市财政局"
    assert [place.zh for place in grid.places] == ["1", "2-3", "4"]


def test_a_formula_in_a_text_is_only_text():
    grid = read_grid("序号,任务,单位\n=1+1,甲,乙\n2,丙,丁\n".encode(), "plan.csv")
    assert seen_in(grid)[1][0] == ("=1+1", None)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_few_damaged_bytes_do_not_turn_a_text_into_another_and_are_said(encoding):
    whole = ("一、建设园区，发展产业（牵头单位：市发改委）\n" * 100).encode(encoding)
    grid = read_grid(whole[:-3] + b"\xff\xff\n", "plan.txt")
    assert paragraphs_of(grid)[:99] == ["一、建设园区，发展产业（牵头单位：市发改委）"] * 99
    assert [doubt.code for doubt in grid.doubts] == ["bytes-unread"]


def test_a_text_cut_within_a_sign_keeps_its_encoding():
    whole = ("一、建设园区，发展产业（牵头单位：市发改委）\n" * 100).encode()
    grid = read_grid(whole[:-3], "plan.txt")
    assert paragraphs_of(grid)[0] == "一、建设园区，发展产业（牵头单位：市发改委）"
    assert [doubt.code for doubt in grid.doubts] == ["bytes-unread"]
