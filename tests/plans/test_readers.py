"""Every kind of file into the same grid: the seed's table, and tables of any shape."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from plans.grid import Row
from plans.readers.document import read_grid
from tests.plans.papers import (
    Paper,
    Spot,
    expected_of,
    paragraphs_of,
    seed_paper,
    seen_in,
    to_csv,
    to_docx,
    to_html,
    to_xls,
    to_xlsx,
)

KINDS = {"docx": to_docx, "xlsx": to_xlsx, "xls": to_xls, "html": to_html}


def test_the_seeds_table_has_120_tasks_with_two_lines_twice():
    rows = seed_paper().matrix()
    assert [row[0].text for row in rows if row[0].text.isdecimal()] == [
        str(n) for n in range(1, 121) for _ in range(2 if n in (44, 45) else 1)
    ]
    assert sum(spot.width == 7 for spot in seed_paper().spots) == 7


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_the_seeds_table_is_the_same_grid(kind):
    grid = read_grid(KINDS[kind](seed_paper()), f"seed.{kind}")
    assert seen_in(grid) == expected_of(seed_paper())
    assert paragraphs_of(grid) == seed_paper().paragraphs
    assert grid.doubts == ()


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_the_seeds_table_is_the_same_grid_from_a_workbook(kind):
    paper = seed_paper()
    grid = read_grid(KINDS[kind](paper), f"seed.{kind}")
    rows = seen_in(grid)
    assert [row[0][0] for row in rows[:3]] == paper.paragraphs
    areas = {span: n for n, span in enumerate(dict.fromkeys(s for row in rows[3:] for _, s in row if s is not None))}
    below = [[(text, None if span is None else areas[span]) for text, span in row] for row in rows[3:]]
    assert below == expected_of(paper)
    assert grid.doubts == ()


@pytest.mark.parametrize(("separator", "encoding"), [
    (",", "utf-8-sig"), (",", "gb18030"), ("\t", "utf-16"), ("\t", "utf-8"), (",", "utf-16-le"),
])
def test_the_seeds_table_is_the_same_text_with_separators(separator, encoding):
    paper = seed_paper()
    grid = read_grid(to_csv(paper, separator, encoding), "seed.csv")
    rows = [[cell.text for cell in row.cells] for row in grid.blocks if isinstance(row, Row)]
    assert paragraphs_of(grid) == paper.paragraphs
    firsts = [
        [spot.text if spot and (spot.row, spot.column) == (at, n) else "" for n, spot in enumerate(row)]
        for at, row in enumerate(paper.matrix())
    ]
    assert rows == firsts
    assert {row.table for row in grid.blocks if isinstance(row, Row)} == {1}


words = st.text(st.sampled_from("一二三乡村局、，。（）1a"), min_size=1, max_size=6)


@st.composite
def papers(draw) -> Paper:
    """A table of any shape: rectangles laid one after another over the places still free."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(2, 5))
    free = {(row, column) for row in range(height) for column in range(width)}
    spots = []
    for row in range(height):
        for column in range(width):
            if (row, column) not in free:
                continue
            down = draw(st.integers(1, height - row))
            right = draw(st.integers(1, width - column))
            area = {(r, c) for r in range(row, row + down) for c in range(column, column + right)}
            if not area <= free:
                down = right = 1
                area = {(row, column)}
            free -= area
            spots.append(Spot(row, column, "\n".join(draw(st.lists(words, min_size=1, max_size=2))), down, right))
    return Paper(["表"], spots)


@pytest.mark.parametrize("kind", ["docx", "html"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paper=papers())
def test_a_table_of_any_shape_is_read_as_it_was_written(kind, paper):
    assume(any(spot.width < paper.width for spot in paper.spots))  # else a page's table only holds a paragraph
    grid = read_grid(KINDS[kind](paper), f"paper.{kind}")
    assert seen_in(grid) == expected_of(paper)
    assert all(row.at == (number, number) for number, row in enumerate(grid.blocks, 1) if isinstance(row, Row))
