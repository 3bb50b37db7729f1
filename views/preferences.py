"""The reader's language."""

from flask import Blueprint, abort, redirect, request
from flask import session as cookie

from views.access import open_to_all
from views.auth import safe_next

LANGUAGES = ("zh", "en")

bp = Blueprint("preferences", __name__)


@bp.post("/language")
@open_to_all
def language():
    chosen = request.form.get("language")
    if chosen not in LANGUAGES:
        abort(400)
    cookie["language"] = chosen
    return redirect(safe_next(request.form.get("next") or request.referrer))
