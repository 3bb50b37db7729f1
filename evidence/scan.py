"""The virus scanner: clamd, asked over its socket, where there is one."""

import re
import socket
import struct
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from evidence.refusal import Refusal

CHUNK = 1 << 16  # bytes sent at once
PATIENCE = 60  # seconds for each send or answer
_FOUND = re.compile(r"stream: (.+) FOUND")


class Scanner(Protocol):
    """`on` says whether anything is scanned at all."""

    on: bool

    def check(self, file: BinaryIO) -> None:
        """Raises Refusal where something is found, or where the scanner does not answer."""

    def version(self) -> str:
        """What the scanner calls itself; empty where it does not answer."""


class NoScanner:
    """No scanner is set: everything passes, and the pages say so."""

    on = False

    def check(self, file: BinaryIO) -> None:
        """Nothing is known of the file."""

    def version(self) -> str:
        return ""


class Clamd:
    """A clamd at a TCP address or a UNIX socket. What it cannot answer for is not taken."""

    on = True

    def __init__(self, family: socket.AddressFamily, address):
        self._family, self._address = family, address

    def check(self, file: BinaryIO) -> None:
        """The file from its beginning, left there again."""
        file.seek(0)
        try:
            answer = self._ask(b"zINSTREAM\0", file)
        except OSError:
            raise Refusal("not-scanned") from None
        finally:
            file.seek(0)
        if found := _FOUND.fullmatch(answer):
            raise Refusal("virus", found=found.group(1)[:80])
        if answer != "stream: OK":
            raise Refusal("not-scanned")  # too large for its own limit, say

    def version(self) -> str:
        try:
            return self._ask(b"zVERSION\0")
        except OSError:
            return ""

    def _ask(self, command: bytes, file: BinaryIO | None = None) -> str:
        with socket.socket(self._family, socket.SOCK_STREAM) as line:
            line.settimeout(PATIENCE)
            line.connect(self._address)
            line.sendall(command)
            while file is not None and (chunk := file.read(CHUNK)):
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            if file is not None:
                line.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < 4096:
                more = line.recv(4096)
                if not more:
                    break
                answer += more
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def scanner_for(url: str) -> Scanner:
    """The scanner at `url` (CLAMD_URL); without one, nothing is scanned. Raises ValueError for anything else."""
    if not url:
        return NoScanner()
    parts = urlsplit(url)
    if parts.scheme == "unix" and not parts.netloc and parts.path:
        return Clamd(socket.AF_UNIX, unquote(parts.path))
    if parts.scheme == "tcp" and parts.hostname and parts.port and parts.path in ("", "/"):
        return Clamd(socket.AF_INET6 if ":" in parts.hostname else socket.AF_INET, (parts.hostname, parts.port))
    raise ValueError(f"CLAMD_URL: tcp://host:port and unix:///socket are understood, not {url!r}")
