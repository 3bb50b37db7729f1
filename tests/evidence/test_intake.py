"""Files as they really come: right ones, wrong ones, hostile ones."""

import io
import os
import threading
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import FolderStore, Missing, Refusal, check_link, store_for, take
from evidence.names import safe_name

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64 + b"\xff\xd9"
MB = 2**20


def office(main: str, **parts: bytes) -> bytes:
    types = f'<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="application/{main}"/></Types>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("[Content_Types].xml", types)
        for name, content in parts.items():
            container.writestr(name, content)
    return out.getvalue()


DOCX = office("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", document=b"<w/>")
XLSX = office("vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", sheet=b"<s/>")
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def old_office(stream: str) -> bytes:
    return OLE2 + stream.encode("utf-16-le").ljust(64, b"\x00") + b"\x00" * 64


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "evidence")


def taken(store, content, name="报告.pdf", most=MB):
    return take(io.BytesIO(content), name, store, most)


def refusal(store, content, name="报告.pdf", most=MB) -> str:
    with pytest.raises(Refusal) as refused:
        taken(store, content, name, most)
    assert refused.value.words.zh and refused.value.words.en
    assert not [file for _, _, files in os.walk(store.folder) for file in files]
    return refused.value.code


@pytest.mark.parametrize(("content", "ending"), [
    (PDF, "pdf"), (PNG, "png"), (JPEG, "jpg"), (DOCX, "docx"), (XLSX, "xlsx"),
    (old_office("WordDocument"), "doc"), (old_office("Workbook"), "xls"),
])
def test_a_file_is_what_its_content_says_whatever_it_is_called(store, content, ending):
    kept = taken(store, content, "验收材料.exe")
    assert kept.name == f"验收材料.exe.{ending}"
    assert store.open(kept.sha256).read() == content
    assert kept.size == len(content)


@pytest.mark.parametrize(("content", "code"), [
    (b"", "empty"),
    (b"<html><script>alert(1)</script></html>", "kind"),
    (b"just text", "kind"),
    (b"MZ\x90\x00" + b"\x00" * 200, "kind"),
    (DOCX[: len(DOCX) // 2], "damaged"),
    (office("vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    (office("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", **{"word/vbaProject.bin": b"x"}),
     "macros"),
    (office("vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), "kind"),
    (office("vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", big=b"\x00" * (300 * MB)),
     "inflated"),
    (old_office("EncryptedPackage"), "encrypted"),
    (old_office("PowerPoint Document"), "kind"),
    (PDF + b"\x00" * MB, "too-large"),
], ids=[
    "empty", "html", "text", "program", "cut", "macros", "vba", "slides", "bomb", "encrypted", "old-slides", "large",
])
def test_what_is_not_taken_is_told_why_and_nothing_is_kept(store, content, code):
    assert refusal(store, content) == code


def test_a_zip_that_is_no_document_is_not_taken(store):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        container.writestr("a.txt", "a")
    assert refusal(store, out.getvalue()) == "kind"


@pytest.mark.parametrize(("given_name", "kept"), [
    ("../../etc/passwd", "passwd.pdf"),
    ("C:\\temp\\报告.PDF", "报告.pdf"),
    ("报告\u202efdp.exe", "报告fdp.exe.pdf"),
    ("\u200b\x00\r\n", "未命名.pdf"),
    ("CON.pdf", "_CON.pdf"),
    ("..pdf", "pdf.pdf"),
    ('a"b<c>.pdf', "a_b_c_.pdf"),
    ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
])
def test_hostile_names_are_made_harmless(given_name, kept):
    assert safe_name(given_name, "pdf") == kept


@given(st.text(max_size=300))
def test_no_name_escapes_or_hides(text):
    name = safe_name(text, "pdf")
    assert name.endswith(".pdf") and 5 <= len(name) <= 120
    assert name.isprintable() and not set(name) & set('/\\<>:"|?*')


def test_the_same_content_twice_is_one_file(store):
    threads = [threading.Thread(target=taken, args=(store, PDF)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([file for _, _, files in os.walk(store.folder) for file in files]) == 1


def test_a_crash_before_the_rename_leaves_no_file_behind(store, monkeypatch):
    def crash(*_):
        raise OSError("power")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="power"):
        taken(store, PDF)
    assert not [file for _, _, files in os.walk(store.folder) for file in files]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_only_a_hash_opens_anything(store, name):
    with pytest.raises(Missing):
        store.open(name)


@pytest.mark.parametrize("address", [
    "javascript:alert(1)", "ftp://a.cn/x", "http://", "https://user:secret@a.cn/", "http://a.cn/\u202ex", "//a.cn",
    "http://a.cn:port/", "https://a.cn/" + "x" * 1000, "http://[::1", "",
])
def test_a_link_that_could_run_or_hide_is_not_taken(address):
    with pytest.raises(Refusal):
        check_link(address)


def test_a_link_may_have_chinese_in_it():
    assert check_link(" https://政务.中国/公示?号=1 ") == "https://政务.中国/公示?号=1"


@pytest.mark.parametrize("url", ["s3://bucket", "/folder", "file://host/folder", ""])
def test_a_store_of_an_unknown_kind_is_refused_at_start(url):
    with pytest.raises(ValueError, match="EVIDENCE_URL"):
        store_for(url)
