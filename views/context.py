"""What a request has at hand: settings, the database, one session for reading, who is asking, which day it is."""

from datetime import date

from flask import current_app, g, request
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy.orm import Session

from models import Database, Words
from settings import Settings
from workflow.actor import Actor, Origin
from workflow.calendar import local_day
from workflow.lights import Day


def settings() -> Settings:
    return current_app.extensions["settings"]


def database() -> Database:
    return current_app.extensions["database"]


def evidence_store():
    return current_app.extensions["evidence"]


def reading() -> Session:
    """The request's session for reading; closed when the request ends."""
    if "reading" not in g:
        g.reading = database().reading()
    return g.reading


def close_reading(_error=None) -> None:
    session = g.pop("reading", None)
    if session is not None:
        session.close()


def actor() -> Actor:
    """As whom the request acts: who is asking, or whom they act for. Only where the view is not open to everybody."""
    return current_user.actor


def own() -> Actor:
    """Who is signed in, whomever they act for: what is one's own business is theirs alone."""
    return current_user.own


def origin() -> Origin:
    return Origin(request.remote_addr, g.get("request_id"))


def day() -> Day:
    """Today in China by the ledger's clock, and the setting for near deadlines."""
    return Day(today(), settings().near_days)


def today() -> date:
    return local_day(database().clock())


def language() -> str:
    """"zh" or "en"."""
    return "en" if get_locale().language == "en" else "zh"


def say(words: Words | None) -> str:
    """The words in the reader's language."""
    return "" if words is None else words[language()]
