"""`flask remind`, `flask deliver`: what the calendar asks for, and sending what people want to have sent."""

import logging
import time
from datetime import timedelta

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from models import Words
from notices.channels import Channel, MailServer, hook_channel, mail_channel
from notices.preferences import HOOK, MAIL
from notices.routing import route
from notices.worker import Way
from notices.worker import deliver as deliver_due
from settings import Settings
from views.commands.speech import speak
from views.context import clock_limits
from workflow.reminders import remind as write_reminders

logger = logging.getLogger("taizhang.notices")

REMINDED = Words("已写入提醒 {count} 条。", "{count} reminders written.")
SENT = Words("已发出 {count} 封。", "{count} messages sent.")
POLL = 2  # seconds between two looks where nothing was due
STEPS = 10  # how many times a message may fall silent for its timeout before its lease has run out


@click.command("remind")
@with_appcontext
def remind() -> None:
    """Write today's reminders. Once each, however often this is run; on days that are not worked, none."""
    limits = clock_limits(current_app.extensions["settings"])
    click.echo(speak(REMINDED.format(count=write_reminders(current_app.extensions["database"], limits))))


@click.command("deliver")
@click.option("--forever", is_flag=True, help="Go on until stopped; else stop once nothing is due.")
@with_appcontext
def deliver(forever: bool) -> None:
    """Send what is due by mail and web hook. It may be stopped, or killed, at any moment, and run more than once."""
    settings: Settings = current_app.extensions["settings"]
    database = current_app.extensions["database"]
    way = Way(_channels(settings), timedelta(seconds=settings.delivery_lease_seconds), settings.site_url)
    sent = 0
    while True:
        try:
            routed = route(database, settings.digest_hour, frozenset(way.channels))
            now = deliver_due(database, way)
        except OperationalError as error:
            if not forever:
                raise
            logger.error("the database is not there: %s", error.orig)
            routed = now = 0
        sent += now
        if not forever:
            break
        if not routed + now:
            time.sleep(POLL)
    click.echo(speak(SENT.format(count=sent)))


def _channels(settings: Settings) -> dict[str, Channel]:
    """The ways out that this ledger has."""
    timeout, found = settings.delivery_lease_seconds / STEPS, {}
    if settings.mail_url:
        try:
            server = MailServer.parse(settings.mail_url)
        except ValueError as error:
            raise click.ClickException(f"MAIL_URL: {error}") from error
        found[MAIL] = mail_channel(server, settings.mail_from, timeout)
    if settings.hooks:
        found[HOOK] = hook_channel(timeout)
    return found
