"""What the subjects of events are called, so that a list of events is read without looking numbers up."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import (
    Account,
    CalendarDay,
    Comment,
    DocumentTemplate,
    Instruction,
    Milestone,
    Plan,
    PlanDraft,
    ReturnReason,
    Task,
    Unit,
    Words,
)
from workflow.documents import TEMPLATES
from workflow.notice_kinds import day_words
from workflow.notices import about
from workflow.registry import by_table
from workflow.subjects import milestone_title

Subject = tuple[str, int]


def _same(text: str) -> Words:
    return Words(text, text)


# By the type of the subject: its model, what is loaded with it, and its name. A workflow's subjects have their titles.
_NAMED = {
    model.__tablename__: (model, options, name) for model, options, name in (
        (Plan, (), lambda plan: _same(plan.title)),
        (PlanDraft, (), lambda draft: _same(draft.name)),
        (Task, (), lambda task: _same(about(task))),
        (Unit, (), lambda unit: _same(unit.name)),
        (Account, (joinedload(Account.unit),), lambda account: _same(account.title)),
        (
            Comment, (joinedload(Comment.milestone).joinedload(Milestone.task),),
            lambda it: milestone_title(it.milestone),
        ),
        (
            Instruction, (joinedload(Instruction.task), joinedload(Instruction.milestone)),
            lambda it: _same(about(it.milestone or it.task)),
        ),
        (CalendarDay, (), lambda it: day_words(it.day)),
        (ReturnReason, (), lambda it: it.words),
        (DocumentTemplate, (), lambda it: TEMPLATES[it.kind]),
    )
}


def names(session: Session, subjects: Iterable[Subject]) -> dict[Subject, Words]:
    """The name of each of these, as far as there is one. A statement or two for each type among them."""
    by_type: dict[str, set[int]] = {}
    for subject_type, subject_id in subjects:
        by_type.setdefault(subject_type, set()).add(subject_id)
    return {
        (subject_type, subject_id): words
        for subject_type, ids in by_type.items() for subject_id, words in _names(session, subject_type, ids)
    }


def _names(session: Session, subject_type: str, ids: set[int]) -> Iterable[tuple[int, Words]]:
    workflow = by_table(subject_type)
    if workflow is not None:
        found = workflow.many(session, workflow.rows(workflow.model).where(workflow.model.id.in_(ids)))
        return [(it.id, workflow.title(it)) for it in found]
    if subject_type not in _NAMED:
        return []
    model, options, name = _NAMED[subject_type]
    return [(it.id, name(it)) for it in session.scalars(select(model).where(model.id.in_(ids)).options(*options))]
