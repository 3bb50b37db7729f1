"""`make pictures`: the pictures of the README, taken with a real browser of the year that `flask demo year` plays."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from models import Database, utc_now
from plans.demonstration.year import days_to_play_on
from settings import ROOT
from tests.chromium.conftest import environment_of, launched, serving
from tests.variables import DEMO_DAYS
from workflow.calendar import local_day

KEPT = ROOT / "docs" / "pictures"
COLOURS = 256  # of the palette: pages have few
DESK, HIGH, PHONE, WALL = (1440, 900), (1440, 1250), (390, 844), (1920, 1080)
# Name, who looks, at what, on how large a screen, and what is clicked first ("": nothing).
PICTURES = (
    ("workbench", "qunongyeju", "/", DESK, ""),
    ("ledger", "guanweihui", "/ledger", HIGH, ""),
    ("monitor", "guanweihui", "/monitor", DESK, ""),
    ("review", "guanweihui", "/review", DESK, ""),
    # One with two rounds, a sending back and somebody who acted for another.
    ("milestone", "guanweihui", "/ledger?view=list&year=2018&words=有偿退出", HIGH, "main td a[href^='/milestones/']"),
    ("screen", "guanweihui", "/monitor/screen", WALL, ""),
    ("phone", "qunongyeju", "/", PHONE, ""),
)


def main() -> None:
    """Play the year in a folder of its own, or take the one that was played in the folder that is named."""
    given = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as made:
        folder = given or Path(made)
        url = f"sqlite:///{folder}/ledger.db"
        if given is None:
            environment = environment_of(url, folder, 0)
            subprocess.run([sys.executable, "-m", "flask", "demo", "year"], cwd=ROOT, env=environment, check=True)
        with Database(url).reading() as session:
            shift = days_to_play_on(session, local_day(utc_now()))
        with sync_playwright() as playwright:
            browser = launched(playwright)
            with serving(url, folder, browser, shift - DEMO_DAYS) as site:
                for name, user, path, (width, height), first in PICTURES:
                    page = site.open(user, width=width, height=height)
                    page.goto(path)
                    if first:
                        with page.expect_navigation():
                            page.locator(first).first.click()
                    _take(page, KEPT / f"{name}.png")
                    page.context.close()
            browser.close()


def _take(page: Page, file: Path) -> None:
    """The screen as it is, in a palette: a quarter of the size, and nothing of a page is lost in it."""
    page.wait_for_load_state("networkidle")  # pictures of evidence are drawn when they are first asked for
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file)
    taken = Image.open(file).convert("RGB")
    # By the colours that occur, not by how often: the lights are small.
    taken.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, 3, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
