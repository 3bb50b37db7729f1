"""Word documents: what is printed is read, what is not printed is not, and whatever is doubtful is said."""

import io

import docx as python_docx
import pytest

from plans.grid import Row
from plans.readers.document import read_grid
from plans.readers.numbering import formatted
from tests.plans.papers import Paper, Spot, docx, paragraphs_of, seen_in, word_paragraph, word_table

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DRAWN = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'
)


def grid_of(body: str, **options):
    return read_grid(docx(body, **options), "paper.docx")


def doubts_of(grid) -> list[tuple[str, str]]:
    return [(doubt.code, doubt.fields.get("text", "")) for doubt in grid.doubts]


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def plain(*texts: str) -> str:
    return row(*(cell(word_paragraph(text)) for text in texts))


def test_a_document_that_a_library_wrote_is_read():
    document = python_docx.Document()
    document.add_paragraph("重点工作任务分解表")
    made = document.add_table(3, 3)
    for at, text in ((0, "序号"), (1, "任务"), (2, "责任单位")):
        made.cell(0, at).text = text
    made.cell(1, 0).merge(made.cell(1, 2)).text = "一、产业"
    made.cell(2, 0).text, made.cell(2, 1).text = "1", "建设园区"
    out = io.BytesIO()
    document.save(out)
    grid = read_grid(out.getvalue(), "plan.docx")
    assert paragraphs_of(grid) == ["重点工作任务分解表"]
    assert seen_in(grid) == [
        [("序号", None), ("任务", None), ("责任单位", None)],
        [("一、产业", 0)] * 3,
        [("1", None), ("建设园区", None), ("", None)],
    ]


def test_rows_are_named_by_table_and_row_and_shown_as_printed():
    paper = Paper(["标题"], [Spot(0, 0, "领域", height=2), Spot(0, 1, "1"), Spot(1, 1, "第一行\n第二行"), Spot(2, 0, "合", width=2)])
    grid = grid_of(word_paragraph("标题") + word_table(paper) + word_paragraph("说明"))
    assert grid.source == ("标题", "领域\t1", "〃\t第一行↵第二行", "合", "说明")
    assert [place.zh for place in grid.places] == ["第1段", "表1第1行", "表1第2行", "表1第3行", "第2段"]
    assert grid.place_of((2, 3)).zh == "表1第1行-表1第2行"
    first, second = grid.blocks[1:3]
    assert first.cells[0] is second.cells[0] or first.cells[0] == second.cells[0]
    assert (first.cells[0].lines, first.lines, second.lines) == ((2, 3), (2, 2), (3, 3))


def test_tables_parted_by_paragraphs_are_counted_and_stand_in_their_order():
    grid = grid_of(word_paragraph("一、甲") + table(plain("1", "x")) + word_paragraph("二、乙") + table(plain("2", "y")))
    assert [(b.table, b.cells[0].text) if isinstance(b, Row) else b.text for b in grid.blocks] == [
        "一、甲", (1, "1"), "二、乙", (2, "2"),
    ]


def test_cells_left_out_before_and_after_a_row_are_empty_places():
    grid = grid_of(table(
        plain("1", "2", "3"), row(cell(word_paragraph("b")), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'),
        plain("short"),
    ))
    assert [[text for text, _ in cells] for cells in seen_in(grid)] == [["1", "2", "3"], ["", "b", ""], ["short", "", ""]]


def test_text_of_tracked_changes_is_read_or_left_out_and_said():
    grid = grid_of(table(row(
        cell(word_paragraph("1")),
        cell(f'<w:p>{run("6月底前")}<w:ins w:id="1">{run("完成")}</w:ins><w:del w:id="2"><w:r><w:delText>启动</w:delText></w:r></w:del></w:p>'),
    )))
    assert seen_in(grid)[0][1] == ("6月底前完成", None)
    assert doubts_of(grid) == [("text-inserted", "完成"), ("text-deleted", "启动")]
    assert [grid.place_of(doubt.lines).zh for doubt in grid.doubts] == ["表1第1行"] * 2


def test_a_tracked_row_is_read_or_left_out_and_said():
    grid = grid_of(table(
        plain("1", "a"), row(cell(word_paragraph("2")), cell(word_paragraph("b")), properties='<w:ins w:id="1"/>'),
        row(cell(word_paragraph("3")), cell(word_paragraph("c")), properties='<w:del w:id="2"/>'),
    ))
    assert [cells[0][0] for cells in seen_in(grid)] == ["1", "2"]
    assert doubts_of(grid) == [("row-inserted", "2b"), ("row-deleted", "3c")]


@pytest.mark.parametrize("properties", ["<w:vanish/>", '<w:rStyle w:val="secret"/>'])
def test_hidden_text_is_not_read_and_said(properties):
    styles = f'<w:styles {W}><w:style w:styleId="secret"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    grid = grid_of(f"<w:p>{run('看见')}{run('看不见', properties)}</w:p>", parts={"word/styles.xml": styles})
    assert paragraphs_of(grid) == ["看见"]
    assert doubts_of(grid) == [("text-hidden", "看不见")]


def test_text_that_is_not_hidden_after_all_is_read():
    grid = grid_of(f"""<w:p>{run("看见", '<w:vanish w:val="0"/>')}</w:p>""")
    assert (paragraphs_of(grid), grid.doubts) == (["看见"], ())


def test_text_struck_through_is_read_and_said():
    grid = grid_of(f"<w:p>{run('完成')}{run('试点', '<w:strike/>')}</w:p>")
    assert (paragraphs_of(grid), doubts_of(grid)) == (["完成试点"], [("text-struck", "试点")])


def test_content_controls_links_and_fields_are_read_as_their_text():
    grid = grid_of(
        f"<w:sdt><w:sdtContent><w:p><w:hyperlink>{run('甲')}</w:hyperlink><w:sdt><w:sdtContent>{run('乙')}</w:sdtContent></w:sdt>"
        f"<w:r><w:instrText>PAGE</w:instrText></w:r>{run('丙')}</w:p></w:sdtContent></w:sdt>"
        f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>{cell(word_paragraph('1'))}</w:sdtContent></w:sdt>"
        f"{cell(word_paragraph('2'))}</w:tr></w:sdtContent></w:sdt></w:tbl>"
    )
    assert paragraphs_of(grid) == ["甲乙丙"]
    assert seen_in(grid) == [[("1", None), ("2", None)]]


def test_a_text_box_is_read_once_though_it_is_stored_twice():
    box = f"<w:txbxContent>{word_paragraph('注：带*的为省任务')}</w:txbxContent>"
    grid = grid_of(
        f"<w:p {DRAWN}>{run('正文')}<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert sorted(paragraphs_of(grid)) == ["正文", "注：带*的为省任务"]


def test_footnotes_are_read_after_the_text():
    notes = f'<w:footnotes {W}><w:footnote w:id="1">{word_paragraph("排在第一位的为牵头单位。")}</w:footnote></w:footnotes>'
    grid = grid_of(word_paragraph("正文"), parts={"word/footnotes.xml": notes})
    assert paragraphs_of(grid) == ["正文", "排在第一位的为牵头单位。"]


def test_a_table_in_a_cell_among_others_is_read_into_the_cell_and_said():
    grid = grid_of(table(row(cell(word_paragraph("1")), cell(table(plain("a", "b")) + word_paragraph("c")))))
    assert seen_in(grid) == [[("1", None), ("a\nb\nc", None)]]
    assert doubts_of(grid) == [("table-within", "")]


def test_a_table_that_only_holds_the_page_is_taken_apart():
    grid = grid_of(table(row(cell(word_paragraph("标题") + table(plain("1", "a"), plain("2", "b")) + word_paragraph("注")))))
    assert paragraphs_of(grid) == ["标题", "注"]
    assert [[text for text, _ in cells] for cells in seen_in(grid)] == [["1", "a"], ["2", "b"]]
    assert grid.doubts == ()


LISTS = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8">
<w:lvl w:ilvl="0"><w:start w:val="9"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%1）"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="9"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="9"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


def numbered(text: str, number: int, level: int = 0) -> str:
    properties = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f"<w:p>{properties}{run(text) if text else ''}</w:p>"


def test_automatic_numbers_are_read_as_they_are_printed():
    body = table(*(row(cell(numbered("", 1)), cell(word_paragraph(text))) for text in "甲乙丙"))
    grid = grid_of(body, parts={"word/numbering.xml": LISTS})
    assert [[text for text, _ in cells] for cells in seen_in(grid)] == [["1", "甲"], ["2", "乙"], ["3", "丙"]]


def test_automatic_numbers_of_several_levels_and_forms():
    body = "".join(numbered(text, *at) for text, at in (
        ("a", (1,)), ("b", (1, 1)), ("c", (1, 1)), ("d", (1,)), ("e", (1, 1)), ("f", (2,)), ("g", (2,)), ("h", (3,)), ("i", (4,)),
        ("j", (4,)),
    ))
    grid = grid_of(body, parts={"word/numbering.xml": LISTS})
    assert paragraphs_of(grid) == ["1 a", "1.1 b", "1.2 c", "2 d", "2.1 e", "（九）f", "（十）g", "h", "1 i", "2 j"]


def test_automatic_numbers_may_come_from_a_style():
    styles = (
        f'<w:styles {W}><w:style w:styleId="base"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="item"><w:basedOn w:val="base"/></w:style></w:styles>'
    )
    body = f'<w:p><w:pPr><w:pStyle w:val="item"/></w:pPr>{run("甲")}</w:p>'
    grid = grid_of(body, parts={"word/numbering.xml": LISTS, "word/styles.xml": styles})
    assert paragraphs_of(grid) == ["（九）甲"]


@pytest.mark.parametrize(("number", "form", "printed"), [
    (3, "decimal", "3"), (10, "chineseCounting", "十"), (19, "chineseCounting", "十九"), (20, "chineseCounting", "二十"),
    (53, "chineseCountingThousand", "五十三"), (105, "chineseCountingThousand", "一百零五"),
    (110, "chineseCountingThousand", "一百一十"), (1001, "chineseCountingThousand", "一千零一"), (3, "ideographTraditional", "丙"),
    (7, "decimalEnclosedCircle", "⑦"), (4, "upperRoman", "IV"), (28, "lowerLetter", "bb"), (5, "decimalZero", "05"),
    (12, "decimalFullWidth", "１２"), (20, "ideographDigital", "二〇"), (6, "something new", "6"),
])
def test_numbers_in_the_forms_of_lists(number, form, printed):
    assert formatted(number, form) == printed


def test_a_document_in_the_strict_form_of_the_standard_is_read():
    body = f"<w:document {W}><w:body>{word_paragraph('甲')}{table(plain('1', '2'))}</w:body></w:document>"
    strict = body.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    grid = grid_of("", parts={"word/document.xml": strict})
    assert paragraphs_of(grid) == ["甲"]
    assert seen_in(grid) == [[("1", None), ("2", None)]]


def test_a_document_embedded_in_another_is_not_lost_without_a_word():
    grid = grid_of(word_paragraph("甲") + '<w:altChunk/>' + word_paragraph("乙"))
    assert [doubt.code for doubt in grid.doubts] == ["parts-unread"]


def test_signs_of_special_fonts_are_read_as_what_they_show_and_said():
    grid = grid_of('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0AB"/><w:t>完成率\uf0b395%</w:t></w:r></w:p>')
    assert paragraphs_of(grid) == ["★完成率≥95%"]
    assert [(d.code, d.fields["read"]) for d in grid.doubts] == [("sign-of-font", "★"), ("sign-of-font", "≥")]


def test_cells_merged_in_the_older_way_are_one():
    grid = grid_of(table(
        row(cell(word_paragraph("甲"), '<w:hMerge w:val="restart"/>'), cell("<w:p/>", "<w:hMerge/>"), cell(word_paragraph("乙"))),
    ))
    assert seen_in(grid) == [[("甲", 0), ("甲", 0), ("乙", None)]]


def test_text_in_a_cell_that_is_merged_away_is_not_read_and_said():
    grid = grid_of(table(
        row(cell(word_paragraph("甲"), '<w:vMerge w:val="restart"/>'), cell(word_paragraph("1"))),
        row(cell(word_paragraph("旧"), "<w:vMerge/>"), cell(word_paragraph("2"))),
    ))
    assert seen_in(grid) == [[("甲", 0), ("1", None)], [("甲", 0), ("2", None)]]
    assert doubts_of(grid) == [("text-hidden", "旧")]


def test_pictures_are_said():
    picture = '<w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/></w:drawing></w:r>'
    grid = grid_of(f"<w:p>{run('甲')}{picture}</w:p>" + table(row(cell(f"<w:p>{picture}</w:p>"), cell(word_paragraph("1")))))
    assert [doubt.code for doubt in grid.doubts] == ["picture-in-table", "pictures-unread"]
