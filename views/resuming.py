"""Files that are sent in pieces, so that a broken line costs one piece: the tus protocol, 1.0.0.

Its core, creation and termination (https://tus.io/protocols/resumable-upload). A file that has come whole is taken in
as one that came with the form is; until then it is nothing that the ledger knows of. An upload belongs to the person
who began it, to the unit that they acted for and to the round that was the draft: anybody else finds nothing.
"""

import base64
import binascii
from contextlib import contextmanager
from typing import BinaryIO

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    Conflict,
    Locked,
    PreconditionFailed,
    UnsupportedMediaType,
)

from evidence import Refusal
from evidence.coming import Busy, OutOfStep, Upload, go_on, offset_of
from models import Milestone
from views.access import for_roles
from views.context import actor, database, own, uploads
from views.ledger import READERS
from views.numbers import whole
from views.uploads import add_file
from views.visible import visible_or_404
from workflow import drafts
from workflow.errors import WorkflowError

bp = Blueprint("resuming", __name__, url_prefix="/milestones/<int:milestone_id>/evidence/uploads")

VERSION = "1.0.0"
SPOKEN = {"Tus-Resumable": VERSION}
PIECE = "application/offset+octet-stream"
# What failed for a reason that passes: the file stays where it is, to be tried again.
PASSING = ("not-scanned", "no-store")


@bp.post("")
@for_roles(*READERS)
def begin(milestone_id: int):
    """201 with the upload's address. Its name and its length come as the protocol has them."""
    milestone = _milestone(milestone_id)
    size = request.headers.get("Upload-Length", -1, whole)
    upload = uploads().begin(own().account_id, _owner(milestone), _name(), size, database().clock())
    response = Response(status=201, headers=SPOKEN)
    response.headers["Location"] = url_for(".stand", milestone_id=milestone_id, token=upload.token)
    return response


@bp.route("/<token>", methods=["HEAD"])
@for_roles(*READERS)
def stand(milestone_id: int, token: str):
    """How much has come. One that has come whole, and was cut off before it was taken in, is taken in now."""
    milestone = _milestone(milestone_id)
    with _held(milestone, token) as (upload, part):
        return _state(milestone, upload, part, Response(status=200, headers=SPOKEN))


@bp.route("/<token>", methods=["PATCH"])
@for_roles(*READERS)
def go_on_with(milestone_id: int, token: str):
    """The next piece. With the last one the file is judged, and becomes evidence, or is refused in words."""
    milestone = _milestone(milestone_id)
    if request.mimetype != PIECE:
        raise UnsupportedMediaType()
    with _held(milestone, token) as (upload, part):
        try:
            go_on(part, upload, request.headers.get("Upload-Offset", -1, whole), request.stream)
        except OutOfStep:
            raise Conflict() from None
        except (ClientDisconnected, OSError):
            abort(400)  # nobody hears it: what came is kept
        return _state(milestone, upload, part, Response(status=204, headers=SPOKEN))


@bp.route("/<token>", methods=["DELETE"])
@for_roles(*READERS)
def drop(milestone_id: int, token: str):
    milestone = _milestone(milestone_id)
    with _held(milestone, token) as (upload, _part):
        uploads().drop(own().account_id, upload)
    return Response(status=204, headers=SPOKEN)


def _milestone(milestone_id: int) -> Milestone:
    """The milestone, where this person may add to its draft now."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise PreconditionFailed()
    milestone = visible_or_404(milestone_id)
    drafts.check_may_add(milestone, actor())
    return milestone


def _owner(milestone: Milestone) -> str:
    return f"{actor().account_id}/{actor().unit_id}/{milestone.round.id}"


def _name() -> str:
    """The file's name as the client states it; what it is called in the ledger is settled when it is taken in."""
    stated = dict(pair.strip().partition(" ")[::2] for pair in request.headers.get("Upload-Metadata", "").split(","))
    try:
        return base64.b64decode(stated["filename"], validate=True).decode()[:255]
    except (KeyError, binascii.Error, UnicodeDecodeError):
        raise BadRequest() from None


@contextmanager
def _held(milestone: Milestone, token: str):
    upload = uploads().find(own().account_id, _owner(milestone), token)
    if upload is None:
        abort(404)
    try:
        with uploads().held(own().account_id, upload) as part:
            yield upload, part
    except Busy:
        raise Locked() from None
    except FileNotFoundError:
        abort(404)


def _state(milestone: Milestone, upload: Upload, part: BinaryIO, response: Response) -> Response:
    there = offset_of(part)
    if there == upload.size:
        _take_in(milestone, upload, part)
    response.headers["Upload-Offset"] = str(there)
    response.headers["Upload-Length"] = str(upload.size)
    return response


def _take_in(milestone: Milestone, upload: Upload, part: BinaryIO) -> None:
    """The file is whole. Whatever becomes of it, short of a store or scanner that is out of reach, it is over here."""
    try:
        add_file(milestone, part, upload.name)
    except Refusal as refusal:
        if refusal.code not in PASSING:
            uploads().drop(own().account_id, upload)
        raise
    except WorkflowError:
        uploads().drop(own().account_id, upload)
        raise
    uploads().drop(own().account_id, upload)
