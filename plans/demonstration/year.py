"""A year played on the sample plan: a ledger with everything in it that a year brings, to look at and to test with.

Nothing is written by hand: accounts, files, drafts, actions and reminders come in as a person's would, at moments of
work by the ledger's own calendar, so the trail tells of them as of any other. `cast.py` says who works how and what
happens when, `texts.py` what is written; `reporting.py`, `judging.py` and `office_work.py` play it on the `stage.py`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence import Intake
from models import Account, AuditEvent, Database, Implementation, Milestone, Plan, Unit, Words
from plans.demonstration import cast, office_work
from plans.demonstration.accounts import SAMPLE, create_demonstration
from plans.demonstration.reporting import begin_only, led, mend, report
from plans.demonstration.stage import Led, Stage, StillClock, Story
from plans.reading import read_plan
from plans.store import store_plan
from workflow.actor import command_line
from workflow.calendar import CHINA, local_day
from workflow.directory import create_unit
from workflow.errors import Incomplete
from workflow.subjects import load_milestones, milestone_rows

SEED = 2018
NOT_EMPTY = Words(
    "数据库里已有内容（方案 {plans} 份、单位 {units} 个、账号 {accounts} 个）。"
    "演示年度只能在空库上生成，以免与真实内容混在一起。",
    "The database holds something already ({plans} plans, {units} units, {accounts} accounts). The year is played on "
    "an empty one, so that it never mixes with anything real.",
)
TOO_EARLY = Words("截止日期不得早于 {day}。", "The last day is {day} at the earliest.")
NEXT_YEAR = date(cast.YEAR + 1, 1, 3), 14  # from when, and on how many milestones the next year is begun


def opening() -> StillClock:
    """The clock to make the database with: the morning on which the ledger opens."""
    return StillClock(datetime.combine(cast.OPENS, time(8, 40), CHINA))


def play_year(
    database: Database, clock: StillClock, intake: Intake, until: date = cast.CLOSES, seed: int = SEED, every: int = 1
) -> Iterator[date]:
    """Play up to the end of `until`; gives each day, once it has begun. `clock` is the database's own, at `opening`.

    The schema is there and nothing else. `every` plays only each so manieth milestone, for tests. Raises Incomplete
    where the database holds anything, or the day is too early.
    """
    with database.reading() as session:
        _check_empty(session)
    if until < cast.OPENS:
        raise Incomplete({"until": TOO_EARLY.format(day=cast.OPENS)})
    plan_id = _open_ledger(database)
    stage = Stage(database, clock, intake, seed)
    stage.wait(20)
    for story in _stories(stage, plan_id, every):
        stage.begin(story)
    yield from stage.play(until)
    clock.now = datetime.combine(until, time(18), CHINA)


def days_to_play_on(session: Session, today: date) -> int | None:
    """By how many days a clock is to be moved (CLOCK_SHIFT_DAYS) so that it is the day after the trail's last event.

    None where there is no event. What the schema brought along does not count: that was when the tables were made.
    """
    schema = command_line("database upgrade").title
    last = session.scalar(select(func.max(AuditEvent.at)).where(AuditEvent.actor_name != schema))
    return (local_day(last) - today).days + 1 if last else None


def _check_empty(session: Session) -> None:
    plans, accounts, units = (
        session.scalar(select(func.count()).select_from(table)) for table in (Plan, Account, Unit)
    )
    if plans or accounts or units:
        raise Incomplete({"database": NOT_EMPTY.format(plans=plans, accounts=accounts, units=units)})


def _open_ledger(database: Database) -> int:
    """Units and accounts first, so that the import finds people to tell; then the plan, and who reviews what of it."""
    data, command = SAMPLE.read_bytes(), command_line("demo year")
    checked = read_plan(data, SAMPLE.name)
    seats = {seat.name: seat.collective for task in checked.tasks for seat in task.seats}
    for name, collective in seats.items():
        create_unit(database, command, name, collective)
    create_demonstration(database)
    stored = store_plan(database, command, checked, data, SAMPLE.name, cast.OPENS, accept_doubts=True)
    create_demonstration(database)
    return stored.plan_id


def _stories(stage: Stage, plan_id: int, every: int) -> Iterator[Story]:
    with stage.database.reading() as session:
        query = milestone_rows(Milestone).order_by(Milestone.id)
        this, coming = (
            load_milestones(session, query.where(Milestone.year == year))[::every]
            for year in (cast.YEAR, cast.YEAR + 1)
        )
        played = _with_extensions(stage, [it for m in this if (it := led(session, stage, m))])
        begun = [it for m in coming if (it := led(session, stage, m)) and it.habit is cast.PROMPT]
        units = session.scalars(
            select(Implementation.unit_id).where(Implementation.plan_id == plan_id).order_by(Implementation.unit_id)
        ).all()
    by_id = {it.id: it for it in played}
    yield office_work.weeks(stage)
    yield office_work.let_leader_sign(stage)
    yield from (office_work.be_away(stage, office) for office in cast.ABSENCES)
    yield from (office_work.plan_ahead(stage, plan_id, unit_id) for unit_id in units)
    yield from (report(stage, it) for it in played)
    day, count = NEXT_YEAR
    yield from (begin_only(stage, it, day) for it in begun[:count])
    yield from (office_work.instruct(stage, given) for given in cast.INSTRUCTIONS)
    yield from (office_work.supervise(stage, sheet) for sheet in cast.SHEETS)
    yield from (office_work.sign_off_in_bulk(stage, day) for day in cast.IN_BULK)
    yield office_work.reopen_one(stage, lambda milestone_id: mend(stage, by_id[milestone_id]))
    yield office_work.chase(stage)


def _with_extensions(stage: Stage, played: list[Led]) -> list[Led]:
    """The same, each extension on its place among those that may need one."""
    able = [it for it in played if it.habit is cast.LATE or it.habit is cast.AVERAGE and it.due > cast.OPENS]
    chosen = {able[ext.place].id: ext for ext in cast.EXTENSIONS if ext.place < len(able)}
    return [replace(it, extension=chosen.get(it.id)) for it in played]
