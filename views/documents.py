"""Documents to take along: what they hold is what the pages show to the same person, by the same filters."""

from datetime import date
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from evidence import Refusal
from evidence.names import safe_name
from models import Milestone, Role, Words
from reports.documents.bundle import write_bundle
from reports.documents.dossier import Dossier, dossier
from reports.documents.dossier_pdf import write_pdf
from reports.documents.ledger import write_ledger
from reports.documents.many import DOSSIERS, MOST
from reports.documents.paper import Paper
from reports.documents.papers import (
    AT_ONCE,
    DOCX,
    PAPERS,
    addresses,
    as_input,
    check_since,
    file_name,
    laid_out,
    month_before,
    title_of,
    write_paper,
)
from reports.documents.taken import Taken, taken
from reports.documents.template import MOST_MB, NOT_WORD, check_template, places_of, sample_of
from reports.documents.units import write_units
from reports.ledger import NO_YEAR, Filters, plan_choices, tally, visible
from reports.monitor import WATCHERS
from views.access import for_roles
from views.context import (
    actor,
    database,
    day,
    evidence_intake,
    evidence_store,
    judging,
    past_day,
    reading,
    say,
    settings,
    today,
)
from views.files import inert
from views.jobs import begin_and_show
from views.ledger import READERS, asked_plan, read_filters
from views.monitor import read_period
from views.queueing import query_of
from views.scope import check_scope
from views.visible import visible_or_404
from workflow.actor import command_line
from workflow.days import read_day
from workflow.documents import OFFICES, TEMPLATES, kept_document, set_template, template_of
from workflow.errors import Incomplete
from workflow.jobs import ask
from workflow.subjects import milestone_rows

bp = Blueprint("documents", __name__, url_prefix="/documents")

NO_FILE = Words("请选择文件。", "Choose a file.")
OF_NO_YEAR = Words("年度总结须指定年度。", "A year's report is of a year: please choose one.")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@for_roles(*READERS)
def show():
    """What there is to take along, and what it is to be about."""
    return _page({}, MultiDict())


@bp.errorhandler(Incomplete)
def refused(error: Incomplete):
    """What was asked for will not do: the page again, where it is corrected."""
    return _page(error.errors, query_of(request.form["query"]) if "query" in request.form else request.args), 422


@bp.get("/ledger.xlsx")
@for_roles(*READERS)
def ledger():
    """The milestones of a ledger page with the same filters, however many."""
    check_scope(request.args)
    asked = _asked(read_filters(request.args))
    with database().snapshot() as session:
        written = write_ledger(session, asked)
    return _sent(written, f"台账-{_stamp(asked)}.xlsx", XLSX)


@bp.get("/units.xlsx")
@for_roles(*WATCHERS)
def units():
    check_scope(request.args)
    asked = _asked(_wide(request.args))
    with database().snapshot() as session:
        written = write_units(session, asked, settings().rank_units, read_period(request.args))
    return _sent(written, f"单位完成情况统计-{_stamp(asked)}.xlsx", XLSX)


@bp.get("/bulletin.docx")
@for_roles(*WATCHERS)
def bulletin():
    """Of the time after `?since=` (by default the month's beginning) up to the day that is asked for."""
    return _written("bulletin", request.args)


@bp.get("/year.docx")
@for_roles(*WATCHERS)
def year():
    """Of the year that is asked for, by default the one in which the day lies."""
    return _written("year", request.args)


@bp.post("/later/<kind>")
@for_roles(*WATCHERS)
def later(kind: str):
    """One of these two in the background, of what the address of a document (`query`) asks for."""
    asked, since = _of_address(_kind(kind), query_of(request.form.get("query", "")))
    what = as_input(kind, asked, since, settings().site_url, settings().rank_units, _calendar_of(asked.filters))
    with database().writing() as session:
        job = ask(session, PAPERS, actor(), database().clock(), what, title_of(asked, kind))
    return begin_and_show(job)


@bp.get("/kept/<int:document_id>.docx")
@for_roles(Role.COMMITTEE)
def kept(document_id: int):
    """A draft that was made on a schedule."""
    found = kept_document(reading(), document_id)
    if found is None or actor().only_area is not None:
        abort(404)
    return _sent(BytesIO(found.content), f"{say(TEMPLATES[found.kind])}-{found.period}-稿.docx", DOCX)


def month_draft(plan_id: int, period: date) -> tuple[str, bytes]:
    """Title and content of the bulletin of the month that ends with `period`, for whoever has no request."""
    asked = taken(
        reading(), command_line("bulletin"), judging(past_day(period), plan_id), Filters(plan=plan_id, asof=period),
        database().clock(),
    )
    paper = _paper("bulletin", asked)
    return paper.title, laid_out(reading(), "bulletin", paper)


@bp.get("/milestones/<int:milestone_id>.pdf")
@for_roles(*READERS)
def dossier_pdf(milestone_id: int):
    """单项档案 as a PDF."""
    shown = _dossier(milestone_id)
    return _sent(BytesIO(_pdf(shown)), f"单项档案-{_file_name(shown)}.pdf", "application/pdf")


@bp.get("/milestones/<int:milestone_id>.zip")
@for_roles(*READERS)
def dossier_bundle(milestone_id: int):
    """The PDF with all evidence, the chain, and what a stranger needs to check them."""
    shown = _dossier(milestone_id)
    written = write_bundle(shown, _pdf(shown), evidence_store())
    return _sent(written, f"单项档案-{_file_name(shown)}.zip", "application/zip")


@bp.get("/templates/<kind>")
@for_roles(*OFFICES)
def template(kind: str):
    return _template_page(kind)


@bp.post("/templates/<kind>")
@for_roles(*OFFICES)
def put_template(kind: str):
    """A committee's own layout; without a file the one that is in force is taken back."""
    _kind(kind)
    name, content = "", None
    try:
        if request.form.get("remove") != "1":
            name, content = _uploaded()
            check_template(content, set(_places(kind)))
        set_template(database(), actor(), kind, name, content)
    except Refusal as refusal:
        return _template_page(kind, say(refusal.words), 422)
    except Incomplete as error:
        return _template_page(kind, "".join(say(words) for words in error.errors.values()), 422)
    flash(_("已保存，并记入审计留痕。"), "ok")
    return redirect(url_for(".template", kind=kind))


@bp.get("/templates/<kind>/own.docx")
@for_roles(*OFFICES)
def own_template(kind: str):
    found = template_of(reading(), _kind(kind))
    if found is None:
        abort(404)
    return _sent(BytesIO(found.content), found.name or "template.docx", DOCX)


@bp.get("/templates/<kind>/sample.docx")
@for_roles(*OFFICES)
def sample_template(kind: str):
    """Our own layout with its places, to begin from."""
    made = sample_of(_paper(_kind(kind), _of(kind, MultiDict())))
    return _sent(BytesIO(made), f"{say(TEMPLATES[kind])}-{_('样例模板')}.docx", DOCX)


@bp.post("/dossiers")
@for_roles(*READERS)
def dossiers():
    """Those of the milestones of a ledger page, in the background."""
    given = query_of(request.form.get("query", ""))
    check_scope(given)
    filters = read_filters(given).but(asof=None)
    query = milestone_rows(Milestone.id).where(visible(actor(), _asked(filters).day, filters)).order_by(Milestone.id)
    ids = list(reading().scalars(query.limit(MOST + 1)))
    if not ids:
        flash(_("筛选范围内没有节点。"), "warn")
        return redirect(url_for("ledger.show", **filters.query()))
    if len(ids) > MOST:
        flash(_("一次最多取 %(most)s 个节点的档案，请先缩小筛选范围。", most=MOST), "warn")
        return redirect(url_for("ledger.show", **filters.query()))
    now = day()
    given = {
        "milestones": ids, "today": now.today.isoformat(), "font": settings().document_font,
        "lights": [now.near_days, now.behind_points, now.far_behind_points],
    }
    title = Words(f"{len(ids)} 个节点的单项档案", f"Dossiers of {len(ids)} milestones")
    with database().writing() as session:
        job = ask(session, DOSSIERS, actor(), database().clock(), given, title, len(ids))
    return begin_and_show(job)


def _page(problems: dict[str, Words], typed: MultiDict):
    plans, now = plan_choices(reading()), today()
    return render_template(
        "documents/show.html", plans=plans, today=now, since=month_before(now), years=_years(plans),
        watches=not actor().roles.isdisjoint(WATCHERS), sets=not actor().roles.isdisjoint(OFFICES),
        problems=problems, typed=typed,
    )


def _dossier(milestone_id: int) -> Dossier:
    visible_or_404(milestone_id)
    with database().snapshot() as session:
        return dossier(session, actor(), milestone_id, day(), database().clock())


def _pdf(shown: Dossier) -> bytes:
    return write_pdf(shown, settings().document_font)


def _file_name(shown: Dossier) -> str:
    return safe_name(shown.title, "x")[:-2][:60]


def _paper(kind: str, asked: Taken, since: date | None = None) -> Paper:
    with database().snapshot() as session:
        return write_paper(session, kind, asked, since, addresses(settings().site_url), settings().rank_units)


def _written(kind: str, given: MultiDict):
    """The document; of very many milestones a page that asks whether to make it in the background."""
    asked, since = _of_address(kind, given)
    about = tally(reading(), asked.actor, asked.day, asked.filters)["total"]
    if about > AT_ONCE:
        return render_template(
            "documents/later.html", kind=kind, label=TEMPLATES[kind], about=about, query=urlencode(list(given.items())),
        )
    paper = _paper(kind, asked, since)
    return _sent(BytesIO(laid_out(reading(), kind, paper)), file_name(paper), DOCX)


def _of_address(kind: str, given: MultiDict) -> tuple[Taken, date | None]:
    """What the address of a document asks for, and since when. Raises Incomplete where that is wrong."""
    check_scope(given)
    asked, since = _of(kind, given), read_day(given.get("since"))
    check_since(since, asked.day.today)
    return asked, since


def _of(kind: str, given: MultiDict) -> Taken:
    """What the address of a document asks for; a year's report is of some year in any case."""
    filters = _wide(given)
    if kind == "year":
        if filters.year == NO_YEAR:
            raise Incomplete({"year": OF_NO_YEAR})
        of = filters.year or (filters.asof or today()).year
        filters = filters.but(year=of)
    return _asked(filters)


def _template_page(kind: str, problem: str = "", status: int = 200):
    _kind(kind)
    return render_template(
        "documents/template.html", kind=kind, label=TEMPLATES[kind], kinds=TEMPLATES, problem=problem,
        own=template_of(reading(), kind), places=_places(kind), most_mb=MOST_MB,
    ), status


def _uploaded() -> tuple[str, bytes]:
    """Name and content of the Word document that was sent. Raises Refusal, Incomplete."""
    file = request.files.get("template")
    if not file or not file.filename:
        raise Incomplete({"template": NO_FILE})
    content = file.stream.read((MOST_MB << 20) + 1)
    if len(content) > MOST_MB << 20:
        raise Refusal("too-large", most=MOST_MB)
    if not content:
        raise Refusal("empty")
    if evidence_intake().judged(BytesIO(content)).extension != "docx":
        raise Incomplete({"template": NOT_WORD})
    return file.filename, content


def _places(kind: str) -> list[str]:
    """The names that a template of this kind may use: those that the document has."""
    return places_of(_paper(kind, _of(kind, MultiDict())))


def _kind(kind: str) -> str:
    return kind if kind in TEMPLATES else abort(404)


def _wide(given: MultiDict) -> Filters:
    """As the monitor: states, lights and figures are what the document says, so they are not asked for."""
    return read_filters(given).wide.but(words=None, answer=None)


def _asked(filters: Filters) -> Taken:
    """What the address asks for, by the same day and clocks as the pages."""
    plans = plan_choices(reading())
    filters = filters.but(plan=asked_plan(plans, filters.plan))
    day = judging(past_day(filters.asof), _calendar_of(filters))
    return taken(reading(), actor(), day, filters, database().clock())


def _calendar_of(filters: Filters) -> int | None:
    """The plan by whose calendar is counted: the one that is asked for, or that there is."""
    plans = plan_choices(reading())
    return filters.plan or (plans[0].id if len(plans) == 1 else None)


def _years(plans) -> list[int]:
    return sorted({year for plan in plans for year in plan.years})


def _stamp(asked: Taken) -> str:
    """The day whose figures a document has, in its file's name."""
    return asked.day.today.isoformat()


def _sent(written: BinaryIO, name: str, media_type: str) -> Response:
    return inert(send_file(written, mimetype=media_type, as_attachment=True, download_name=name))
