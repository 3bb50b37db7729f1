"""The navigation, the person's own corner of it, and what every page shows around its content."""

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from models import Role
from reports.workbench import waiting_count
from views.access import access_of
from views.context import day, reading, say, settings, today


@dataclass(frozen=True)
class Item:
    url: str
    label: str
    current: bool
    count: int | None = None
    group: str = "main"


@dataclass(frozen=True)
class Corner:
    """Who is signed in, as the page says it."""

    unit: str
    post: str
    roles: list[str]


# Endpoint and group; the words are in `_labels`, for the reader's language. Who sees one is said by the view.
_ENDPOINTS = (
    ("workbench.show", "main"), ("ledger.show", "main"), ("review.queue", "main"), ("monitor.show", "main"),
    ("implementation.listing", "more"), ("changes.listing", "more"),
    ("audit.show", "more"), ("admin.show", "more"), ("help.show", "more"),
)

_BELONGS = {"plans": "admin"}  # parts of the site that are shown under another's name


def provide_navigation() -> dict:
    """Context for base.html. One statement, for the number of things that wait."""
    common = {
        "language_url": url_for("preferences.language"),
        "demonstration": _("演示系统 · 台账日期 %(day)s", day=today().isoformat()) if settings().demo else None,
    }
    if not current_user.is_authenticated:
        return common | {"navigation": [], "identity": None}
    who = current_user.actor
    return common | {
        "navigation": _items(who.roles),
        "identity": Corner(who.unit_name, who.post, [say(role.label) for role in Role if role in who.roles]),
        "sign_out_url": url_for("auth.sign_out"),
    }


def _items(roles: frozenset[Role]) -> list[Item]:
    labels, items = _labels(), []
    for endpoint, group in _ENDPOINTS:
        allowed = access_of(current_app, endpoint).roles
        if allowed is not None and allowed.isdisjoint(roles):
            continue
        count = waiting_count(reading(), current_user.actor, day()) if endpoint == "workbench.show" else None
        here = _BELONGS.get(request.blueprint, request.blueprint)
        items.append(Item(url_for(endpoint), labels[endpoint], here == endpoint.split(".")[0], count, group))
    return items


def _labels() -> dict[str, str]:
    return {
        "workbench.show": _("工作台"), "ledger.show": _("台账"), "review.queue": _("审核"), "monitor.show": _("监测"),
        "implementation.listing": _("实施方案"), "changes.listing": _("变更申请"),
        "audit.show": _("审计留痕"), "admin.show": _("管理"), "help.show": _("帮助"),
    }
