"""A browser without a screen: a client that keeps cookies and fills the CSRF token in, as a page would."""

import re

from tests.ledger import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')


class Browser:
    """Signed in as `name` where one is given."""

    def __init__(self, app, name: str | None = None):
        self.client = app.test_client()
        self._token: str | None = None
        if name:
            answer = self.post("/sign-in", {"username": name, "password": PASSWORD})
            assert answer.status_code == 302, answer.text

    def get(self, path: str, **options):
        return _served(self.client.get(path, headers={"Accept-Language": "zh"}, **options))

    def post(self, path: str, data: dict | None = None, token: bool = True, **options):
        """Send a form with the token of this sign-in, as a page would."""
        form = dict(data or {})
        if token:
            form["csrf_token"] = self.token()
        if path.startswith("/sign-"):
            self._token = None  # another sign-in has another token
        return _served(self.client.post(path, data=form, headers={"Accept-Language": "zh"}, **options))

    def token(self) -> str:
        if self._token is None:
            page = self.get("/nowhere").text  # has the sign-out form like any page, and costs the least
            found = _TOKEN.search(page) or _TOKEN.search(self.get("/sign-in").text)
            self._token = found.group(1)
        return self._token

    def act(self, milestone_id: int, trigger: str, data: dict | None = None, version: int | None = None):
        """Take an action as its form would, having just looked at the milestone."""
        if version is None:
            # Where the action cannot be taken, its page only says why: any other form on the milestone will do.
            other = re.compile(rf'action="/milestones/{milestone_id}/(?!requests).*?{_VERSION.pattern}', re.DOTALL)
            found = _VERSION.search(self.get(f"/milestones/{milestone_id}/act/{trigger}").text) or other.search(
                self.get(f"/milestones/{milestone_id}").text
            )
            version = int(found.group(1)) if found else 0
        return self.post(f"/milestones/{milestone_id}/act/{trigger}", {"version": version, **(data or {})})


def _served(answer):
    """An answer that a real server sends too: the client of the tests lets headers pass that none would (PEP 3333)."""
    for name, value in answer.headers:
        assert value.isascii() and value.isprintable(), f"{answer.request.path}: {name}: {value}"
    return answer
