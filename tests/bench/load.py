"""Clients that keep their connection and their cookies, as browsers do; and how many answers a second they get."""

import re
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, RemoteDisconnected
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Client:
    """One signed-in browser without a screen.

    It keeps the cookies of its sign-in and no later ones: what it does would otherwise pile up notices for a page
    that it never opens, and make every request a little longer than the last.
    """

    def __init__(self, port: int, username: str | None = None, password: str = ""):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.signed_in = False
        if username:
            self._sign_in(username, password)

    def get(self, path: str) -> tuple[int, bytes]:
        return self._send("GET", path)

    def post(self, path: str, form: dict | list) -> tuple[int, bytes]:
        """Send a form, as a dictionary or, where names repeat, as pairs."""
        pairs = form if isinstance(form, list) else list(form.items())
        return self._send("POST", path, urlencode([*pairs, ("csrf_token", self.token)]))

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (ConnectionError, RemoteDisconnected):  # the server had closed it for idleness, as servers do
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        content = answer.read()
        if not self.signed_in:
            for line in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
        return answer.status, content

    def _sign_in(self, username: str, password: str) -> None:
        self._take_token("/sign-in")
        status, _ = self.post("/sign-in", {"username": username, "password": password})
        if status != 302:
            raise RuntimeError(f"{username} could not sign in: {status}")
        self._take_token("/password")
        self.signed_in = True

    def _take_token(self, path: str) -> None:
        _, page = self.get(path)
        self.token = _TOKEN.search(page.decode())[1]


def rate(works: list[Callable[[], None]], seconds: float) -> float:
    """Calls a second, all of `works` repeated at once for `seconds`, after a warm-up of a fifth of that."""
    counts = [0] * len(works)
    counting, stopping = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def repeat(place: int) -> None:
        try:
            while not stopping.is_set():
                works[place]()
                if counting.is_set():
                    counts[place] += 1
        except BaseException as error:
            failures.append(error)
            stopping.set()

    threads = [threading.Thread(target=repeat, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    stopping.wait(seconds / 5)
    counting.set()
    begun = time.monotonic()
    stopping.wait(seconds)
    took = time.monotonic() - begun
    total = sum(counts)
    stopping.set()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return total / took
