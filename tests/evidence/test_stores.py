"""The same for a folder and for an S3 store: one contract, held against both."""

import hashlib
import io
import os
import threading
import tracemalloc
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from evidence import FolderStore, Intake, Missing, S3Address, S3Store, Unavailable, store_for
from evidence.signing import sign_get

SMALL = b"a report"
LARGE = os.urandom(1 << 20) * 19 + b"and a rest"  # several parts, the last of them short
NOWHERE = "ab" * 32


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=["folder", "s3"])
def store(request):
    settings = request.getfixturevalue(f"{request.param}_settings")
    return store_for(*settings.values())


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(store) -> list[str]:
    return sorted(kept.sha256 for kept in store.contents())


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_what_was_put_comes_back(store, content):
    assert store.put(io.BytesIO(content)) == (hash_of(content), len(content))
    with store.open(hash_of(content)) as stream:
        assert hash_of(stream.read()) == hash_of(content)
    assert store.exists(hash_of(content))


def test_a_part_of_it_can_be_read_from_anywhere(store):
    store.put(io.BytesIO(LARGE))
    with store.open(hash_of(LARGE)) as stream:
        stream.seek(9 << 20)
        assert stream.read(100) == LARGE[9 << 20:][:100]
        stream.seek(-6, os.SEEK_END)
        assert stream.read() == b"a rest" and stream.tell() == len(LARGE)


def test_only_what_a_source_still_gives_is_put(store):
    source = io.BytesIO(b"before " + SMALL)
    source.seek(7)
    assert store.put(source) == (hash_of(SMALL), len(SMALL))
    source = io.BytesIO(b"before " + LARGE)
    source.seek(7)
    assert store.put(source) == (hash_of(LARGE), len(LARGE))
    with store.open(hash_of(LARGE)) as stream:
        assert hash_of(stream.read()) == hash_of(LARGE)


def test_the_same_content_from_many_hands_is_one_file(store):
    threads = [threading.Thread(target=store.put, args=(io.BytesIO(SMALL),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(store) == [hash_of(SMALL)]


def test_a_source_that_breaks_off_leaves_nothing_to_be_found(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 12 << 20:
                raise ConnectionResetError("gone")
            return super().read(size)

    with pytest.raises((ConnectionResetError, Unavailable)):
        store.put(Broken(LARGE))
    assert names(store) == []
    store.put(io.BytesIO(LARGE))  # and it can be sent again
    assert names(store) == [hash_of(LARGE)]


def test_what_is_not_there_is_missing(store):
    assert not store.exists(NOWHERE)
    with pytest.raises(Missing):
        store.open(NOWHERE)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_only_a_hash_opens_anything(store, name):
    assert not store.exists(name)
    with pytest.raises(Missing):
        store.open(name)


def test_what_is_there_is_listed_with_size_and_time_and_can_be_taken_away(store):
    assert list(store.contents()) == []
    store.put(io.BytesIO(SMALL))
    store.put(io.BytesIO(b"another"))
    listed = {kept.sha256: kept for kept in store.contents()}
    assert set(listed) == {hash_of(SMALL), hash_of(b"another")}
    found = listed[hash_of(SMALL)]
    assert found.size == len(SMALL) and abs(found.modified - now()) < timedelta(minutes=5)
    for _ in range(2):
        store.remove(found.name)  # the second time it is gone already
    assert names(store) == [hash_of(b"another")]


def test_nothing_but_its_own_can_be_taken_away(store, tmp_path):
    (tmp_path / "precious").write_text("x")
    for name in ("../precious", "precious", "/etc/hostname", ""):
        store.remove(name)
    assert (tmp_path / "precious").exists()


def test_a_folder_lists_what_a_killed_upload_left_so_that_it_can_be_cleared(tmp_path):
    store = FolderStore(tmp_path / "evidence")
    store.put(io.BytesIO(SMALL))
    (tmp_path / "evidence" / ".coming-x1").write_bytes(b"half")
    left = [kept for kept in store.contents() if kept.sha256 is None]
    assert [kept.name for kept in left] == [".coming-x1"]
    store.remove(".coming-x1")
    assert names(store) == [hash_of(SMALL)]


def test_a_wrong_secret_is_refused(s3_settings):
    store = store_for(s3_settings["evidence_url"], s3_settings["evidence_key"], "wrong")
    for call in (
        lambda: store.put(io.BytesIO(SMALL)), lambda: store.open(NOWHERE), lambda: store.exists(NOWHERE),
        lambda: list(store.contents()), lambda: store.remove("ab/ab/" + NOWHERE),
    ):
        with pytest.raises(Unavailable) as refused:
            call()
        assert "wrong" not in str(refused.value)


def test_a_store_that_does_not_answer_is_unavailable_and_not_empty(monkeypatch):
    monkeypatch.setattr("evidence.s3.PATIENCE", {"max_retries": 0})
    store = store_for("s3://bucket/?endpoint=http://127.0.0.1:9", "key", "secret")
    for call in (lambda: store.exists(NOWHERE), lambda: list(store.contents()), lambda: store.put(io.BytesIO(b"x"))):
        with pytest.raises(Unavailable):
            call()


def ask(address: str):
    return urllib.request.urlopen(address, timeout=20)


def refused(address: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(address)
    error.value.close()
    return error.value.code


def test_a_signed_address_gives_a_download_with_its_name_to_anybody_for_a_while(s3_settings):
    store = store_for(*s3_settings.values())
    store.put(io.BytesIO(SMALL))
    name = "报告 (终稿)'; x=\"1\".pdf"
    address = store.sign(hash_of(SMALL), 60, name, now())
    with ask(address) as answer:
        assert answer.read() == SMALL
        assert answer.headers["Content-Type"] == "application/octet-stream"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename*=UTF-8''") and '"' not in disposition
        assert "%E6%8A%A5%E5%91%8A" in disposition
    # Later, for another file, with another name, without a signature: nothing.
    assert refused(store.sign(hash_of(SMALL), 60, name, now() - timedelta(minutes=5))) == 403
    assert refused(address.replace("attachment", "inline")) == 403
    assert refused(address.replace(hash_of(SMALL), NOWHERE)) == 403
    assert refused(address.split("?")[0]) in (400, 403)


def test_a_folder_signs_nothing(tmp_path):
    assert FolderStore(tmp_path).sign(NOWHERE, 60, "x.pdf", now()) is None


def test_a_signature_is_the_one_that_the_service_documents():
    """The example of the Signature Version 4 documentation, *Authenticating Requests: Using Query Parameters*."""
    address = sign_get(
        "https://examplebucket.s3.amazonaws.com/test.txt", key="AKIAIOSFODNN7EXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region="us-east-1", seconds=86400, answer={},
        at=datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert address.endswith("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


@pytest.mark.parametrize(("url", "base", "prefix", "region"), [
    ("s3://b", "https://b.s3.us-east-1.amazonaws.com", "", "us-east-1"),
    ("s3://b/?region=cn-north-1", "https://b.s3.cn-north-1.amazonaws.com", "", "cn-north-1"),
    ("s3://b/x/y/?endpoint=https://minio.internal:9000", "https://minio.internal:9000/b", "x/y", "us-east-1"),
    ("s3://b/x?endpoint=https://oss.example/&style=virtual&region=r", "https://b.oss.example", "x", "r"),
])
def test_an_address_says_bucket_prefix_endpoint_and_style(url, base, prefix, region):
    address = S3Address.parse(url)
    assert (address.base, address.prefix, address.region) == (base, prefix, region)


@pytest.mark.parametrize("url", [
    "s3://", "s3://user:secret@b", "s3://b?endpoint=ftp://x", "s3://b?endpoint=https://u:p@x", "s3://b?secret=x",
    "s3://b?style=other",
])
def test_an_address_that_says_something_else_is_refused(url):
    with pytest.raises(ValueError, match="EVIDENCE_URL"):
        S3Store(S3Address.parse(url), "key", "secret")


def test_neither_an_upload_nor_a_download_is_held_in_memory(store, tmp_path):
    """What Python holds while 64 MB go in and come out again."""
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        for n in range(64):
            file.write(bytes([n]) * (1 << 20))
    tracemalloc.start()
    try:
        with large.open("rb") as content:
            taken = Intake(store, 100 << 20).take(content, "大.pdf")
        with store.open(taken.sha256) as content:
            assert hashlib.file_digest(content, "sha256").hexdigest() == taken.sha256
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
    finally:
        tracemalloc.stop()
