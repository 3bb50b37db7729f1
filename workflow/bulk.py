"""Many judgements at one go (批量办理): each item is checked first, then fired by itself, and told of by itself."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import AuditEvent, Database, Role, Words, reference
from workflow.actor import Actor
from workflow.definition import Action, Workflow
from workflow.engine import fire, permitted
from workflow.errors import Incomplete, NotVisible, Reason, Refused, Stale, Unknown, WorkflowError
from workflow.inputs import read_input
from workflow.jobs import Kind, Line, Teller, ask, said
from workflow.openings import AT_ONCE, Seen, seen_of
from workflow.registry import WORKFLOWS

logger = logging.getLogger("taizhang.bulk")

MOST = 5000

TITLE = Words("批量{action}：{count} 件", "{action}, many at once: {count}")
NOT_THERE = Words("没有这一件，或不在您的范围内。", "There is no such item, or it is not within your reach.")
NOT_CONFIRMED = Words(
    "预检时尚不能办理，未予办理；现已可以办理，请另行办理。",
    "It was not ready when it was checked, so it was left; it is ready now."
)
NONE = Words("请至少选择一件可以办理的。", "Choose at least one that is ready.")
TOO_MANY = Words("一次最多办理 {most} 件，请先筛选。", "At most {most} can be done at once: narrow the list first.")
BROKEN = Words("办理这一件时出现意外错误，没有作任何改动。", "This one failed unexpectedly; nothing of it was changed.")


@dataclass(frozen=True)
class Checked:
    """One chosen item before anything is done: ready where there are no reasons. None where it is not to be seen."""

    subject_id: int
    subject: Any
    title: Words
    reasons: tuple[Reason, ...]
    seen: Seen = Seen()

    @property
    def ready(self) -> bool:
        return not self.reasons


def bulk_actions(workflow: Workflow, roles: Iterable[Role]) -> list[Action]:
    """What somebody with these roles may do with many subjects at once."""
    return [action for action in workflow.actions if action.bulk and action.by in roles]


def bulk_action(workflow: Workflow, trigger: str) -> Action:
    """Raises Unknown where it is not one that can be taken on many at once."""
    found = next((action for action in workflow.arrows(trigger) if action.bulk), None)
    if found is None:
        raise Unknown(trigger)
    return found


def preflight(
    session: Session, workflow: Workflow, trigger: str, actor: Actor, subject_ids: Sequence[int]
) -> list[Checked]:
    """Every chosen item, in the order given, with the reasons that `fire` would give. Touches nothing."""
    bulk_action(workflow, trigger)
    subjects = _loaded(session, workflow, subject_ids, workflow.sees.where(actor))
    seen = seen_of(session, subject_ids)
    return [
        _checked(workflow, trigger, actor, subject_id, subjects.get(subject_id), seen.get(subject_id, Seen()))
        for subject_id in subject_ids
    ]


def ask_for_many(
    database: Database, actor: Actor, workflow: Workflow, trigger: str, chosen: Sequence[tuple[int, int]],
    left: Mapping[int, Words], input: Mapping[str, Any],
) -> int:
    """Ask for `trigger` on (id, version as it was seen) each; the job's id. Raises Incomplete, Unknown.

    `left` are those that were chosen and are not ready, with the reason: they are told of in the result and not
    touched, whatever has become of them meanwhile.
    """
    action = bulk_action(workflow, trigger)
    with database.reading() as session:
        taken = read_input(action.input, input, session)
    if not chosen:
        raise Incomplete({"item": NONE})
    if len(chosen) + len(left) > MOST:
        raise Incomplete({"item": TOO_MANY.format(most=MOST)})
    items = [[subject_id, version, None] for subject_id, version in chosen]
    items += [[subject_id, None, [words.zh, words.en]] for subject_id, words in left.items()]
    what = {"workflow": workflow.name, "trigger": trigger, "input": taken, "items": items}
    with database.writing() as session:
        title = TITLE.format(action=action.label, count=len(chosen))
        return ask(session, BULK, actor, database.clock(), what, title, len(items))


def _loaded(session: Session, workflow: Workflow, subject_ids: Sequence[int], *conditions) -> dict[int, Any]:
    """The subjects by id, ready for rules, a few hundred a statement."""
    found = {}
    for begin in range(0, len(subject_ids), AT_ONCE):
        part = workflow.model.id.in_(subject_ids[begin : begin + AT_ONCE])
        for subject in workflow.many(session, workflow.rows(workflow.model).where(part, *conditions)):
            found[subject.id] = subject
    return found


def _checked(workflow: Workflow, trigger: str, actor: Actor, subject_id: int, subject, seen: Seen) -> Checked:
    if subject is None:
        nobody = Words(f"#{subject_id}", f"#{subject_id}")
        return Checked(subject_id, None, nobody, (Reason("not-visible", NOT_THERE),))
    try:
        permitted(workflow, trigger, actor, subject)
        reasons = ()
    except Refused as error:
        reasons = tuple(error.reasons)
    return Checked(subject_id, subject, workflow.title(subject), reasons, seen)


def _work(database: Database, input: dict, actor: Actor, tell: Teller) -> None:
    """Fire item by item. After a restart it goes on: what was done already is known by its event."""
    workflow, items = WORKFLOWS[input["workflow"]], input["items"]
    with database.reading() as session:
        subjects = _loaded(session, workflow, [item[0] for item in items], workflow.sees.where(actor))
        titles = {subject_id: workflow.title(subject) for subject_id, subject in subjects.items()}
    for position, (subject_id, version, left) in enumerate(items):
        if position in tell.kept:
            continue
        if left:
            well, words = False, Words(*left)
        else:
            well, words = _fire(database, workflow, input, actor, subject_id, version)
        title = titles.get(subject_id, Words(f"#{subject_id}", f"#{subject_id}"))
        table = workflow.model.__tablename__
        tell(position + 1, len(items), Line(position, table, subject_id, title, well, words))


def _fire(
    database: Database, workflow: Workflow, input: dict, actor: Actor, subject_id: int, version: int
) -> tuple[bool, Words]:
    """Whether it was done, and what is to be said of it."""
    trigger = input["trigger"]
    try:
        with database.reading() as session:
            fire(reference(session, workflow.model, subject_id), trigger, actor, input["input"], version)
    except Stale as error:
        if not _done_before(database, workflow, actor, subject_id, version):
            return False, error.words
    except WorkflowError as error:
        return False, _words_of(error)
    except OperationalError:
        raise  # the database is away: another attempt goes on here
    except Exception:
        logger.exception("%s of %s %s", trigger, workflow.name, subject_id)
        return False, BROKEN
    return True, workflow.label_of(trigger)


def _done_before(database: Database, workflow: Workflow, actor: Actor, subject_id: int, version: int) -> bool:
    """Whether the event that made the version stale is this very job's own, of an attempt that then died."""
    with database.reading() as session:
        return session.scalar(select(AuditEvent.id).where(
            AuditEvent.subject_type == workflow.model.__tablename__, AuditEvent.subject_id == subject_id,
            AuditEvent.sequence == version + 1, AuditEvent.request_id == actor.origin.request_id,
        )) is not None


def _words_of(error: WorkflowError) -> Words:
    if isinstance(error, Refused):
        return said([reason.words for reason in error.reasons])
    if isinstance(error, Incomplete):
        return said(list(error.errors.values()))
    return NOT_THERE if isinstance(error, NotVisible) else BROKEN


BULK = Kind("bulk", Words("批量办理", "Many at once"), _work)
