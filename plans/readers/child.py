"""The child process: bytes come in by a pipe, the grid goes out by another, and it can write nothing else.

Limits are set before anything is parsed. Run as `python -m plans.readers.child KIND`; it must not import the
application (models, settings): it has no use for them, and they take half a second and 40 MiB.
"""

import json
import logging
import resource
import signal
import sys

from plans.grid import Grid
from plans.readers.kinds import HTML, XLS, ZIP
from plans.readers.limits import CPU_SECONDS, MEMORY, SECONDS
from plans.readers.packing import pack
from plans.readers.refused import Refused


def main(kind: str) -> None:
    _limit()
    logging.disable(logging.CRITICAL)  # nobody listens, and a PDF's parser says something about every sign
    answer = json.dumps(_answer(kind, sys.stdin.buffer.read()), ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _limit() -> None:
    """Memory, time, and no file written: so none can be left behind, however the process ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(SECONDS + 1)  # ends it even where the server was ended first


def _answer(kind: str, data: bytes) -> dict:
    try:
        kind, grid = _read(kind, data)
        return {"kind": kind, **pack(grid)}
    except Refused as refused:
        return {"refused": refused.code, "fields": refused.fields}
    except MemoryError:
        return {"refused": "too-much-memory", "fields": {}}
    except RecursionError:
        return {"refused": "too-deep", "fields": {}}
    except Exception as error:  # of whatever make: parsers raise all there is on broken files
        return {"refused": "damaged", "fields": {}, "detail": f"{type(error).__name__}: {error}"[:500]}


def _read(kind: str, data: bytes) -> tuple[str, Grid]:
    """The reader is imported only here: each needs its own library, and none those of the others."""
    if kind == ZIP:
        return _read_container(data)
    if kind == HTML:
        from plans.readers.html import read_html
        return kind, read_html(data)
    if kind == XLS:
        from plans.readers.xls import read_xls
        return kind, read_xls(data)
    from plans.readers.pdf import read_pdf
    return kind, read_pdf(data)


def _read_container(data: bytes) -> tuple[str, Grid]:
    from plans.readers.container import Container
    container = Container(data)
    if container.kind == "docx":
        from plans.readers.docx import read_docx
        return container.kind, read_docx(container)
    from plans.readers.xlsx import read_xlsx
    return container.kind, read_xlsx(container)


if __name__ == "__main__":
    main(sys.argv[1])
