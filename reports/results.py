"""What came of each item of a job, as a workbook. Every text is written as text: no cell is a formula."""

from io import BytesIO

import xlsxwriter

from models import Words
from reports.cells import AS_TEXT, MOST_IN_CELL
from workflow.jobs import Line

_HEAD = (
    (Words("序号", "No."), 8), (Words("事项", "Item"), 60), (Words("结果", "Result"), 12), (Words("说明", "Words"), 60),
)
WELL, NOT_WELL = Words("已办理", "Done"), Words("未办理", "Not done")


def results_book(lines: list[Line], language: str) -> bytes:
    """The lines as an .xlsx file, in "zh" or "en"."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, AS_TEXT) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True, "border": 1})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        for n, (words, width) in enumerate(_HEAD):
            sheet.set_column(n, n, width)
            sheet.write_string(0, n, words[language], bold)
        for row, line in enumerate(lines, 1):
            sheet.write_number(row, 0, row, cell)
            texts = (line.title, WELL if line.well else NOT_WELL, line.words)
            for n, words in enumerate(texts, 1):
                sheet.write_string(row, n, words[language][:MOST_IN_CELL], cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(lines), len(_HEAD) - 1)
    return kept.getvalue()
