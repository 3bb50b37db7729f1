"""The sheet: each row as it was printed, beside it what was understood, with the findings in their place."""

from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy import select

from models import AuditEvent, DraftStatus, Part, Plan, PlanDraft
from plans import intake
from plans.corrections import VERBS, Corrected
from plans.corrections.columns import choices
from plans.corrections.verbs import may_be_accepted
from plans.corrections.working import Row
from plans.findings import DOUBT, ERROR, NOTE, Finding
from views.context import database, reading
from views.numbers import whole
from views.plans.base import bp, corrected, draft_or_404, system_office

PAGE = 40
GRADES = (ERROR, DOUBT, NOTE)
SHOWS = ("all", "found", *GRADES, "settled")


@dataclass(frozen=True)
class Shown:
    """One row of the sheet, ready to be shown."""

    row: Row
    findings: list[Finding]
    settled: list[Finding]
    changed: bool
    begins_area: bool


@bp.get("/admin/plans/drafts/<int:draft_id>")
@system_office
def draft(draft_id: int):
    found = draft_or_404(draft_id)
    if found.status == DraftStatus.READING:
        waited = (database().clock() - found.begun_at).total_seconds()
        return render_template(
            "plans/reading.html", draft=found, waited=int(waited), stuck=waited > intake.READ_WITHIN.total_seconds()
        )
    if found.status == DraftStatus.UNREADABLE:
        return render_template("plans/unreadable.html", draft=found), 422
    return sheet_page(found)


def sheet_page(found: PlanDraft, notice: str = "", status: int = 200):
    made = corrected(found)
    shows = request.args.get("show")
    shows = shows if shows in SHOWS else "all"
    code = request.args.get("code", "")[:60]
    rows = [it for it in shown_rows(made, found) if _wanted(it, shows, code)]
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(1, request.args.get("page", 1, whole)), pages)
    return render_template(
        "plans/sheet.html", draft=found, made=made, rows=rows[PAGE * (page - 1) : PAGE * page], page=page, pages=pages,
        shows=shows, code=code,
        columns=[(it, choices(made.plan.years, it.role)) for it in made.plan.columns],
        loose=made.placed.get("", []), notice=notice, plans=_plans(),
        **common(made, found),
    ), status


def common(made: Corrected, found: PlanDraft) -> dict:
    """What the sheet and a single row both show around their rows."""
    findings = made.plan.findings
    kinds: dict[tuple[str, str], int] = {}
    for finding in findings:
        kinds[finding.grade, finding.code] = kinds.get((finding.grade, finding.code), 0) + 1
    return {
        "counts": {grade: sum(finding.grade == grade for finding in findings) for grade in GRADES},
        "kinds": {code: count for (grade, code), count in sorted(kinds.items(), key=lambda it: GRADES.index(it[0][0]))},
        "grade_of": {code: grade for grade, code in kinds}, "seen": len(found.corrections), "verbs": VERBS,
        "parts": Part, "may_be_accepted": may_be_accepted, "settled_count": len(made.settled),
        "open": found.status == DraftStatus.READ,
    }


def shown_rows(made: Corrected, found: PlanDraft) -> list[Shown]:
    placed, settled = made.placed, made.placed_settled
    changed = {it["row"] for it in found.corrections if it.get("row") and it["do"] != "settle"}
    rows, area = [], None
    for row in made.rows:
        rows.append(Shown(
            row, placed.get(row.key, []), settled.get(row.key, []), row.key in changed or row.key.startswith("new"),
            row.task.area != area,
        ))
        area = row.task.area
    return rows


def history(draft_id: int) -> list[AuditEvent]:
    """Who did what to the document, the newest first."""
    return list(reading().scalars(
        select(AuditEvent).where(AuditEvent.subject_type == PlanDraft.__tablename__, AuditEvent.subject_id == draft_id)
        .order_by(AuditEvent.sequence.desc()).limit(100)
    ))


def _wanted(it: Shown, shows: str, code: str) -> bool:
    if code:
        return code in {finding.code for finding in it.findings}
    grades = {finding.grade for finding in it.findings}
    return {
        "all": True, "found": bool(grades & {ERROR, DOUBT}), "settled": bool(it.settled) or it.changed,
    }.get(shows, shows in grades)


def _plans() -> list:
    return reading().execute(select(Plan.id, Plan.title, Plan.edition_number).order_by(Plan.id.desc())).all()
