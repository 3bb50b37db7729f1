"""Old workbooks (.xls): every sheet as a table, its cells as they are displayed.

By xlrd, which is made for these files alone and tells number formats, merged areas, hidden rows and columns.
"""

import io

import xlrd

from plans.grid import Grid
from plans.readers.building import GridBuilder
from plans.readers.numbers import displayed
from plans.readers.pace import Paced
from plans.readers.refused import Refused
from plans.readers.sheets import Sheet, column_name, write_sheet

_ENCRYPTED = "encrypted"


def read_xls(data: bytes, pace: Paced) -> Grid:
    try:
        # Ragged rows: a far cell must not make the rows before it as long as its own.
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise Refused("encrypted" if _ENCRYPTED in str(error) else "damaged") from error
    builder = GridBuilder(pace)
    for sheet in book.sheets():
        found = _sheet(book, sheet, builder)
        if sheet.visibility:
            if found.cells:
                builder.doubt("sheet-hidden", name=sheet.name)
        else:
            write_sheet(builder, sheet.name, found)
    return builder.finish()


def _sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet, builder: GridBuilder) -> Sheet:
    found = Sheet()
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            text = _text(book, cell)
            if text.strip():
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    builder.doubt("cell-error", cell=f"{sheet.name}!{column_name(column + 1)}{row + 1}", text=text)
                found.put(row + 1, column + 1, text)
    for top, bottom, left, right in sheet.merged_cells:
        found.merge((top + 1, left + 1, bottom, right))
    found.hidden_rows = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
    found.hidden_columns = {column + 1 for column, info in sheet.colinfo_map.items() if info.hidden}
    return found


def _text(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        form = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        return displayed(repr(cell.value), form.format_str if form else "General", bool(book.datemode))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A")
    return cell.value if cell.ctype == xlrd.XL_CELL_TEXT else ""
