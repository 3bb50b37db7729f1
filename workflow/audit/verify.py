"""Walking all chains: every event that is not what it was, every chain that does not meet its head, every row
that is not what its events say.

One pass over the events in the order of their chains, beside one over the heads; nothing is kept in memory
but the chain under way, and a batch of what its events say. docs/audit.md says what this proves and what it cannot.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import GENESIS, AuditEvent, Words
from workflow.audit.chain import FIELDS, FORMAT, event_hash
from workflow.audit.checkpoint import Heads
from workflow.audit.heads import heads_query
from workflow.audit.standing import BOOKS, Told, differences
from workflow.definition import Frozen, Workflow
from workflow.registry import WORKFLOWS

BATCH = 1000

FAULTS: dict[str, Words] = {
    "hash": Words("内容与其摘要不符", "its content does not give its hash"),
    "previous": Words("与前一事件接不上", "it does not follow on the event before it"),
    "sequence": Words("序号不连续（应为 {wanted}）", "its sequence should be {wanted}"),
    "format": Words("未知格式", "its format is unknown"),
    "input": Words("输入内容与输入摘要不符", "its detail does not give its input digest"),
    "head": Words("链尾与对象上的链首不符（有事件被删去或添加）", "the chain's end does not meet the head kept beside the subject"),
    "orphan": Words("事件所属对象已不存在", "its subject is gone"),
    "no-events": Words("对象没有任何事件", "the subject has no event at all"),
    "state": Words("对象状态与最后事件不符（现为 {state}）", "the subject's state ({state}) is not what its last event made it"),
    "standing": Words("{what}与事件所述不符：表中为 {kept}，事件为 {told}", "{what}: {kept} in the table, {told} in its events"),
    "round": Words("第 {round} 轮内容与报送时的摘要不符", "round {round} no longer gives the digest it was submitted with"),
    "content": Words("内容与报送时的摘要不符", "it no longer gives the digest it was submitted with"),
    "file": Words("佐证文件缺失或内容不符：{sha256}", "an evidence file is missing or changed: {sha256}"),
    "removed": Words("检查点中的链已不存在", "a chain of the checkpoint is gone"),
    "replaced": Words("链与检查点不符（被替换或回退）", "the chain is not the one of the checkpoint (replaced or rolled back)"),
    "checkpoint": Words("检查点文件不是本台账开具的，或已被改动", "the checkpoint was not made by this ledger, or was changed"),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where. `sequence` and `event_id` are None where no event can be named."""

    code: str
    subject_type: str
    subject_id: int
    sequence: int | None
    event_id: int | None
    words: Words


@dataclass
class Report:
    events: int = 0
    chains: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, code: str, subject: tuple[str, int], event=None, **fields) -> None:
        self.faults.append(Fault(
            code, *subject, event.sequence if event else None, event.id if event else None,
            FAULTS[code].format(**fields),
        ))


@dataclass(frozen=True)
class _Head:
    version: int
    hash: str
    state: str | None


def verify(
    session: Session, against: Heads | None = None, opened: Callable[[str], Any] | None = None
) -> Report:
    """Check everything in `session` (one snapshot).

    `against` is a checkpoint kept outside; `opened(sha256)` opens an evidence file, where files are to be
    read too, and raises LookupError or OSError where there is none.
    """
    report = Report()
    known = against.copy() if against else None
    heads = _heads(session)
    head = next(heads, None)
    directory: dict[tuple[str, int], Told] = {}
    for subject, events in _chains(session):
        while head and head[0] < subject:
            _untold(report, *head)
            head = next(heads, None)
        told = Told(BOOKS[subject[0]]) if subject[0] in BOOKS else None
        last = _walk(report, subject, events, known, told)
        if told is not None:
            directory[subject] = told
        if len(directory) >= BATCH:
            _stands(session, report, directory)
        if head and head[0] == subject:
            _meets(report, subject, last, head[1])
            head = next(heads, None)
        else:
            report.add("orphan", subject, last)
    while head:
        _untold(report, *head)
        head = next(heads, None)
    _stands(session, report, directory)
    for subject in known.wanted if known else ():
        report.add("removed", subject)
    for workflow in WORKFLOWS.values():
        _frozen(session, report, workflow)
        if opened:
            _files(session, report, workflow, opened)
    return report


def _untold(report: Report, subject: tuple[str, int], head: _Head) -> None:
    report.chains += 1
    report.add("no-events" if head.version == 0 else "head", subject)


def _walk(
    report: Report, subject: tuple[str, int], events: Iterator, known: Heads | None, told: Told | None = None
):
    """One chain, heard by `told`. After a broken event the stored hash is taken as it is, so that one change names one event."""
    report.chains += 1
    previous, wanted, last = GENESIS, 1, None
    for event in events:
        report.events += 1
        _event(report, subject, event, previous, wanted)
        if told:
            told.hear(event.action, event.detail)
        if known:
            known.meet(subject, event.sequence, event.hash)
        previous, wanted, last = event.hash, event.sequence + 1, event
    if known and not known.settled(subject):
        report.add("replaced", subject, last)
    return last


def _event(report: Report, subject: tuple[str, int], event, previous: str, wanted: int) -> None:
    if event.format != FORMAT:
        report.add("format", subject, event)
    elif event_hash(event) != event.hash:
        report.add("hash", subject, event)
    if event.previous != previous:
        report.add("previous", subject, event)
    if event.sequence != wanted:
        report.add("sequence", subject, event, wanted=wanted)
    if hashlib.sha256(event.detail.encode()).hexdigest() != event.input_digest:
        report.add("input", subject, event)


def _meets(report: Report, subject: tuple[str, int], last, head: _Head) -> None:
    if (last.sequence, last.hash) != (head.version, head.hash):
        report.add("head", subject, last)
    elif head.state is not None and last.to_state is not None and head.state != last.to_state:
        report.add("state", subject, last, state=head.state)


def _stands(session: Session, report: Report, directory: dict[tuple[str, int], Told]) -> None:
    """The rows that authority follows from, against what their events said; `directory` is emptied."""
    for table, book in BOOKS.items():
        said = {row_id: it.standing for (kind, row_id), it in directory.items() if kind == table and it.standing}
        kept = book.kept(session, list(said)) if said else {}
        for row_id in sorted(kept):
            for what, found, wanted in differences(said[row_id], kept[row_id]):
                report.add("standing", (table, row_id), what=what, kept=found, told=wanted)
    directory.clear()


def _chains(session: Session) -> Iterator[tuple[tuple[str, int], Iterator]]:
    columns = [getattr(AuditEvent, name) for name in ("id", *FIELDS, "hash")]
    rows = session.execute(
        select(*columns).order_by(AuditEvent.subject_type, AuditEvent.subject_id, AuditEvent.sequence, AuditEvent.id),
        execution_options={"yield_per": BATCH},
    )
    row = next(rows, None)

    def chain(subject):
        nonlocal row
        while row is not None and (row.subject_type, row.subject_id) == subject:
            yield row
            row = next(rows, None)

    while row is not None:
        subject = (row.subject_type, row.subject_id)
        events = chain(subject)
        yield subject, events
        for _ in events:  # whatever the caller left of it
            pass


def _heads(session: Session) -> Iterator[tuple[tuple[str, int], _Head]]:
    """All subjects in the order of the events."""
    for row in session.execute(heads_query(), execution_options={"yield_per": BATCH}):
        yield (row.kind, row.id), _Head(row.version, row.chain_head, row.state)


def _frozen(session: Session, report: Report, workflow: Workflow) -> None:
    """Everything that a workflow has frozen against the digests that its events carry, a batch at a time."""
    table = workflow.model.__tablename__
    for batch in workflow.frozen(session) if workflow.frozen else ():
        digests = _digests(session, table, batch)
        for it in batch:
            if digests.get((it.subject_id, it.round), set()) | {it.kept} != {it.found}:
                code = "content" if it.round is None else "round"
                report.add(code, (table, it.subject_id), round=it.round)


def _digests(session: Session, table: str, batch: list[Frozen]) -> dict[tuple[int, int | None], set[str]]:
    """What the events say of these contents, by subject and round."""
    found: dict[tuple[int, int | None], set[str]] = {}
    rows = session.execute(
        select(AuditEvent.subject_id, AuditEvent.round, AuditEvent.evidence_digest).where(
            AuditEvent.subject_type == table, AuditEvent.evidence_digest.is_not(None),
            AuditEvent.subject_id.in_({it.subject_id for it in batch}),
        )
    )
    for subject_id, number, digest in rows:
        found.setdefault((subject_id, number), set()).add(digest)
    return found


def _files(session: Session, report: Report, workflow: Workflow, opened: Callable[[str], Any]) -> None:
    """Each file once, however many times it is named; of those that name it, the first."""
    found: dict[str, int] = {}
    for sha256, subject_id in session.execute(workflow.files()) if workflow.files else ():
        found[sha256] = min(subject_id, found.get(sha256, subject_id))
    for sha256, subject_id in found.items():
        if not _is_there(sha256, opened):
            report.add("file", (workflow.model.__tablename__, subject_id), sha256=sha256)


def _is_there(sha256: str, opened: Callable[[str], Any]) -> bool:
    try:
        with opened(sha256) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except (LookupError, OSError):
        return False
