"""Plans of other makes than the seed's go into the ledger whole: without serials, years, areas or days."""

import pytest
from sqlalchemy import select

from models import Milestone, Responsibility, Task
from plans.store import store_plan
from tests.plans.test_written import NAMES, read
from workflow.actor import command_line


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_of_any_make_is_stored_as_it_was_checked(database, name):
    checked = read(name)
    stored = store_plan(database, command_line("test"), checked, name.encode(), f"{name}.txt", accept_doubts=True)
    with database.reading() as session:
        tasks = session.scalars(select(Task).where(Task.plan_id == stored.plan_id).order_by(Task.position)).all()
        assert [(task.number, task.title) for task in tasks] == [(task.number, task.title) for task in checked.tasks]
        assert [task.area.title for task in tasks] == [task.area for task in checked.tasks]
        milestones = session.scalars(select(Milestone).order_by(Milestone.task_id, Milestone.id)).all()
        assert [(m.year, m.due, m.requirements) for m in milestones] == [
            (m.year, m.due, list(m.requirements)) for task in checked.tasks for m in task.milestones
        ]
        seats = len(session.scalars(select(Responsibility)).all())
        assert seats == sum(len(task.seats) for task in checked.tasks)
