"""Which workflows there are. A new one is a definition and a line here."""

from workflow.definition import Workflow
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE

WORKFLOWS: dict[str, Workflow] = {workflow.name: workflow for workflow in (MILESTONE, CONTRIBUTION)}
_BY_MODEL = {workflow.model: workflow for workflow in WORKFLOWS.values()}


def workflow_of(subject) -> Workflow:
    """The workflow that moves this object; KeyError where it is not a workflow's subject."""
    return _BY_MODEL[type(subject)]
