"""Notices: what this person is told, and how they want to be told it. One's own, whomever one acts for."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from models import Notice
from notices.preferences import CHANNELS, MODES, USUAL, Wanted, contact_of, set_contact
from views.access import signed_in
from views.context import database, own, reading, say, settings
from views.numbers import whole
from views.preferences import LANGUAGES
from views.subjects import page_of_event
from workflow.errors import Incomplete
from workflow.notice_kinds import TOPICS, sentence, topic_words
from workflow.notices import mark_read, notices_of

bp = Blueprint("notices", __name__, url_prefix="/notices")
PAGE = 30


@bp.get("")
@signed_in
def show():
    page = max(1, request.args.get("page", 1, whole))
    unread = request.args.get("unread") == "1"
    rows = notices_of(reading(), own().account_id, PAGE + 1, PAGE * (page - 1), unread)
    return render_template(
        "notices/show.html", rows=[(it, topic_words(it.kind), sentence(it.kind, it.detail)) for it in rows[:PAGE]],
        page=page, more=len(rows) > PAGE, unread=unread,
    )


@bp.get("/<int:notice_id>")
@signed_in
def follow(notice_id: int):
    """To what the notice is about; it is then read."""
    notice = reading().get(Notice, notice_id)
    if notice is None or notice.account_id != own().account_id:
        abort(404)
    if notice.read_at is None:
        with database().writing() as session:
            mark_read(session, notice.account_id, database().clock(), notice_id)
    return redirect(_address(notice))


@bp.post("/read")
@signed_in
def read_all():
    with database().writing() as session:
        mark_read(session, own().account_id, database().clock())
    return redirect(url_for(".show"))


@bp.route("/settings", methods=["GET", "POST"])
@signed_in
def preferences():
    if request.method == "GET":
        return _settings_page(contact_of(reading(), own().account_id))
    wanted = _typed()
    try:
        set_contact(database(), own(), wanted, settings().hooks)
    except Incomplete as error:
        return _settings_page(wanted, {name: say(words) for name, words in error.errors.items()}), 422
    flash(_("已保存，并记入审计留痕。"), "ok")
    return redirect(url_for(".preferences"))


def _typed() -> Wanted:
    form = request.form
    language = form.get("language")
    return Wanted(
        form.get("mail", "").strip(), form.get("hook", "").strip(), language if language in LANGUAGES else "zh",
        {topic: {channel: form.get(f"{topic}.{channel}", "") for channel in CHANNELS} for topic in TOPICS},
    )


def _settings_page(contact, errors: dict | None = None):
    """`contact` is what is kept, or what was typed and would not do."""
    given = settings()
    ways = {"mail": bool(given.mail_url), "hook": bool(given.hooks)}
    chosen = {
        (topic, channel): contact.choices.get(topic, {}).get(channel) or USUAL
        for topic in TOPICS for channel in CHANNELS
    }
    return render_template(
        "notices/settings.html", contact=contact, topics=TOPICS, channels=CHANNELS, modes=MODES, chosen=chosen,
        errors=errors or {}, ways=ways, hooks=given.hooks, hour=given.digest_hour,
    )


def _address(notice: Notice) -> str:
    """Where that can be seen which a notice speaks of."""
    milestone_id = notice.detail.get("milestone")
    if notice.subject_type == "milestone":
        milestone_id = notice.subject_id
    if milestone_id:
        return url_for("milestones.show", milestone_id=milestone_id)
    if number := notice.detail.get("task"):
        return url_for("tasks.show", number=number)
    if notice.kind in ("delegated", "delegation-ended"):
        return url_for("delegations.show")
    if page := page_of_event(notice.subject_type, notice.subject_id):
        return page
    return url_for("workbench.show")
