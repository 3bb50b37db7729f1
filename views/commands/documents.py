"""`flask bulletin`: the month's bulletin as a draft on the committee's workbench."""

from datetime import timedelta

import click
from flask.cli import with_appcontext

from models import Words
from reports.ledger import plan_choices
from views.commands.speech import speak
from views.context import database, reading, today
from views.documents import month_draft
from workflow.documents import is_kept, keep_document

MADE = Words("已拟出 {count} 份督查通报初稿。", "{count} drafts of the bulletin made.")


@click.command("bulletin")
@with_appcontext
def bulletin() -> None:
    """Draft last month's bulletin of every plan. Once each, however often this is run: put it into a daily schedule."""
    period, made = today().replace(day=1) - timedelta(1), 0
    for plan in plan_choices(reading()):
        if not is_kept(reading(), "bulletin", plan.id, period):
            title, content = month_draft(plan.id, period)
            made += keep_document(database(), "bulletin", plan.id, period, title, content)
    click.echo(speak(MADE.format(count=made)))
