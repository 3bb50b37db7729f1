"""A plan as a workbook in the layout in which it was published."""

from flask import abort

from models import Plan, Role
from reports.published import published
from views.access import for_roles
from views.context import reading
from views.files import attached
from views.ledger import READERS
from views.plans.base import bp

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/plans/<int:plan_id>/export.xlsx")
@for_roles(*READERS, Role.SYSTEM_ADMIN)
def export(plan_id: int):
    """What was published, with the units' parts as they are now: nothing of what anybody has reported."""
    plan = reading().get(Plan, plan_id)
    if plan is None:
        abort(404)
    return attached(published(reading(), plan), XLSX, f"{plan.title[:60]}-第{plan.edition_number}版.xlsx")
