"""Documents on their way into the ledger: taken in, read, corrected, stored or discarded; each change an event.

All of it is the system administrator's. A document is known by its bytes: uploaded again it is the same draft,
with the corrections that were made to it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from time import monotonic

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from models import AuditEvent, Database, DraftStatus, Plan, PlanDraft, PlanSource, Role, Words
from plans.apart import read_apart
from plans.corrections import MOST_CORRECTIONS, Corrected, apply, check_correction, columns_of
from plans.corrections.carry import carried
from plans.kept import load
from plans.readers.limits import MIB, MOST_BYTES
from plans.readers.pace import Progress
from plans.readers.words import REFUSALS
from plans.store import Stored, check_grades, keep_source, known_plan, store_new
from plans.unreadable import Unreadable
from workflow.actor import Actor, load_actor
from workflow.audit.chain import append
from workflow.audit.words import action_words
from workflow.definitions.milestone import MILESTONE
from workflow.errors import Incomplete, NotVisible, Reason, Refused, Stale

# A reading that is older than this was cut off, by a restart perhaps: it can be begun again.
READ_WITHIN = timedelta(minutes=3)
TELL_EVERY = 1.0  # seconds

NOT_THE_OFFICE = Words("此项由「{role}」办理。", "This is for the role “{role}”.")
NOT_OPEN = Words("这份文件现为「{status}」，不能再改。", "This document is “{status}” and can no longer be changed.")
TOO_MANY = Words("更正最多 {most} 条。", "There can be at most {most} corrections.")
NO_CORRECTION = Words("没有这条更正。", "There is no such correction.")
FAILED = Words(
    "读取时出现意外错误，文件已保留。请稍候重新读取；仍不行时把文件名告知运维人员。",
    "Reading failed unexpectedly; the document is kept. Read it again, or tell your operators its name.",
)


class _Overtaken(Exception):
    """Somebody else has corrected the same thing since."""


def take_in(database: Database, actor: Actor, data: bytes, name: str) -> tuple[int, bool]:
    """Keep a document; its draft's id, and whether it still has to be read.

    A document that is known is found again; one that was discarded is taken up again with its corrections.
    Raises Unreadable for what is larger than any reader takes: it is not kept.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(REFUSALS["too-large"].format(most=MOST_BYTES // MIB))
    with _office(database, actor) as (session, acting, at):
        source = keep_source(session, data, name)
        draft = session.scalars(select(PlanDraft).where(PlanDraft.source_id == source.id)).one_or_none()
        if draft is None:
            stored = known_plan(session, source)
            draft = PlanDraft(
                source_id=source.id, name=name, begun_at=at, uploaded_at=at, corrections=[], decisions={},
                status=DraftStatus.STORED if stored else DraftStatus.READING, plan_id=stored and stored.plan_id,
            )
            session.add(draft)
            session.flush()
        elif draft.status in (DraftStatus.DISCARDED, DraftStatus.UNREADABLE):
            draft.status, draft.begun_at = DraftStatus.READING, at
        else:
            return draft.id, _cut_off(draft, at)
        append(session, draft, acting, at, "upload", role=Role.SYSTEM_ADMIN,
               detail={"source": source.sha256, "name": name, "size": len(data)})
        return draft.id, draft.status == DraftStatus.READING


def read(database: Database, draft_id: int) -> None:
    """Read the document of a draft and keep what came of it. May take long; safe to call from any thread."""
    with database.reading() as session:
        draft = session.get_one(PlanDraft, draft_id)
        data = session.scalar(select(PlanSource.content).where(PlanSource.id == draft.source_id))
        name, begun, columns = draft.name, draft.begun_at, _columns(session, draft)
    kept, problem = None, None
    try:
        kept = read_apart(data, name, columns, Teller(database, draft_id, begun))
    except Unreadable as error:
        problem = {"zh": error.words.zh, "en": error.words.en}
    except Exception:
        problem = {"zh": FAILED.zh, "en": FAILED.en}
        raise
    finally:
        with database.writing() as session:
            draft = _locked(session, draft_id)
            if draft.status == DraftStatus.READING:
                draft.status = DraftStatus.READ if kept else DraftStatus.UNREADABLE
                draft.reading, draft.problem, draft.progress = kept, problem, None


class Teller:
    """Keeps with the draft how far its reading has come: pages may be another process's to show."""

    def __init__(self, database: Database, draft_id: int, begun: datetime):
        self.database, self.draft_id, self.begun = database, draft_id, begun
        self._last = float("-inf")

    def __call__(self, progress: Progress) -> None:
        if monotonic() - self._last < TELL_EVERY:
            return
        self._last = monotonic()
        with self.database.writing() as session:
            session.execute(
                update(PlanDraft).where(
                    PlanDraft.id == self.draft_id, PlanDraft.status == DraftStatus.READING,
                    PlanDraft.begun_at == self.begun,
                ).values(progress=[progress.stage, progress.done, progress.total])
            )


def begin_again(database: Database, actor: Actor, draft_id: int) -> None:
    """Read once more: after a reading that was cut off or failed, or with a better reader."""
    with _office(database, actor) as (session, acting, at):
        draft = _locked(session, draft_id)
        if draft.status not in (DraftStatus.UNREADABLE, DraftStatus.READ) and not _cut_off(draft, at):
            raise _not_open(draft)
        draft.status, draft.begun_at = DraftStatus.READING, at
        append(session, draft, acting, at, "read-again", role=Role.SYSTEM_ADMIN)


def corrected(draft: PlanDraft) -> Corrected:
    """The plan of a draft that was read, with its corrections. The draft's `reading` is loaded."""
    return apply(load(draft.reading), draft.corrections)


def correct(database: Database, actor: Actor, draft_id: int, seen: int, raw: dict) -> bool:
    """Add one correction; whether the document has to be read again. Raises Stale, Incomplete, Refused.

    `seen` is how many corrections there were when the page was made: work on another row meanwhile is no
    hindrance, on the same row or on the whole plan it is.
    """
    added = check_correction(raw)

    def with_it(draft: PlanDraft) -> list[dict]:
        since = draft.corrections[seen:]
        if seen > len(draft.corrections) or any(it.get("row") in (None, added.get("row")) for it in since):
            raise _Overtaken()
        return [*draft.corrections, added]

    return _change(database, actor, draft_id, None, with_it, "correct", {"added": added})


def undo(database: Database, actor: Actor, draft_id: int, version: int, n: int) -> bool:
    """Take the correction at position `n` (from 0) out again; whether the document has to be read again."""

    def without(draft: PlanDraft) -> list[dict]:
        if not 0 <= n < len(draft.corrections):
            raise Incomplete({"n": NO_CORRECTION})
        return draft.corrections[:n] + draft.corrections[n + 1 :]

    return _change(database, actor, draft_id, version, without, "undo-correction", {"position": n})


def replace_all(database: Database, actor: Actor, draft_id: int, version: int | None, corrections: list[dict]) -> bool:
    """Put a whole list of corrections (checked, as `read_file` gives it) in the place of what there is."""
    return _change(
        database, actor, draft_id, version, lambda _draft: corrections, "replace-corrections",
        {"corrections": corrections},
    )


def revise(database: Database, actor: Actor, draft_id: int, version: int, plan_id: int | None) -> bool:
    """Say that the document is a revised edition of a plan, or (None) a plan of its own.

    Where it has no corrections yet, it takes those over that were made to the edition before, as far as the rows
    are printed as they were there. True where columns mean something else now, so that it has to be read again.
    """
    with open_draft(database, actor, draft_id, version) as (session, draft, acting, at):
        if plan_id is not None and session.get(Plan, plan_id) is None:
            raise NotVisible()
        if draft.revises_id == plan_id:
            return False
        before = _columns(session, draft)
        detail = {"revises": [draft.revises_id, plan_id]}
        draft.revises_id, draft.decisions = plan_id, {}
        if plan_id is not None and not draft.corrections:
            draft.corrections = detail["carried"] = _carried(session, draft, plan_id)
        again = _columns(session, draft) != before
        if again:
            draft.status, draft.begun_at = DraftStatus.READING, at
        append(session, draft, acting, at, "change", role=Role.SYSTEM_ADMIN, detail=detail)
        return again


def decide(database: Database, actor: Actor, draft_id: int, version: int, decisions: dict[str, dict]) -> None:
    """Keep what was decided of differences between editions (plans/editions), by their keys."""
    with open_draft(database, actor, draft_id, version) as (session, draft, acting, at):
        draft.decisions = {**draft.decisions, **decisions}
        append(session, draft, acting, at, "decide", role=Role.SYSTEM_ADMIN, detail={"decisions": decisions})


def discard(database: Database, actor: Actor, draft_id: int, version: int) -> None:
    """Put a document aside. Its corrections stay: the same bytes uploaded again bring them back."""
    with _locked_draft(database, actor, draft_id, version) as (session, draft, acting, at):
        if draft.status == DraftStatus.STORED:
            raise _not_open(draft)
        draft.status = DraftStatus.DISCARDED
        append(session, draft, acting, at, "discard", role=Role.SYSTEM_ADMIN)


def store(
    database: Database, actor: Actor, draft_id: int, version: int | None, *, accept_doubts: bool,
    opened_on: date | None = None,
) -> Stored:
    """The corrected plan into the ledger, as a new plan. Raises HasErrors, HasDoubts, Stale, Refused."""
    with open_draft(database, actor, draft_id, version) as (session, draft, acting, at):
        plan = corrected(draft).plan
        check_grades(plan, accept_doubts)
        source = session.get_one(PlanSource, draft.source_id)
        stored = known_plan(session, source) or store_new(
            session, acting, at, plan, source, draft.name, opened_on, columns=columns_of(draft.corrections),
            corrections=len(draft.corrections),
        )
        close(session, draft, stored.plan_id, acting, at, {"plan": stored.plan_id, "accept_doubts": accept_doubts})
        return stored


def close(session: Session, draft: PlanDraft, plan_id: int, actor: Actor, at: datetime, detail: dict) -> None:
    """The draft has become part of the ledger."""
    draft.status, draft.plan_id = DraftStatus.STORED, plan_id
    append(session, draft, actor, at, "store", role=Role.SYSTEM_ADMIN, detail=detail)


@contextmanager
def _office(database: Database, actor: Actor) -> Iterator[tuple[Session, Actor, datetime]]:
    """A write transaction for somebody who is system administrator now."""
    with database.writing() as session:
        acting = actor if actor.account_id is None else load_actor(session, actor.account_id, actor.origin)
        if acting is None or Role.SYSTEM_ADMIN not in acting.roles:
            raise Refused([Reason("not-the-role", NOT_THE_OFFICE.format(role=Role.SYSTEM_ADMIN.label))])
        yield session, acting, database.clock()


@contextmanager
def _locked_draft(
    database: Database, actor: Actor, draft_id: int, version: int | None
) -> Iterator[tuple[Session, PlanDraft, Actor, datetime]]:
    """The draft, locked, as the page had seen it (a command has seen what there is). Raises Stale."""
    with _office(database, actor) as (session, acting, at):
        draft = _locked(session, draft_id)
        if version is not None and draft.version != version:
            raise _stale(session, draft)
        yield session, draft, acting, at


@contextmanager
def open_draft(
    database: Database, actor: Actor, draft_id: int, version: int | None,
    statuses: tuple[DraftStatus, ...] = (DraftStatus.READ,),
) -> Iterator[tuple[Session, PlanDraft, Actor, datetime]]:
    """As `_locked_draft`, for a draft that was read and is not in the ledger yet."""
    with _locked_draft(database, actor, draft_id, version) as found:
        if found[1].status not in statuses:
            raise _not_open(found[1])
        yield found


def _change(
    database: Database, actor: Actor, draft_id: int, version: int | None,
    change: Callable[[PlanDraft], list[dict]], action: str, detail: dict,
) -> bool:
    """Change the corrections; True where columns mean something else now, so that it has to be read again.

    A document that columns wrongly named have made unreadable can be changed too: else there were no way back.
    """
    statuses = (DraftStatus.READ, DraftStatus.UNREADABLE)
    with open_draft(database, actor, draft_id, version, statuses) as (session, draft, acting, at):
        try:
            before, after = draft.corrections, change(draft)
        except _Overtaken:
            raise _stale(session, draft) from None
        if len(after) > MOST_CORRECTIONS:
            raise Incomplete({"do": TOO_MANY.format(most=MOST_CORRECTIONS)})
        draft.corrections = after
        again = columns_of(before) != columns_of(after)
        if again:
            draft.status, draft.begun_at = DraftStatus.READING, at
        count = {"count": [len(before), len(after)]}
        append(session, draft, acting, at, action, role=Role.SYSTEM_ADMIN, detail=detail | count)
        return again


def _locked(session: Session, draft_id: int) -> PlanDraft:
    draft = session.scalars(
        select(PlanDraft).where(PlanDraft.id == draft_id).options(undefer(PlanDraft.reading)).with_for_update()
    ).one_or_none()
    if draft is None:
        raise NotVisible()
    return draft


def _carried(session: Session, draft: PlanDraft, plan_id: int) -> list[dict]:
    """The corrections of the document that the plan follows now, for this one."""
    before = session.scalars(
        select(PlanDraft).join(Plan, Plan.source_id == PlanDraft.source_id).where(Plan.id == plan_id)
        .options(undefer(PlanDraft.reading))
    ).one_or_none()
    if before is None or not before.reading or not before.corrections:
        return []
    return carried(load(before.reading), before.corrections, load(draft.reading))


def _columns(session: Session, draft: PlanDraft) -> dict[str, str]:
    """What columns mean: as the plan that is revised remembers, and as the draft's own corrections say."""
    revised = session.get(Plan, draft.revises_id) if draft.revises_id else None
    return {**(revised.columns if revised else {}), **columns_of(draft.corrections)}


def _cut_off(draft: PlanDraft, at: datetime) -> bool:
    return draft.status == DraftStatus.READING and at - draft.begun_at > READ_WITHIN


def _not_open(draft: PlanDraft) -> Refused:
    return Refused([Reason("not-open", NOT_OPEN.format(status=DraftStatus(draft.status).label))])


def _stale(session: Session, draft: PlanDraft) -> Stale:
    event = session.scalars(
        select(AuditEvent).where(
            AuditEvent.subject_type == PlanDraft.__tablename__, AuditEvent.subject_id == draft.id,
            AuditEvent.sequence == draft.version,
        )
    ).one()
    return Stale(event.actor_name, action_words(MILESTONE, event.action), event.at)
