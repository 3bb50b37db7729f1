"""Flask-Login's side of a sign-in: the cookie's token, and who it stands for at this moment."""

from datetime import timedelta

from flask import session as cookie
from flask_login import LoginManager, UserMixin

from views.context import database, origin, reading, settings
from workflow.actor import Actor
from workflow.sign_in import SignedIn, SignInPolicy, signed_in

login_manager = LoginManager()
login_manager.session_protection = None  # the token on the server says it better than a browser's looks


class Identity(UserMixin):
    """Somebody signed in. `id` is the token, so that ending the row on the server ends the sign-in."""

    def __init__(self, token: str, found: SignedIn):
        self.id = token
        self.sign_in_id = found.sign_in_id
        self.actor: Actor = found.actor


def policy() -> SignInPolicy:
    given = settings()
    return SignInPolicy(
        idle=timedelta(minutes=given.idle_minutes), whole=timedelta(hours=given.sign_in_hours),
        failures_per_account=given.sign_in_failures, failures_elsewhere=given.sign_in_failures_elsewhere,
    )


@login_manager.user_loader
def load_identity(token: str) -> Identity | None:
    found = signed_in(reading(), token, database().clock(), policy(), origin())
    return Identity(token, found) if found else None


def remember_nothing_but_language() -> None:
    """Begin a new cookie session, keeping only the language chosen."""
    language = cookie.get("language")
    cookie.clear()
    if language:
        cookie["language"] = language
