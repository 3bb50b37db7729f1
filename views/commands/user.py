"""`flask user create`, `flask user password`: the first accounts of a new ledger, and a way back in."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from models import Account, Role, Unit, Words
from views.commands.speech import speak
from workflow import directory
from workflow.actor import command_line
from workflow.errors import Incomplete, Refused, WorkflowError

user = AppGroup("user", help="Accounts, from the server's own terminal.")

CREATED = Words("已建账号 {username}，一次性密码：{password}", "Created {username}; one-time password: {password}")
RESET = Words("{username} 的一次性密码：{password}", "One-time password of {username}: {password}")
UNKNOWN = Words("没有这个账号：{username}", "There is no account {username}.")


@user.command("create")
@click.argument("username")
@click.option("--unit", required=True, help="The unit's name; it is added where there is none.")
@click.option("--post", required=True, help="The post (岗位).")
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), required=True)
def create(username: str, unit: str, post: str, roles: tuple[str, ...]) -> None:
    """Create an account with its roles; its one-time password is printed once."""
    database, actor = current_app.extensions["database"], command_line("user create")
    try:
        with database.reading() as session:
            unit_id = session.scalar(select(Unit.id).where(Unit.name == unit))
        unit_id = unit_id or directory.create_unit(database, actor, unit)
        _account_id, password = directory.create_account(
            database, actor, unit_id=unit_id, username=username, post=post,
            roles=[(Role(role), None) for role in roles],
        )
    except WorkflowError as error:
        _fail(error)
    click.echo(speak(CREATED.format(username=username, password=password)))


@user.command("password")
@click.argument("username")
def password(username: str) -> None:
    """Give an account a one-time password and end its sign-ins."""
    database = current_app.extensions["database"]
    with database.reading() as session:
        account_id = session.scalar(select(Account.id).where(Account.username == username))
    if account_id is None:
        click.echo(speak(UNKNOWN.format(username=username)), err=True)
        sys.exit(1)
    given = directory.reset_password(database, command_line("user password"), account_id)
    click.echo(speak(RESET.format(username=username, password=given)))


def _fail(error: WorkflowError) -> None:
    words = []
    if isinstance(error, Incomplete):
        words = [speak(w) for w in error.errors.values()]
    elif isinstance(error, Refused):
        words = [speak(reason.words) for reason in error.reasons]
    click.echo("".join(words) or str(error), err=True)
    sys.exit(1)
