"""What the actions on an implementation plan do: freezing what goes in, and handing what was filed to the rounds."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Implementation, ImplementationEntry, Milestone, Round
from workflow.audit.chain import canonical_json, fingerprint
from workflow.definition import Frozen
from workflow.subjects import lock_milestones

TARGET = "目标值："


def plan_digest(plan: Implementation) -> str:
    """SHA-256 over all that a submission states (docs/audit.md, *The implementation plan's digest*)."""
    values = [1, plan.plan_id, plan.unit_id, plan.number, plan.overview]
    for entry in sorted(plan.entries, key=lambda entry: entry.milestone_id):
        values += [entry.milestone_id, *entry_values(entry)]
    return fingerprint(values)


def entry_values(entry) -> list:
    """What an entry, stored or typed, states."""
    return [
        entry.measures, entry.handler, entry.leader, canonical_json(entry.evidence), entry.target,
        canonical_json(entry.steps),
    ]


def frozen_plans(session: Session):
    """Every plan that has been submitted and not been opened again."""
    plans = session.scalars(
        select(Implementation).where(Implementation.state != "drafting").options(selectinload(Implementation.entries))
        .order_by(Implementation.id)
    )
    yield [Frozen(plan.id, plan.number, plan.digest, plan_digest(plan)) for plan in plans]


def freeze(passage) -> None:
    """Submit: what it states gets its digest."""
    plan = passage.subject
    plan.digest = passage.digest = plan_digest(plan)
    plan.submitted_by_id, plan.reviewed_by_id = passage.actor.account_id, None
    plan.submitted_for_id, plan.reviewed_for_id = passage.actor.on_behalf_of, None
    plan.first_submitted_at = plan.first_submitted_at or passage.at


def mark_reviewed(passage) -> None:
    passage.subject.reviewed_by_id = passage.actor.account_id
    passage.subject.reviewed_for_id = passage.actor.on_behalf_of
    passage.digest = passage.subject.digest


def open_again(passage) -> None:
    """Return, withdraw, reopen: it can be written in, and its next submission is another one."""
    passage.digest = passage.subject.digest
    passage.subject.number += 1


def hand_to_rounds(passage) -> None:
    """File: from now on the drafts of its milestones have what it states to answer."""
    passage.digest = passage.subject.digest
    session = passage.session
    ids = lock_milestones(session, Milestone.id.in_([entry.milestone_id for entry in passage.subject.entries]))
    others = session.scalars(
        select(ImplementationEntry).join(Implementation).where(
            ImplementationEntry.milestone_id.in_(ids), Implementation.state == "filed",
            Implementation.id != passage.subject.id,
        ).order_by(ImplementationEntry.id)
    ).all()
    drafts = session.scalars(
        select(Round).join(
            Milestone, (Milestone.id == Round.milestone_id) & (Milestone.round_number == Round.number)
        ).where(Round.milestone_id.in_(ids), Round.submitted_at.is_(None))
    ).all()
    entries = sorted([*passage.subject.entries, *others], key=lambda entry: entry.id)
    for draft in drafts:
        stated = [words for e in entries if e.milestone_id == draft.milestone_id for words in stated_by(e)]
        draft.put_checklist(checklist_of(stated, draft.checklist))


def stated_by(entry: ImplementationEntry) -> list[str]:
    """The lines that a submission answers: each piece of evidence, and the target where one is stated."""
    return [*entry.evidence, *([f"{TARGET}{entry.target}"] if entry.target else [])]


def checklist_of(stated: list[str], before: list[dict]) -> list[dict]:
    """One item a line, each once; what was answered already keeps its answer."""
    answers = {item["words"]: item["answer"] for item in before}
    return [{"words": words, "answer": answers.get(words, "")} for words in dict.fromkeys(stated)]
