"""Hostile and broken documents: a clear refusal or a finding, in bounded time and memory, and nothing left behind."""

import io
import os
import resource
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from plans.apart import read_apart
from plans.findings import CATALOGUE
from plans.readers import worker
from plans.readers.document import bytes_of, read_grid
from plans.readers.limits import MOST_BYTES
from plans.readers.pace import Progress
from plans.readers.refused import Refused
from plans.readers.words import REFUSALS
from plans.unreadable import Unreadable
from tests.plans.papers import docx, paragraphs_of, seen_in, word_paragraph, zipped
from tests.plans.test_workbooks import workbook_of

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def refusal_of(data: bytes, name: str = "plan.docx") -> str:
    """The code of the refusal; its words must be those of the catalogue, whole, in both languages."""
    with pytest.raises(Unreadable) as raised:
        read_grid(data, name)
    refused = raised.value.__cause__
    assert isinstance(refused, Refused)
    assert raised.value.words == REFUSALS[refused.code].format(**refused.fields)
    return refused.code


def with_parts(data: bytes, *parts: tuple[str, bytes | str]) -> bytes:
    """The file with further parts, whatever their names."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def far_cell() -> bytes:
    return workbook_of(SHEET.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', ""))


def wide_span(span: str) -> bytes:
    return docx(f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{word_paragraph("1")}</w:tc></w:tr></w:tbl>')


def many_cells() -> bytes:
    """A million."""
    return workbook_of(SHEET.format(f"<row>{'<c><v>1</v></c>' * 20}</row>" * 50_000, ""))


def bomb() -> bytes:
    """90 MiB of blanks in one part, which deflate to nearly nothing."""
    return docx("", parts={"word/document.xml": f"<w:document {W}><w:body>{' ' * (90 * 2**20)}</w:body></w:document>"})


def entity(encoding: str = "utf-8") -> bytes:
    part = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {W}>'
        "<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    return docx("", parts={"word/document.xml": part.encode(encoding)})


def declared_size(data: bytes) -> bytes:
    """The directory says that every part is of a few bytes."""
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data = data[: at + 24] + struct.pack("<I", 8) + data[at + 28 :]
        at += 4
    return data


PLAIN = docx(word_paragraph("正文"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def stream(name: str) -> bytes:
    return OLE + name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 512


@pytest.mark.parametrize(("make", "code"), [
    (far_cell, "cell-far"),
    (lambda: workbook_of(SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>', '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')), "cell-far"),
    (lambda: workbook_of(SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row>', '<mergeCells><mergeCell ref="B9:A1"/></mergeCells>')), "damaged"),
    (many_cells, "too-many-cells"),
    (lambda: wide_span("3000000"), "too-wide"),
    (lambda: wide_span("99999999999999999999"), "too-wide"),
    (bomb, "zip-ratio"),
    (lambda: entity("utf-8"), "xml-declares"),
    (lambda: entity("utf-16"), "xml-declares"),
    (lambda: with_parts(PLAIN, ("docProps/app.xml", '<!DOCTYPE a><a/>')), "xml-declares"),
    (lambda: with_parts(PLAIN, ("../../etc/cron.d/x", "x")), "zip-name"),
    (lambda: with_parts(PLAIN, ("/etc/passwd", "x")), "zip-name"),
    (lambda: with_parts(PLAIN, ("C:\\x", "x")), "zip-name"),
    (lambda: with_parts(PLAIN, ("WORD/document.xml", "<a/>")), "zip-twice"),
    (lambda: with_parts(PLAIN, *((f"word/{n}.xml", "<a/>") for n in range(2100))), "zip-parts"),
    (lambda: declared_size(docx(word_paragraph("正文" * 9000))), "damaged"),
    (lambda: PLAIN[: len(PLAIN) // 2], "damaged"),
    (lambda: PLAIN[:-30], "damaged"),
    (lambda: docx("", parts={"word/document.xml": f"<w:document {W}><w:body><w:p>"}), "damaged"),
    (lambda: docx("<w:p/>"), "empty"),
    (lambda: docx(word_paragraph("字" * 30_000)), "too-long"),
    (lambda: docx("<w:sdt><w:sdtContent>" * 5000 + word_paragraph("x") + "</w:sdtContent></w:sdt>" * 5000), "damaged"),
    (lambda: zipped({"a.txt": "x"}), "kind-zip"),
    (lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}), "kind-odf"),
    (lambda: zipped({"OFD.xml": "<a/>"}), "kind-ofd"),
    (lambda: stream("EncryptedPackage"), "encrypted"),
    (lambda: stream("Workbook"), "damaged"),
    (lambda: stream("PowerPoint Document"), "kind-slides"),
    (lambda: stream("Something"), "kind-unknown"),
    (lambda: OLE[:30] + b"\x09\0" + OLE[32:48] + b"\xff\0\0\0" + OLE[52:], "damaged"),
    (lambda: b"{\\rtf1 abc}", "kind-rtf"),
    (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "kind-image"),
    (lambda: b"Rar!\x1a\x07" + b"\0" * 99, "kind-zip"),
    (lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "kind-archive-page"),
    (lambda: b'<?xml version="1.0"?><w:wordDocument/>', "kind-xml"),
    (lambda: b"%PDF-1.7\n1 0 obj<<", "damaged"),
    (lambda: b"", "empty"),
    (lambda: b" \r\n\t ", "empty"),
    (lambda: "序号\t任务".encode() + b"\x00" + "乙\n".encode() * 200, "nul-bytes"),
    (lambda: os.urandom(20_000), "not-text"),
    (lambda: b"<html><body>" + b"<table><tr><td>" * 20_000, None),
    (lambda: b"a" * (MOST_BYTES + 1), "too-large"),
    (lambda: b"a\n" * 6_000_000, "too-large"),
    (lambda: b"a\n" * 4_000_000, "too-many-cells"),
    (lambda: b"\ta" * 4_000_000, "too-many-cells"),
    (lambda: "一".encode() * 30_000, "line-too-long"),
    (lambda: ('"' + "一" * 90_000 + '",b,c\n1,2,3\n4,5,6\n').encode(), None),
])
def test_a_hostile_or_broken_file_is_refused_with_words(make, code):
    data = make()
    before = cpu_of_children()
    found = refusal_of(data)
    assert code is None or found == code
    assert cpu_of_children() - before < 10


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_bomb_of_many_small_elements_ends_in_time():
    """Three million paragraphs: no rule of the container forbids it, so the child's limits must."""
    data = docx("<w:p/>" * 3_000_000, method=zipfile.ZIP_STORED)
    before = cpu_of_children()
    assert refusal_of(data) == "too-slow"
    assert cpu_of_children() - before < 10


def peak_of_reading(file: Path) -> tuple[str, int]:
    """What a process of its own said of the file, and the bytes that it or its child had at most.

    Started by a shell: a process counts as large as the one that began it, and this one holds all the tests.
    """
    script = (
        "import resource, sys; from pathlib import Path; from plans.readers.document import bytes_of, read_grid\n"
        "from plans.unreadable import Unreadable\n"
        "try: read_grid(bytes_of(Path(sys.argv[1]))); said = 'read'\n"
        "except Unreadable as error: said = error.words.en\n"
        "print(said); print(max(resource.getrusage(of).ru_maxrss for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
    )
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" "$2"; exit $?', sys.executable, script, str(file)], capture_output=True, text=True, check=True,
    )
    said, peak = done.stdout.splitlines()
    return said, int(peak) * 1024


@pytest.mark.parametrize("make", [
    far_cell, many_cells, bomb, lambda: b"<html>" + b"<p>x" * 4_000_000, lambda: b"<html>" + b"<b>" * 6_000_000,
    lambda: workbook_of(SHEET.format("<row>" + "<c><v>1</v></c>" * 200_000 + "</row>", "")),
    lambda: b"\ta\n" * 240_000 + b"\ta" * 9_000,
], ids=["far cell", "many cells", "bomb", "page of paragraphs", "deep page", "one long row", "text of cells"])
def test_reading_as_a_whole_stays_within_its_memory(make, tmp_path):
    file = tmp_path / "hostile"
    file.write_bytes(make())
    _, peak = peak_of_reading(file)
    assert peak < 300 * 2**20


def test_a_child_asking_for_too_much_memory_is_told_so():
    source = (
        "import sys; sys.argv=['x','html']; from plans.readers import child; child._read=lambda *a: bytearray(10**9); child.main('html')"
    )
    answer = worker.run([sys.executable, "-c", source], b"x", 20)
    assert b'"too-much-memory"' in answer


def test_a_child_that_does_not_end_is_killed_with_all_that_it_started():
    source = "import subprocess, sys, time; p=subprocess.Popen(['sleep','600']); print(p.pid, flush=True); time.sleep(600)"
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp())
    script = source.replace("print(p.pid, flush=True)", f"open({str(folder / 'pid')!r},'w').write(str(p.pid))")
    with pytest.raises(Refused) as refused:
        worker.run([sys.executable, "-c", script], b"", 2)
    assert refused.value.code == "too-slow"
    assert time.monotonic() - started < 60
    grandchild = int((folder / "pid").read_text())
    for _ in range(100):
        if not _is_running(grandchild):
            break
        time.sleep(0.05)
    assert not _is_running(grandchild)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


PACED = "from plans.readers.pace import Pace; pace = Pace(2**28, 1); a = 0\n"


def test_what_gets_nothing_done_is_stopped_by_the_work_that_it_takes():
    started = cpu_of_children()
    with pytest.raises(Refused) as refused:
        worker.run([sys.executable, "-c", PACED + "while True: a += 1"], b"", 60)
    assert refused.value.code == "too-slow" and cpu_of_children() - started < 4


def test_what_gets_rows_done_may_go_on_and_says_how_far_it_is():
    source = PACED + (
        "for n in range(1, 4001):\n    pace('tasks', n, 4000)\n    for _ in range(12000): a += 1\nprint('done')"
    )
    told: list[Progress] = []
    assert worker.run([sys.executable, "-c", source], b"", 60, told=told.append) == b"done\n"
    assert told[0] == Progress("tasks", 200, 4000) and told[-1] == Progress("tasks", 4000, 4000)


def heavy_units() -> bytes:
    row = "{0}\t任务{0}\t" + "、，；（" * 4000 + "\t" + "年底前" * 900 + "\n"
    return ("序号\t任务\t责任单位\t2021年\n" + "".join(row.format(n) for n in range(90))).encode()


def test_words_that_keep_the_meaning_busy_are_stopped_as_well():
    before = cpu_of_children()
    with pytest.raises(Unreadable) as refused:
        read_apart(heavy_units(), "plan.txt", {})
    assert refused.value.words == REFUSALS["too-slow"]
    assert cpu_of_children() - before < 10


def test_a_child_that_dies_takes_nobody_along():
    with pytest.raises(Refused) as refused:
        worker.run([sys.executable, "-c", "import os; os.abort()"], b"x" * 1_000_000, 20)
    assert refused.value.code == "crashed"


def test_a_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "of the ledger")
    assert b"SECRET_KEY" not in worker.run([sys.executable, "-c", "import os; print(dict(os.environ))"], b"", 20)


def test_a_child_can_write_no_file(tmp_path):
    target = tmp_path / "left"
    source = f"from plans.readers.child import _limit; _limit(); f=open({str(target)!r},'wb'); f.write(b'x'); f.close()"
    with pytest.raises(Refused):
        worker.run([sys.executable, "-c", source], b"", 20)
    assert not target.exists() or target.stat().st_size == 0


def test_many_readers_at_once_all_get_their_own_answer():
    found: dict[int, list[str]] = {}

    def read(n: int) -> None:
        found[n] = paragraphs_of(read_grid(docx(word_paragraph(f"第{n}份"))))

    threads = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: [f"第{n}份"] for n in range(6)}


def test_nothing_is_left_behind_in_the_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    for make in (lambda: PLAIN, far_cell, lambda: PLAIN[:-30], lambda: stream("WordDocument")):
        with suppress(Unreadable):
            read_grid(make())
    assert list(tmp_path.iterdir()) == []


# --- LibreOffice, which these tests stand in for: a program of that name on the path ---


def put_office(folder: Path, script: str, monkeypatch) -> None:
    program = folder / "soffice"
    program.write_text(f"#!{sys.executable}\nimport os, sys, time\nargs = sys.argv[1:]\n{script}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


def test_an_old_word_file_goes_through_the_office_program_and_its_folder_goes(tmp_path, monkeypatch):
    made = tmp_path / "made.docx"
    made.write_bytes(PLAIN)
    put_office(tmp_path, f"""
folder = args[args.index('--outdir') + 1]
os.makedirs(folder)
open(os.path.join(folder, 'document.docx'), 'wb').write(open({str(made)!r}, 'rb').read())
open({str(tmp_path / 'seen')!r}, 'w').write(' '.join(args))
""", monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    grid = read_grid(stream("WordDocument"), "plan.doc")
    assert paragraphs_of(grid) == ["正文"]
    seen = (tmp_path / "seen").read_text()
    assert "--headless" in seen
    assert "-env:UserInstallation=file:///" in seen
    assert not list(tmp_path.glob("taizhang-*"))


def test_an_office_program_that_hangs_or_fails_is_ended_and_its_folder_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("plans.readers.office.OFFICE_SECONDS", 1)
    put_office(tmp_path, "time.sleep(600)", monkeypatch)
    assert refusal_of(stream("WordDocument"), "plan.doc") == "too-slow"
    put_office(tmp_path, "sys.exit(1)", monkeypatch)
    assert refusal_of(stream("WordDocument"), "plan.wps") == "doc-failed"
    assert not list(tmp_path.glob("taizhang-*"))


def test_without_an_office_program_an_old_word_file_is_refused_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unreadable) as refused:
        read_grid(stream("WordDocument"), "plan.doc")
    assert "另存为 .docx" in refused.value.words.zh
    assert "save it as .docx" in refused.value.words.en


# --- What is read all the same, and said ---


def codes_of(grid) -> list[str]:
    return [doubt.code for doubt in grid.doubts]


def test_macros_and_things_outside_are_left_alone_and_said():
    link = '<Relationship Id="x{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="http://host.invalid/" TargetMode="External"/>'
    data = docx(
        word_paragraph("正文"), parts={"word/vbaProject.bin": b"macro"},
        relations=link.format(1, "attachedTemplate") + link.format(2, "hyperlink"),
    )
    grid = read_grid(data, "plan.docx")
    assert paragraphs_of(grid) == ["正文"]
    assert codes_of(grid) == ["macros-ignored", "outside-ignored"]
    assert grid.doubts[1].fields == {"kinds": "attachedTemplate", "count": 1}


@pytest.mark.parametrize(("text", "read", "code"), [
    ("市\u200b发改委", "市发改委", "signs-unseen"), ("完成\u202e率\u202c", "完成率", "signs-turning"), ("a\u00adb", "ab", "signs-unseen"),
])
@pytest.mark.parametrize("kind", ["docx", "txt", "csv", "html"])
def test_signs_that_cannot_be_seen_are_taken_out_and_said(kind, text, read, code):
    data = {
        "docx": lambda: docx(word_paragraph("标题") + word_paragraph(text)), "txt": lambda: f"标题\n{text}\n".encode(),
        "csv": lambda: f"a,b,标题\n1,2,3\n4,5,{text}\n".encode(), "html": lambda: f"<html><p>标题<p>{text}</html>".encode(),
    }[kind]()
    grid = read_grid(data, f"plan.{kind}")
    assert read in "\n".join(grid.source)
    assert text not in "\n".join(grid.source)
    assert [(doubt.code, doubt.lines) for doubt in grid.doubts] == [(code, (len([s for s in grid.source if s]),) * 2)]


def test_radicals_are_read_as_their_characters_and_said():
    grid = read_grid(docx(word_paragraph("农⺠⽣活")), "plan.docx")
    assert paragraphs_of(grid) == ["农民生活"]
    assert [(d.code, d.fields) for d in grid.doubts] == [("signs-radical", {"count": 2})]


@pytest.mark.parametrize(("name", "said"), [
    ("plan.docx", []), ("plan.DOCX", []), ("plan", []), ("plan.xls", ["ending-wrong"]), ("plan.txt", ["ending-wrong"]),
])
def test_a_wrong_ending_is_said_and_the_content_read(name, said):
    grid = read_grid(PLAIN, name)
    assert paragraphs_of(grid) == ["正文"]
    assert codes_of(grid) == said


def test_a_page_that_calls_itself_a_workbook_is_read_as_a_page():
    page = "<html><body><table><tr><td>1</td><td>甲</td></tr></table></body></html>".encode()
    grid = read_grid(page, "导出.xls")
    assert [[text for text, _ in row] for row in seen_in(grid)] == [["1", "甲"]]
    assert codes_of(grid) == ["ending-wrong"]


def test_no_more_of_a_huge_file_is_loaded_than_tells_that_it_is_huge(tmp_path):
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(200 * 2**20)
    assert len(bytes_of(huge)) == MOST_BYTES + 1


def test_the_command_refuses_a_huge_text_within_its_memory(tmp_path):
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        for _ in range(200):
            file.write(b"a\n" * 2**19)
    said, peak = peak_of_reading(huge)
    assert "20 MB" in said
    assert peak < 300 * 2**20


def test_every_doubt_of_a_reader_has_its_words():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in Path("plans/readers").glob("*.py"))
    for code in ("text-inserted", "row-hidden", "formula-empty", "merge-over-pages", "signs-turning", "ending-wrong", "page-hidden"):
        assert f'"{code}"' in sources
        assert code in CATALOGUE
