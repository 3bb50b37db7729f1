"""Files with bytes changed at random: a grid or a refusal, and never anything else."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.readers.child import _answer
from plans.readers.document import read_grid
from plans.readers.kinds import kind_of
from plans.readers.numbers import displayed
from plans.readers.pace import unpaced
from plans.readers.packing import pack, unpack
from plans.readers.refused import Refused
from plans.readers.words import REFUSALS
from plans.unreadable import Unreadable
from tests.plans.papers import Paper, Spot, to_csv, to_docx, to_html, to_xls, to_xlsx

PAPER = Paper(["标题"], [
    Spot(0, 0, "序号", height=2), Spot(0, 1, "进度", width=2), Spot(1, 1, "2018年"), Spot(1, 2, "2019年"),
    Spot(2, 0, "1"), Spot(2, 1, "完成"), Spot(2, 2, "90%"),
])
WRITERS = {"docx": to_docx, "xlsx": to_xlsx, "xls": to_xls, "html": to_html, "csv": to_csv}
FILES = {kind: write(PAPER) for kind, write in WRITERS.items()}


@pytest.mark.parametrize("kind", ["docx", "xlsx", "xls", "html"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_has_an_answer_that_can_be_sent(kind, data):
    damaged = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(len(damaged) // 2, len(damaged)))])
    head, body = _answer({"docx": "zip", "xlsx": "zip"}.get(kind, kind), cut, unpaced)
    if "refused" in json.loads(json.dumps(head)):
        assert REFUSALS[head["refused"]].format(**head["fields"]).zh
    else:
        assert unpack(json.loads(body)).blocks


def small_pdf() -> bytes:
    """A page with a table of two columns and some words."""
    drawn = b"BT /F 12 Tf 60 700 Td (one) Tj ET 50 650 m 250 650 l 250 720 l 50 720 l h 150 650 m 150 720 l S"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % (number, part) for number, part in enumerate(parts, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF\n"


def test_the_small_pdf_is_read_while_it_is_whole():
    assert [[cell.text for cell in row.cells] for row in read_grid(small_pdf(), "a.pdf").blocks] == [["one", ""]]


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_damaged_pdf_is_a_grid_or_refused(data):
    """Through the child: its parser is not Python's, and may die of what it reads."""
    damaged = bytearray(small_pdf())
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(8, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_grid(bytes(damaged), "a.pdf").source
    except Unreadable as refused:
        assert refused.words.zh


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))))
def test_any_bytes_are_of_some_kind_or_refused(data):
    try:
        assert kind_of(data) in ("text", "html", "zip", "xls", "doc", "pdf")
    except Refused as refused:
        assert REFUSALS[refused.code]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("\t\n\r,\"；一a1\x0b\u2028\ufeff\u200b"), max_size=80))
def test_any_text_is_a_grid_or_refused(text):
    try:
        grid = read_grid(text.encode(), "plan.txt")
    except Unreadable:
        return
    assert all(1 <= block.lines[0] <= block.lines[1] <= len(grid.source) for block in grid.blocks)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.floats().map(repr), st.text("0123456789.eE-+ ", max_size=9)),
    st.one_of(st.integers(0, 60), st.text('0#?.,%ymdhs年月日;"\\[]_*@E-/ 个', max_size=14)), st.booleans(),
)
def test_any_number_in_any_format_is_some_text(value, form, since_1904):
    assert isinstance(displayed(value, form, since_1904), str)


def test_a_page_of_comments_is_told_from_text_at_once():
    """A pattern that could match in many ways would never end here."""
    assert kind_of(b"<!---->" * 1000) == "text"
    assert kind_of(b"<!-- a --> <!-- b -->\n<table>") == "html"


def test_a_grid_is_the_same_after_the_way_out_of_the_child():
    grid = read_grid(FILES["csv"], "plan.csv")
    assert unpack(json.loads(json.dumps(pack(grid)))) == grid
