"""The navigation, the person's own corner of it, and what every page shows around its content."""

from dataclasses import dataclass

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from models import ActionArea, Role
from views.access import access_of
from views.context import reading, say, settings, today
from views.waiting import counts


@dataclass(frozen=True)
class Item:
    url: str
    label: str
    current: bool
    count: int | None = None
    unit: str = ""
    alert: bool = False
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
    ("notices.show", "main"), ("chasing.show", "more"), ("supervision.listing", "more"), ("samples.listing", "more"),
    ("assessment.listing", "more"), ("documents.show", "more"), ("implementation.listing", "more"),
    ("changes.listing", "more"),
    ("audit.show", "more"), ("admin.show", "more"), ("help.show", "more"),
)

# Parts of the site that are shown under another's name.
_BELONGS = {"plans": "admin", "urging": "chasing", "objections": "assessment", "unchanged": "workbench"}


def provide_navigation() -> dict:
    """Context for base.html. One statement, for the numbers of things that wait and of notices unread."""
    common = {
        "language_url": url_for("preferences.language"),
        "demonstration": _("演示系统 · 台账日期 %(day)s", day=today().isoformat()) if settings().demo else None,
    }
    if not current_user.is_authenticated:
        return common | {"navigation": [], "identity": None}
    who, own = current_user.actor, current_user.own
    return common | {
        "navigation": _items(who.roles),
        "identity": Corner(own.unit_name, own.post, [say(role.label) for role in Role if role in who.roles]),
        "sign_out_url": url_for("auth.sign_out"),
        "searches": not who.roles.isdisjoint(access_of(current_app, "search.show").roles),
        "acting": _("%(who)s，仅限：%(area)s", who=who.title, area=_area_title(who.only_area)) if who.only_area
        else who.title if who.on_behalf_of else None,
    }


def _area_title(area_id: int) -> str:
    return reading().get_one(ActionArea, area_id).title


def _items(roles: frozenset[Role]) -> list[Item]:
    labels, items = _labels(), []
    # After an error as little as can be is asked of a database that may be what failed.
    numbers = {} if g.get("failed") else _numbers()
    for endpoint, group in _ENDPOINTS:
        allowed = access_of(current_app, endpoint).roles
        if allowed is not None and allowed.isdisjoint(roles):
            continue
        here = _BELONGS.get(request.blueprint, request.blueprint) == endpoint.split(".")[0]
        told = endpoint == "notices.show"
        unit = _("条未读通知") if told else _("件待办")
        items.append(Item(url_for(endpoint), labels[endpoint], here, numbers.get(endpoint), unit, told, group))
    return items


def _numbers() -> dict[str, int | None]:
    """What a number beside an entry counts."""
    found = counts()
    return {"workbench.show": found.waiting + found.instructions, "notices.show": found.unread or None}


def _labels() -> dict[str, str]:
    return {
        "workbench.show": _("工作台"), "ledger.show": _("台账"), "review.queue": _("审核"), "monitor.show": _("监测"),
        "notices.show": _("通知"), "chasing.show": _("催办"), "supervision.listing": _("督办单"),
        "samples.listing": _("抽查"), "assessment.listing": _("考核"),
        "documents.show": _("报表"),
        "implementation.listing": _("实施方案"), "changes.listing": _("变更申请"),
        "audit.show": _("审计留痕"), "admin.show": _("管理"), "help.show": _("帮助"),
    }
