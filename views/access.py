"""Who may use a route: each view says so, and one hook asks before any view runs.

A view that says nothing stops the application from starting (`check_routes`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, flash, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.exceptions import Forbidden

from models import Role
from views.context import say
from views.identity import ACTING_FOR
from workflow.delegation import ENDED, ENDED_NOW
from workflow.errors import Reason, Refused


@dataclass(frozen=True)
class Access:
    """`roles` is None for everybody signed in; `signed_in` False for everybody at all."""

    signed_in: bool = True
    roles: frozenset[Role] | None = None


def open_to_all(view: Callable) -> Callable:
    """Anybody, signed in or not."""
    view.access = Access(signed_in=False)
    return view


def signed_in(view: Callable) -> Callable:
    """Everybody who has signed in; what they see of it is for authority to say."""
    view.access = Access()
    return view


def for_roles(*roles: Role) -> Callable[[Callable], Callable]:
    """Those who hold one of the roles."""

    def declare(view: Callable) -> Callable:
        view.access = Access(roles=frozenset(roles))
        return view

    return declare


def access_of(app: Flask, endpoint: str) -> Access:
    if endpoint == "static":
        return Access(signed_in=False)
    return app.view_functions[endpoint].access


def check_routes(app: Flask) -> None:
    """Raises ValueError where a route does not say who may use it."""
    silent = [
        rule.endpoint for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    if silent:
        raise ValueError(f"no access declared for {', '.join(sorted(set(silent)))}")


class SignInNeeded(Exception):
    """The view is for people who have signed in."""


# Where somebody with a one-time password may go before they have changed it.
BEFORE_PASSWORD_CHANGE = ("auth.password", "auth.sign_out", "preferences.language", "static")


def _lapse() -> None:
    """Whom they acted for has come back: what was sent in that name is not done in another's."""
    cookie.pop(ACTING_FOR, None)
    if request.method != "GET":
        raise Refused([Reason("delegation-ended", ENDED)])
    flash(say(ENDED_NOW), "warn")


def guard():
    """Before each request: may this person use this route at all?"""
    if request.endpoint is None:
        return None  # no such address: 404 by itself
    access = access_of(current_app, request.endpoint)
    if not access.signed_in:
        return None
    if not current_user.is_authenticated:
        raise SignInNeeded()
    if current_user.lapsed:
        _lapse()
    if access.roles is not None and access.roles.isdisjoint(current_user.actor.roles):
        raise Forbidden()
    if current_user.actor.must_change_password and request.endpoint not in BEFORE_PASSWORD_CHANGE:
        return current_app.redirect(url_for("auth.password"))
    return None
