"""Evidence over HTTP: into the draft and out of it, handed out, and shown. One view hands out all bytes."""

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

import evidence as intake
from models import Evidence, Milestone, Round
from views.access import for_roles
from views.context import actor, database, evidence_intake, evidence_store, pictures, reading
from views.files import hand_out, inert
from views.ledger import READERS
from views.numbers import whole
from views.uploads import keep_uploads, piece_of
from views.visible import visible_or_404
from workflow import drafts
from workflow.openings import note_opening

bp = Blueprint("evidence", __name__, url_prefix="/milestones/<int:milestone_id>/evidence")


@bp.post("")
@for_roles(*READERS)
def add(milestone_id: int):
    """Files sent by themselves, beside the form, so that progress can be shown: 200 with what was wrong, in words.

    Sending one again, because nobody knows whether it went through, adds nothing.
    """
    kept, wrong = keep_uploads(visible_or_404(milestone_id))
    return jsonify(kept=kept, problems=wrong)


@bp.post("/<int:evidence_id>/remove")
@for_roles(*READERS)
def remove(milestone_id: int, evidence_id: int):
    drafts.drop_piece(visible_or_404(milestone_id), actor(), evidence_id)
    flash(_("已从本轮草稿中移除。"), "ok")
    return _back(milestone_id)


@bp.post("/<int:evidence_id>/strip")
@for_roles(*READERS)
def strip(milestone_id: int, evidence_id: int):
    """A photograph in the draft gives way to a copy without place and time."""
    milestone, piece = _piece_or_404(milestone_id, evidence_id)
    drafts.check_may_add(milestone, actor())
    taken = evidence_intake().stripped(piece.sha256, piece.name)
    drafts.replace_piece(milestone, actor(), evidence_id, piece_of(taken))
    flash(_("已换成不含拍摄时间和地点的副本。"), "ok")
    return _back(milestone_id)


@bp.get("/<int:evidence_id>")
@for_roles(*READERS)
def download(milestone_id: int, evidence_id: int):
    """The file as it came, to those who may read it; always to be saved, never shown.

    Where signed addresses are wanted, the store itself hands it out, for a short while.
    """
    _milestone, piece = _piece_or_404(milestone_id, evidence_id)
    _note(piece)
    return hand_out(piece.sha256, piece.name, piece.media_type, piece.size)


@bp.get("/<int:evidence_id>/preview")
@for_roles(*READERS)
def preview(milestone_id: int, evidence_id: int):
    """A picture of the file, drawn by the child process; `?page=` of a PDF. The file itself is not sent."""
    _milestone, piece = _piece_or_404(milestone_id, evidence_id)
    page = request.args.get("page", 1, whole)
    jpeg = pictures().get(piece.sha256, page, evidence_store()) if 1 <= page <= intake.MOST_PAGES else b""
    if not jpeg:
        abort(404)
    _note(piece)
    return inert(Response(jpeg, mimetype="image/jpeg"))


def _note(piece: Evidence) -> None:
    """Who opened it first is kept: nobody should sign off what nobody has looked at."""
    note_opening(reading(), database(), actor(), reading().get(Round, piece.round_id), piece)


def _piece_or_404(milestone_id: int, evidence_id: int) -> tuple[Milestone, Evidence]:
    """A file of this milestone that this person may read."""
    milestone = visible_or_404(milestone_id)
    piece = reading().get(Evidence, evidence_id)
    content = reading().get(Round, piece.round_id) if piece else None
    if content is None or content.milestone_id != milestone.id or piece.kind != Evidence.FILE:
        abort(404)
    if not drafts.sees_piece(actor(), milestone, content, piece):
        abort(404)
    return milestone, piece


def _back(milestone_id: int):
    return redirect(url_for("milestones.show", milestone_id=milestone_id, _anchor="evidence"))
