"""How much awaits whoever asks: numbers that the navigation of every page shows, and the workbench itself."""

from dataclasses import dataclass

from flask import g
from flask_login import current_user
from sqlalchemy import select

from reports import workbench
from views.context import actor, day, reading
from workflow.instructions import how_many_to_answer
from workflow.notices import how_many_unread


@dataclass(frozen=True)
class Counts:
    """Rows of the workbench, instructions to answer besides them, notices unread."""

    waiting: int
    instructions: int
    unread: int


def counts() -> Counts:
    """Over all plans. One statement a request, however often it is asked."""
    if "counts" not in g:
        who = actor()
        waiting, unread = workbench.how_many_wait(who, day()), how_many_unread(current_user.own.account_id)
        g.counts = Counts(*reading().execute(select(waiting, how_many_to_answer(who), unread)).one())
    return g.counts
