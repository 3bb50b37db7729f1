"""Corrections: made on one row, listed, taken back, sent along as a file."""


from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from models import DraftStatus, PlanDraft
from plans import intake
from plans.corrections import VERBS, Corrected, default_answers, read_file, to_file
from plans.corrections.fields import Flag, Table
from views.context import actor, database, language, say
from views.files import attached
from views.numbers import whole
from views.plans.base import bp, corrected, draft_or_404, read_draft_or_404, read_in_background, system_office
from views.plans.sheet import PAGE, Shown, common, history, shown_rows
from workflow.errors import Incomplete
from workflow.inputs import Lines


@bp.get("/admin/plans/drafts/<int:draft_id>/rows/<key>")
@system_office
def row(draft_id: int, key: str):
    """One row with the forms that correct it: a page of its own, or in its place on the sheet."""
    return _row_page(read_draft_or_404(draft_id), key)


@bp.post("/admin/plans/drafts/<int:draft_id>/corrections")
@system_office
def correct(draft_id: int):
    found = read_draft_or_404(draft_id)
    raw = _typed()
    key = raw.get("row") or request.form.get("at", "")
    if raw["do"] == "columns":
        raw["columns"] = _changed_columns(found, raw["columns"])
    if "row" in raw and raw["do"] != "settle":
        raw["answers"] = _answers(corrected(found), raw)
    try:
        again = intake.correct(database(), actor(), draft_id, request.form.get("seen", -1, whole), raw)
    except Incomplete as error:
        problem = "".join(map(say, error.errors.values()))
        if key:
            return _row_page(found, key, problem), 422
        return _list_page(found, problem), 422
    if again:
        read_in_background(draft_id)
    return _after(draft_id, key, raw["do"])


@bp.get("/admin/plans/drafts/<int:draft_id>/corrections")
@system_office
def listed(draft_id: int):
    return _list_page(draft_or_404(draft_id))


@bp.post("/admin/plans/drafts/<int:draft_id>/corrections/<int:n>/undo")
@system_office
def undo(draft_id: int, n: int):
    if intake.undo(database(), actor(), draft_id, request.form.get("version", -1, whole), n):
        read_in_background(draft_id)
    flash(_("已撤销，并记入审计留痕。"), "ok")
    return redirect(url_for(".listed", draft_id=draft_id))


@bp.get("/admin/plans/drafts/<int:draft_id>/corrections.json")
@system_office
def corrections_file(draft_id: int):
    found = draft_or_404(draft_id)
    sha256 = found.source.sha256
    return attached(to_file(found.corrections, sha256).encode(), "application/json", f"{sha256[:12]}-corrections.json")


@bp.post("/admin/plans/drafts/<int:draft_id>/corrections.json")
@system_office
def load_corrections(draft_id: int):
    found = draft_or_404(draft_id)
    file = request.files.get("file")
    try:
        given = read_file(file.read() if file else b"", found.source.sha256)
        again = intake.replace_all(database(), actor(), draft_id, request.form.get("version", -1, whole), given)
    except Incomplete as error:
        return _list_page(found, "\n".join(map(say, list(error.errors.values())[:20]))), 422
    if again:
        read_in_background(draft_id)
    flash(_("已载入 %(count)s 条更正，并记入审计留痕。", count=len(given)), "ok")
    return redirect(url_for(".draft", draft_id=draft_id))


def _row_page(found: PlanDraft, key: str, problem: str = ""):
    made = corrected(found)
    shown = next((it for it in shown_rows(made, found) if it.row.key == key), None)
    if shown is None:
        abort(404)
    page = "plans/row_part.html" if request.headers.get("HX-Request") else "plans/row.html"
    return render_template(
        page, draft=found, made=made, it=shown, editing=found.status == DraftStatus.READ, problem=problem,
        areas=made.plan.areas, years=_years(made, shown), **common(made, found),
    )


def _after(draft_id: int, key: str, verb: str):
    """Where a correction leads: the row in its place, or the page it stood on."""
    if not request.headers.get("HX-Request"):
        flash(_("已更正：%(what)s。", what=say(VERBS[verb].label)), "ok")
        return redirect(_back(draft_id, key))
    found = draft_or_404(draft_id)
    made = corrected(found)
    shown = next((it for it in shown_rows(made, found) if it.row.key == key), None)
    if shown is None or verb in ("merge", "split", "remove"):
        # Rows came or went: the sheet itself is another one now.
        return "", 200, {"HX-Refresh": "true"}
    return render_template(
        "plans/row_part.html", draft=found, made=made, it=shown, editing=request.form.get("stay") == "1", problem="",
        areas=made.plan.areas, years=_years(made, shown), counted=True, **common(made, found),
    )


def _back(draft_id: int, key: str) -> str:
    """Without scripts: the page that the form stood on, else the page of the sheet on which the row is now."""
    back = request.form.get("back", "")
    if back.startswith(url_for(".draft", draft_id=draft_id)):
        return back
    found = draft_or_404(draft_id)
    keys = [row.key for row in corrected(found).rows] if found.status == DraftStatus.READ else []
    if key not in keys:
        return url_for(".draft", draft_id=draft_id)
    if request.form.get("stay") == "1":
        return url_for(".row", draft_id=draft_id, key=key)
    page = keys.index(key) // PAGE + 1
    return url_for(".draft", draft_id=draft_id, page=page if page > 1 else None, _anchor=f"row-{key}")


def _years(made: Corrected, shown: Shown) -> list[int | None]:
    """The years that a requirement can be set for."""
    own = [m.year for m in shown.row.task.milestones]
    dated = sorted({*made.plan.years, *filter(None, own)})
    return [*dated, None] if None in own or not dated else dated


def _list_page(found: PlanDraft, problem: str = ""):
    made = corrected(found) if found.status in (DraftStatus.READ, DraftStatus.STORED) else None
    return render_template(
        "plans/corrections.html", draft=found, made=made, problem=problem, verbs=VERBS, told=_told,
        history=history(found.id), open=found.status in (DraftStatus.READ, DraftStatus.UNREADABLE),
    )


def _told(correction: dict) -> str:
    """What a correction says, on one line."""
    said = []
    for field in VERBS[correction["do"]].fields:
        value = correction.get(field.name)
        if value in (None, "", [], {}):
            continue
        if isinstance(value, dict):
            value = "；".join(f"{name}：{text}" for name, text in value.items())
        elif isinstance(value, list):
            value = "、".join(value)
        elif isinstance(value, bool):
            value = "✓" if value else "—"
        said.append(f"{field.label[language()]}：{value}")
    return "　".join(said)


def _typed() -> dict:
    """The correction that a form holds, as its verb's fields are typed."""
    form = request.form
    verb = VERBS.get(form.get("do", ""))
    if verb is None:
        abort(400)
    raw: dict = {"do": form["do"]}
    if form.get("row"):
        raw |= {"row": form["row"], "number": form.get("number") or None}
    for field in verb.fields:
        if isinstance(field, Lines):
            raw[field.name] = [line for text in form.getlist(field.name) for line in text.splitlines()]
        elif isinstance(field, Table):
            names, texts = form.getlist(f"{field.name}_name"), form.getlist(f"{field.name}_text")
            raw[field.name] = dict(zip(names, texts, strict=False))
        elif isinstance(field, Flag):
            raw[field.name] = form.get(field.name) == "1"
        else:
            raw[field.name] = form.get(field.name, "")
    return raw


def _changed_columns(found: PlanDraft, given: dict[str, str]) -> dict[str, str]:
    """Those that are to mean something else than they were read as."""
    present = {column.header: column.role for column in corrected(found).plan.columns}
    return {header: role for header, role in given.items() if role != present.get(header, role)}


def _answers(made: Corrected, raw: dict) -> list[list[str]]:
    shown = next((it for it in made.rows if it.key == raw["row"]), None)
    if shown is None:
        return []
    if "year" in raw:
        raw = raw | {"year": int(raw["year"]) if str(raw["year"]).isdecimal() else None}
    return default_answers(raw["do"], raw, shown, made.placed.get(shown.key, []))
