"""Evidence over HTTP: taking it out of the draft, handing it out. One view hands out all bytes."""

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

import evidence as intake
from models import Evidence, Round
from views.access import for_roles
from views.context import actor, evidence_store, reading
from views.ledger import READERS
from views.visible import visible_or_404
from workflow import drafts

bp = Blueprint("evidence", __name__, url_prefix="/milestones/<int:milestone_id>/evidence")

# What a browser may show in place; everything else is only ever saved.
SHOWN = ("image/png", "image/jpeg", "application/pdf")


@bp.post("/<int:evidence_id>/remove")
@for_roles(*READERS)
def remove(milestone_id: int, evidence_id: int):
    drafts.drop_piece(visible_or_404(milestone_id), actor(), evidence_id)
    flash(_("已从本轮草稿中移除。"), "ok")
    return redirect(url_for("milestones.show", milestone_id=milestone_id, _anchor="evidence"))


@bp.get("/<int:evidence_id>")
@for_roles(*READERS)
def download(milestone_id: int, evidence_id: int):
    """The file, to those who may read it. `?show` shows a picture or a PDF in place."""
    milestone = visible_or_404(milestone_id)
    piece = reading().get(Evidence, evidence_id)
    content = reading().get(Round, piece.round_id) if piece else None
    if content is None or content.milestone_id != milestone.id or piece.kind != Evidence.FILE:
        abort(404)
    if not drafts.sees_piece(actor(), milestone, content, piece):
        abort(404)
    try:
        stream = evidence_store().open(piece.sha256)
    except intake.Missing:
        abort(404)
    show = "show" in request.args and piece.media_type in SHOWN
    response = send_file(
        stream, mimetype=piece.media_type, as_attachment=not show, download_name=piece.name, etag=piece.sha256,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'self'" + (
        "" if show and piece.media_type == "application/pdf" else "; sandbox"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
