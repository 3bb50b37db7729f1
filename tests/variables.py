"""What the Makefile sets and tests hold to."""

import re

import pytest

from settings import ROOT

_MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

# Days between today and the day on which a demonstration plays.
DEMO_DAYS = int(re.search(r"^DEMO_DAYS := (\S+)$", _MAKEFILE, re.MULTILINE).group(1))

# For what is the same on either database and takes long: walks over all pages, authority over HTTP (in Python and SQL
# it is tested on both), stories in a browser.
ONE_DATABASE = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
