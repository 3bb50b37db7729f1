"""Calendar feeds: the page on which a person gets, renews and ends their address, and the address itself."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from reports.deadlines import Deadline, calendar, deadlines
from views.access import for_roles, open_to_all
from views.context import database, origin, own, reading, say
from views.ledger import READERS
from views.numbers import whole
from workflow import feeds

bp = Blueprint("feeds", __name__, url_prefix="/calendar")


@bp.get("")
@for_roles(*READERS)
def show():
    return _page()


@bp.post("")
@for_roles(*READERS)
def renew():
    """A new address, shown this once and in no other answer: nothing of the ledger could tell it again."""
    token = feeds.open_feed(database(), own(), request.form.get("seen", 0, whole))
    if token is None:
        flash(_("地址在此页打开之后已经换过，没有再换。所用的地址丢失时，请再换一个。"), "warn")
        return redirect(url_for(".show"))
    return _page(url_for(".read", token=token, _external=True))


@bp.post("/close")
@for_roles(*READERS)
def close():
    feeds.close_feed(database(), own())
    flash(_("订阅地址已停用，即刻生效。"), "ok")
    return redirect(url_for(".show"))


@bp.get("/<token>.ics")
@open_to_all
def read(token: str):
    """For a calendar program, which cannot sign in: whoever has the address reads what its person may see now."""
    who = feeds.follower(database(), token, origin())
    content = calendar(
        _("台账期限 · %(unit)s", unit=who.unit_name), deadlines(reading(), who), say,
        lambda it: _page_of(it, _external=True), database().clock(),
    )
    return Response(content, mimetype="text/calendar", headers={"Content-Disposition": "inline; filename=taizhang.ics"})


def _page_of(it: Deadline, **more) -> str:
    if it.supervision_id is not None:
        return url_for("supervision.show", supervision_id=it.supervision_id, **more)
    return url_for("milestones.show", milestone_id=it.milestone_id, **more)


def _page(address: str = ""):
    who = own()
    return render_template(
        "feeds.html", address=address, feed=feeds.feed_of(reading(), who.account_id),
        coming=deadlines(reading(), who)[:10], page_of=_page_of, unit=who.unit_name,
    )
