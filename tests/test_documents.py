"""Documents: they say what the pages say, to the same person, and nothing that was typed runs in them."""

import html
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import date

import docx
import openpyxl
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length
from sqlalchemy import delete, select

from models import Evidence, Job, RoleGrant, Task
from reports.jobs import KINDS
from tests.ledger import LIMITS, RETURN
from workflow.drafts import Draft, Piece, add_piece, save_draft

FORMULA = "=HYPERLINK(\"http://example.org\",\"点我\")"


@pytest.fixture
def story(ledger, clock):
    """One signed off, one returned, one with the reviewer, drafts that nobody else may see."""
    clock.pass_(days=1)  # it was made on the 13th
    ledger.submit("colead", "2")
    ledger.fire("reviewer", "approve", number="2")
    ledger.fire("committee", "accept", number="2")
    ledger.submit("lead")
    ledger.fire("reviewer", "return", RETURN)
    ledger.draft(answers=["甲", "乙"])
    ledger.submit("lead", year=2019)
    clock.pass_(days=30)
    return ledger


def table(answer, sheet: str) -> list[dict]:
    """The rows of a sheet by the names of its columns."""
    assert answer.status_code == 200, answer.status_code
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data))[sheet].iter_rows(values_only=True))
    head = next(n for n, row in enumerate(rows) if sum(cell is not None for cell in row) > 2)
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1:]]


def test_the_workbook_lists_what_the_ledger_page_counts(story, browse):
    committee = browse("committee")
    rows = table(committee.get("/documents/ledger.xlsx"), "台账")
    assert len(rows) == 6
    one = next(row for row in rows if row["序号"] == "1" and row["年度"] == 2018)
    assert one["项目名称"] == "*农村土地确权登记颁证" and one["2018年进度要求"] == "2018年基本完成"
    assert (one["状态"], one["亮灯"], one["现由谁办理"], one["轮次"]) == ("待报送", "◆ 逾期", "甲局", 2)
    assert one["所示轮次"] == 1 and one["完成值"] == "颁证率：98.6%" and one["佐证材料件数"] == 1
    two = next(row for row in rows if row["序号"] == "2" and row["年度"] == 2018)
    assert two["办结日期"].date() == date(2018, 12, 14) and two["现由谁办理"] is None
    lines = {row["分组"]: row for row in table(committee.get("/documents/ledger.xlsx"), "汇总与图表")}
    assert (lines["合计"]["年度节点"], lines["合计"]["已办结"], lines["合计"]["逾期"]) == (6, 1, 2)
    for query in ("state=accepted", "light=red", "year=2019", "figure=wanted&quarter=2018Q4", "asof=2018-12-13"):
        page = committee.get(f"/ledger?{query}").text
        found = table(committee.get(f"/documents/ledger.xlsx?{query}"), "台账")
        assert f"<p>{len(found)} 个年度节点" in page, query


def test_a_workbook_holds_what_its_reader_may_see(story, browse):
    own = table(browse("lead").get("/documents/ledger.xlsx"), "台账")
    assert {row["序号"] for row in own} == {"1", "3"}
    drafted = next(row for row in own if row["序号"] == "1" and row["年度"] == 2018)
    assert drafted["所示轮次"] == 2  # the unit's own draft, that a reviewer does not see
    assert browse("outsider").get("/documents/ledger.xlsx").status_code == 200
    assert table(browse("outsider").get("/documents/ledger.xlsx"), "台账") == []


def test_a_workbook_of_a_past_day_is_the_ledger_of_that_day(story, browse):
    rows = table(browse("committee").get("/documents/ledger.xlsx?asof=2018-12-13"), "台账")
    assert {row["状态"] for row in rows} == {"待报送"}
    assert {row["佐证材料件数"] for row in rows} == {None}


def test_what_was_typed_is_no_formula_and_the_document_says_how_it_was_taken(ledger, browse):
    with ledger.database.writing() as session:
        session.scalars(select(Task).where(Task.number == "1")).one().title = FORMULA
    milestone = ledger.milestone()
    save_draft(milestone, ledger.actor("lead"), Draft("+1+cmd|' /C calc'!A0", [("@SUM(A1)", "1", "项")], []), 1, 0)
    add_piece(ledger.milestone(), ledger.actor("lead"), Piece(Evidence.LINK, FORMULA, "https://example.org"), LIMITS)
    answer = browse("lead").get("/documents/ledger.xlsx?year=2018")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
        assert any("xl/charts/chart" in name for name in book.namelist())
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert "<autoFilter" in sheets[0] and 'state="frozen"' in sheets[0]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))["台账"]
    assert sheet["A2"].value == "筛选条件：年度：2018年"
    assert sheet["A3"].value.startswith("取数时间：2018年12月13日")
    row = next(row for row in table(answer, "台账") if row["序号"] == "1")
    assert row["项目名称"] == "*" + FORMULA and row["进展说明"].startswith("+1+cmd")
    meanings = {row["列或指标"]: row["口径"] for row in table(answer, "各列口径")}
    assert meanings["自何日起"] and meanings["办结率"]


def paragraphs(answer) -> list[str]:
    assert answer.status_code == 200, answer.status_code
    return [it.text for it in docx.Document(io.BytesIO(answer.data)).paragraphs]


def annex(answer, heads: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The rows of the table with these first heads."""
    for table_ in docx.Document(io.BytesIO(answer.data)).tables:
        rows = [tuple(cell.text for cell in row.cells) for row in table_.rows]
        if rows[0][: len(heads)] == heads:
            return rows[1:]
    raise LookupError(heads)


def test_every_number_of_the_bulletin_is_that_of_the_page_its_annex_names(story, browse):
    committee = browse("committee")
    answer = committee.get("/documents/bulletin.docx?since=2018-12-13")
    said = "\n".join(paragraphs(answer))
    assert "应办6〔2〕个。其中，已办结1〔3〕个，办结率16%〔4〕" in said
    assert "截至2018年12月13日已办结0〔8〕个，本期净增1〔9〕个" in said
    assert "（一）部分节点逾期未报送" in said and "（二）部分节点审核、审定超过时限" in said
    assert "（稿）" in said and "取数时间：2019年1月" in said
    sources = {row[0]: row for row in annex(answer, ("编号", "数字"))}
    assert set(re.findall(r"〔(\d+)〕", said)) == set(sources)  # none without its origin, none too many
    for name in ("bulletin", "year"):  # numbered as they are read
        lines = paragraphs(committee.get(f"/documents/{name}.docx?since=2018-12-13"))
        marks = re.findall(r"〔(\d+)〕", "\n".join(lines))
        assert list(dict.fromkeys(marks)) == [str(n + 1) for n in range(len(set(marks)))]
    counted = 0
    for _number, told, _what, _meaning, address in sources.values():
        if told.isdecimal() and address and "净增" not in _what:
            page = committee.get(address).text
            assert int(re.search(r"<p>(\d+) 个年度节点", page)[1]) == int(told), address
            counted += 1
    assert counted > 10
    units = {row[0]: row for row in annex(answer, ("单位", "牵头应办节点"))}
    assert units["乙局"][1] == "3" and units["乙局"][6] == "33%*"


def test_the_bulletin_is_laid_out_as_official_documents_are(story, browse):
    answer = browse("committee").get("/documents/bulletin.docx")
    document = docx.Document(io.BytesIO(answer.data))
    page = document.sections[0]
    assert [round(it.mm) for it in (page.page_width, page.page_height, page.top_margin, page.left_margin)] == [
        210, 297, 37, 28]
    pitch = int(page._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")))
    height = Length(page.page_height - page.top_margin - page.bottom_margin).pt
    width = Length(page.page_width - page.left_margin - page.right_margin).pt
    assert int(height * 20 / pitch) == 22
    style = document.styles["Normal"]
    closer = int(style.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert style.font.size.pt == 16 and int(width / (16 + closer)) == 28
    runs = [run for it in document.paragraphs for run in it.runs if run.font.name]
    fonts = {run.text: run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in runs}
    assert (fonts["一、总体情况"], fonts["（一）限期报送"]) == ("黑体", "楷体_GB2312")
    assert [it.text for it in page.footer.paragraphs] == ["—  —"] and "PAGE" in page.footer._element.xml
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert any(name.startswith("word/charts/chart") for name in parts.namelist())


def test_the_year_and_the_units_say_what_the_monitor_says(story, browse):
    committee = browse("committee")
    year = "\n".join(paragraphs(committee.get("/documents/year.docx?year=2018")))
    assert "2018年度落实情况总结" in year and "应办3〔2〕个。其中，已办结1〔3〕个，办结率33%〔4〕" in year
    rows = {row["单位"]: row for row in table(committee.get("/documents/units.xlsx"), "各单位")}
    page = committee.get("/monitor/units").text
    for name in ("甲局", "乙局", "丁局"):
        shown = page[page.index(f">{name}</a></td>"):]
        assert re.search(r">(\d+)<", shown[shown.index("group"):])[1] == str(rows[name]["牵头应办节点"])
    assert (rows["甲局"]["牵头逾期"], rows["甲局"]["基数小"], rows["丁局"]["牵头办结率"]) == (1, "是", 33)
    assert browse("lead").get("/documents/units.xlsx").status_code == 403


def template(*lines: str) -> io.BytesIO:
    document, kept = docx.Document(), io.BytesIO()
    for line in lines:
        paragraph = document.add_paragraph()
        for piece in line.split("|"):  # Word cuts what is typed into runs as it likes
            paragraph.add_run(piece).bold = "结" in piece
    document.save(kept)
    kept.seek(0)
    return kept


def test_a_committees_own_template_replaces_ours_and_is_audited(story, browse):
    committee = browse("committee")
    made = template("截至{{截|至}}，办结{{|已办结}}个，{{ 办结率 }}。", "{{存在问题}}", "{{各单位完成情况}}", "完")
    answer = committee.post("/documents/templates/bulletin", {"template": (made, "通报.docx")})
    assert answer.status_code == 302
    own = committee.get("/documents/bulletin.docx?since=2018-12-13")
    said = paragraphs(own)
    assert said[0] == "截至2019年1月13日，办结1个，16%。" and said[-1] == "完"
    assert any(it.startswith("2个节点已过期限尚未报送") for it in said)  # without marks that lead nowhere
    assert annex(own, ("单位", "牵头应办节点"))
    assert "文书模板" in browse("auditor").get("/audit?subject=document_template").text
    assert committee.post("/documents/templates/bulletin", {"remove": "1"}).status_code == 302
    assert "一、总体情况" in paragraphs(committee.get("/documents/bulletin.docx"))


def test_a_template_that_cannot_be_filled_is_not_taken(ledger, browse, monkeypatch):
    monkeypatch.setattr("views.documents.MOST_MB", 1)
    committee = browse("committee")
    for content, reason in (
        (template("{{config}}"), "不认识的占位符：config"), (template("没有"), "没有占位符"),
        (template("截至{{截至}，", "{{已办结}}"), "名称不超过 40 字）：截至{{截至}，"),
        (io.BytesIO(b"PK\x03\x04 no zip"), "文件已损坏"), (io.BytesIO(b"%PDF-1.7\n"), "请上传 Word 文档"),
        (with_part(template("{{截至}}"), "word/vbaProject.bin"), "文件含宏"), (io.BytesIO(b""), "文件是空的"),
        (io.BytesIO(bytes(1 << 20) + b"."), "不得超过 1 MB"),
    ):
        answer = committee.post("/documents/templates/bulletin", {"template": (content, "a.docx")})
        assert answer.status_code == 422 and reason in answer.text
    assert committee.post("/documents/templates/bulletin").status_code == 422
    assert committee.get("/documents/templates/nothing").status_code == 404
    assert committee.get("/documents/year.docx?asof=0001-01-05&year=99999").status_code == 422
    none = committee.get("/documents/year.docx?year=1999")  # of which no plan speaks
    assert none.status_code == 422 and "「年度」的值「1999」" in none.text


def with_part(content: io.BytesIO, name: str) -> io.BytesIO:
    with zipfile.ZipFile(content, "a") as made:
        made.writestr(name, b"content")
    content.seek(0)
    return content


def between(*pieces: str) -> str:
    """Runs, each a piece of text or the XML of something else."""
    return "".join(it if it.startswith("<") else f"<w:r><w:t>{it}</w:t></w:r>" for it in pieces)


BREAK = '<w:r><w:br w:type="page"/></w:r>'
# Where Word puts what is typed: in a link, a change that is not accepted yet, a control, a text box, before a break.
PLACES = (
    f'<w:p><w:hyperlink w:anchor="a">{between("见{{截", "至}}")}</w:hyperlink></w:p>',
    f'<w:p><w:ins w:id="1" w:author="a">{between("办结｛｛已办结｝｝个")}</w:ins>{between("，{{办结率}}", "。")}</w:p>',
    f"<w:sdt><w:sdtContent><w:p>{between('{{方案}}')}</w:p></w:sdtContent></w:sdt>",
    f"<w:p><w:r><w:pict><v:shape xmlns:v=\"urn:schemas-microsoft-com:vml\"><v:textbox><w:txbxContent><w:p>"
    f"{between('截至{{截至}}')}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>{between('外')}</w:p>",
    f"<w:p>{BREAK}{between('{{总体情况}}')}</w:p>",
    f"<w:p><w:pPr><w:pageBreakBefore/><w:sectPr><w:pgSz w:w=\"16838\" w:h=\"11906\"/></w:sectPr></w:pPr>"
    f"{between('{{各单位完成情况}}')}</w:p>",
)


def test_places_are_filled_wherever_word_puts_them_and_what_stands_beside_them_stays(story, browse):
    committee, document, kept = browse("committee"), docx.Document(), io.BytesIO()
    for place in PLACES:
        made = parse_xml(f"<w:body {nsdecls('w')}>{place}</w:body>")[0]
        document.element.body.insert_element_before(made, "w:sectPr")
    document.save(kept)
    kept.seek(0)
    assert committee.post("/documents/templates/bulletin", {"template": (kept, "通报.docx")}).status_code == 302
    body = docx.Document(io.BytesIO(committee.get("/documents/bulletin.docx").data)).element.body
    said = ["".join(it.text or "" for it in line.iter(qn("w:t"))) for line in body.iter(qn("w:p"))]
    assert not any("{" in line or "｛" in line for line in said)
    assert said[:2] == ["见2019年1月13日", "办结1个，16%。"] and "截至2019年1月13日" in said and said[3].endswith("外")
    broken = body.xpath(".//w:p[.//w:br]")
    assert len(broken) == 1 and "应办6" in "".join(broken[0].getnext().itertext())
    assert len(body.xpath(".//w:pageBreakBefore")) == 1 and len(body.xpath(".//w:sectPr")) == 2
    assert body.xpath("count(.//w:p[w:pPr/w:sectPr]/preceding-sibling::w:tbl)") == 1


# The order of what Word says of paragraphs, letters and tables (ECMA-376), as far as our documents say it.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs snapToGrid spacing ind "
           "contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike color spacing w kern position sz szCs u vertAlign lang",
    "tblPr": "tblStyle tblStyleRowBandSize tblStyleColBandSize tblW jc tblInd tblBorders shd tblLayout tblCellMar "
             "tblLook",
}


def test_our_layout_is_a_template_that_gives_our_document_again_and_word_opens_both(story, browse):
    committee = browse("committee")
    for kind in ("bulletin", "year"):
        ours = committee.get(f"/documents/{kind}.docx")
        sample = committee.get(f"/documents/templates/{kind}/sample.docx")
        assert "{{标题}}" in paragraphs(sample) and "{{各单位完成情况}}" in paragraphs(sample)
        taken = {"template": (io.BytesIO(sample.data), "样例.docx")}
        assert committee.post(f"/documents/templates/{kind}", taken).status_code == 302
        again = committee.get(f"/documents/{kind}.docx")
        assert "".join(paragraphs(again)).replace("；", "") == "".join(paragraphs(ours)).replace("；", "")
        tables = [[[it.text for it in row.cells] for row in table_.rows]
                  for answer in (ours, again) for table_ in docx.Document(io.BytesIO(answer.data)).tables]
        assert tables[: len(tables) // 2] == tables[len(tables) // 2 :]
        for answer in (ours, again):
            document = docx.Document(io.BytesIO(answer.data))
            for root in (document.element, document.styles.element, document.sections[0].footer._element):
                for name, order in ORDERS.items():
                    for said in root.iter(qn(f"w:{name}")):
                        names = [it.tag.rpartition("}")[2] for it in said]
                        assert names == [it for it in order.split() if it in names]


def dossier_of(browser, ledger, number: str = "1", year: int = 2018, form: str = "zip"):
    return browser.get(f"/documents/milestones/{ledger.milestones[number, year]}.{form}")


def test_a_stranger_can_check_a_dossier_and_finds_what_was_changed(story, app, browse, tmp_path):
    with story.database.writing() as session:
        session.scalars(select(Task).where(Task.number == "1")).one().title = "农村土地确权龘登记"
    sha256, size = app.extensions["evidence"].put(io.BytesIO(b"content" * 1000))
    milestone = story.milestone()
    piece = Piece(Evidence.FILE, "验收表.pdf", "", "application/pdf", size, sha256)
    add_piece(milestone, story.actor("lead"), piece, LIMITS)
    story.fire("lead", "submit")
    answer = dossier_of(browse("committee"), story)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as made:
        made.extractall(tmp_path)
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True).returncode == 0
    verify = [sys.executable, "-I", str(tmp_path / "verify.py")]
    done = subprocess.run(verify, capture_output=True, text=True)
    assert done.returncode == 0 and "intact" in done.stdout and story.milestone().chain_head in done.stdout
    known = json.loads((tmp_path / "manifest.json").read_text())
    assert {it["path"]: it["missing"] for it in known["files"]} == {
        "evidence/round-1/001-工作报告.pdf": True,  # the fixture's file was never stored: it is told, not passed over
        "evidence/round-2/001-工作报告.pdf": True, "evidence/round-2/002-验收表.pdf": False,
    }
    assert "001-工作报告.pdf" in (tmp_path / "核验说明.txt").read_text()
    events = (tmp_path / "events.jsonl").read_text()
    for altered in (events.replace("口径不一致", "口径一致"), "".join(events.splitlines(True)[:-1])):
        (tmp_path / "events.jsonl").write_text(altered)
        assert subprocess.run(verify, capture_output=True).returncode == 1
    (tmp_path / "events.jsonl").write_text(events)
    (tmp_path / "evidence/round-2/002-验收表.pdf").write_bytes(b"other")
    assert subprocess.run(verify, capture_output=True).returncode == 1


def test_a_dossier_holds_what_its_reader_may_see(story, browse):
    reviewer = zipfile.ZipFile(io.BytesIO(dossier_of(browse("reviewer"), story).data))
    assert [it["number"] for it in json.loads(reviewer.read("manifest.json"))["rounds"]] == [1]  # the next is a draft
    events = [json.loads(line) for line in reviewer.read("events.jsonl").decode().splitlines()]
    assert len(events) >= 3 and not any({"detail", "address"} & set(event) for event in events)
    lead = zipfile.ZipFile(io.BytesIO(dossier_of(browse("lead"), story).data))
    assert [it["number"] for it in json.loads(lead.read("manifest.json"))["rounds"]] == [1, 2]
    assert dossier_of(browse("outsider"), story).status_code == 404
    document = pypdfium2.PdfDocument(dossier_of(browse("committee"), story, form="pdf").data)
    said = "\n".join(page.get_textpage().get_text_range() for page in document)
    head = story.milestone().chain_head[:20]
    for words in ("单 项 档 案", "一、进度要求与原文", "已完成颁证 98.6%。", "口径不一致。", head):
        assert words in said, words
    assert [it.get_title() for it in document.get_toc()][:3] == ["一、进度要求与原文", "原文", "二、报送轮次"]


def test_a_chapter_without_anything_takes_no_page_of_its_own(story, browse):
    """Of one that was signed off nothing was changed; of one that was never submitted three chapters hold nothing."""
    for number, year, empty in (("2", 2018, 1), ("3", 2018, 3)):
        document = pypdfium2.PdfDocument(dossier_of(browse("committee"), story, number, year, form="pdf").data)
        chapters = {it.get_title(): it.get_dest().get_index() for it in document.get_toc() if it.level == 0}
        pages = list(chapters.values())
        assert len(pages) == 6 and len(set(pages)) == 6 - empty, chapters
        said = document[chapters["四、变更"]].get_textpage().get_text_range()
        assert "（无）" in said and "五、经过" in said


def test_the_months_bulletin_lies_on_the_committees_workbench_once(story, app, browse):
    run = app.test_cli_runner().invoke
    assert "1" in run(args=["bulletin"]).output and "0" in run(args=["bulletin"]).output
    page = browse("committee").get("/").text
    assert page.count("供修改后印发") == 1 and "截至 2018年12月31日" in page
    address = re.search(r'href="(/documents/kept/[^"]*)"', page)[1]
    said = "\n".join(paragraphs(browse("committee").get(address)))
    assert "截至2018年12月31日" in said and "已办结1〔3〕个" in said
    assert "供修改后印发" not in browse("lead").get("/").text
    assert browse("reviewer").get(address).status_code == 403


def test_a_bulletin_of_very_many_is_made_in_the_background_and_is_the_same(story, app, browse, monkeypatch):
    committee, query = browse("committee"), "since=2018-12-13&plan=1"
    at_once = {
        kind: paragraphs(committee.get(f"/documents/{kind}.docx?{query}&year=2018")) for kind in ("bulletin", "year")
    }
    monkeypatch.setattr("views.documents.AT_ONCE", 2)
    for kind, said in at_once.items():
        page = committee.get(f"/documents/{kind}.docx?{query}&year=2018")
        assert page.mimetype == "text/html" and f'action="/documents/later/{kind}"' in page.text
        asked = html.unescape(re.search(r'name="query" value="([^"]*)"', page.text)[1])
        job = committee.post(f"/documents/later/{kind}", {"query": asked}).headers["Location"]
        app.extensions["worker"].begin(60)  # after what was begun with the press
        made = committee.get(job + "/file")
        assert paragraphs(made) == said, kind
        assert made.mimetype.endswith("wordprocessingml.document")
    assert "督查通报" in committee.get("/jobs").text
    assert browse("lead").post("/documents/later/bulletin", {"query": query}).status_code == 403
    assert committee.post("/documents/later/nothing", {"query": query}).status_code == 404


def test_a_past_day_is_the_same_in_the_background_and_whoever_watches_no_longer_gets_nothing(story, app, browse):
    app.extensions["worker"].kinds = {}
    reviewer, query = browse("reviewer"), "asof=2018-12-20&since=2018-12-13"
    jobs = [reviewer.post("/documents/later/bulletin", {"query": query}).headers["Location"]]
    said = paragraphs(reviewer.get(f"/documents/bulletin.docx?{query}"))
    app.extensions["worker"].kinds = KINDS
    app.extensions["worker"].begin(60)
    assert paragraphs(reviewer.get(jobs[0] + "/file")) == said
    app.extensions["worker"].kinds = {}
    jobs.append(reviewer.post("/documents/later/year", {"query": ""}).headers["Location"])
    with story.database.writing() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.account_id == story.accounts["reviewer"]))
    app.extensions["worker"].kinds = KINDS
    app.extensions["worker"].begin(60)
    with story.database.reading() as session:
        job = session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
    assert job.status == "failed" and "不再负责督查" in job.error["zh"]


def test_dossiers_of_many_are_made_in_the_background(story, app, browse):
    committee = browse("committee")
    answer = committee.post("/documents/dossiers", {"query": "year=2018"})
    job = answer.headers["Location"]
    app.extensions["worker"].begin(60)  # after what was begun with the press
    made = committee.get(job + "/file")
    with zipfile.ZipFile(io.BytesIO(made.data)) as found:
        assert len(found.namelist()) == 3 and all(found.read(name).startswith(b"%PDF") for name in found.namelist())
    assert browse("lead").get(job + "/file").status_code == 404
    assert committee.post("/documents/dossiers", {"query": "words=无此任务"}).headers["Location"].startswith("/ledger")
