"""Sampling (抽查): what the committee draws by lot for close checking, and what was found."""

from io import BytesIO
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from models import Role, Sample
from reports import sampling as report
from reports.documents.taken import taken
from reports.ledger import Filters, area_choices, plan_choices, unit_choices
from reports.returns import Period
from views.access import for_roles
from views.context import actor, database, judging, language, past_day, reading, say
from views.files import inert
from views.ledger import asked_plan, read_filters
from views.monitor import read_period
from views.numbers import whole
from workflow import sampling
from workflow.definitions.sample import READS, SAMPLE
from workflow.errors import Incomplete

bp = Blueprint("samples", __name__, url_prefix="/samples")
MOST_PAGES = 10_000


@bp.get("")
@for_roles(*READS)
def listing():
    page = max(1, min(request.args.get("page", 1, whole), MOST_PAGES))
    total, rows = report.listed(reading(), page)
    return render_template(
        "samples/list.html", rows=rows, counts=report.counts(reading(), [row.id for row in rows]), page=page,
        pages=max(1, -(-total // report.PAGE)), workflow=SAMPLE, lotteries=sampling.LOTTERIES,
        draws=Role.COMMITTEE in actor().roles,
    )


@bp.get("/new")
@for_roles(Role.COMMITTEE)
def new():
    """The form: first what is drawn from, then how many."""
    return _form(request.args)


@bp.post("")
@for_roles(Role.COMMITTEE)
def draw():
    form = request.form
    kind, filters, period = _scope(form)
    chosen = report.population(reading(), actor(), past_day(None), filters, kind, period)
    query = {"kind": kind, **filters.query(), **period.query()}
    asked = sampling.Asked(
        kind, form.get("by", ""), form.get("amount", type=whole), _said(kind, filters, period),
        urlencode(query), period.since, period.until, form.get("remark", ""),
    )
    try:
        sample_id = sampling.draw(database(), actor(), chosen, asked)
    except Incomplete as error:
        return _form(form, {name: say(words) for name, words in error.errors.items()}), 422
    flash(_("已抽取，并记入审计留痕。"), "ok")
    return redirect(url_for(".show", sample_id=sample_id))


@bp.get("/<int:sample_id>")
@for_roles(*READS)
def show(sample_id: int):
    sample = _sample_or_404(sample_id)
    rows = report.items(reading(), actor(), sample_id)
    return render_template(
        "samples/show.html", sample=sample, rows=rows, workflow=SAMPLE, lottery=sampling.LOTTERIES[sample.kind],
        counts=report.counts(reading(), [sample_id]).get(sample_id, {}), list_name=_list_name(sample_id),
    )


@bp.get("/<int:sample_id>/list.txt")
@for_roles(*READS)
def population_list(sample_id: int):
    """The list that was drawn from, byte for byte as it was fingerprinted."""
    sample = _sample_or_404(sample_id)
    return inert(send_file(
        BytesIO(sample.listed.encode()), mimetype="text/plain", as_attachment=True,
        download_name=_list_name(sample_id),
    ))


@bp.get("/<int:sample_id>/results.xlsx")
@for_roles(*READS)
def results(sample_id: int):
    sample = _sample_or_404(sample_id)
    made = report.sample_book(sample, report.items(reading(), actor(), sample_id), language())
    return inert(send_file(
        BytesIO(made), mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True, download_name=f"抽查-{sample_id}.xlsx",
    ))


def _list_name(sample_id: int) -> str:
    """What the list is called once it was downloaded: the recipe on the page speaks of it by this name."""
    return f"sample-{sample_id}-list.txt"


def _sample_or_404(sample_id: int) -> Sample:
    """A draw; to a delegate for one action area, only where something in that area was drawn."""
    sample = report.whole(reading(), sample_id)
    if sample is None or (actor().only_area is not None and not report.items(reading(), actor(), sample_id)):
        abort(404)
    return sample


def _scope(given) -> tuple[str, Filters, Period]:
    """What is drawn from, as an address or a form has it."""
    kind = given.get("kind", "")
    kind = kind if kind in sampling.LOTTERIES else next(iter(sampling.LOTTERIES))
    filters = read_filters(given).wide.but(part=None, answer=None, asof=None, dropped=None)
    filters = filters.but(plan=asked_plan(plan_choices(reading()), filters.plan))
    sealed = sampling.LOTTERIES[kind].state in {state.name for state in sampling.MILESTONE.sealed}
    return kind, filters, read_period(given) if sealed else Period()


def _said(kind: str, filters: Filters, period: Period) -> str:
    """The scope in words, as the draw keeps it."""
    day = judging(past_day(None), filters.plan)
    said = [sampling.LOTTERIES[kind].label.zh, taken(reading(), actor(), day, filters, database().clock()).filters_said]
    if period.since or period.until:
        said.append(f"办结日期：{period.since or ''}–{period.until or ''}")
    return "；".join(said)


def _form(given, problems: dict | None = None):
    kind, filters, period = _scope(given)
    plans = plan_choices(reading())
    count = len(report.population(reading(), actor(), past_day(None), filters, kind, period))
    known = plans if filters.plan is None else [it for it in plans if it.id == filters.plan]
    return render_template(
        "samples/new.html", kind=kind, filters=filters, period=period, count=count, problems=problems or {},
        typed=given, lotteries=sampling.LOTTERIES, plans=plans, area_choices=area_choices(reading(), plans, filters),
        unit_choices=unit_choices(reading()), known_years=sorted({year for it in known for year in it.years}),
        words_most=sampling.WORDS.most,
        amounts=sampling.AMOUNTS,
    )
