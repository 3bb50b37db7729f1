"""Assessment on the web: the results, one unit's points line by line, the rule in its versions, trying a period out."""

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from models import ADJUSTMENT, Assessment, AssessmentItem, AssessmentScore, Role
from reports import assessment as report
from reports.documents.assessment import write_result
from reports.forms import forms
from reports.ledger import PlanChoice, plan_choices
from reports.timeline import holding, stations, timeline
from views.access import for_roles
from views.context import actor, database, day, reading, settings, today
from views.documents import XLSX
from views.ledger import READERS, asked_plan
from views.numbers import whole
from views.subjects import forms_of, page_of
from views.visible import subject_or_404
from workflow import assessing
from workflow.assessment import result_digest
from workflow.assessment_rules import sees_all_units
from workflow.audit.words import event_words
from workflow.authority import offers
from workflow.definitions.assessment import ASSESSMENT
from workflow.definitions.objection import OBJECTION
from workflow.errors import Incomplete
from workflow.periods import period_words

bp = Blueprint("assessment", __name__, url_prefix="/assessments")
objections_bp = Blueprint("objections", __name__, url_prefix="/objections")


@bp.get("")
@for_roles(*READERS)
def listing():
    return _listing({})


@bp.post("")
@for_roles(Role.COMMITTEE)
def draw_up():
    """Measure the period now, and lay the result before its units."""
    plan_id, period = request.form.get("plan", 0, whole), request.form.get("period", "")
    try:
        taken = report.draft(database(), plan_id, period)
        if taken is None:
            raise Incomplete({"period": assessing.NO_PERIOD})
        made = assessing.draw_up(database(), actor(), taken, request.form.get("words", ""))
    except Incomplete as error:
        return _listing(error.errors), 422
    flash(_("已拟出，并通知被考核单位，在异议期内征求异议。"), "ok")
    return redirect(page_of(ASSESSMENT, made))


@bp.get("/trial")
@for_roles(Role.COMMITTEE)
def trial():
    """What the period comes to at this moment. Nothing is kept of it."""
    plan = _plan_or_404(request.args.get("plan", 0, whole))
    taken = report.draft(database(), plan.id, request.args.get("period", ""))
    if taken is None:
        return _listing({"period": assessing.NO_PERIOD}), 422
    rows = report.rows_of(taken.scores, {}, settings().rank_units)
    unit = request.args.get("unit", 0, whole)
    return render_template(
        "assessment/trial.html", plan=plan, taken=taken, rows=rows, ranking=settings().rank_units,
        row=next((it for it in rows if it.unit_id == unit), None),
        lines=[line for line in taken.lines if line["unit_id"] == unit],
        rule=assessing.rules_of(reading(), plan.id)[0], **_words(),
    )


@bp.get("/<int:assessment_id>")
@for_roles(*READERS)
def show(assessment_id: int):
    return _result(assessment_id)


@bp.get("/<int:assessment_id>/units/<int:unit_id>")
@for_roles(*READERS)
def unit(assessment_id: int, unit_id: int):
    """One unit's points, down to the events."""
    return _unit(assessment_id, unit_id, {})


@bp.post("/<int:assessment_id>/units/<int:unit_id>/objections")
@for_roles(Role.HANDLER, Role.LEADER)
def object_to(assessment_id: int, unit_id: int):
    found = subject_or_404(ASSESSMENT, assessment_id)
    form = request.form
    try:
        made = assessing.raise_objection(found, actor(), unit_id, form.get("item", ""), form.get("words", ""))
    except Incomplete as error:
        return _unit(assessment_id, unit_id, error.errors), 422
    flash(_("异议已提出，由管委会处理。"), "ok")
    return redirect(page_of(OBJECTION, made))


@bp.get("/<int:assessment_id>/result.xlsx")
@for_roles(*READERS)
def workbook(assessment_id: int):
    """What the page shows to the same person, with its lines."""
    found = subject_or_404(ASSESSMENT, assessment_id)
    own = None if sees_all_units(actor(), found) else _own_units(found)
    made = write_result(reading(), found, actor(), database().clock(), own, settings().rank_units)
    return send_file(
        made, mimetype=XLSX, as_attachment=True, download_name=f"{ASSESSMENT.title(found).zh}.xlsx"
    )


@bp.get("/rules/<int:plan_id>")
@for_roles(*READERS)
def rules(plan_id: int):
    return _rules(plan_id, {})


@bp.post("/rules/<int:plan_id>")
@for_roles(Role.COMMITTEE)
def set_rule(plan_id: int):
    _plan_or_404(plan_id)
    try:
        number = assessing.set_rule(
            database(), actor(), plan_id, request.form.to_dict(), request.form.get("words", "")
        )
    except Incomplete as error:
        return _rules(plan_id, error.errors), 422
    flash(_("第 %(n)s 版规则已生效，用于此后拟出的结果。", n=number), "ok")
    return redirect(url_for(".rules", plan_id=plan_id))


@objections_bp.get("/<int:objection_id>")
@for_roles(*READERS)
def objection(objection_id: int):
    """An objection, beside the lines that it is about."""
    found = subject_or_404(OBJECTION, objection_id)
    moments = timeline(reading(), OBJECTION, found, actor())
    given = offers(OBJECTION, actor(), found)
    score = reading().get_one(AssessmentScore, (found.assessment_id, found.unit_id))
    (row,) = report.rows_of([score], {})
    return render_template(
        "assessment/objection.html", it=found, workflow=OBJECTION, result_workflow=ASSESSMENT, row=row,
        lines=report.lines_of(reading(), found.assessment_id, found.unit_id), offers=given,
        forms=forms_of(given, found), moments=moments,
        holding=holding(reading(), moments, OBJECTION, found, today()),
        stations=stations(OBJECTION, moments, found), rule=found.assessment.rule, **_words(),
    )


def _listing(problems: dict):
    plans = plan_choices(reading())
    chosen = asked_plan(plans, request.values.get("plan", 0, whole))
    plan = next((it for it in plans if it.id == chosen), plans[0] if plans else None)
    found = report.listed(reading(), actor(), chosen)
    periods = report.periods_of(plan.years, today()) if plan else []
    return render_template(
        "assessment/list.html", plans=plans, chosen=chosen, plan=plan, results=found, workflow=ASSESSMENT,
        periods=periods, last_over=report.last_over(periods, today()), draws=Role.COMMITTEE in actor().roles,
        rule=assessing.rules_of(reading(), plan.id)[0] if plan else None, problems=problems, typed=request.values,
        correction=assessing.CORRECTION, unit_id=actor().unit_id,
        forms=forms(reading(), actor().unit_id, day()) if Role.HANDLER in actor().roles else None, **_words(),
    )


def _result(assessment_id: int):
    found = subject_or_404(ASSESSMENT, assessment_id)
    moments = timeline(reading(), ASSESSMENT, found, actor())
    given = offers(ASSESSMENT, actor(), found)
    whole_result, own = sees_all_units(actor(), found), _own_units(found)
    rows = report.rows_of(found.scores, report.added_to(reading(), found.id), settings().rank_units and whole_result)
    return render_template(
        "assessment/show.html", it=found, workflow=ASSESSMENT, offers=given, forms=forms_of(given, found),
        rows=[row for row in rows if whole_result or row.unit_id in own], whole_result=whole_result,
        ranking=settings().rank_units and whole_result, moments=moments,
        holding=holding(reading(), moments, ASSESSMENT, found, today()),
        stations=stations(ASSESSMENT, moments, found), objections=report.objections_to(reading(), actor(), found.id),
        objection_workflow=OBJECTION, matches=found.digest and result_digest(reading(), found) == found.digest,
        corrected_by=report.corrected_by(reading(), found.id), rule=found.rule, **_words(),
    )


def _unit(assessment_id: int, unit_id: int, problems: dict):
    found = subject_or_404(ASSESSMENT, assessment_id)
    score = next((it for it in found.scores if it.unit_id == unit_id), None)
    if score is None or not (sees_all_units(actor(), found) or unit_id in actor().unit_ids):
        abort(404)
    lines = report.lines_of(reading(), found.id, unit_id)
    (row,) = report.rows_of([score], report.added_to(reading(), found.id))
    objecting = next((it for it in offers(ASSESSMENT, actor(), found) if it.action.trigger == assessing.OBJECT), None)
    return render_template(
        "assessment/unit.html", it=found, row=row, workflow=ASSESSMENT,
        lines=[line for line in lines if line.item != ADJUSTMENT],
        adjustments=[line for line in lines if line.item == ADJUSTMENT],
        objections=[it for it in report.objections_to(reading(), actor(), found.id) if it.unit_id == unit_id],
        objection_workflow=OBJECTION, objecting=objecting if unit_id in actor().unit_ids else None,
        asked=(assessing.ITEM, assessing.OBJECTION_WORDS), problems=problems, typed=request.form, rule=found.rule,
        **_words(),
    )


def _rules(plan_id: int, problems: dict):
    plan = _plan_or_404(plan_id)
    versions = assessing.rules_of(reading(), plan_id)
    return render_template(
        "assessment/rules.html", plan=plan, versions=versions, parameters=assessing.PARAMETERS,
        sets=Role.COMMITTEE in actor().roles, problems=problems, typed=request.form, words=assessing.RULE_WORDS,
        **_words(),
    )


def _words() -> dict:
    """What every page of the assessment needs to say what it shows."""
    return {
        "items": AssessmentItem, "shown": report.shown, "counted": report.counted,
        "outcome_words": report.outcome_words,
        "period_words": period_words, "event_words": event_words, "meanings": report.MEANINGS,
        "audits": not actor().roles.isdisjoint({Role.AUDITOR, Role.COMMITTEE}), "today": today(),
    }


def _own_units(found: Assessment) -> set[int]:
    return {score.unit_id for score in found.scores} & actor().unit_ids


def _plan_or_404(plan_id: int) -> PlanChoice:
    return next((it for it in plan_choices(reading()) if it.id == plan_id), None) or abort(404)
