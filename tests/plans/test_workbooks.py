"""Workbooks: what is displayed is read, hidden things are not, and whatever is doubtful is said."""

import io
from datetime import date

import pytest
import xlsxwriter
import xlwt

from plans.readers.document import read_grid
from plans.readers.numbers import displayed
from tests.plans.papers import paragraphs_of, seen_in, zipped


def grid_of(write, name: str = "plan.xlsx"):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    write(book)
    book.close()
    return read_grid(out.getvalue(), name)


def texts(grid, table: int = 1) -> list[list[str]]:
    return [[text for text, _ in row] for row in seen_in(grid, table)]


def doubts_of(grid) -> list[tuple[str, dict]]:
    return [(doubt.code, doubt.fields) for doubt in grid.doubts]


def test_every_sheet_is_a_table_under_its_name():
    def write(book):
        book.add_worksheet("任务清单").write_row(0, 0, ["序号", "任务"])
        book.add_worksheet("空表")
        book.add_worksheet("Sheet3").write_row(2, 1, ["1", "甲"])

    grid = grid_of(write)
    assert paragraphs_of(grid) == ["任务清单"]
    assert (texts(grid, 1), texts(grid, 2)) == ([["序号", "任务"]], [["1", "甲"]])
    assert [place.zh for place in grid.places] == ["工作表「任务清单」", "任务清单!A1:B1", "Sheet3!B3:C3"]


def test_numbers_are_read_as_they_are_displayed():
    def write(book):
        sheet = book.add_worksheet()
        formats = ["General", "0%", "0.0%", "0.00", "#,##0", '0"个"', "yyyy-mm-dd", 'yyyy"年"m"月"', "yyyy年m月d日", "@"]
        values = [3, 0.97, 0.155, 2.5, 12000, 15, date(2018, 7, 25), date(2018, 7, 1), date(2018, 7, 25), "007"]
        for at, (form, value) in enumerate(zip(formats, values, strict=True)):
            if isinstance(value, date):
                sheet.write_datetime(0, at, value, book.add_format({"num_format": form}))
            else:
                sheet.write(0, at, value, book.add_format({"num_format": form}))

    assert texts(grid_of(write)) == [[
        "3", "97%", "15.5%", "2.50", "12000", "15个", "2018-07-25", "2018年7月", "2018-07-25", "007",
    ]]


@pytest.mark.parametrize(("value", "form", "shown"), [
    ("43306", 14, "2018-07-25"), ("43306", 57, "2018年7月"), ("43306", 58, "7月25日"), ("43306", 31, "2018-07-25"),
    ("0.1", 9, "10%"), ("0.30000000000000004", 0, "0.3"), ("1E+20", 0, "1e+20"), ("-3", 0, "-3"), ("3.0", 0, "3"),
    ("1234.5", "#,##0.0#", "1234.5"), ("43306", "[$-804]yyyy年m月;@", "2018年7月"), ("2018", '0"年"', "2018年"),
    ("2018", "0年", "2018年"), ("43306.75", "yyyy/m/d h:mm", "2018-07-25"), ("words", 14, "words"), ("5", "mmm", "5"),
])
def test_a_number_in_its_format(value, form, shown):
    assert displayed(value, form) == shown


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    assert displayed("41844", 14, since_1904=True) == "2018-07-25"


def test_merged_cells_are_one_and_a_blank_below_is_only_blank():
    def write(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 1, 1, 1, "省科技厅")
        for at in range(3):
            sheet.write(at, 0, at + 1)

    assert seen_in(grid_of(write)) == [
        [("1", None), ("省科技厅", 0)], [("2", None), ("省科技厅", 0)], [("3", None), ("", None)],
    ]


def test_hidden_rows_columns_and_sheets_are_not_read_and_said():
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["1", "密", "甲"])
        sheet.write_row(1, 0, ["2", "", "乙"])
        sheet.write_row(2, 0, ["3", "", "丙"])
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        other = book.add_worksheet("底稿")
        other.write(0, 0, "旧")
        other.hide()

    grid = grid_of(write)
    assert texts(grid) == [["1", "甲"], ["3", "丙"]]
    assert doubts_of(grid) == [
        ("row-hidden", {"place": "Sheet1!2", "text": "2 乙"}), ("column-hidden", {"place": "Sheet1!B", "count": 1}),
        ("sheet-hidden", {"name": "底稿"}),
    ]


def test_formulas_give_their_stored_results_and_are_said():
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_formula(0, 1, '="完"&"成"', None, "完成")
        sheet.write_formula(0, 2, "=A9", None, "")
        sheet.write_formula(0, 3, "=B9/0", None, "#DIV/0!")

    grid = grid_of(write)
    assert texts(grid) == [["2", "完成", "", "#DIV/0!"]]
    assert doubts_of(grid) == [
        ("formula-empty", {"cell": "Sheet1!C1"}), ("cell-error", {"cell": "Sheet1!D1", "text": "#DIV/0!"}),
        ("formula-values", {"sheet": "Sheet1", "count": 4}),
    ]


def test_pieces_of_rich_text_are_one_text_and_line_ends_stay():
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_rich_string(0, 0, book.add_format({"bold": True}), "牵头：", "市发改委\n配合：市财政局")
        sheet.write(0, 1, True)

    assert texts(grid_of(write)) == [["牵头：市发改委\n配合：市财政局", "TRUE"]]


def test_reading_aids_above_the_signs_are_not_read():
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" '
        't="inlineStr"><is><r><t>台账</t></r><rPh sb="0" eb="1"><t>タイチョウ</t></rPh></is></c></row></sheetData></worksheet>'
    )
    assert texts(read_grid(workbook_of(sheet), "a.xlsx")) == [["台账"]]


def workbook_of(sheet: str, **parts: str) -> bytes:
    """A workbook of one sheet of this very XML."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = "http://schemas.openxmlformats.org/package/2006"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{packed}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packed}/relationships"><Relationship Id="a" Type="{office}/officeDocument" '
        'Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="b"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packed}/relationships"><Relationship Id="b" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet, **parts,
    })


def test_an_old_workbook_is_read_with_its_formats_and_hidden_parts():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    sheet.write(0, 0, 1)
    sheet.write(0, 1, 0.97, xlwt.easyxf(num_format_str="0%"))
    sheet.write(0, 2, date(2018, 7, 25), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write_merge(1, 2, 0, 1, "合并")
    sheet.write(3, 0, "密")
    sheet.row(3).hidden = True
    out = io.BytesIO()
    book.save(out)
    grid = read_grid(out.getvalue(), "plan.xls")
    assert texts(grid) == [["1", "97%", "2018-07-25"], ["合并", "合并", ""], ["合并", "合并", ""]]
    assert doubts_of(grid) == [("row-hidden", {"place": "Sheet1!4", "text": "密"})]
