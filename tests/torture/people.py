"""People at their browsers, over real HTTP. Nothing is sent twice unless somebody presses twice."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from werkzeug.test import encode_multipart

from tests.ledger import PASSWORD
from tests.torture.steps import Blow

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LOST = 0  # as a status: no answer came


@dataclass(frozen=True)
class Answer:
    """`status` LOST where the connection broke. `steps` is how many it took."""

    status: int
    text: str = ""
    steps: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class Person:
    def __init__(self, port: int, name: str):
        self.port, self.name, self.cookies, self.token, self.signed_in = port, name, {}, "", False
        self.token = self._token("/sign-in")
        answer = self.post("/sign-in", {"username": name, "password": PASSWORD})
        if answer.status != 302:
            raise RuntimeError(f"{name} could not sign in: {answer}")
        self.token = self._token("/password")
        self.signed_in = True

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def post(self, path: str, form: dict, blow: Blow | None = None) -> Answer:
        boundary, body = encode_multipart({**form, "csrf_token": self.token})
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        if blow:
            headers["X-Blow"] = str(blow)
        return self._send("POST", path, body, headers)

    def tus(self, method: str, path: str, body: bytes = b"", blow: Blow | None = None, **headers: str) -> Answer:
        """A request of the scripts that send in pieces."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token} | ({"X-Blow": str(blow)} if blow else {})
        return self._send(method, path, body, given)

    def _send(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {"Cookie": cookies, "Connection": "close", **(headers or {})})
            answer = connection.getresponse()
            content = answer.read().decode()
        except (OSError, HTTPException):
            return Answer(LOST)
        finally:
            connection.close()
        # No later cookies: what it is told would pile up for a page that it never opens.
        for line in answer.headers.get_all("Set-Cookie") or () if not self.signed_in else ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, content, int(answer.headers.get("X-Steps", 0)), answer.headers)

    def _token(self, path: str) -> str:
        return _TOKEN.search(self.get(path).text)[1]


def wait_until_ready(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/readyz", headers={"Connection": "close"})
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.03)
    raise TimeoutError("the ledger does not come back")
