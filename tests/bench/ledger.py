"""The ledger that is measured: the sample plan, as often as asked for, with demonstration accounts."""

from models import Database
from models.schema import upgrade
from plans.demonstration import SAMPLE, create_demonstration
from plans.reading import read_plan
from plans.store import store_plan
from workflow.actor import command_line


def fill(database: Database, copies: int) -> int:
    """The sample plan `copies` times, each as a document of its own; how many milestones there are."""
    upgrade(database)
    data = SAMPLE.read_bytes()
    checked = read_plan(data)
    actor = command_line("bench")
    milestones = sum(
        store_plan(database, actor, checked, data + b"\n" * copy, SAMPLE.name, accept_doubts=True).milestones
        for copy in range(copies)
    )
    create_demonstration(database)
    return milestones
