"""Files and links that come with a form: kept one by one; what will not do is named, the rest stays."""

import logging
from typing import BinaryIO

from flask import g, request

import evidence as intake
from models import Evidence, Milestone
from views.context import actor, database, evidence_intake, say, settings
from workflow import drafts
from workflow.errors import Incomplete
from workflow.inputs import clean

logger = logging.getLogger("taizhang")


def keep_uploads(milestone: Milestone) -> tuple[int, list[str]]:
    """How many pieces were added to the draft, and what was wrong with the others, in the reader's language.

    Raises what the rules raise where this person may add nothing, before a single byte is kept.
    """
    drafts.check_may_add(milestone, actor())
    kept, problems = 0, []
    for file in request.files.getlist("file"):
        if file.filename:
            wrong = _keep(milestone, lambda file=file: add_file(milestone, file.stream, file.filename))
            problems += [f"{file.filename[:80]}：{words}" for words in wrong]
            kept += not wrong
    if request.form.get("link", "").strip():
        wrong = _keep(milestone, lambda: _add(milestone, _link()))
        problems += wrong
        kept += not wrong
    return kept, problems


def add_file(milestone: Milestone, content: BinaryIO, name: str) -> None:
    """Take one file in and add it to the draft. Raises Refusal, Unavailable, and what the rules raise."""
    taken = evidence_intake().take(content, name)
    _add(milestone, piece_of(taken))
    intake.keep_words(database(), content, taken.media_type, taken.size, taken.sha256)


def _add(milestone: Milestone, piece: drafts.Piece) -> None:
    limits = drafts.RoundLimits(settings().max_round_pieces, settings().max_round_mb * 2**20)
    drafts.add_piece(milestone, actor(), piece, limits)


def _keep(milestone: Milestone, add) -> list[str]:
    try:
        add()
    except intake.Refusal as refusal:
        return [say(refusal.words)]
    except (intake.Unavailable, OSError):
        # Out of reach, or full. What was typed has been saved before this, and other files may yet go through.
        logger.exception("request %s: evidence store", g.get("request_id"))
        return [say(intake.Refusal("no-store").words)]
    except Incomplete as error:
        return [say(words) for words in error.errors.values()]
    return []


def piece_of(taken: intake.Taken) -> drafts.Piece:
    return drafts.Piece(Evidence.FILE, taken.name, "", taken.media_type, taken.size, taken.sha256)


def _link() -> drafts.Piece:
    address = intake.check_link(request.form["link"])
    return drafts.Piece(Evidence.LINK, clean(request.form.get("caption"))[:120] or address[:120], address)
