"""What a child process tells of a file, what it cannot be made to do, and what a photograph says no longer."""

import io
import struct
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from evidence import Intake, Look, Pictures, Refusal, looking
from evidence.looking import look_at, page_of, real_file, strip_off
from tests.evidence.files import PDF, docx, pdf, photo, plain_picture


def looked(content: bytes):
    with real_file(io.BytesIO(content)) as file:
        return look_at(file)


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=("JPEG",))


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_photograph_says_when_and_where_it_was_taken(format):
    look = looked(photo(format=format)).look
    assert look.taken_at == datetime(2018, 12, 1, 9, 30, 15)
    assert (look.latitude, look.longitude) == (21.27, 110.36)
    assert look.tells and look.picture


def test_what_is_shown_stands_upright_and_says_nothing_of_itself():
    shown = opened(looked(photo((300, 100), turned=6)).jpeg)
    assert shown.size == (100, 300)
    assert not dict(shown.getexif()) and "comment" not in shown.info


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_pictures_of_every_kind_are_drawn(mode):
    assert opened(looked(plain_picture(mode=mode)).jpeg).size == (40, 30)


def test_a_large_photograph_is_shown_smaller():
    assert max(opened(looked(photo((4000, 3000))).jpeg).size) == 1600


def test_pages_of_a_pdf_are_drawn_one_by_one():
    content = pdf("red", "lime", "blue")
    found = looked(content)
    assert (found.look.pages, found.look.picture, found.look.tells) == (3, True, False)
    with real_file(io.BytesIO(content)) as file:
        for page, colour in ((1, (254, 0, 0)), (2, (0, 255, 0)), (3, (0, 0, 254))):
            got = opened(page_of(file, page)).convert("RGB").getpixel((50, 50))
            assert all(abs(a - b) < 8 for a, b in zip(got, colour, strict=True)), (page, got)
        for page in (0, -5, 4, 10**9):
            assert page_of(file, page) == b""


@pytest.mark.parametrize("content", [
    PDF, photo()[:300], b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00",
    docx(document=b"<w/>"), pdf("red")[:-200],
], ids=["no-page", "cut-photo", "cut-png", "document", "cut-pdf"])
def test_what_cannot_be_drawn_is_taken_all_the_same(content):
    found = looked(content)
    assert found.extension in ("pdf", "jpg", "png", "docx")
    assert found.look.picture == bool(found.jpeg)


def bomb(side: int) -> bytes:
    """A PNG of `side` × `side` pixels, all white, in few bytes."""
    rows = zlib.compressobj(9)
    row = b"\x00" + b"\xff" * (side // 8)
    data = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    head = struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", data) + part(b"IEND", b"")


def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked():
    found = looked(bomb(60_000))
    assert found.extension == "png" and not found.look.picture


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize("turned", [1, 6])
def test_a_stripped_copy_looks_the_same_and_tells_nothing(format, turned):
    content = photo((200, 120), turned=turned, format=format)
    with real_file(io.BytesIO(content)) as file:
        made = strip_off(file)
    assert not looked(made).look.tells
    for trace in (b"2018:12:01", b"hidden", b"GPS"):
        assert trace not in made
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(made))
    assert (after.format, after.size, after.getexif().get(0x0112, 1)) == (format, before.size, turned)
    assert not after.getexif().get_ifd(0x8825) and "comment" not in after.info
    pairs = zip(before.convert("RGB").tobytes(), after.convert("RGB").tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= 3


def test_what_is_no_picture_cannot_be_stripped():
    with real_file(io.BytesIO(PDF)) as file, pytest.raises(Refusal):
        strip_off(file)


@pytest.mark.parametrize("program", [
    "while True: pass", "x = b'x' * (1 << 33)", "import os; os.abort()", "raise SystemExit(0)",
    "print('[]')", "print('{')", "print('{\"kind\": 3}')", "print('{\"refused\": [1]}')", "print('{}' * 9999999)",
        "print('{\"refused\": \"too-large\"}')",
])
def test_a_child_that_is_broken_or_taken_over_costs_its_file_and_nothing_else(program, monkeypatch, tmp_path):
    (tmp_path / "__main__.py").write_text(program)
    monkeypatch.setattr(looking, "CHILD", tmp_path)
    monkeypatch.setattr(looking, "PATIENCE", 1)
    with pytest.raises(Refusal) as refused:
        looked(PDF)
    assert refused.value.code == "damaged"


def test_the_child_is_limited_in_memory_time_and_what_it_writes():
    source = Path("evidence/child/__main__.py").read_text()
    for limit in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NOFILE"):
        assert limit in source


said = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["picture", "pages", "taken_at", "latitude", "longitude"]), inner, max_size=5),
)


@given(said)
@settings(max_examples=300)
def test_whatever_the_child_says_makes_a_look_or_nothing(given_):
    look = Look.from_json(given_)
    assert (look.latitude is None) == (look.longitude is None)
    assert Look.from_json(look.to_json()) == look
    assert look.latitude is None or -90 <= look.latitude <= 90


@pytest.fixture
def intake(tmp_path, folder_settings):
    from evidence import store_for

    return Intake(store_for(*folder_settings.values()), 2**20, pictures=Pictures(tmp_path / "previews"))


def test_pictures_are_drawn_once_and_again_where_they_are_lost(intake, tmp_path):
    taken = intake.take(io.BytesIO(pdf("red", "blue")), "报告.pdf")
    pictures = intake.pictures
    assert pictures.known(taken.sha256).pages == 2
    first = pictures.get(taken.sha256, 1, intake.store)
    second = pictures.get(taken.sha256, 2, intake.store)
    assert opened(first).size == opened(second).size and first != second
    assert pictures.get(taken.sha256, 3, intake.store) == b""
    lost = Pictures(tmp_path / "other")
    assert lost.known(taken.sha256) is None
    assert lost.get(taken.sha256, 2, intake.store) == second
    assert lost.known(taken.sha256).pages == 2


def test_a_folder_for_pictures_that_cannot_be_written_costs_the_pictures_alone(tmp_path, folder_settings):
    from evidence import store_for

    (tmp_path / "file").write_text("x")
    intake = Intake(store_for(*folder_settings.values()), 2**20, pictures=Pictures(tmp_path / "file" / "below"))
    taken = intake.take(io.BytesIO(photo()), "照片.jpg")
    assert intake.store.exists(taken.sha256)
    assert opened(intake.pictures.get(taken.sha256, 1, intake.store)).size == (120, 80)
