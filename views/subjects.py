"""What every workflow's subjects share on the web: their address, their page, and taking an action on them.

/<path>/<id> is a subject of the workflow with that `path`; a workflow with a page of its own has a route of
that very address, which the router then prefers. All actions of all workflows go through `act`.
"""

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.routing import BaseConverter, ValidationError

from models import Words, reference
from reports.timeline import holding, stations, timeline
from views.access import for_roles
from views.context import actor, reading, say, today
from views.forms import action_form
from views.ledger import READERS
from views.queueing import read_query
from views.visible import subject_or_404
from workflow.authority import Offer, offers
from workflow.definition import Action, Workflow
from workflow.engine import fire, permitted
from workflow.errors import Incomplete
from workflow.registry import by_path, by_table, workflow_of

bp = Blueprint("subjects", __name__)


@dataclass(frozen=True)
class Host:
    """What another subject stands within: its title, and the address of its page."""

    title: Words
    address: str


class WorkflowConverter(BaseConverter):
    """The word in an address for the workflow that it stands for."""

    def to_python(self, value: str) -> Workflow:
        found = by_path(value)
        if found is None:
            raise ValidationError()
        return found

    def to_url(self, value: Workflow) -> str:
        return value.path


def register(app: Flask) -> None:
    app.url_map.converters["workflow"] = WorkflowConverter
    app.add_template_global(page_of_event)
    app.add_template_global(place_of)


@bp.get("/<workflow:workflow>/<int:subject_id>")
@for_roles(*READERS)
def show(workflow: Workflow, subject_id: int):
    subject = subject_or_404(workflow, subject_id)
    if workflow.facts is None:
        abort(404)
    moments = timeline(reading(), workflow, subject, actor())
    given = offers(workflow, actor(), subject)
    return render_template(
        "subject/show.html", workflow=workflow, subject=subject, offers=given, forms=forms_of(given, subject),
        moments=moments, holding=holding(reading(), moments, workflow, subject, today()),
        stations=stations(workflow, moments, subject), standing=workflow.by_clock(subject, today()),
        host=_host(workflow, subject),
    )


@bp.route("/<workflow:workflow>/<int:subject_id>/act/<trigger>", methods=["GET", "POST"])
@for_roles(*READERS)
def act(workflow: Workflow, subject_id: int, trigger: str):
    action = workflow.first(trigger)
    if action.target is None:
        return redirect(page_of(workflow, subject_id))
    if request.method == "GET":
        permitted(workflow, trigger, actor(), subject_or_404(workflow, subject_id))  # the same answer as to the press
        return _act_page(workflow, subject_id, action, {})
    form = action_form(action)
    try:
        # Not read here: the engine reads it, locked, and says who may see it.
        fire(
            reference(reading(), workflow.model, subject_id), trigger, actor(), form.raw_input(action),
            form.seen_version(),
        )
    except Incomplete as error:
        return _act_page(workflow, subject_id, action, error.errors), 422
    flash(_("已办理：%(action)s。", action=say(action.label)), "ok")
    place, _mark, query = request.form.get("from", "").partition("?")
    if place == "review":
        return redirect(url_for("review.queue", **read_query(query).query()))
    return redirect(_after(workflow, subject_id))


def _after(workflow: Workflow, subject_id: int) -> str:
    """Where to go when something was done: to the subject's page, or to that on which it stands."""
    if workflow.within is None:
        return page_of(workflow, subject_id)
    return _host(workflow, subject_or_404(workflow, subject_id)).address


def _host(workflow: Workflow, subject) -> Host | None:
    """What the subject stands within."""
    if workflow.within is None:
        return None
    host = workflow.within(subject)
    its = workflow_of(host)
    return Host(its.title(host), page_of(its, host.id))


def page_of(workflow: Workflow, subject_id: int) -> str:
    """The address of a subject's page."""
    return url_for("subjects.show", workflow=workflow, subject_id=subject_id)


def place_of(workflow: Workflow, subject) -> str:
    """Where a subject is worked on: its own page, or its place on the page of what it stands within."""
    host = _host(workflow, subject)
    return f"{host.address}#{workflow.path}-{subject.id}" if host else page_of(workflow, subject.id)


def page_of_event(subject_type: str, subject_id: int) -> str | None:
    """The page of an event's subject, None where it is no workflow's."""
    workflow = by_table(subject_type)
    return page_of(workflow, subject_id) if workflow else None


def forms_of(given: list[Offer], subject) -> dict:
    """An empty form for each action that can be taken now."""
    return {
        offer.action.trigger: action_form(offer.action, subject.version, formdata=None)
        for offer in given if offer.open and offer.action.target is not None
    }


def _act_page(workflow: Workflow, subject_id: int, action: Action, problems: dict):
    subject = subject_or_404(workflow, subject_id)
    return render_template(
        "subject/act.html", workflow=workflow, subject=subject, action=action,
        form=action_form(action, subject.version), problems=problems,
    )
