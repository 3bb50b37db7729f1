"""Implementation plans on the web: who has handed in, one unit's plan to fill in or to read, its Word document."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

import evidence as intake
from plans.implementation_document import NOT_WORD, WrongDocument, read_document, step_line, write_document
from reports.implementation import standings
from reports.timeline import holding, stations, timeline
from views.access import for_roles
from views.context import actor, database, day, evidence_intake, reading, say, today
from views.ledger import READERS
from views.numbers import whole
from views.subjects import forms_of, page_of
from views.visible import subject_or_404
from workflow import planning
from workflow.authority import offers
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.engine import fire
from workflow.errors import Incomplete, NotNow

bp = Blueprint("implementation", __name__, url_prefix="/implementation")

FIELDS = ("measures", "handler", "leader", "target")
SEVERAL = ("evidence", "steps")
MOST_BYTES = 5 * 2**20
DOCX = "docx"


@bp.get("")
@for_roles(*READERS)
def listing():
    found = standings(reading(), actor(), day())
    return render_template("implementation/list.html", standings=found, unit=actor().unit_name)


@bp.post("/begin")
@for_roles(*READERS)
def begin():
    made = planning.begin(database(), actor(), request.form.get("plan", 0, whole))
    return redirect(page_of(IMPLEMENTATION, made))


@bp.get("/<int:implementation_id>")
@for_roles(*READERS)
def show(implementation_id: int):
    return _page(implementation_id)


@bp.post("/<int:implementation_id>/draft")
@for_roles(*READERS)
def save(implementation_id: int):
    """Keep all that was typed on the page; with `then`, take that action right after."""
    plan = subject_or_404(IMPLEMENTATION, implementation_id)
    try:
        planning.save(plan, actor(), request.form.get("overview"), _typed())
    except Incomplete as error:
        return _page(implementation_id, problems=error.errors, status=422)
    trigger = request.form.get("then", "")
    if not trigger.isalpha():
        flash(_("已暂存。"), "ok")
        return redirect(url_for(".show", implementation_id=implementation_id, _anchor=trigger or None))
    plan = subject_or_404(IMPLEMENTATION, implementation_id)
    try:
        fire(plan, trigger, actor(), {}, request.form.get("version", -1, whole))
    except NotNow as error:
        reasons = "".join(say(reason.words) for reason in error.reasons)
        return _page(implementation_id, notice=_("草稿已保存，但还不能报送：") + reasons, status=409)
    flash(_("已办理：%(action)s。", action=say(IMPLEMENTATION.label_of(trigger))), "ok")
    return redirect(page_of(IMPLEMENTATION, implementation_id))


@bp.get("/<int:implementation_id>/document")
@for_roles(*READERS)
def document(implementation_id: int):
    plan = subject_or_404(IMPLEMENTATION, implementation_id)
    return send_file(
        io.BytesIO(write_document(plan)), mimetype=intake.KINDS[DOCX], as_attachment=True,
        download_name=f"{plan.unit.name}实施方案.docx",
    )


@bp.post("/<int:implementation_id>/document")
@for_roles(*READERS)
def take_document(implementation_id: int):
    """The filled-in Word document: its rows become the draft's, all of them or none."""
    plan = subject_or_404(IMPLEMENTATION, implementation_id)
    try:
        changed = planning.save(plan, actor(), None, _uploaded())
    except intake.Refusal as refusal:
        return _page(implementation_id, notice=say(refusal.words), status=422)
    except WrongDocument as error:
        return _page(implementation_id, notice=say(error.words), status=422)
    except Incomplete as error:
        words = [_("文档没有读入，请改正后重新上传。"), *(_named(name, words) for name, words in error.errors.items())]
        return _page(implementation_id, notice="\n".join(words), status=422)
    flash(_("已从文档读入，更新 %(count)s 个节点。", count=changed), "ok")
    return redirect(page_of(IMPLEMENTATION, implementation_id))


def _named(name: str, words) -> str:
    """What is wrong, with the milestone that it is wrong with."""
    return _("节点编号 %(number)s：%(words)s", number=name.rpartition("-")[2], words=say(words))


def _uploaded() -> dict[int, planning.Typed]:
    file = request.files.get("file")
    content = file.stream.read(MOST_BYTES + 1) if file else b""
    if len(content) > MOST_BYTES:
        raise intake.Refusal("too-large", most=MOST_BYTES // 2**20)
    if not content:
        raise intake.Refusal("empty")
    if evidence_intake().judged(io.BytesIO(content)).extension != DOCX:
        raise WrongDocument(NOT_WORD)
    return read_document(content)


def _typed() -> dict[int, planning.Typed]:
    """The entries of the form, by milestone."""
    form = request.form
    ids = [int(name[4:]) for name in form if name.startswith("was-") and name[4:].isdecimal()]
    return {
        n: planning.Typed(
            **{name: form.get(f"{name}-{n}", "") for name in FIELDS},
            **{name: form.get(f"{name}-{n}", "").splitlines() for name in SEVERAL}, was=form[f"was-{n}"],
        )
        for n in ids
    }


def _page(implementation_id: int, *, problems: dict | None = None, notice: str = "", status: int = 200):
    plan = subject_or_404(IMPLEMENTATION, implementation_id)
    given = offers(IMPLEMENTATION, actor(), plan)
    moments = timeline(reading(), IMPLEMENTATION, plan, actor())
    return render_template(
        "implementation/show.html", plan=plan, workflow=IMPLEMENTATION, offers=given, forms=forms_of(given, plan),
        moments=moments, holding=holding(reading(), moments, IMPLEMENTATION, plan, today()),
        stations=stations(IMPLEMENTATION, moments, plan), shown=planning.shown, lines=_lines,
        drafting=any(offer.open and offer.action.trigger == planning.SAVE for offer in given),
        problems=problems or {}, notice=notice, today=today(), most_mb=MOST_BYTES // 2**20,
        typed=request.form if problems else None, entries=sorted(plan.entries, key=_place),
    ), status


def _lines(steps: list[dict]) -> str:
    return "\n".join(map(step_line, steps))


def _place(entry):
    milestone = entry.milestone
    return milestone.task.position, milestone.year or 0
