"""Documents to take along: the ledger as a workbook; what they hold is what the pages show to the same person."""

from typing import BinaryIO

from flask import Blueprint, Response, request, send_file

from reports.documents.ledger import write_ledger
from reports.documents.taken import Taken, taken
from reports.ledger import Filters, plan_choices
from views.access import for_roles
from views.context import actor, database, judging, past_day, reading
from views.files import inert
from views.ledger import READERS, asked_plan, read_filters

bp = Blueprint("documents", __name__, url_prefix="/documents")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/ledger.xlsx")
@for_roles(*READERS)
def ledger():
    """The milestones of a ledger page with the same filters, however many."""
    asked = _asked(read_filters(request.args))
    with database().snapshot() as session:
        written = write_ledger(session, asked)
    return _sent(written, f"台账-{_stamp(asked)}.xlsx", XLSX)


def _asked(filters: Filters) -> Taken:
    """What the address asks for, by the same day and clocks as the pages."""
    plans = plan_choices(reading())
    filters = filters.but(plan=asked_plan(plans, filters.plan))
    plan_id = filters.plan or (plans[0].id if len(plans) == 1 else None)
    return taken(reading(), actor(), judging(past_day(filters.asof), plan_id), filters, database().clock())


def _stamp(asked: Taken) -> str:
    """The day whose figures a document has, in its file's name."""
    return asked.day.today.isoformat()


def _sent(written: BinaryIO, name: str, media_type: str) -> Response:
    return inert(send_file(written, mimetype=media_type, as_attachment=True, download_name=name))
