"""What a request has at hand: settings, the database, one session for reading, who is asking, which day it is."""

from dataclasses import fields, replace
from datetime import date, timedelta

from flask import current_app, g, request
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy.orm import Session

from evidence import Coming, Intake, Pictures, Scanner, Store
from models import Database, Role, Words
from settings import Settings
from views.working import Worker
from workflow.actor import Actor, Origin
from workflow.calendar import calendar_of, day_begins, local_day
from workflow.clocks import Clocks, Judging
from workflow.lights import Day
from workflow.parts import Terms


def settings() -> Settings:
    return current_app.extensions["settings"]


def database() -> Database:
    return current_app.extensions["database"]


def evidence_store() -> Store:
    return current_app.extensions["evidence"]


def pictures() -> Pictures:
    return current_app.extensions["pictures"]


def scanner() -> Scanner:
    return current_app.extensions["scanner"]


def uploads() -> Coming:
    return current_app.extensions["uploads"]


def worker() -> Worker:
    return current_app.extensions["worker"]


def evidence_intake() -> Intake:
    return Intake(evidence_store(), settings().max_file_mb * 2**20, scanner(), pictures())


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
    """Today in China by the ledger's clock, and the settings of the lights."""
    given = settings()
    return Day(today(), given.near_days, given.behind_points, given.far_behind_points)


def past_day(past: date | None) -> Day:
    """The end of a past day, with the same settings; `day()` for None. The trail counts up to there."""
    now = day()
    return now if past is None else replace(now, today=past, until=day_begins(past + timedelta(1)))


def clock_limits(given: Settings) -> dict[Role, int]:
    """The working days that those who judge have, by the settings: for their lights and for their reminders."""
    return {Role.REVIEWER: given.review_days, Role.COMMITTEE: given.decide_days}


def judging(given: Day, plan_id: int | None = None) -> Judging:
    """The day with the clocks of those who judge, by the plan's calendar or, over all plans, the ledger's. One
    statement, for the calendar."""
    clocks = Clocks(clock_limits(settings()), calendar_of(reading(), plan_id), given.today)
    return Judging(**{it.name: getattr(given, it.name) for it in fields(given)}, clocks=clocks)


def terms() -> Terms:
    """The settings of working together."""
    return Terms(settings().draft_lock_minutes, settings().answer_days)


def today() -> date:
    return local_day(database().clock())


def language() -> str:
    """"zh" or "en": found once a request, since a page of the ledger asks a thousand times."""
    if "language" not in g:
        g.language = "en" if get_locale().language == "en" else "zh"
    return g.language


def say(words: Words | None) -> str:
    """The words in the reader's language."""
    return "" if words is None else words[language()]
