"""Where the real browser of these tests is."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium was found. Install one (Debian, Ubuntu: apt-get install chromium fonts-noto-cjk), "
    "or say where it is: CHROMIUM=/path/to/chrome make test"
)


def find_chromium() -> str:
    """The path of a Chromium. Raises RuntimeError, saying how to get one, where there is none."""
    told = os.environ.get("CHROMIUM")
    found = shutil.which(told) if told else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise RuntimeError(ADVICE)
    return found
