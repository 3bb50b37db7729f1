"""Scanning with a real clamd; and without one."""

import io

import pytest

from evidence import Intake, Refusal, scanner_for, store_for
from tests.evidence.files import PDF, docx
from tests.servers.clamd import EICAR


@pytest.fixture
def store(folder_settings):
    return store_for(*folder_settings.values())


def refusal(intake, content: bytes) -> Refusal:
    with pytest.raises(Refusal) as refused:
        intake.take(io.BytesIO(content), "报告.docx")
    assert list(intake.store.contents()) == []
    return refused.value


@pytest.mark.parametrize("content", [EICAR, docx(attachment=EICAR), docx(deep=docx(deeper=EICAR))], ids=[
    "plain", "in-a-document", "in-a-document-in-a-document",
])
def test_eicar_is_refused_by_name_where_scanning_is_on(clamd_url, store, content):
    refused = refusal(Intake(store, 2**20, scanner_for(clamd_url)), content)
    assert refused.code == "virus" and "Eicar" in refused.words.zh and "Eicar" in refused.words.en


def test_what_is_clean_is_taken(clamd_url, store):
    intake = Intake(store, 8 * 2**20, scanner_for(clamd_url))
    for content in (PDF, docx(document=b"<w/>"), PDF + b"\n" * 3 * 2**20):
        assert store.exists(intake.take(io.BytesIO(content), "报告").sha256)
    assert "ClamAV" in scanner_for(clamd_url).version()


def test_what_the_scanner_cannot_answer_for_is_not_taken(clamd_url, store):
    intake = Intake(store, 8 * 2**20, scanner_for(clamd_url))
    assert refusal(intake, PDF + b"\n" * 6 * 2**20).code == "not-scanned"  # beyond its own limit


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:9", "unix:///nowhere/clamd.sock"])
def test_a_scanner_that_does_not_answer_keeps_files_out(store, url):
    assert refusal(Intake(store, 2**20, scanner_for(url)), PDF).code == "not-scanned"
    assert scanner_for(url).version() == ""


def test_without_a_scanner_files_are_taken_and_it_is_known_that_none_is_set(store):
    scanner = scanner_for("")
    assert not scanner.on
    assert Intake(store, 2**20, scanner).take(io.BytesIO(docx(attachment=EICAR)), "x").sha256


@pytest.mark.parametrize("url", ["clamd", "tcp://host", "http://host:1", "unix://host/x", "tcp://host:1/x", "unix:"])
def test_an_address_of_no_scanner_is_refused_at_start(url):
    with pytest.raises(ValueError, match="CLAMD_URL"):
        scanner_for(url)
