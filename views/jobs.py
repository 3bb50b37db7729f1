"""Work in the background: a person's own, how far each has come, and what came of it."""

from flask import Blueprint, abort, redirect, render_template, request, url_for

from models import Job
from reports.jobs import KINDS
from reports.results import results_book
from views.access import signed_in
from views.context import database, language, own, reading, say, worker
from views.files import attached
from views.numbers import whole
from views.plans.export import XLSX
from workflow.jobs import job_of, jobs_of, lines_of, well_of

bp = Blueprint("jobs", __name__, url_prefix="/jobs")
PAGE = 200


def begin_and_show(job_id: int):
    """To the page of a job that was just asked for, with its work begun."""
    worker().begin()
    return redirect(url_for("jobs.show", job_id=job_id))


@bp.get("")
@signed_in
def listing():
    return render_template("jobs/list.html", jobs=jobs_of(reading(), own().account_id), kinds=KINDS)


@bp.get("/<int:job_id>")
@signed_in
def show(job_id: int):
    """How far it is; once it has ended, what came of each item."""
    job = _own(job_id)
    if not job.ended:
        worker().look()  # also where no server keeps looking: whoever looks has it gone on with
    page = max(1, request.args.get("page", 1, whole))
    lines = lines_of(reading(), job_id, PAGE, PAGE * (min(page, 10_000) - 1)) if job.ended else []
    return render_template(
        "jobs/show.html", job=job, kind=KINDS.get(job.kind), lines=lines, page=page,
        pages=max(1, -(-job.done // PAGE)), well=well_of(reading(), job_id),
        waited=int((database().clock() - job.asked_at).total_seconds()),
    )


@bp.get("/<int:job_id>/file")
@signed_in
def file(job_id: int):
    """The file that it made."""
    job = _own(job_id, whole=True)
    if job.result is None:
        abort(404)
    return attached(job.result, job.result_type, job.result_name)


@bp.get("/<int:job_id>/results.xlsx")
@signed_in
def results(job_id: int):
    """What came of each item, as a workbook."""
    job = _own(job_id)
    lines = lines_of(reading(), job_id)
    if not lines:
        abort(404)
    return attached(results_book(lines, language()), XLSX, f"{say(job.words)[:80]}-{job.id}.xlsx")


def _own(job_id: int, whole: bool = False) -> Job:
    return job_of(reading(), own().account_id, job_id, whole)
