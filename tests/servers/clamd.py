"""A real virus scanner of the test run's own: Debian's clamd (apt-get install clamav-daemon), with one signature.

The signature is the one of the EICAR test file; nothing is fetched, and the machine's own clamd is left alone.
"""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import die_with_the_tests

# The harmless file that every scanner knows, put together here so that no scanner takes this one for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ADVICE = "No clamd was found: apt-get install clamav-daemon"
SETTINGS = """
Foreground yes
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/clamd.sock
TemporaryDirectory {folder}
StreamMaxLength 4M
MaxThreads 2
"""


def find_clamd() -> str:
    """The path of clamd. Raises RuntimeError, saying how to get one, where there is none."""
    found = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if not found:
        raise RuntimeError(ADVICE)
    return found


@contextmanager
def scanning() -> Iterator[str]:
    """A running clamd; its address as in CLAMD_URL."""
    folder = Path(tempfile.mkdtemp(prefix="tz-av-", dir="/tmp"))  # short: the socket's path has to be
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(SETTINGS.format(folder=folder))
    with (folder / "clamd.log").open("wb") as log:
        server = subprocess.Popen(
            [find_clamd(), "--config-file", str(folder / "clamd.conf")], stdout=log, stderr=subprocess.STDOUT,
            preexec_fn=die_with_the_tests,
        )
    try:
        _wait_for(folder, server)
        yield f"unix://{folder}/clamd.sock"
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(folder: Path, server: subprocess.Popen) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(folder / "clamd.sock"))
                return
            except OSError:
                time.sleep(0.1)
    raise RuntimeError(f"clamd did not come up:\n{(folder / 'clamd.log').read_text(errors='replace')[-2000:]}")
