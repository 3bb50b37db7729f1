"""A revised edition beside the plan that it revises; and the editions of a plan, readable for ever."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import DraftStatus, Part, Plan, PlanDraft, PlanEdition, Role
from plans import intake
from plans.editions import DECISIONS, Difference, Undecided, content_of, differences, follow, standing_of
from plans.editions.difference import ADDED, CHANGED, DROPPED, KEEP, PLAN, SAME, SAME_AS, TAKE, is_decided
from plans.store import HasDoubts, HasErrors
from views.access import for_roles
from views.context import actor, database, reading
from views.ledger import READERS
from views.numbers import whole
from views.plans.base import bp, corrected, read_draft_or_404, system_office

PAGE = 40
KINDS = (PLAN, ADDED, DROPPED, CHANGED)


@bp.get("/admin/plans/drafts/<int:draft_id>/compare")
@system_office
def compare(draft_id: int):
    return _compare_page(_revision_or_404(draft_id))


@bp.post("/admin/plans/drafts/<int:draft_id>/decide")
@system_office
def decide(draft_id: int):
    """Keep what was chosen for the rows of one page; with `rest`, take all that nobody has decided yet."""
    found = _revision_or_404(draft_id)
    form = request.form
    given = {
        name.removeprefix("d-"): {"do": value, "seen": form.get(f"seen-{name.removeprefix('d-')}", "")[:16]}
        for name, value in form.items() if name.startswith("d-") and value in DECISIONS
    }
    if form.get("rest") == "1":
        given |= {
            row.key: {"do": TAKE, "seen": row.seen} for row in _differences(found)
            if row.kind != SAME and row.key not in given and is_decided(row, found.decisions) is None
        }
    if given:
        intake.decide(database(), actor(), draft_id, form.get("version", -1, whole), given)
        flash(_("已记下 %(count)s 处的决定。", count=len(given)), "ok")
    where = {name: form.get(name) or None for name in ("show", "page")}
    return redirect(url_for(".compare", draft_id=draft_id, **where))


@bp.post("/admin/plans/drafts/<int:draft_id>/same")
@system_office
def same(draft_id: int):
    """Which task of the present edition a new row is, or (0) that it is none of them."""
    _revision_or_404(draft_id)
    position, task = request.form.get("position", 0, whole), request.form.get("task", 0, whole)
    said = {f"{SAME_AS}{position}": {"task": task or None}}
    intake.decide(database(), actor(), draft_id, request.form.get("version", -1, whole), said)
    return redirect(url_for(".compare", draft_id=draft_id, _anchor=f"task-{task}" if task else f"new-{position}"))


@bp.post("/admin/plans/drafts/<int:draft_id>/follow")
@system_office
def follow_edition(draft_id: int):
    found = _revision_or_404(draft_id)
    try:
        done = follow(
            database(), actor(), draft_id, request.form.get("version", -1, whole),
            accept_doubts=request.form.get("accept_doubts") == "1",
        )
    except Undecided as error:
        words = _("还有 %(count)s 处差异未决定，或决定之后又有变化，请看过再定。", count=len(error.keys))
        return _compare_page(found, words), 409
    except (HasErrors, HasDoubts):
        return _compare_page(found, _("还有未处理的疑点。请逐条处理，或勾选按所示读法接受。")), 409
    flash(_("台账现按第 %(number)s 版执行。", number=done.number), "ok")
    return redirect(url_for(".shelf"))


@bp.get("/plans/<int:plan_id>/editions/<int:number>")
@for_roles(*READERS, Role.SYSTEM_ADMIN)
def edition(plan_id: int, number: int):
    """One edition as it was published and stored: what was decided under its words can be read in them."""
    found = reading().scalars(
        select(PlanEdition).where(PlanEdition.plan_id == plan_id, PlanEdition.number == number)
        .options(joinedload(PlanEdition.source))
    ).one_or_none()
    if found is None:
        abort(404)
    plan = reading().get(Plan, plan_id)
    content = content_of(reading(), plan, number)
    tasks = content.tasks if content else [it.now for it in standing_of(reading(), plan)]
    pages = max(1, -(-len(tasks) // PAGE))
    page = min(max(1, request.args.get("page", 1, whole)), pages)
    numbers = reading().scalars(
        select(PlanEdition.number).where(PlanEdition.plan_id == plan_id).order_by(PlanEdition.number)
    ).all()
    return render_template(
        "plans/edition.html", plan=plan, edition=found, tasks=tasks[PAGE * (page - 1) : PAGE * page], page=page,
        pages=pages, numbers=numbers, parts=Part, count=len(tasks),
    )


def _revision_or_404(draft_id: int) -> PlanDraft:
    found = read_draft_or_404(draft_id)
    if found.revises_id is None or found.status != DraftStatus.READ:
        abort(404)
    return found


def _differences(found: PlanDraft) -> list[Difference]:
    plan = reading().get(Plan, found.revises_id)
    return differences(plan, standing_of(reading(), plan), corrected(found).plan, found.decisions)


def _compare_page(found: PlanDraft, problem: str = ""):
    every = _differences(found)
    rows = [row for row in every if row.kind != SAME]
    decided = {row.key: is_decided(row, found.decisions) for row in rows}
    shows = request.values.get("show", "")
    wanted = [row for row in rows if shows in ("", row.kind) or shows == "open" and decided[row.key] is None]
    pages = max(1, -(-len(wanted) // PAGE))
    page = min(max(1, request.values.get("page", 1, whole)), pages)
    grades = {finding.grade for finding in corrected(found).plan.findings}
    return render_template(
        "plans/compare.html", draft=found, rows=wanted[PAGE * (page - 1) : PAGE * page], page=page, pages=pages,
        shows=shows, decided=decided, problem=problem, grades=grades, parts=Part,
        same=sum(row.kind == SAME and row.standing is not None for row in every),
        counts={kind: sum(row.kind == kind for row in rows) for kind in KINDS},
        gone=[row.standing for row in rows if row.kind == DROPPED],
        left=sum(decision is None for decision in decided.values()), take=TAKE, keep=KEEP,
    )
