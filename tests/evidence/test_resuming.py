"""A file that comes in pieces, over real HTTP: the line breaks in the middle, and nothing is sent twice or lost."""

import base64
import os
import socket
import threading
from datetime import timedelta

import pytest
from werkzeug.serving import make_server

from tests.browser import Browser
from tests.evidence.files import PDF, docx
from tests.evidence.test_over_http import another, pieces, send
from tests.ledger import RETURN
from tests.servers.clamd import EICAR

LARGE = PDF + b"%" + os.urandom(700_000)


@pytest.fixture(params=["folder", "s3"])
def evidence_settings(request) -> dict[str, str]:
    return request.getfixturevalue(f"{request.param}_settings")


@pytest.fixture
def one(ledger) -> int:
    return ledger.milestones["1", 2018]


class Sender:
    """What a tus client says. `path` is the upload's address once it has begun."""

    def __init__(self, browser: Browser, milestone_id: int):
        self.browser, self.begin_at = browser, f"/milestones/{milestone_id}/evidence/uploads"
        self.path, self.token = "", browser.token()

    def ask(self, method: str, path: str, body: bytes = b"", **headers):
        given = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token} | {
            name.replace("_", "-"): str(value) for name, value in headers.items()
        }
        return self.browser.client.open(path, method=method, data=body, headers=given)

    def begin(self, size: int, name: str = "大报告.pdf"):
        stated = f"filename {base64.b64encode(name.encode()).decode()}"
        answer = self.ask("POST", self.begin_at, Upload_Length=size, Upload_Metadata=stated)
        self.path = answer.headers.get("Location", "")
        return answer

    def piece(self, offset: int, body: bytes):
        return self.ask(
            "PATCH", self.path, body, Upload_Offset=offset, Content_Type="application/offset+octet-stream"
        )

    def stand(self):
        return self.ask("HEAD", self.path)


def left(tmp_path) -> list[str]:
    return [file.name for file in (tmp_path / "uploads").glob("*/*")]


def test_a_line_that_breaks_in_the_middle_of_a_piece_costs_no_more_than_what_was_under_way(
    ledger, app, browse, one, tmp_path
):
    sender = Sender(browse("lead"), one)
    assert sender.begin(len(LARGE)).status_code == 201
    assert sender.piece(0, LARGE[:100_000]).headers["Upload-Offset"] == "100000"

    # A real line, on which a piece of 400,000 bytes is announced, and cut off after 250,000.
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cookie = sender.browser.client.get_cookie("taizhang").value
    head = (
        f"PATCH {sender.path} HTTP/1.1\r\nHost: localhost\r\nCookie: taizhang={cookie}\r\nTus-Resumable: 1.0.0\r\n"
        f"X-CSRFToken: {sender.token}\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 100000\r\n"
        "Content-Length: 400000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.server_port)) as line:
        line.sendall(head.encode() + LARGE[100_000:350_000])
        line.shutdown(socket.SHUT_WR)
        line.settimeout(20)
        line.recv(100)  # it has noticed
    server.shutdown()

    assert pieces(ledger) == []
    offset = int(sender.stand().headers["Upload-Offset"])
    assert offset == 350_000
    assert sender.piece(100_000, LARGE[100_000:]).status_code == 409  # not where it ends
    assert sender.piece(offset, LARGE[offset:]).status_code == 204
    assert [(piece.name, piece.size) for piece in pieces(ledger)] == [("大报告.pdf", len(LARGE))]
    assert sender.browser.get(f"/milestones/{one}/evidence/{pieces(ledger)[0].id}").data == LARGE
    assert left(tmp_path) == [] and sender.stand().status_code == 404


def test_whole_but_cut_off_before_it_was_taken_in_it_is_taken_in_when_it_is_asked_after(
    ledger, app, browse, one, tmp_path, monkeypatch
):
    sender = Sender(browse("lead"), one)
    sender.begin(len(LARGE))
    with monkeypatch.context() as broken:
        def fail(*_):
            raise OSError("no room")

        broken.setattr(type(app.extensions["evidence"]), "put", fail)
        assert sender.piece(0, LARGE).status_code >= 500
    assert pieces(ledger) == [] and len(left(tmp_path)) == 2
    assert sender.stand().headers["Upload-Offset"] == str(len(LARGE))
    assert [piece.name for piece in pieces(ledger)] == ["大报告.pdf"] and left(tmp_path) == []


def test_an_upload_is_its_own_person_s_and_its_own_draft_s(ledger, browse, one):
    mine = Sender(browse("lead"), one)
    mine.begin(len(LARGE))
    for name in ("lead2", "support"):
        other = Sender(browse(name), one)
        other.path = mine.path
        assert other.stand().status_code == other.piece(0, LARGE).status_code == 404, name
        assert other.ask("DELETE", mine.path).status_code == 404
    for name, status in (("reviewer", 403), ("outsider", 404), ("auditor", 403)):
        assert Sender(browse(name), one).begin(10).status_code == status, name
    assert mine.ask("PATCH", mine.path, LARGE, X_CSRFToken="").status_code == 400
    elsewhere = mine.path.replace(f"/{one}/", f"/{ledger.milestones['1', 2019]}/")
    assert mine.ask("HEAD", elsewhere).status_code == 404
    ledger.submit()
    assert mine.stand().status_code == mine.piece(0, LARGE).status_code == 409
    ledger.fire("reviewer", "return", RETURN)
    assert mine.stand().status_code == 404  # another round's draft
    assert mine.ask("HEAD", mine.path.replace("uploads/", "uploads/..%2f")).status_code == 404


def test_what_is_too_large_empty_or_no_document_is_refused_and_nothing_stays(ledger, browse, one, tmp_path):
    sender = Sender(browse("lead"), one)
    assert "1 MB" in sender.begin(2**20 + 1).text
    assert sender.begin(0).status_code == sender.begin(-5).status_code == 422
    sender.begin(1000)
    assert sender.piece(0, b"x" * 1001).status_code == 409  # more than was announced
    assert sender.piece(int(sender.stand().headers["Upload-Offset"]), b"MZ" * 500).status_code == 422
    assert pieces(ledger) == [] and left(tmp_path) == []
    for _ in range(2):
        assert sender.begin(2**20).status_code == 201
    answer = sender.begin(1000)
    assert answer.status_code == 422 and "未传完的文件合计已超过 2 MB" in answer.text
    assert sender.ask("POST", sender.begin_at, Upload_Length=5).status_code == 400  # without a name
    assert sender.ask("HEAD", "/milestones/1/evidence/uploads/x", Tus_Resumable="0.2").status_code == 412


def test_what_nobody_goes_on_with_is_taken_away(ledger, browse, one, tmp_path, clock):
    sender = Sender(browse("lead"), one)
    sender.begin(1000)
    first = sender.path
    for file in (tmp_path / "uploads").glob("*/*"):
        os.utime(file, (clock().timestamp() - 3600,) * 2)
    sender.begin(1000)
    assert sender.ask("HEAD", first).status_code == 200
    for file in (tmp_path / "uploads").glob("*/*"):
        os.utime(file, (clock().timestamp() - timedelta(days=2).total_seconds(),) * 2)
    sender.begin(1000)
    assert sender.ask("HEAD", first).status_code == 404 and len(left(tmp_path)) == 2
    assert sender.ask("DELETE", sender.path).status_code == 204 and left(tmp_path) == []


def test_what_came_in_pieces_is_scanned_as_any_other(
    ledger, database_url, clock, tmp_path, folder_settings, one, clamd_url
):
    app = another(ledger, database_url, clock, tmp_path, clamd_url=clamd_url, **folder_settings)
    sender, content = Sender(Browser(app, "lead"), one), docx(attachment=EICAR)
    sender.begin(len(content), "附件.docx")
    sender.piece(0, content[:100])
    answer = sender.piece(100, content[100:])
    assert answer.status_code == 422 and "病毒扫描发现" in answer.text
    assert pieces(ledger) == [] and left(tmp_path) == []
    assert send(sender.browser, one, (PDF, "好.pdf")).json["kept"] == 1
    app.extensions["database"].dispose()
