"""`flask evidence verify|migrate|orphans`, over both stores: what is wrong is named, and nothing is lost on the way."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import obstore
import pytest

from evidence import FolderStore, Unavailable, moving, store_for
from evidence.check import YOUNG
from evidence.store import place_of
from settings import ROOT, Settings
from tests.evidence.files import PDF, photo
from tests.ledger import RETURN
from views.app import create_app


@pytest.fixture(params=["folder", "s3"])
def evidence_settings(request) -> dict[str, str]:
    return request.getfixturevalue(f"{request.param}_settings")


@pytest.fixture
def store(evidence_settings):
    return store_for(*evidence_settings.values())


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["evidence", *words])


@pytest.fixture
def filled(ledger, browse):
    """Two milestones with files; one of them in two rounds. The hashes by name."""
    browse("lead").post(f"/milestones/{ledger.milestones['1', 2018]}/evidence", {
        "file": [(io.BytesIO(PDF), "报告.pdf"), (io.BytesIO(photo()), "现场.jpg")],
    })
    browse("support").post(f"/milestones/{ledger.milestones['2', 2018]}/evidence", {
        "file": [(io.BytesIO(PDF + b"\n"), "竣工.pdf")],
    })
    ledger.submit()
    ledger.fire("reviewer", "return", RETURN)
    return {piece.name: piece.sha256 for key in (("1", 2018), ("2", 2018))
            for piece in ledger.milestone(*key).rounds[0].evidence}


def spoil(store, sha256: str, content: bytes) -> None:
    """What somebody with a hand in the store could do: other bytes under the same name."""
    if isinstance(store, FolderStore):
        file = store.folder / place_of(sha256)
        file.chmod(0o600)
        file.write_bytes(content)
    else:
        obstore.put(store._bucket, place_of(sha256), content)


def test_all_is_right(run, filled):
    result = run("verify")
    assert result.exit_code == 0, result.output
    assert "核验 3 个文件：缺失 0 个，被改动 0 个。" in result.output


def test_a_missing_and_an_altered_file_are_named_by_task_year_round_and_name(run, filled, store):
    store.remove(place_of(filled["报告.pdf"]))
    spoil(store, filled["竣工.pdf"], PDF + b" ")
    result = run("verify")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    task = "任务 1「农村土地确权登记颁证」2018 年"
    for number in (1, 2):  # the return copied the round: both name the file
        assert f"缺失：{task}第 {number} 轮「报告.pdf」 sha256 {filled['报告.pdf']}" in lines
    assert f"已被改动：任务 2「农村公路建设」2018 年第 1 轮「竣工.pdf」 sha256 {filled['竣工.pdf']}" in lines
    assert "核验 3 个文件：缺失 1 个，被改动 1 个。" in lines and len(lines) == 4
    # Sending the file again mends it.
    store.put(io.BytesIO(PDF))
    store.put(io.BytesIO(PDF + b"\n"))
    assert run("verify").exit_code == 0


def test_an_altered_file_of_the_same_length_is_found_too(run, filled, store):
    spoil(store, filled["报告.pdf"], PDF[:-2] + b"X\n")
    assert run("verify").exit_code == 1


def test_what_could_not_be_asked_is_no_finding(database_url, ledger, tmp_path, monkeypatch):
    monkeypatch.setattr("evidence.s3.PATIENCE", {"max_retries": 0})
    ledger.fill()
    app = create_app(Settings(
        database_url=database_url, evidence_url="s3://b?endpoint=http://127.0.0.1:9", evidence_key="k",
        evidence_secret="s", secret_key="tests-only-" * 4,
    ))
    for command in (["evidence", "verify"], ["evidence", "orphans"], ["audit", "verify", "--files"]):
        result = app.test_cli_runner().invoke(args=command)
        assert result.exit_code == 2, (command, result.output)
    app.extensions["database"].dispose()


@pytest.fixture
def target_url(evidence_settings, s3_server, tmp_path) -> str:
    """The address of an empty store of the other kind."""
    if evidence_settings["evidence_url"].startswith("s3:"):
        return f"file://{tmp_path}/moved"
    bucket = f"moved-{os.urandom(6).hex()}"
    s3_server.make_bucket(bucket)
    return s3_server.url(bucket)


@pytest.fixture
def app(evidence_settings, s3_server, ledger, database_url, clock, tmp_path):
    """With the key at hand for whichever side is the S3 store."""
    made = create_app(Settings(
        database_url=database_url, evidence_url=evidence_settings["evidence_url"], evidence_key=s3_server.key,
        evidence_secret=s3_server.secret, preview_folder=f"{tmp_path}/previews", secret_key="tests-only-" * 4,
        secure_cookies=False,
    ), serving=True, clock=clock)
    yield made
    made.extensions["database"].dispose()


def test_everything_moves_and_every_hash_is_checked(run, filled, store, evidence_settings, s3_server, target_url):
    store.put(io.BytesIO(b"named by nothing, and moved all the same"))
    result = run("migrate", evidence_settings["evidence_url"], target_url)
    assert result.exit_code == 0, result.output
    assert "复制 4 个，目标已有 0 个" in result.output and "全部核对无误" in result.output
    target = store_for(target_url, s3_server.key, s3_server.secret)
    assert {k.sha256 for k in target.contents()} == {k.sha256 for k in store.contents()} >= set(filled.values())
    again = run("migrate", evidence_settings["evidence_url"], target_url)
    assert again.exit_code == 0 and "复制 0 个，目标已有 4 个" in again.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_s3_stores_have_a_key_each(s3_settings, s3_server, ledger, database_url, tmp_path):
    source, other = store_for(*s3_settings.values()), s3_server.other()
    kept, _size = source.put(io.BytesIO(b"moved from one account to another"))
    bucket = f"other-{os.urandom(6).hex()}"
    other.make_bucket(bucket)
    usual = Settings(database_url=database_url, secret_key="tests-only-" * 4, **s3_settings)
    for keys, ends in (
        ({}, 2), ({"evidence_target_key": other.key, "evidence_target_secret": "a wrong one"}, 2),
        ({"evidence_target_key": other.key, "evidence_target_secret": other.secret}, 0),
    ):
        app = create_app(replace(usual, **keys))
        moved = app.test_cli_runner().invoke(
            args=["evidence", "migrate", s3_settings["evidence_url"], other.url(bucket)]
        )
        app.extensions["database"].dispose()
        assert moved.exit_code == ends, moved.output
    assert store_for(other.url(bucket), other.key, other.secret).open(kept).read() == source.open(kept).read()
    with pytest.raises(Unavailable):
        list(store_for(other.url(bucket), s3_server.key, s3_server.secret).contents())


def test_what_is_wrong_at_the_source_is_named_and_the_rest_moves(
    run, filled, store, evidence_settings, s3_server, target_url
):
    store.remove(place_of(filled["报告.pdf"]))
    spoil(store, filled["现场.jpg"], b"other bytes")
    result = run("migrate", evidence_settings["evidence_url"], target_url)
    assert result.exit_code == 1
    assert f"缺失: {filled['报告.pdf']}" in result.output and f"已被改动: {filled['现场.jpg']}" in result.output
    assert "全部核对无误" not in result.output
    target = store_for(target_url, s3_server.key, s3_server.secret)
    assert [kept.sha256 for kept in target.contents()] == [filled["竣工.pdf"]]


def test_what_an_earlier_run_left_wrong_is_made_anew(run, filled, evidence_settings, s3_server, target_url):
    assert run("migrate", evidence_settings["evidence_url"], target_url).exit_code == 0
    spoil(store_for(target_url, s3_server.key, s3_server.secret), filled["报告.pdf"], b"half")
    result = run("migrate", evidence_settings["evidence_url"], target_url)
    assert result.exit_code == 0 and "复制 1 个，目标已有 2 个" in result.output


def test_stopped_anywhere_it_goes_on_where_it_was(store, s3_server, target_url):
    """The target fails at its nth call, for every n; what is there is always right."""
    hashes = {store.put(io.BytesIO(bytes([n]) * 100))[0] for n in range(4)}
    inner = store_for(target_url, s3_server.key, s3_server.secret)

    class Failing:
        def __init__(self, calls: int):
            self.calls = calls

        def __getattr__(self, name):
            self.calls -= 1
            if self.calls < 0:
                raise Unavailable("cut off")
            return getattr(inner, name)

    for n in range(1, 100):
        try:
            list(moving.move(store, Failing(n), ()))
        except Unavailable:
            for kept in inner.contents():
                assert inner.open(kept.sha256).read() == store.open(kept.sha256).read()
        else:
            break
    assert n > 4 and {kept.sha256 for kept in inner.contents()} == hashes


def test_killed_in_the_middle_it_goes_on_where_it_was(filled, store, evidence_settings, s3_server, target_url, run,
                                                     database_url):
    for n in range(30):
        store.put(io.BytesIO(os.urandom(1 << 18) + bytes([n])))
    environment = {
        **os.environ, "DATABASE_URL": database_url, "EVIDENCE_KEY": s3_server.key, "EVIDENCE_SECRET": s3_server.secret,
        "EVIDENCE_URL": evidence_settings["evidence_url"],
    }
    target = store_for(target_url, s3_server.key, s3_server.secret)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "evidence", "migrate", evidence_settings["evidence_url"], target_url],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not list(target.contents()):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    result = run("migrate", evidence_settings["evidence_url"], target_url)
    assert result.exit_code == 0, result.output
    assert {k.sha256 for k in target.contents() if k.sha256} == {k.sha256 for k in store.contents()}


def test_moving_needs_two_stores_that_can_be_reached(run, filled, evidence_settings, tmp_path):
    url = evidence_settings["evidence_url"]
    for target in (url, "ftp://x", "s3://b?endpoint=http://127.0.0.1:9"):
        assert run("migrate", url, target).exit_code == 2, target


def test_what_nothing_names_is_listed_and_cleared_once_it_is_old(run, filled, store, ledger, browse, monkeypatch):
    lost, _ = store.put(io.BytesIO(b"a piece that was taken out of a draft"))
    if isinstance(store, FolderStore):
        (store.folder / ".coming-dead").write_bytes(b"half")
    young = run("orphans", "--remove")
    assert "0 个文件不属于任何材料" in young.output and store.exists(lost)  # its row may be on its way
    left = 2 if isinstance(store, FolderStore) else 1

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + YOUNG + timedelta(hours=1)

    monkeypatch.setattr("views.commands.evidence.datetime", Later)
    listed = run("orphans")
    assert f"{left} 个文件不属于任何材料" in listed.output and lost in listed.output and store.exists(lost)
    assert run("orphans", "--remove").exit_code == 0
    assert not store.exists(lost) and all(store.exists(sha256) for sha256 in filled.values())
    assert "0 个文件不属于任何材料" in run("orphans").output
    assert run("verify").exit_code == 0
