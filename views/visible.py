"""Loading what an address names, as far as the reader may see it: what is not theirs to see is not there (404)."""

from flask import abort

from models import ContributionRequest, Milestone
from views.context import actor, reading
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.subjects import load_milestone, load_request


def visible_or_404(milestone_id: int) -> Milestone:
    milestone = load_milestone(reading(), milestone_id)
    if milestone is None or not MILESTONE.sees.holds(actor(), milestone):
        abort(404)
    return milestone


def request_or_404(milestone_id: int, request_id: int) -> ContributionRequest:
    """Through its milestone: a request's number alone leads nowhere."""
    found = load_request(reading(), request_id)
    if found is None or found.milestone.id != milestone_id or not CONTRIBUTION.sees.holds(actor(), found):
        abort(404)
    return found
