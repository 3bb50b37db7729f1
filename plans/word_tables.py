"""The tables of a Word document, read in a process of its own: what a stranger sends is not parsed in ours.

Run as a module it reads a document from standard input and writes its tables as JSON: a list of tables, each a
list of rows, each a list of cells' texts. `read_tables` is the side that asks.
"""

import io
import json
import resource
import sys

from models import Words
from plans.readers.refused import Refused
from plans.readers.worker import run
from plans.unreadable import Unreadable

SECONDS = 20  # of the processor
LIMITS = {resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_FSIZE: 0}
MOST_CELLS = 20_000
UNREADABLE = Words("Word 文档无法读取，或内容过多。", "The Word document cannot be read, or holds too much.")


def read_tables(content: bytes) -> list[list[list[str]]]:
    """Raises Unreadable where it is no Word document, or takes too long or too much to read."""
    try:
        return json.loads(run([sys.executable, "-m", "plans.word_tables"], content, 2 * SECONDS, limits=LIMITS))
    except (Refused, ValueError) as error:
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


if __name__ == "__main__":
    json.dump(_tables(sys.stdin.buffer.read()), sys.stdout)
