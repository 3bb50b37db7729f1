"""Old Word and WPS files (.doc, .wps) through LibreOffice, where it is installed."""

import resource
import shutil
import tempfile
from pathlib import Path

from plans.readers.limits import MOST_BYTES, OFFICE_CPU_SECONDS, OFFICE_FILE, OFFICE_MEMORY, OFFICE_SECONDS
from plans.readers.refused import Refused
from plans.readers.worker import run

PROGRAMS = ("soffice", "libreoffice")
_LIMITS = {
    resource.RLIMIT_AS: OFFICE_MEMORY, resource.RLIMIT_CPU: OFFICE_CPU_SECONDS, resource.RLIMIT_FSIZE: OFFICE_FILE,
}


def to_docx(data: bytes) -> bytes:
    """Raises Refused. What comes out is looked at like any upload: it was made from hostile bytes.

    LibreOffice needs files and a profile of its own (two at a time on one profile refuse to start): they lie in
    one folder, which goes when this returns, however the program ended.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise Refused("doc-no-office")
    with tempfile.TemporaryDirectory(prefix="taizhang-", ignore_cleanup_errors=True) as folder:
        source, made = Path(folder, "document.doc"), Path(folder, "made", "document.docx")
        source.write_bytes(data)
        try:
            run([
                program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
                f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--convert-to", "docx:MS Word 2007 XML",
                "--outdir", str(made.parent), str(source),
            ], b"", OFFICE_SECONDS, folder, _LIMITS)
        except Refused as refused:
            raise (refused if refused.code == "too-slow" else Refused("doc-failed")) from refused
        if not made.is_file() or made.stat().st_size > MOST_BYTES:
            raise Refused("doc-failed")
        return made.read_bytes()
