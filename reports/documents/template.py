"""A committee's own .docx: `{{…}}` are places for what the ledger says; all else in it stays as it is.

A place is a name and nothing more. It is no language: a template cannot ask for anything else, or run anything. What
was sent is parsed in a child process with limits and without our secrets (reports/documents/filling.py).
"""

import json
import resource
import sys
from dataclasses import replace

from models import Words
from plans.readers.refused import Refused
from plans.readers.worker import run
from reports.documents.blocks import Block, Part, Text, as_plain
from reports.documents.official import write_official
from reports.documents.paper import TAKEN, TITLE, Paper
from workflow.errors import Incomplete

MOST_MB = 5  # of a template
MOST_SAID = 5  # places that are broken, in the words of a refusal
SECONDS = 30  # of the processor, for the child
LIMITS = {resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_FSIZE: 0}
NOT_WORD = Words("请上传 Word 文档（.docx）。", "Send a Word document (.docx).")
NOT_READ = Words(
    "此文档无法读取。请在 Word 或 WPS 中打开，另存为新的 .docx 文件后再上传。",
    "This document cannot be read. Open it in Word or WPS, save it anew as .docx, and send that.",
)
UNKNOWN = Words("模板中有不认识的占位符：{names}", "The template has places that are not known: {names}")
BROKEN = Words(
    "模板中有写得不完整的占位符（应为成对的两层花括号，名称不超过 40 字）：{places}",
    "The template has places that are not whole (two braces on either side, a name of at most 40 signs): {places}",
)
NONE = Words("模板中没有占位符，如 {{总体情况}}。", "The template has no places such as {{总体情况}}.")


def check_template(content: bytes, known: set[str]) -> None:
    """Raises Incomplete where it cannot be read, has no places at all, or some that are broken or not known."""
    try:
        found = json.loads(_ask("places", content))
    except (Refused, ValueError) as error:
        raise Incomplete({"template": NOT_READ}) from error
    places, broken = found["places"], found["broken"]
    if broken:
        raise Incomplete({"template": BROKEN.format(places="；".join(broken[:MOST_SAID]))})
    unknown = sorted(set(places) - known)
    if unknown:
        raise Incomplete({"template": UNKNOWN.format(names="、".join(unknown))})
    if not places:
        raise Incomplete({"template": NONE})


def fill_template(content: bytes, paper: Paper) -> bytes:
    """The template with what the paper says in its places. Raises Refused where the child could not."""
    blocks = paper.sections | dict(paper.annexes)
    plain = {
        "words": paper.words, "blocks": {name: [as_plain(it) for it in found] for name, found in blocks.items()},
    }
    return _ask("fill", json.dumps(plain, ensure_ascii=True).encode() + b"\n" + content)


def places_of(paper: Paper) -> list[str]:
    """The names that a template may use: of whole parts first, then of words within a line."""
    return [*paper.sections, *(title for title, _ in paper.annexes), *paper.words]


def sample_of(paper: Paper) -> bytes:
    """Our own layout as a template to begin from: every part and every word that it has is a place."""
    def place(name: str) -> str:
        return f"{{{{{name}}}}}"

    def part(name: str) -> list[Block]:
        return [Text((Part(place(name)),))]

    return write_official(replace(
        paper, title=place(TITLE), sections={name: part(name) for name in paper.sections},
        annexes=[(name, part(name)) for name, _ in paper.annexes], words={name: place(name) for name in paper.words},
    ), [place(TAKEN)])


def _ask(what: str, data: bytes) -> bytes:
    return run([sys.executable, "-m", "reports.documents.filling", what], data, 2 * SECONDS, limits=LIMITS)
