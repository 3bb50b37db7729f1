"""What goes on beside the milestones: implementation plans, chasing, instructions, sheets, absences, notices read."""

from datetime import date, timedelta

from sqlalchemy import select

from models import (
    Implementation,
    Milestone,
    Part,
    Responsibility,
    Role,
    Supervision,
    Task,
    Unit,
)
from plans.demonstration import cast, texts
from plans.demonstration.cast import Instruction, Office, Sheet
from plans.demonstration.stage import Stage, Story
from settings import Settings
from workflow import bulk, instructions
from workflow.actor import command_line
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.supervision import SUPERVISION
from workflow.delegation import delegate
from workflow.directory import change_unit
from workflow.errors import NotNow
from workflow.jobs import work_off
from workflow.notices import mark_read
from workflow.planning import Typed, save
from workflow.reminders import remind
from workflow.supervising import Draft, issue
from workflow.urging import last_chased, trigger_on, urge, urgeable_where

URGED_AT_ONCE = 10
# Working days of those who judge, as they are where nobody has set them.
LIMITS = {Role.REVIEWER: Settings.review_days, Role.COMMITTEE: Settings.decide_days}
QUIET_DAYS = 10  # days for which nobody is urged again
IN_SHEET = 6  # milestones


def weeks(stage: Stage) -> Story:
    """The ledger's own reminders, and people read their notices: once a month, and each week as the year ends.

    Reminders belong to each morning; but every day they would cost more than all the rest of the year.
    """
    luck = stage.luck("weeks")
    while True:
        yield stage.after(luck, 5 if stage.today >= cast.BUSY_FROM else 20)
        remind(stage.database, LIMITS)
        _read_notices(stage)


def _read_notices(stage: Stage) -> None:
    for person in stage.people.values():
        if not cast.HABITS.get(person.unit, cast.AVERAGE).silent:
            with stage.database.writing() as session:
                mark_read(session, person.id, stage.clock())


# Implementation plans.


def plan_ahead(stage: Stage, plan_id: int, unit_id: int) -> Story:
    """A unit's implementation plan: filled in, handed in, sometimes returned, filed."""
    luck, person = stage.luck("plan", unit_id), stage.handler(unit_id)
    habit = cast.HABITS.get(person.unit, cast.AVERAGE) if person else cast.SILENT
    if habit.silent:
        return
    yield stage.after(luck, habit.plans)
    with stage.database.reading() as session:
        found = session.scalar(select(Implementation.id).where(
            Implementation.plan_id == plan_id, Implementation.unit_id == unit_id
        ))
        plan = IMPLEMENTATION.load(session, found)
        typed = {entry.milestone_id: _entry(luck, entry) for entry in plan.entries}
        save(plan, stage.actor(session, person.username), texts.OVERVIEW, typed)
    stage.wait(30)
    stage.act(IMPLEMENTATION, found, person.username, "submit")
    yield stage.after(luck, (1, 4))
    if luck.random() < 0.15:
        stage.act(IMPLEMENTATION, found, cast.REVIEWER, "return", words=texts.PLAN_RETURN)
        yield stage.after(luck, (2, 5))
        stage.act(IMPLEMENTATION, found, person.username, "submit")
        yield stage.after(luck, (1, 3))
    stage.act(IMPLEMENTATION, found, cast.REVIEWER, "approve")
    yield stage.after(luck, (2, 8))
    stage.act(IMPLEMENTATION, found, cast.COMMITTEE, "file")


def _entry(luck, entry) -> Typed:
    return Typed(
        luck.choice(texts.MEASURES), "经办人", "分管领导", luck.choice(texts.EVIDENCE), entry.target,
        [f"{step['due']} {step['text']}" for step in entry.steps],
    )


# Chasing.


def chase(stage: Stage) -> Story:
    """On Mondays those are urged who are near a deadline or over it: by the reviewer, then by the committee."""
    luck, day = stage.luck("chase"), cast.CHASED_FROM
    while True:
        yield stage.on(luck, day)
        for office in (cast.REVIEWER, cast.COMMITTEE):
            _urge(stage, office, luck)
        day = stage.today + timedelta(8 - stage.today.isoweekday())


def _urge(stage: Stage, office: Office, luck) -> None:
    overdue = Milestone.due < stage.today if office is cast.COMMITTEE else Milestone.due >= stage.today
    quiet = stage.clock() - timedelta(days=QUIET_DAYS)
    with stage.database.reading() as session:
        actor = stage.officer(session, office)
        chased = last_chased(Milestone.id)
        query = MILESTONE.rows(Milestone).where(
            Milestone.state == MILESTONE.initial.name, Milestone.year == cast.YEAR, overdue, urgeable_where(actor),
            Milestone.due >= cast.OPENS, (chased.is_(None)) | (chased < quiet),
        ).order_by(chased.is_not(None), Milestone.id).limit(URGED_AT_ONCE)
        found = MILESTONE.many(session, query)
        for milestone in found:
            words = luck.choice(texts.URGED["overdue" if milestone.due < stage.today else "near"])
            try:
                urge(milestone, trigger_on(milestone, actor), actor, {"words": words})
            except NotNow:  # nobody of the lead has an account
                continue
            stage.wait(1)


# Sheets and instructions.


def supervise(stage: Stage, sheet: Sheet) -> Story:
    """A supervision sheet about what the units have not reported; each answers as is its habit."""
    luck = stage.luck("sheet", sheet.issued)
    yield stage.on(luck, sheet.issued)
    with stage.database.reading() as session:
        units = dict(session.execute(select(Unit.name, Unit.id).where(Unit.name.in_(sheet.units))).all())
        ids = [it for name in sheet.units for it in _not_reported(session, units[name])]
        actor = stage.officer(session, cast.COMMITTEE)
        leads = set(session.scalars(
            select(Responsibility.unit_id).join(Milestone, Milestone.task_id == Responsibility.task_id)
            .where(Milestone.id.in_(ids), Responsibility.part == Part.LEAD)
        ))
    addressed = [unit_id for unit_id in units.values() if unit_id in leads]
    if not addressed:
        return
    made = issue(stage.database, actor, Draft(sheet.title, sheet.words, sheet.due, ids, addressed))
    with stage.database.reading() as session:
        copies = session.execute(
            select(Supervision.id, Supervision.unit_id).where(Supervision.sheet_id == made).order_by(Supervision.id)
        ).all()
    for copy, unit_id in copies:
        stage.begin(_answer_sheet(stage, copy, unit_id))


def _not_reported(session, unit_id: int) -> list[int]:
    return list(session.scalars(
        select(Milestone.id).join(Task).join(Responsibility, Responsibility.task_id == Task.id).where(
            Responsibility.unit_id == unit_id, Responsibility.part == Part.LEAD, Milestone.year == cast.YEAR,
            Milestone.state == MILESTONE.initial.name, Milestone.due >= cast.OPENS,
        ).order_by(Milestone.id).limit(IN_SHEET)
    ))


def _answer_sheet(stage: Stage, copy: int, unit_id: int) -> Story:
    luck, person = stage.luck("answer-sheet", copy), stage.handler(unit_id)
    habit = cast.HABITS.get(person.unit, cast.AVERAGE) if person else cast.SILENT
    if habit.silent:
        return
    yield stage.after(luck, habit.answers)
    stage.act(SUPERVISION, copy, person.username, "answer", words=luck.choice(texts.SHEET_ANSWERS))
    yield stage.after(luck, (1, 4))
    if luck.random() < 0.3:
        stage.act(SUPERVISION, copy, cast.DEPUTY, "return", words=texts.SHEET_RETURNED)
        yield stage.after(luck, (1, 4))
        stage.act(SUPERVISION, copy, person.username, "answer", words=texts.SHEET_ANSWERS[0])
        yield stage.after(luck, (1, 3))
    stage.act(SUPERVISION, copy, cast.DEPUTY, "close", words=texts.SHEET_CLOSED)


def instruct(stage: Stage, given: Instruction) -> Story:
    """A leader's instruction on a task, answered by a unit that leads it."""
    luck = stage.luck("instruct", given.day)
    yield stage.on(luck, given.day)
    due = stage.calendar.after_working_days(stage.today, given.answer_days)
    with stage.database.reading() as session:
        task = session.scalars(select(Task).where(Task.number == given.task)).one()
        leads = [seat.unit_id for seat in task.responsibilities if seat.part == Part.LEAD]
        actor = stage.officer(session, given.by)
    row = instructions.instruct(stage.database, actor, task.id, None, given.words, due)
    person = next((it for unit_id in leads if (it := stage.handler(unit_id))), None)
    habit = cast.HABITS.get(person.unit, cast.AVERAGE) if person else cast.SILENT
    if habit.silent:
        return
    yield stage.after(luck, habit.mends)
    with stage.database.reading() as session:
        actor = stage.actor(session, person.username)
    instructions.answer(stage.database, actor, row, texts.INSTRUCTION_ANSWER)


# Single days.


def be_away(stage: Stage, office: Office) -> Story:
    """Who is away lets another act for it, a few days before."""
    first, last, taker = office.away
    luck = stage.luck("away", office.username)
    yield stage.on(luck, first - timedelta(3))
    with stage.database.reading() as session:
        actor = stage.actor(session, office.username)
    delegate(stage.database, actor, stage.people[taker].id, None, first, last)


def let_leader_sign(stage: Stage) -> Story:
    """From a day on, one unit's leader in charge signs what it submits."""
    name, day = cast.SIGNS
    yield stage.on(stage.luck("signs"), day)
    with stage.database.reading() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.name == name)).one()
    change_unit(stage.database, command_line("demo year"), unit_id, active=True, members=[], leader_signs=True)


def _may(trigger: str):
    """The milestones from whose state this action leads on."""
    return Milestone.state.in_([action.source for action in MILESTONE.arrows(trigger)])


def reopen_one(stage: Stage, mend) -> Story:
    """The committee reopens one that it had signed off; `mend(milestone id)` is the story of what follows."""
    luck = stage.luck("reopen")
    yield stage.on(luck, cast.REOPENED)
    with stage.database.reading() as session:
        ids = session.scalars(
            select(Milestone.id).where(_may("reopen")).order_by(Milestone.id)
        ).all()
    if ids:
        chosen = luck.choice(ids)
        stage.act(MILESTONE, chosen, cast.DEPUTY, "reopen", words=texts.REOPEN)
        stage.begin(mend(chosen))


def sign_off_in_bulk(stage: Stage, day: date) -> Story:
    """The committee signs off what lies before it, all at once, in the background."""
    luck = stage.luck("bulk", day)
    yield stage.on(luck, day)
    with stage.database.reading() as session:
        actor = stage.officer(session, cast.COMMITTEE)
        ids = list(session.scalars(select(Milestone.id).where(_may("accept")).order_by(Milestone.id)))
        checked = bulk.preflight(session, MILESTONE, "accept", actor, ids)
        chosen = [(it.subject_id, it.subject.version) for it in checked if it.ready and not it.seen.unopened]
    if chosen:
        words = {"words": texts.ACCEPTED[0]}
        bulk.ask_for_many(stage.database, actor, MILESTONE, "accept", chosen, {}, words)
        work_off(stage.database, {bulk.BULK.name: bulk.BULK})
