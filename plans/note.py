"""The words above the table: its title, what its note counts, when implementation plans are due."""

import re
from datetime import date

from models import Words
from plans.findings import Findings
from plans.grid import Paragraph

_NOTE = re.compile(r"^(?:注|备注|说明)\s*[:：]")
_ATTACHMENT = re.compile(r"^附(?:件|表)\s*[\d一二三四五六七八九十]*\s*[:：]?$")
_TOTAL = re.compile(r"共\s*(\d{1,6})\s*项")
# Gaps are bounded: a note is a few lines, and a search must not take long over anything else.
_STARRED = re.compile(r"[*＊★※][^，,。；;]{0,80}?[（(](\d{1,6})\s*项[)）]")
_OTHER = re.compile(r"其[他它余][^，,。；;]{0,80}?[（(](\d{1,6})\s*项[)）]")
_PLAN_DUE = re.compile(r"(\d{1,2})月(\d{1,2})日[^。；;]{0,80}?实施方案")


def read_title(preamble: list[Paragraph]) -> str:
    """The first paragraph that is neither the word *attachment* nor a note; "" where there is none."""
    for paragraph in preamble:
        if not _ATTACHMENT.match(paragraph.text) and not _NOTE.match(paragraph.text):
            return paragraph.text
    return ""


def read_plan_due(preamble: list[Paragraph], years: list[int], findings: Findings) -> date | None:
    """The day by which every unit's implementation plan is due: in the first year of the plan."""
    for paragraph in preamble:
        found = _PLAN_DUE.search(paragraph.text)
        if found:
            try:
                return date(min(years), int(found[1]), int(found[2]))
            except ValueError:
                findings.add("date-impossible", paragraph.lines, text=f"{found[1]}月{found[2]}日")
    return None


def check_counts(preamble: list[Paragraph], starred: int, total: int, findings: Findings) -> None:
    """What the note counts against what the table has."""
    for pattern, counted, what in (
        (_TOTAL, total, Words("总数", "in all")),
        (_STARRED, starred, Words("带标记", "marked")),
        (_OTHER, total - starred, Words("不带标记", "unmarked")),
    ):
        for paragraph in preamble:
            found = pattern.search(paragraph.text)
            if found and int(found[1]) != counted:
                findings.add("count-differs", paragraph.lines, stated=found[1], counted=counted, what=what)
