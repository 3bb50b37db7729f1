"""A chart in a Word document, drawn by Word itself (DrawingML): sharp in print, and its numbers can be opened."""

from io import BytesIO
from xml.sax.saxutils import escape

import xlsxwriter
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

from reports.cells import AS_TEXT
from reports.documents.blocks import Chart

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_CHART = f"{_DRAWING}/chart"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WIDTH, LEAST, EACH = 156, 60, 9  # millimetres: of the chart, of its height, and of each bar's part in it


def draw(paragraph, chart: Chart, number: int) -> None:
    """Put the chart into a paragraph; `number` is its own within the document."""
    package = paragraph.part.package
    # A template may have charts of its own.
    made = Part(package.next_partname("/word/charts/chart%d.xml"), _CHART_TYPE, b"", package)
    book = Part(package.next_partname("/word/embeddings/figures%d.xlsx"), _BOOK_TYPE, _book(chart), package)
    made._blob = _xml(chart, made.relate_to(book, f"{_RELATION}/package")).encode()
    paragraph.add_run()._r.append(_frame(paragraph.part.relate_to(made, f"{_RELATION}/chart"), chart, number))


def _frame(relation: str, chart: Chart, number: int):
    high = max(LEAST, 30 + EACH * len(chart.categories))
    return parse_xml(
        f'<w:drawing xmlns:w="{_WORD}" xmlns:wp="{_PAGE}" xmlns:a="{_DRAWING}/main">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{Mm(WIDTH)}" cy="{Mm(high)}"/>'
        f'<wp:docPr id="{1000 + number}" name="图{number}" descr="{escape(chart.title)}，数据见表"/>'
        f'<a:graphic><a:graphicData uri="{_CHART}">'
        f'<c:chart xmlns:c="{_CHART}" xmlns:r="{_RELATION}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _book(chart: Chart) -> bytes:
    """The numbers as a workbook, which Word opens to edit them."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, AS_TEXT) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, category in enumerate(chart.categories, 1):
            sheet.write_string(row, 0, category)
        for column, (name, _colour, values) in enumerate(chart.series, 1):
            sheet.write_string(0, column, name)
            for row, value in enumerate(values, 1):
                sheet.write_number(row, column, value)
    return kept.getvalue()


def _xml(chart: Chart, book: str) -> str:
    last = 1 + len(chart.categories)
    categories = _cache("c:strRef", "c:strCache", f"Sheet1!$A$2:$A${last}", chart.categories)
    series = "".join(
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>'
        f'<c:tx>{_cache("c:strRef", "c:strCache", f"Sheet1!${_letter(place)}$1", (name,))}</c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        f"<c:cat>{categories}</c:cat><c:val>"
        + _cache("c:numRef", "c:numCache", f"Sheet1!${_letter(place)}$2:${_letter(place)}${last}", values)
        + "</c:val></c:ser>"
        for place, (name, colour, values) in enumerate(chart.series)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}/main" xmlns:r="{_RELATION}"><c:chart>'
        f'<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1200" b="0"/></a:pPr><a:r>'
        f'<a:rPr lang="zh-CN" sz="1200" b="0"/><a:t>{escape(chart.title)}</a:t></a:r></a:p></c:rich></c:tx>'
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="60"/><c:overlap val="100"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="l"/><c:tickLblPos val="nextTo"/>{_SMALL}<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling/><c:delete val="0"/><c:axPos val="b"/><c:majorGridlines><c:spPr><a:ln>'
        '<a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
        f'<c:numFmt formatCode="0" sourceLinked="0"/><c:tickLblPos val="nextTo"/>{_SMALL}<c:crossAx val="1"/>'
        '<c:crosses val="max"/></c:valAx></c:plotArea>'
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_SMALL}</c:legend><c:plotVisOnly val="1"/></c:chart>'
        f'<c:externalData r:id="{book}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


_SMALL = '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'


def _letter(place: int) -> str:
    return chr(ord("B") + place)


def _cache(reference: str, cache: str, formula: str, values) -> str:
    points = "".join(
        f'<c:pt idx="{place}"><c:v>{escape(str(value))}</c:v></c:pt>' for place, value in enumerate(values)
    )
    return (
        f'<{reference}><c:f>{formula}</c:f><{cache}><c:ptCount val="{len(values)}"/>{points}</{cache}></{reference}>'
    )
