"""Evidence over HTTP: taking it in, taking it out of the draft, handing it out. One view hands out all bytes."""

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

import evidence as intake
from models import Evidence, Round
from views.access import for_roles
from views.context import actor, evidence_store, reading, say, settings
from views.ledger import READERS
from views.milestones import milestone_page, visible_or_404
from workflow import drafts
from workflow.errors import Incomplete

bp = Blueprint("evidence", __name__, url_prefix="/milestones/<int:milestone_id>/evidence")

# What a browser may show in place; everything else is only ever saved.
SHOWN = ("image/png", "image/jpeg", "application/pdf")


@bp.post("")
@for_roles(*READERS)
def add(milestone_id: int):
    """Files and a link, as many as were sent; those that will not do are named, the others are kept."""
    milestone = visible_or_404(milestone_id)
    drafts.check_may_add(milestone, actor())  # before a single byte is kept
    problems, kept = [], 0
    for file in request.files.getlist("file"):
        if not file.filename:
            continue
        try:
            taken = intake.take(file.stream, file.filename, evidence_store(), settings().max_file_mb * 2**20)
            piece = drafts.Piece(Evidence.FILE, taken.name, "", taken.media_type, taken.size, taken.sha256)
            drafts.add_piece(milestone, actor(), piece, _limits())
            kept += 1
        except intake.Refusal as refusal:
            problems.append(f"{file.filename[:80]}：{say(refusal.words)}")
        except Incomplete as error:
            problems += [say(words) for words in error.errors.values()]
    if request.form.get("link", "").strip():
        problems += _add_link(milestone)
        kept += not problems
    if problems:
        return milestone_page(milestone_id, notice="\n".join(problems), status=422)
    if kept:
        flash(_("已添加 %(count)s 件材料。", count=kept), "ok")
    else:
        flash(_("没有选择文件，也没有填写链接。"), "warn")
    return redirect(url_for("milestones.show", milestone_id=milestone_id, _anchor="evidence"))


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


def _add_link(milestone) -> list[str]:
    try:
        address = intake.check_link(request.form["link"])
        caption = request.form.get("caption", "").strip()[:120] or address[:120]
        drafts.add_piece(milestone, actor(), drafts.Piece(Evidence.LINK, caption, address), _limits())
    except intake.Refusal as refusal:
        return [say(refusal.words)]
    except Incomplete as error:
        return [say(words) for words in error.errors.values()]
    return []


def _limits() -> drafts.RoundLimits:
    return drafts.RoundLimits(settings().max_round_pieces, settings().max_round_mb * 2**20)
