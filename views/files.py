"""Handing out what the store keeps: always to be saved, never shown, and never by an address that lasts."""

from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO

from flask import Response, redirect, send_file

from evidence import Missing
from views.context import evidence_store, settings

# Nothing that comes from a file may run, load or frame anything, even if a browser were to show it.
INERT = "default-src 'none'; frame-ancestors 'none'; sandbox"


def hand_out(sha256: str, name: str, media_type: str, size: int) -> Response:
    """The file as it came. Whoever may not read it has been sent away before.

    Where signed addresses are wanted, the store itself hands it out, for a short while.
    """
    store, seconds = evidence_store(), settings().signed_seconds
    # By the true time of day: the ledger's own clock may be shifted, the store's is not.
    signed = store.sign(sha256, seconds, name, datetime.now(UTC)) if seconds else None
    if signed is None:
        return _sent(store.open(sha256), sha256, name, media_type, size)
    if not store.exists(sha256):
        raise Missing(sha256)  # the store's own words for it would help nobody
    return redirect(signed)


def attached(data: bytes, media_type: str, name: str) -> Response:
    """Bytes to be saved under this name, in whatever script: a header by itself would bear Latin letters only."""
    return inert(send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name))


def inert(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = INERT
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _sent(stream: BinaryIO, sha256: str, name: str, media_type: str, size: int) -> Response:
    response = send_file(stream, mimetype=media_type, as_attachment=True, download_name=name, etag=sha256)
    if response.status_code == 200 and response.content_length is None:
        response.content_length = size  # a stream from afar does not say
    return inert(response)
