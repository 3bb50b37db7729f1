"""Sampling (抽查): what the committee draws by lot for close checking, and what was found."""

from io import BytesIO
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from models import Role, Sample, Words
from reports import sampling as report
from reports.documents.taken import taken
from reports.ledger import Filters, area_choices, plan_choices, unit_choices
from reports.returns import Period
from views.access import for_roles
from views.context import actor, database, judging, language, past_day, reading
from views.files import inert
from views.ledger import asked_plan, read_filters
from views.monitor import read_period
from views.numbers import whole
from views.once import MARK, mark_of, new_mark, opened_anew
from views.scope import FILTERS, said_wrong, wrong_scope
from workflow import sampling
from workflow.definitions.sample import READS, SAMPLE
from workflow.errors import Incomplete, Repeated
from workflow.once import made_by

bp = Blueprint("samples", __name__, url_prefix="/samples")
MOST_PAGES = 10_000
UNUSED = ("part", "state", "light", "figure", "answer", "asof", "dropped", "clock")
NOT_BY_DAY = Words(
    "办结日期只用于已办结的节点：请清空日期，或改抽已办结的节点。",
    "Days of sign-off are those of what was signed off: leave them blank, or draw from that.",
)


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
    """The form: first what is drawn from, then how many; with `?once=`, the one that was opened so."""
    if not mark_of(request.args):
        given = [(name, text) for name, text in request.args.items(multi=True) if name != MARK]
        return opened_anew(url_for(".new"), given)
    wrong = _wrong(request.args)
    return _form(request.args, wrong), 422 if wrong else 200


@bp.post("")
@for_roles(Role.COMMITTEE)
def draw():
    form = request.form
    wrong = _wrong(form) | {name: said_wrong(label, form[name]) for name, label in _unused(form).items()}
    if wrong:
        return _form(form, wrong), 422
    kind, filters, period = _scope(form)
    chosen = report.population(reading(), actor(), past_day(None), filters, kind, period)
    query = {"kind": kind, **filters.query(), **period.query()}
    asked = sampling.Asked(
        kind, form.get("by", ""), form.get("amount", type=whole), _said(kind, filters, period),
        urlencode(query), period.since, period.until, form.get("remark", ""), mark_of(form),
    )
    try:
        sample_id = sampling.draw(database(), actor(), chosen, asked)
    except Incomplete as error:
        return _form(form, problems=error.errors), 422
    except Repeated as error:
        sample_id = error.made_id
        flash(_("此表先前已提交，未再抽取；这是当时抽取的结果。"), "warn")
    else:
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


def _wrong(given) -> dict[str, Words]:
    """What is wrong with the scope that is asked for: nothing is drawn out of another."""
    wrong, kind = wrong_scope(given), given.get("kind", "")
    if kind and kind not in sampling.LOTTERIES:
        wrong["kind"] = said_wrong(sampling.KIND, kind)
    elif not _by_day(_kind(given)) and (given.get("since") or given.get("until")):
        wrong["since"] = NOT_BY_DAY
    return wrong


def _unused(given) -> dict[str, Words]:
    """What a list was filtered by from which one came here, and a draw is not."""
    return {name: FILTERS[name] for name in UNUSED if given.get(name)}


def _kind(given) -> str:
    kind = given.get("kind", "")
    return kind if kind in sampling.LOTTERIES else next(iter(sampling.LOTTERIES))


def _by_day(kind: str) -> bool:
    """Whether what is drawn from has a day of sign-off."""
    return sampling.LOTTERIES[kind].state in {state.name for state in sampling.MILESTONE.sealed}


def _scope(given) -> tuple[str, Filters, Period]:
    """What is drawn from, as an address or a form has it."""
    kind = _kind(given)
    filters = read_filters(given).wide.but(part=None, answer=None, asof=None, dropped=None)
    filters = filters.but(plan=asked_plan(plan_choices(reading()), filters.plan))
    return kind, filters, read_period(given)


def _said(kind: str, filters: Filters, period: Period) -> str:
    """The scope in words, as the draw keeps it."""
    day = judging(past_day(None), filters.plan)
    said = [sampling.LOTTERIES[kind].label.zh, taken(reading(), actor(), day, filters, database().clock()).filters_said]
    if period.since or period.until:
        said.append(f"办结日期：{period.since or ''}–{period.until or ''}")
    return "；".join(said)


def _form(given, wrong: dict[str, Words] | None = None, problems: dict[str, Words] | None = None):
    """The form as far as it was filled in. While the scope is `wrong`, there is nothing to draw from."""
    kind, filters, period = _scope(given)
    plans, mark = plan_choices(reading()), mark_of(given) or new_mark()
    count = 0 if wrong else len(report.population(reading(), actor(), past_day(None), filters, kind, period))
    known = plans if filters.plan is None else [it for it in plans if it.id == filters.plan]
    return render_template(
        "samples/new.html", kind=kind, filters=filters, period=period, count=count, problems=problems or {},
        wrong=wrong or {}, mark=mark, drawn=made_by(reading(), actor(), mark, Sample), typed=given,
        unused=_unused(given), lotteries=sampling.LOTTERIES, plans=plans,
        area_choices=area_choices(reading(), plans, filters),
        unit_choices=unit_choices(reading()), known_years=sorted({year for it in known for year in it.years}),
        words_most=sampling.WORDS.most,
        amounts=sampling.AMOUNTS,
    )
