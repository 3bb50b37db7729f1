"""The ledger that is measured: the sample plan, as often as asked for, with demonstration accounts and a past."""

from datetime import timedelta

from sqlalchemy import select, text, update

from models import Database, Milestone, Round, utc_now
from models.schema import upgrade
from plans.demonstration import SAMPLE, create_demonstration
from plans.reading import read_plan
from plans.store import store_plan
from workflow.actor import command_line
from workflow.audit.chain import append
from workflow.calendar import local_day

# Days ago: imported, moved on, and the past days whose pages are measured, before and after that.
OPENED, MOVED, LOOKED_AT, RECENT = 60, 20, 30, 5
EVERY = 3  # one milestone in so many has moved


def past_day() -> str:
    """A day before anything had moved: the whole of it has to be taken back."""
    return (local_day(utc_now()) - timedelta(LOOKED_AT)).isoformat()


def recent_day() -> str:
    """A day at which very many were with those who judge, and so had clocks running."""
    return (local_day(utc_now()) - timedelta(RECENT)).isoformat()


def lived_in(url: str, copies: int) -> int:
    """The database at `url` filled some time ago, with passages since; how many milestones there are."""
    database = Database(url, clock=lambda: utc_now() - timedelta(OPENED))
    milestones = fill(database, copies)
    actor, at = command_line("bench"), utc_now() - timedelta(MOVED)
    with database.writing() as session:
        for milestone in session.scalars(select(Milestone).where(Milestone.id % EVERY == 0)):
            append(session, milestone, actor, at, "submit", moved=(milestone.state, "submitted"), round_number=1)
            milestone.state = "submitted"
        session.flush()
        session.execute(update(Round).where(Round.milestone_id % EVERY == 0).values(submitted_at=at))
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))  # as the database does by itself a little later
    database.dispose()
    return milestones


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
