"""Flask-Login's side of a sign-in: the cookie's token, and who it stands for at this moment."""

from datetime import timedelta

from flask import g
from flask import session as cookie
from flask_login import LoginManager, UserMixin

from views.context import database, origin, reading, settings
from workflow.actor import Actor
from workflow.sign_in import SignedIn, SignInPolicy, signed_in

# In the cookie: the account that this browser acts for.
ACTING_FOR = "acting_for"

login_manager = LoginManager()
login_manager.session_protection = None  # the token on the server says it better than a browser's looks


class Identity(UserMixin):
    """Somebody signed in. `id` is the token, so that ending the row on the server ends the sign-in.

    `own` is who it is; `actor` as whom they act, which is the same unless they have chosen to act for somebody.
    `lapsed` where they had chosen so, and may no longer.
    """

    def __init__(self, token: str, found: SignedIn, lapsed: bool = False):
        self.id = token
        self.sign_in_id = found.sign_in_id
        self.own: Actor = found.actor
        self.actor: Actor = found.acting or found.actor
        self.lapsed = lapsed


def policy() -> SignInPolicy:
    given = settings()
    return SignInPolicy(
        idle=timedelta(minutes=given.idle_minutes), whole=timedelta(hours=given.sign_in_hours),
        failures_per_account=given.sign_in_failures, failures_elsewhere=given.sign_in_failures_elsewhere,
    )


@login_manager.user_loader
def load_identity(token: str) -> Identity | None:
    giver = cookie.get(ACTING_FOR)
    found = signed_in(reading(), token, database().clock(), policy(), origin(), giver)
    if found is None:
        return None
    return Identity(token, found, lapsed=giver is not None and found.acting is None)


def remember_nothing_but_language() -> None:
    """Begin a new cookie session, keeping only the language chosen."""
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
    g.pop("csrf_token", None)  # what this request had made for the former session opens nothing in the new one
