"""Errors that nobody meets every day: each is a page in the reader's language that says what to do next."""

import io

import pytest

from reports import workbench
from tests.browser import Browser
from tests.ledger import PASSWORD

BIG = 4 * 2**20  # bytes; a round of the tests takes 2 MB


class Reader(Browser):
    """A browser in one language."""

    def __init__(self, app, language: str, name: str | None = None):
        self.language = language
        super().__init__(app, name)

    def get(self, path: str, **options):
        return self.client.get(path, headers={"Accept-Language": self.language}, **options)

    def post(self, path: str, data: dict | None = None, token: bool = True, **options):
        form = dict(data or {}) | ({"csrf_token": self.token()} if token else {})
        return self.client.post(path, data=form, headers={"Accept-Language": self.language}, **options)


def too_large(app, ledger, language, _monkeypatch):
    one = ledger.milestones["1", 2018]
    return Reader(app, language, "lead").post(f"/milestones/{one}/draft", {"file": (io.BytesIO(b"x" * BIG), "a.pdf")})


def too_often(app, _ledger, language, _monkeypatch):
    reader = Reader(app, language)
    for _ in range(5):
        assert reader.post("/sign-in", {"username": "lead", "password": "wrong"}).status_code == 401
    return reader.post("/sign-in", {"username": "lead", "password": PASSWORD})


def broken(app, _ledger, language, monkeypatch):
    reader = Reader(app, language, "lead")

    def breaks(*_):
        raise RuntimeError("secret internals")

    monkeypatch.setattr(workbench, "how_many_wait", breaks)
    return reader.get("/")


EXPECTED = {
    (too_large, "zh"): (413, "文件过大", "单个文件不超过 1 MB，一次合计不超过 2 MB。", "返回工作台"),
    (too_large, "en"): (413, "The file is too large", "Send fewer or smaller files.", "Back to the workbench"),
    (too_often, "zh"): (429, "尝试过于频繁", "登录失败次数过多，请 15 分钟后再试。", "去登录"),
    (too_often, "en"): (429, "Too many attempts", "try again in 15 minutes", "Sign in"),
    (broken, "zh"): (500, "系统出错", "请把请求编号告知系统管理员", "返回工作台"),
    (broken, "en"): (500, "System error", "Tell the system administrator the request number", "Back to the workbench"),
}


@pytest.mark.parametrize(("happens", "language"), EXPECTED, ids=lambda it: getattr(it, "__name__", it))
def test_an_error_is_a_page_that_says_what_to_do_next(app, ledger, monkeypatch, happens, language):
    status, title, words, onward = EXPECTED[happens, language]
    answer = happens(app, ledger, language, monkeypatch)
    page = answer.text
    assert answer.status_code == status and f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
    assert title in page and words in page and onward in page
    assert answer.headers["X-Request-Id"] in page
    assert "secret internals" not in page and "Traceback" not in page
    if status == 429:
        assert int(answer.headers["Retry-After"]) == 15 * 60
