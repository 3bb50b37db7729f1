"""A real mail server of a test's own, on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller


@contextmanager
def serving_mail(handler) -> Iterator[str]:
    """Serve what `handler` (of aiosmtpd) makes of a conversation; the address, as `MAIL_URL` has it."""
    with socket.socket() as free:  # the controller calls on its own port, so it has to know it beforehand
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        server.stop()
