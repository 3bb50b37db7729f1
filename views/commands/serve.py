"""`flask database upgrade`, `flask serve`: the schema, and a production server on it."""

import os
import sys

import click
from flask import current_app
from flask.cli import AppGroup

from models import Words
from models.schema import upgrade
from plans.demonstration import PASSWORD, accounts_to_show, fill_if_empty
from settings import Settings, SettingsError
from views.commands.speech import language, speak

database = AppGroup("database", help="The database's schema.")

ADDRESS = Words("台账已启动：http://{host}:{port}", "The ledger is at http://{host}:{port}")
ACCOUNTS = Words("演示账号（密码均为 {password}）：", "Demonstration accounts (password {password}):")


@database.command("upgrade")
def upgrade_command() -> None:
    """Apply the migrations that are not there yet."""
    upgrade(current_app.extensions["database"])


@click.command("serve")
def serve() -> None:
    """Bring the schema up to date and serve. With DEMO=1 an empty database gets the sample plan and accounts."""
    settings: Settings = current_app.extensions["settings"]
    try:
        settings.secret_to_serve_with()
    except SettingsError as error:
        click.echo(f"taizhang: {error}", err=True)
        sys.exit(2)
    base = current_app.extensions["database"]
    upgrade(base)
    if settings.demo:
        _prepare_demonstration(base)
    click.echo(speak(ADDRESS.format(host=settings.host, port=settings.port)))
    sys.stdout.flush()
    base.dispose()
    os.execv(sys.executable, server(settings))


def server(settings: Settings) -> list[str]:
    """The command line of the server, on a schema that is up to date."""
    return [
        sys.executable, "-m", "gunicorn", "wsgi:application", "--bind", f"{settings.host}:{settings.port}",
        "--worker-class", "gthread", "--workers", str(settings.workers), "--threads", str(settings.threads),
        "--log-level", "warning",
    ]


SHOWN = 12  # the offices, and the units that lead most: the rest is on the sign-in page


def _prepare_demonstration(base) -> None:
    fill_if_empty(base)
    click.echo(speak(ACCOUNTS.format(password=PASSWORD)))
    with base.reading() as session:
        for shown in accounts_to_show(session)[:SHOWN]:
            roles = "、".join(role.label[language()] for role in shown.roles)
            click.echo(f"  {shown.username:22} {shown.unit} · {shown.post} · {roles}")
