"""Loading what an address names, as far as the reader may see it: what is not theirs to see is not there (404)."""

from flask import abort

from models import Milestone
from views.context import actor, reading
from workflow.definition import Workflow
from workflow.definitions.milestone import MILESTONE


def subject_or_404(workflow: Workflow, subject_id: int):
    """The subject, where it is this person's to see."""
    subject = workflow.load(reading(), subject_id)
    if subject is None or not workflow.sees.holds(actor(), subject):
        abort(404)
    return subject


def visible_or_404(milestone_id: int) -> Milestone:
    return subject_or_404(MILESTONE, milestone_id)
