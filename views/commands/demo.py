"""`flask demo year`, `flask demo clock`: a year played on the sample plan, and the clock to look at it with."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from models import Database, Words, utc_now
from models.schema import upgrade
from plans.demonstration.cast import CLOSES, OPENS
from plans.demonstration.year import SEED, days_to_play_on, opening, play_year
from settings import Settings
from views.commands.speech import speak
from views.context import evidence_intake
from workflow.calendar import local_day
from workflow.errors import Incomplete

demo = AppGroup("demo", help="A rich ledger to try, made of the sample plan.")

ONLY_DEMO = Words(
    "演示账号的密码是公开的，只能在 DEMO=1 时生成。", "Demonstration accounts have a public password: only with DEMO=1."
)
PLAYED = Words("已演至{day}。查看：{command}", "Played up to {day}. To look at it: {command}")
NO_EVENTS = Words("数据库是空的，先运行 flask demo year。", "The database is empty: run flask demo year first.")


@demo.command("year")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=str(CLOSES), show_default=True, help="Last day.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed gives the same year.")
def year(until: datetime, seed: int) -> None:
    """Play a year on the sample plan, day by day with a clock of its own, into an empty database. Needs DEMO=1.

    Units submit, are returned, late or silent; reviewers and committee judge, chase and supervise. What the units do
    is invented. Nothing is sent to anybody.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.demo:
        raise click.UsageError(speak(ONLY_DEMO))
    clock = opening()
    database = Database(settings.database_url, clock=clock)
    upgrade(database)
    whole = (until.date() - OPENS).days + 1
    try:
        with click.progressbar(length=max(whole, 1), show_pos=False, item_show_func=str) as bar:
            before = OPENS
            for day in play_year(database, clock, evidence_intake(), until.date(), seed):
                bar.update((day - before).days, day)
                before = day
    except Incomplete as error:
        raise click.ClickException("".join(speak(words) for words in error.errors.values())) from None
    finally:
        database.dispose()
    shift = days_to_play_on(current_app.extensions["database"].reading(), local_day(utc_now()))
    command = f"DEMO=1 CLOCK_SHIFT_DAYS={shift} SECURE_COOKIES=0 flask serve"
    click.echo(speak(PLAYED.format(day=until.date(), command=command)))


@demo.command("clock")
def clock() -> None:
    """The CLOCK_SHIFT_DAYS with which the ledger goes on the day after its last event."""
    with current_app.extensions["database"].reading() as session:
        shift = days_to_play_on(session, local_day(utc_now()))
    if shift is None:
        raise click.ClickException(speak(NO_EVENTS))
    click.echo(shift)
