"""A committee's own .docx: `{{…}}` are places for what the ledger says; all else in it stays as it is.

A place is a name and nothing more. It is no language: a template cannot ask for anything else, or run anything. What
was sent is parsed in a child process with limits and without our secrets (reports/documents/filling.py).
"""

import json
import resource
import sys

from models import Words
from plans.readers.refused import Refused
from plans.readers.worker import run
from reports.documents.blocks import as_plain
from reports.documents.paper import Paper
from workflow.errors import Incomplete

MOST_BYTES = 5 << 20  # of a template
SECONDS = 30  # of the processor, for the child
LIMITS = {resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_FSIZE: 0}
NOT_WORD = Words("请上传 Word 文档（.docx），不超过 5 MB。", "Send a Word document (.docx) of at most 5 MB.")
UNKNOWN = Words("模板中有不认识的占位符：{names}", "The template has places that are not known: {names}")
NONE = Words("模板中没有占位符，如 {{总体情况}}。", "The template has no places such as {{总体情况}}.")


def check_template(content: bytes, known: set[str]) -> None:
    """Raises Incomplete where it is no Word document, has no places at all, or some that nothing belongs to."""
    if len(content) > MOST_BYTES:
        raise Incomplete({"template": NOT_WORD})
    try:
        found = json.loads(_ask("places", content))
    except (Refused, ValueError) as error:
        raise Incomplete({"template": NOT_WORD}) from error
    unknown = sorted(set(found) - known)
    if unknown:
        raise Incomplete({"template": UNKNOWN.format(names="、".join(unknown))})
    if not found:
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


def _ask(what: str, data: bytes) -> bytes:
    return run([sys.executable, "-m", "reports.documents.filling", what], data, 2 * SECONDS, limits=LIMITS)
