"""The workbench: the first page after signing in."""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from models import Part, Role
from reports import workbench as report
from reports.ledger import plan_choices
from views.access import signed_in
from views.context import actor, day, reading
from views.ledger import asked_plan
from views.numbers import whole
from views.waiting import counts
from workflow.documents import TEMPLATES, on_desk
from workflow.instructions import to_answer

bp = Blueprint("workbench", __name__)
PAGE = 30


@bp.get("/")
@signed_in
def show():
    tab = request.args.get("tab", "waiting")
    page = max(1, request.args.get("page", 1, whole))
    who, today = actor(), day()
    rows, deeds = [], []
    plans = plan_choices(reading())
    plan = asked_plan(plans, request.args.get("plan", type=whole))
    count = counts().waiting if plan is None else reading().scalar(select(report.how_many_wait(who, today, plan)))
    if tab == "done":
        deeds = report.deeds(reading(), who, plan_id=plan)
    elif tab == "mine":
        rows = report.under_way(reading(), who, today, plan_id=plan)
    else:
        tab = "waiting"
        rows = report.waiting(reading(), who, today, PAGE, PAGE * (page - 1), plan)
    asked = to_answer(reading(), who, today.today) if tab == "waiting" and page == 1 else []
    return render_template(
        "workbench.html", tab=tab, asked=asked, rows=rows, deeds=deeds, today=today.today, page=page,
        desk=on_desk(reading(), who) if tab == "waiting" and page == 1 else [], kinds=TEMPLATES,
        count=count + counts().instructions, plans=plans, plan=plan,
        pages=-(-count // PAGE) if tab == "waiting" else 1, empty_pair=_empty(tab),
        own=Role.HANDLER in who.roles and {"unit": who.unit_id, "lead": Part.LEAD, "support": Part.SUPPORT},
    )


def _empty(tab: str) -> tuple[str, str]:
    return {
        "waiting": (_("现在没有待办"), _("有节点轮到您办理时，会按期限先后出现在这里。")),
        "done": (_("还没有办理记录"), _("您提交、审核、审定过的节点会列在这里。")),
        "mine": (_("没有正在流转的报送"), _("本单位提交审核后、办结之前的节点会列在这里。")),
    }[tab]
