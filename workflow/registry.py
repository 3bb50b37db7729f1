"""Which workflows there are. A new one is a definition and a line here."""

from workflow.definition import Workflow
from workflow.definitions.change_request import CHANGE_REQUEST
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.handover import HANDOVER
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.sample import SAMPLE
from workflow.definitions.supervision import SUPERVISION

WORKFLOWS: dict[str, Workflow] = {
    workflow.name: workflow
    for workflow in (MILESTONE, CONTRIBUTION, IMPLEMENTATION, CHANGE_REQUEST, HANDOVER, SUPERVISION, SAMPLE)
}


def workflow_of(subject) -> Workflow:
    """The workflow that moves this object; StopIteration where it is not a workflow's subject."""
    return next(filter(lambda workflow: workflow.model is type(subject), WORKFLOWS.values()))


def by_table(name: str) -> Workflow | None:
    """The workflow over the table of this name, which is also the type of its subjects' events."""
    return next((workflow for workflow in WORKFLOWS.values() if workflow.model.__tablename__ == name), None)


def by_path(word: str) -> Workflow | None:
    """The workflow whose subjects have this word in their addresses."""
    return next((workflow for workflow in WORKFLOWS.values() if workflow.path == word), None)
