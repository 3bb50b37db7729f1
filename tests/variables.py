"""What the Makefile sets and tests hold to."""

import re

from settings import ROOT

_MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

# Days between today and the day on which a demonstration plays.
DEMO_DAYS = int(re.search(r"^DEMO_DAYS := (\S+)$", _MAKEFILE, re.MULTILINE).group(1))
