"""The tables of a Word document, read in a process of its own: what a stranger sends is not parsed in ours.

Run as a module it reads a document from standard input and writes its tables as JSON: a list of tables, each a
list of rows, each a list of cells' texts. `read_tables` is the side that asks.
"""

import io
import json
import subprocess
import sys
from pathlib import Path

from models import Words
from plans.unreadable import Unreadable

SECONDS, BYTES = 20, 1 << 30  # processor time, and memory of the child
MOST_CELLS = 20_000
UNREADABLE = Words("Word 文档无法读取，或内容过多。", "The Word document cannot be read, or holds too much.")
_ROOT = Path(__file__).resolve().parent.parent


def read_tables(content: bytes) -> list[list[list[str]]]:
    """Raises Unreadable where it is no Word document, or takes too long or too much to read."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "plans.word_tables"], input=content, capture_output=True, cwd=_ROOT,
            timeout=2 * SECONDS, check=True,
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable(UNREADABLE) from error


def _tables(content: bytes) -> list[list[list[str]]]:
    import docx

    found, cells = [], 0
    for table in docx.Document(io.BytesIO(content)).tables:
        rows = []
        for row in table.rows:
            cells += len(row.cells)
            if cells > MOST_CELLS:
                raise ValueError("too many cells")
            rows.append(["\n".join(paragraph.text for paragraph in cell.paragraphs).strip() for cell in row.cells])
        found.append(rows)
    return found


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    _limit()
    json.dump(_tables(sys.stdin.buffer.read()), sys.stdout)
