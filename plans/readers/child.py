"""The child process: bytes come in by a pipe, the grid goes out by another, and it can write nothing else.

Limits are set before anything is parsed. Run as `python -m plans.readers.child KIND`; it must not import the
application (models, settings): it has no use for them, and they take half a second and 40 MiB.
"""

import json
import logging
import sys
import time

from plans.grid import Grid
from plans.readers.kinds import HTML, XLS, ZIP
from plans.readers.limits import MEMORY, START_SECONDS
from plans.readers.pace import Pace
from plans.readers.packing import pack
from plans.readers.refused import Refused


def main(kind: str) -> None:
    pace = Pace(MEMORY, START_SECONDS)
    logging.disable(logging.CRITICAL)  # nobody listens, and a PDF's parser says something about every sign
    head, body = _answer(kind, sys.stdin.buffer.read(), pace)
    head["seconds"] = time.process_time()
    sys.stdout.buffer.write(_encoded(head) + b"\n" + body)
    sys.stdout.buffer.flush()


def _encoded(data: dict) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")


def _answer(kind: str, data: bytes, pace: Pace) -> tuple[dict, bytes]:
    """What was found or why it was refused, and the grid."""
    try:
        kind, grid = _read(kind, data, pace)
        return {"kind": kind}, _encoded(pack(grid))
    except Refused as refused:
        return {"refused": refused.code, "fields": refused.fields}, b""
    except MemoryError:
        return {"refused": "too-much-memory", "fields": {}}, b""
    except RecursionError:
        return {"refused": "too-deep", "fields": {}}, b""
    except Exception as error:  # of whatever make: parsers raise all there is on broken files
        return {"refused": "damaged", "fields": {}, "detail": f"{type(error).__name__}: {error}"[:500]}, b""


def _read(kind: str, data: bytes, pace: Pace) -> tuple[str, Grid]:
    """The reader is imported only here: each needs its own library, and none those of the others."""
    if kind == ZIP:
        return _read_container(data, pace)
    if kind == HTML:
        from plans.readers.html import read_html
        return kind, read_html(data, pace)
    if kind == XLS:
        from plans.readers.xls import read_xls
        return kind, read_xls(data, pace)
    from plans.readers.pdf import read_pdf
    return kind, read_pdf(data, pace)


def _read_container(data: bytes, pace: Pace) -> tuple[str, Grid]:
    from plans.readers.container import Container
    container = Container(data)
    if container.kind == "docx":
        from plans.readers.docx import read_docx
        return container.kind, read_docx(container, pace)
    from plans.readers.xlsx import read_xlsx
    return container.kind, read_xlsx(container, pace)


if __name__ == "__main__":
    main(sys.argv[1])
