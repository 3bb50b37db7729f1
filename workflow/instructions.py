"""Leaders' written instructions (批示): on a task or a milestone, answered in words by a lead unit, by a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, literal, select, true
from sqlalchemy.orm import Session, joinedload

from models import Database, Instruction, Milestone, Part, Responsibility, Role, Task, Words
from workflow.actor import Actor
from workflow.audiences import Telling, to_accounts, to_unit
from workflow.audit.chain import append
from workflow.authority import NOT_FOR_ROLE
from workflow.calendar import local_day
from workflow.days import Term
from workflow.delegation import again
from workflow.errors import NotVisible, Reason, Refused
from workflow.inputs import Text
from workflow.notice_kinds import said
from workflow.notices import about, tell
from workflow.rules import within_area

BODY = Text("instruction", Words("批示内容", "Instruction"), most=2_000)
ANSWER = Text("reply", Words("答复", "Answer"), most=2_000)
ANSWER_BY = Term("answer_by", Words("答复期限", "Answer by"), least=0)
NOT_LEAD = Words("批示由该任务的牵头单位答复。", "An instruction is for a lead unit of the task to answer.")
ANSWERED = Words("此批示已由{who}答复。", "{who} has answered it already.")


@dataclass(frozen=True)
class Given:
    """One instruction as a person meets it."""

    row: Instruction
    overdue: bool
    mine: bool  # to answer


def instruct(
    database: Database, actor: Actor, task_id: int, milestone_id: int | None, body: str, answer_by: date | None
) -> int:
    """Give an instruction on a task, or on one of its milestones; its id. The lead units are told."""
    with database.writing() as session:
        at = database.clock()
        acting = again(session, actor, at)
        if acting is None or Role.COMMITTEE not in acting.roles:
            raise Refused([Reason("not-the-role", NOT_FOR_ROLE.format(role=Role.COMMITTEE.label))])
        task = _task(session, task_id)
        milestone = session.get(Milestone, milestone_id) if milestone_id else None
        if task is None or not within_area(acting, task.area_id) or _elsewhere(milestone_id, milestone, task):
            raise NotVisible()
        words = BODY.read(body)
        answer_by = ANSWER_BY.read(answer_by, local_day(at))
        row = Instruction(
            task_id=task.id, milestone_id=milestone_id, author_id=acting.account_id, author_name=acting.title,
            body=words, at=at, answer_by=answer_by,
        )
        session.add(row)
        session.flush()
        detail = {"task": task.id, "milestone": milestone_id, "words": words, "answer_by": answer_by.isoformat()}
        event = append(session, row, acting, at, "instruct", role=Role.COMMITTEE, detail=detail)
        told = _where(milestone, task) | {"words": words, "day": said(answer_by)}
        leads = [seat.unit_id for seat in task.responsibilities if seat.part == Part.LEAD]
        tell(session, event, [Telling("instructed", to_unit(leads, area_id=task.area_id))], told, acting)
        return row.id


def answer(database: Database, actor: Actor, instruction_id: int, words: str) -> None:
    """Answer it, once. The one who gave it is told."""
    with database.writing() as session:
        at = database.clock()
        acting = again(session, actor, at)
        row = session.scalars(
            select(Instruction).where(Instruction.id == instruction_id).with_for_update()
        ).one_or_none()
        task = _task(session, row.task_id) if row else None
        if acting is None or task is None or not within_area(acting, task.area_id):
            raise NotVisible()
        if Role.HANDLER not in acting.roles or not _leads(acting, task):
            raise Refused([Reason("not-lead-unit", NOT_LEAD)])
        if row.answered_at is not None:
            raise Refused([Reason("answered", ANSWERED.format(who=row.answerer_name))])
        row.answer, row.answered_at, row.answerer_name = ANSWER.read(words), at, acting.title
        event = append(session, row, acting, at, "answer", role=Role.HANDLER, detail={"words": row.answer})
        told = _where(session.get(Milestone, row.milestone_id) if row.milestone_id else None, task)
        tell(session, event, [Telling("answered", to_accounts([row.author_id]))], told | {"words": row.answer}, acting)


def given_on(session: Session, actor: Actor, task_id: int, milestone_id: int | None, today: date) -> list[Given]:
    """The instructions on a milestone and its whole task; or on a task, with those on its milestones."""
    query = _rows().where(Instruction.task_id == task_id)
    if milestone_id is not None:
        query = query.where(Instruction.milestone_id.is_(None) | (Instruction.milestone_id == milestone_id))
    return [_given(row, actor, today) for row in session.scalars(query.order_by(Instruction.id.desc())).unique()]


def to_answer(session: Session, actor: Actor, today: date, limit: int = 50) -> list[Given]:
    """What stands on this person's workbench: not answered yet, the earliest day first."""
    if Role.HANDLER not in actor.roles:
        return []
    query = _rows().where(_mine(actor)).order_by(Instruction.answer_by, Instruction.id).limit(limit)
    return [_given(row, actor, today) for row in session.scalars(query).unique()]


def how_many_to_answer(actor: Actor) -> ColumnElement[int]:
    """How much `to_answer` finds, as a part of a statement."""
    if Role.HANDLER not in actor.roles:
        return literal(0)
    return select(func.count()).select_from(Instruction).where(_mine(actor)).scalar_subquery()


def overdue(row: Instruction, today: date) -> bool:
    """Whether its day passed without an answer, or the answer came after it."""
    last = local_day(row.answered_at) if row.answered_at else today
    return last > row.answer_by


def _mine(actor: Actor) -> ColumnElement[bool]:
    if not actor.unit_ids:
        return false()
    led = select(Responsibility.task_id).where(
        Responsibility.unit_id.in_(sorted(actor.unit_ids)), Responsibility.part == Part.LEAD
    )
    area = true() if actor.only_area is None else Instruction.task_id.in_(
        select(Task.id).where(Task.area_id == actor.only_area)
    )
    return and_(Instruction.answered_at.is_(None), Instruction.task_id.in_(led), area)


def _given(row: Instruction, actor: Actor, today: date) -> Given:
    mine = row.answered_at is None and Role.HANDLER in actor.roles and _leads(actor, row.task)
    return Given(row, overdue(row, today), mine)


def _rows():
    return select(Instruction).options(
        joinedload(Instruction.task).joinedload(Task.responsibilities), joinedload(Instruction.milestone)
    )


def _task(session: Session, task_id: int) -> Task | None:
    return session.scalars(
        select(Task).where(Task.id == task_id).options(joinedload(Task.responsibilities))
    ).unique().one_or_none()


def _elsewhere(milestone_id: int | None, milestone: Milestone | None, task: Task) -> bool:
    return milestone_id is not None and (milestone is None or milestone.task_id != task.id)


def _leads(actor: Actor, task: Task) -> bool:
    return not actor.unit_ids.isdisjoint(seat.unit_id for seat in task.responsibilities if seat.part == Part.LEAD)


def _where(milestone: Milestone | None, task: Task) -> dict:
    """What a notice says it is about, and where that is to be seen."""
    if milestone is None:
        return {"about": about(task), "task": task.number}
    return {"about": about(milestone), "milestone": milestone.id}
