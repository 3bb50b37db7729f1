"""What the reader notices, code by code: a small paper that has to give the code, and one near it that must not."""

from pathlib import Path

import pytest

from plans.findings import CATALOGUE
from plans.readers.document import read_grid
from plans.reading import read_plan

CSV_HEAD = "2024年任务清单,,\n序号,任务,责任单位\n"
HEAD = "序号\t任务\t责任单位\n"
TWO = "1\t修路\t甲局\n2\t架桥\t乙局\n"


def txt(rows: str, head: str = HEAD, title: str = "某县2024年重点任务清单") -> str:
    return f"{title}\n{head}{rows}"


def html(*rows: tuple[str, ...], between: str = "", more: str = "") -> str:
    def table(lines) -> str:
        cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in lines)
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"

    head = ("序号", "任务", "责任单位")
    page = f"<p>某县2024年重点任务清单</p>{table([head, *rows])}{between}"
    return page + (table([head, ("2", "架桥", "乙局")]) if more else "")


# Code, kind of file, the paper that gives it, at which task, and the one near it that does not.
PAPERS = [
    ("count-differs", "txt", txt(TWO, title="某县2024年重点任务清单\n注：共3项。"), None,
     txt(TWO, title="某县2024年重点任务清单\n注：共2项。")),
    ("serial-repeated", "txt", txt("1\t修路\t甲局\n1\t架桥\t乙局\n"), "1", txt(TWO)),
    ("column-unknown", "csv", "2024年任务清单,,,\n序号,任务,责任单位,颜色\n1,修路,甲局,红\n2,架桥,乙局,绿\n", None,
     "2024年任务清单,,,\n序号,任务,责任单位,备注\n1,修路,甲局,红\n2,架桥,乙局,绿\n"),
    ("serial-unknown", "csv", "2024年任务清单,,\n序号,任务,责任单位\n1,修路,甲局\n待定,,乙局\n", None,
     "2024年任务清单,,\n序号,任务,责任单位\n1,修路,甲局\n2,架桥,乙局\n"),
    ("row-without-task", "html", html(("", "", "甲局"), ("1", "修路", "甲局")), None,
     html(("1", "修路", "甲局"), ("", "", "乙局"))),
    ("support-inferred", "txt", txt("1\t修路\t甲局牵头，乙局\n"), "1", txt("1\t修路\t甲局牵头，乙局配合\n")),
    ("header-changed", "csv", "2024年任务清单,,\n序号,任务,责任单位\n1,修路,甲局\n序号,责任单位,任务\n2,乙局,架桥\n",
     None, "2024年任务清单,,\n序号,任务,责任单位\n1,修路,甲局\n序号,任务,责任单位\n2,架桥,乙局\n"),
    ("text-unread", "html", html(("1", "修路", "甲局"), between="<p>以上任务须抓紧办理。</p>", more="x"), None,
     html(("1", "修路", "甲局"), between="<p>以上任务须抓紧办理。</p>")),
    ("unit-too-long", "txt", txt(f"1\t修路\t{'甲' * 121}\n"), "1", txt(f"1\t修路\t{'甲' * 120}\n")),
    ("task-contradicts", "txt", txt("1\t修路\t甲局\n2\t修路\t乙局\n"), "2", txt("1\t修路\t甲局\n2\t修路\t甲局\n")),
    ("task-twice", "txt", txt("1\t修路\t甲局\n2\t修路\t甲局\n"), "2", txt("1\t修路\t甲局\n2\t修路\t乙局\n")),
    ("row-total", "csv", CSV_HEAD + "1,修路,甲局\n合计,1项,\n", None, CSV_HEAD + "1,修路,甲局\n"),
    ("serial-odd", "csv", CSV_HEAD + "1,修路,甲局\n新增,架桥,乙局\n", "新增", CSV_HEAD + "1,修路,甲局\n2,架桥,乙局\n"),
    ("serial-missing", "csv", CSV_HEAD + "1,修路,甲局\n,架桥,乙局\n", None, CSV_HEAD + "1,修路,甲局\n2,架桥,乙局\n"),
    ("text-after", "html", html(("1", "修路", "甲局"), between="<p>以上任务须抓紧办理。</p>"), None,
     html(("1", "修路", "甲局"), between="<p>以上任务须抓紧办理。</p>", more="x")),
    ("units-open", "csv", CSV_HEAD + "1,修路,甲局、乙局等\n", "1", CSV_HEAD + "1,修路,甲局、乙局\n"),
    ("deadline-open", "txt", txt("1\t修路\t甲局\t长期坚持\n", "序号\t任务\t责任单位\t完成时限\n"), "1",
     txt("1\t修路\t甲局\t6月底\n", "序号\t任务\t责任单位\t完成时限\n")),
    ("deadline-other-year", "txt", txt("1\t修路\t2025年6月底前完成\t甲局\n", "序号\t任务\t2024年\t责任单位\n"), "1",
     txt("1\t修路\t2024年6月底前完成\t甲局\n", "序号\t任务\t2024年\t责任单位\n")),
    ("lead-rule", "txt", txt("1\t修路\t甲局、乙局\n", "（排在第一位的为牵头单位）\n" + HEAD), None,
     txt("1\t修路\t甲局、乙局\n", "（征求意见稿）\n" + HEAD)),
]
# Lines of the text, or the row or paragraph of the page.
SOURCES = {
    "count-differs": "2",
    "serial-repeated": "4",
    "column-unknown": "2",
    "serial-unknown": "4",
    "row-without-task": "表1第2行",
    "support-inferred": "3",
    "header-changed": "4",
    "text-unread": "第2段",
    "unit-too-long": "3",
    "task-contradicts": "4",
    "task-twice": "4",
    "row-total": "4",
    "serial-odd": "4",
    "serial-missing": "4",
    "text-after": "第2段",
    "units-open": "3",
    "deadline-open": "3",
    "deadline-other-year": "3",
    "lead-rule": "2",
}


def found(paper: str, kind: str, code: str) -> list:
    return [each for each in read_plan(paper.encode(), f"plan.{kind}").findings if each.code == code]


@pytest.mark.parametrize(("code", "kind", "paper", "task", "near"), PAPERS, ids=[each[0] for each in PAPERS])
def test_the_code_is_given_where_it_belongs_and_not_nearby(code, kind, paper, task, near):
    given = found(paper, kind, code)
    assert [each.task for each in given] == [task]
    assert given[0].source == SOURCES[code]
    assert found(near, kind, code) == []


# --- PDF, written by hand: a browser always says what its signs are ---


# What writers put who do not know their own signs: each is U+FFFD.
NO_MEANING = (
    "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
    "2 beginbfchar <03E8> <FFFD> <03E9> <FFFD> endbfchar endcmap end"
)


def pdf(*pages: str, table_of_signs: bool = True) -> bytes:
    """Pages of their drawing operators; /F is a font of Latin letters, /U one that does not say what its signs are,
    by a table that does not know them or by none."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{7 + 2 * n} 0 R' for n in range(len(pages)))}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Font/Subtype/Type0/BaseFont/Unnamed/Encoding/Identity-H/DescendantFonts[5 0 R]"
        f"{'/ToUnicode 6 0 R' if table_of_signs else ''}>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/Unnamed/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        "/Supplement 0>>>>",
        f"<</Length {len(NO_MEANING)}>>stream\n{NO_MEANING}\nendstream",
    ]
    for number, drawing in enumerate(pages):
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents {8 + 2 * number} 0 R"
            "/Resources<</Font<</F 3 0 R/U 4 0 R>>>>>>",
            f"<</Length {len(drawing)}>>stream\n{drawing}\nendstream",
        ]
    written, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj{text}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{written}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF"
    ).encode()


WORDS = "BT /F 12 Tf 50 200 Td (Plan of tasks) Tj ET"
PICTURE = "100 0 0 100 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI"
NAMELESS = "BT /U 12 Tf 50 150 Td <03E803E9> Tj ET"


@pytest.mark.parametrize(("code", "drawing", "near", "fields"), [
    ("page-unread", PICTURE, f"{WORDS} {PICTURE}", {"page": 2}),
    ("signs-unmapped", f"{WORDS} {NAMELESS}", WORDS, {"page": 2, "count": 2}),
], ids=["page-unread", "signs-unmapped"])
def test_what_a_page_does_not_say_is_a_doubt_of_that_page(code, drawing, near, fields):
    doubts = read_grid(pdf(WORDS, drawing), "plan.pdf").doubts
    assert [doubt.fields for doubt in doubts if doubt.code == code] == [fields]
    assert code not in [doubt.code for doubt in read_grid(pdf(WORDS, near), "plan.pdf").doubts]


def test_a_font_without_any_table_of_its_signs_is_not_read_by_their_numbers():
    grid = read_grid(pdf(WORDS, f"{WORDS} {NAMELESS}", table_of_signs=False), "plan.pdf")
    assert [doubt.fields for doubt in grid.doubts if doubt.code == "signs-unmapped"] == [{"page": 2, "count": 2}]
    assert "\u03e8" not in str(grid)


# --- No new code without a test ---

# Those that no test names yet: the list may only become shorter.
UNNAMED = {
    "area-assumed", "clause-shared", "column-guessed", "indicator-other-year", "item-unread", "item-without-units",
    "prose-and-table", "rows-joined", "table-unread", "year-unknown",
}


def test_every_code_is_named_in_a_test():
    tests = Path(__file__).parents[1]
    texts = [path.read_text(encoding="utf-8") for kind in ("py", "expected", "tsv") for path in tests.rglob(f"*.{kind}")
             if path != Path(__file__)]
    here = {code for code, *_ in PAPERS} | {"page-unread", "signs-unmapped"}
    missing = {code for code in CATALOGUE if code not in here and not any(code in text for text in texts)}
    assert missing == UNNAMED
