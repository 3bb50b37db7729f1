"""A real browser on a real server, as `make run` starts it, on a database of the test's own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from plans.demonstration import PASSWORD
from settings import ROOT, Settings
from tests.chromium.finding import find_chromium
from tests.variables import DEMO_DAYS
from views.commands.serve import server

# How long something that is to appear may take on a machine that is busy with other things.
expect.set_options(timeout=20_000)

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="session")
def chromium() -> Browser:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


def launched(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path=find_chromium(),
        # As root, in a container, without a network of its own.
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
    )


class Site:
    """A running demonstration, and the people who open it. Nothing may go wrong in their browsers unseen."""

    def __init__(self, address: str, environment: dict, chromium: Browser, folder: Path):
        self.address, self.environment, self.chromium = address, environment, chromium
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.report = folder / "工作报告.pdf"
        self.report.write_bytes(PDF)

    def open(self, user: str | None = None, *, width=1440, height=900, locale="zh-CN", scripts=True) -> "Page":
        """A page of a new browser session, signed in as `user` where one is given."""
        context = self.chromium.new_context(
            base_url=self.address, viewport={"width": width, "height": height}, locale=locale,
            java_script_enabled=scripts,
        )
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda line: self._note(line.type, line.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if user:
            page.goto("/sign-in")
            page.fill("[name=username]", user)
            page.fill("[name=password]", PASSWORD)
            with page.expect_navigation():
                page.click("main form:has([name=password]) button")
            assert page.locator(".frame").count() == 1, page.locator("main").inner_text()
        return page

    def close(self) -> None:
        """Everybody goes: a page left open would go on asking a server that is not there any more."""
        for context in self.contexts:
            context.close()

    def nothing_to_add(self, path: str, *users: str) -> None:
        """Each of these supporting units states that it has nothing to add to the milestone at `path`."""
        for user in users:
            page = self.open(user)
            page.goto(path)
            with page.expect_navigation():
                page.locator("#support details").filter(has_text="本期无配合事项").locator("summary").click()
                page.locator("#support details[open] button").click()
            page.context.close()

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def command(self, *words: str) -> subprocess.CompletedProcess:
        """A command of the application, on the same database."""
        return subprocess.run(
            [sys.executable, "-m", "flask", *words], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            timeout=120,
        )


def environment_of(database_url: str, folder: Path, shift: int) -> dict[str, str]:
    """What a demonstration of the test's own is started with, its clock moved by `shift` days."""
    return {
        **os.environ, "DATABASE_URL": database_url, "EVIDENCE_URL": f"file://{folder}/evidence",
        "PREVIEW_FOLDER": f"{folder}/previews", "UPLOAD_FOLDER": f"{folder}/uploads",
        "DEMO": "1", "SECRET_KEY": "tests-only-" * 4, "SECURE_COOKIES": "0", "WORKERS": "1",
        "CLOCK_SHIFT_DAYS": str(shift),
    }


@contextmanager
def serving(database_url: str, folder: Path, chromium: Browser, days: int = 0, first: bool = False):
    """A demonstration as `make run` serves it, `days` later than that; stopped at the end.

    Where it is the `first` start, by the same command, which fills the database; else by what that command becomes.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Any day will do, so long as the first year is under way in it.
    environment = environment_of(database_url, folder, DEMO_DAYS + days) | {"PORT": str(port)}
    log = folder / "server.log"
    command = [sys.executable, "-m", "flask", "serve"] if first else server(Settings.read(environment))
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/healthz", process, log)
            site = Site(address, environment, chromium, folder)
            yield site
            site.close()
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def site(demonstration, tmp_path, chromium):
    """A demonstration of the test's own, on each database."""
    with serving(demonstration, tmp_path, chromium) as running:
        yield running
        assert running.complaints == []


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory, chromium, prepared):
    """One demonstration for tests that only look."""
    folder = tmp_path_factory.mktemp("site")
    with serving(prepared.copy_of_file("demonstration", folder / "ledger.db"), folder, chromium) as running:
        yield running


@pytest.fixture
def picture(tmp_path):
    """Take a screenshot, to be looked at: it is kept in the folder that PICTURES names. README's: tests/pictures.py."""
    kept = os.environ.get("PICTURES")

    def take(page: Page, name: str, **options) -> None:
        page.evaluate("() => { window.scrollTo({ top: 0, behavior: 'instant' }); return document.fonts.ready }")
        file = tmp_path / f"{name}.png"
        page.screenshot(path=file, **options)
        assert file.stat().st_size > 10_000
        if kept:
            Path(kept).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, Path(kept) / file.name)

    return take


def _wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(900):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not come up:\n{log.read_text()}")
