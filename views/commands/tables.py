"""What works on the ledger says so, in a sentence, where its database has no tables yet: for all commands at once."""

import sys
from collections.abc import Iterable
from functools import wraps

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from models import Words
from models.schema import is_behind
from views.commands.speech import speak

NO_TABLES = Words(
    "数据库还没有建表，或表结构较旧：请先运行 flask database upgrade（演示系统用 make run）。",
    "The database has no tables yet, or older ones: run flask database upgrade first (make run, for a demonstration).",
)
COULD_NOT = 2


def need_tables(commands: Iterable[click.Command], but: Iterable[click.Command]) -> None:
    """From now on each of them, and what is in a group of them, ends with status 2 where tables are missing.

    Those of `but` work without, or make the tables themselves.
    """
    for command in commands:
        if isinstance(command, click.Group):
            need_tables(command.commands.values(), but)
        elif command not in but:
            command.callback = _checked(command.callback)


def _checked(run):
    @with_appcontext
    @wraps(run)
    def checked(*arguments, **options):
        if _missing():
            click.echo(speak(NO_TABLES), err=True)
            sys.exit(COULD_NOT)
        return run(*arguments, **options)

    return checked


def _missing() -> bool:
    try:
        return is_behind(current_app.extensions["database"])
    except OperationalError:  # out of reach: what that means is the command's own to say
        return False
