"""Real servers on loopback: one that takes mail, one that takes what a group robot is sent."""

import email
import email.policy
import http.server
import json
import threading

import pytest

from tests.servers.mail import serving_mail


class Mailbox:
    """Takes every mail; `answers` are given first, one a mail, in place of 250. `step` is called at each step of
    a conversation, before it is answered."""

    def __init__(self):
        self.mails, self.answers = [], []
        self.step = lambda: None

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        self.step()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        self.step()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.step()
        return "250 OK"

    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]


@pytest.fixture
def mailbox():
    """`mailbox.url` is where it listens."""
    box = Mailbox()
    with serving_mail(box) as box.url:
        yield box


class Robot:
    """Takes every call; `answers` are statuses given first, one a call, in place of 200. `step` is called before
    a call is answered."""

    def __init__(self):
        self.calls, self.answers = [], []
        self.step = lambda: None


@pytest.fixture
def robot():
    """`robot.url` is its address as apprise understands it."""
    taken = Robot()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = taken.answers.pop(0) if taken.answers else 200
            if status == 200:
                taken.calls.append(json.loads(body))
                taken.step()
            if status:
                self.send_response(status)
                self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    taken.url = f"json://127.0.0.1:{server.server_port}/"
    yield taken
    server.shutdown()
    server.server_close()
