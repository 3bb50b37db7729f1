"""Work on the draft round: what the lead states, and the evidence that lead and supporting units add.

None of it moves the milestone or is an event of its own; the submission freezes all of it with a digest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, Evidence, Milestone, Round, Words
from workflow.actor import Actor
from workflow.authority import related
from workflow.definitions.milestone import MILESTONE
from workflow.engine import locked, permitted
from workflow.errors import Incomplete, NotVisible, Refused, Stale, WorkflowError
from workflow.inputs import TOO_LONG, Text, clean

SAVE, CONTRIBUTE = "save", "contribute"

ACCOUNT = Text("account", Words("进展说明", "Account of progress"), required=False, most=20_000)
WORDS = Text("body", Words("配合情况说明", "Words of the supporting unit"), required=False, most=5_000)
ANSWER = Text("answer", Words("答复", "Answer"), required=False, most=2_000)
MOST_FIGURES = 30
NOT_A_NUMBER = Words("「{name}」的数值「{amount}」不是数字。", "“{amount}” for “{name}” is not a number.")
NO_NAME = Words("有数值没有指标名称。", "A figure has no name.")


@dataclass(frozen=True)
class Draft:
    """What the lead's form holds: the account, the figures as (name, amount, unit), answers by point and by check.

    Without any `checks` the answers to the checklist stay as they are.
    """

    account: str
    reported: list[tuple[str, str, str]]
    answers: list[str]
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A file that the store has taken, a link, or a supporting unit's words. `size` in bytes."""

    kind: str
    name: str
    body: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class RoundLimits:
    """How many pieces, and how many bytes of files, one round may hold."""

    most_pieces: int
    most_bytes: int


TOO_MANY = Words("本轮材料最多 {most} 件。", "A round holds at most {most} pieces.")
TOO_LARGE = Words("本轮文件合计最多 {most} MB。", "The files of a round come to at most {most} MB.")


def save_draft(milestone: Milestone, actor: Actor, draft: Draft, round_number: int, draft_version: int) -> None:
    """Keep the lead's draft. `round_number` and `draft_version` are those of the page that was filled in.

    Raises what `fire` raises; Stale where another handler has saved, or the round has moved on, since.
    """
    with _working(milestone, actor, SAVE) as (session, content, at):
        if (content.number, content.draft_version) != (round_number, draft_version):
            raise _overtaken(session, content)
        account = ACCOUNT.read(draft.account)
        reported = _read_figures(draft.reported)
        answers = [ANSWER.read(answer) for answer in draft.answers]
        content.account, content.reported = account, reported
        content.put_points([
            {"words": point["words"], "answer": answer}
            for point, answer in zip(content.points, _padded(answers, len(content.points)), strict=True)
        ])
        if draft.checks:
            checks = [ANSWER.read(answer) for answer in draft.checks]
            content.put_checklist([
                {"words": item["words"], "answer": answer}
                for item, answer in zip(content.checklist, _padded(checks, len(content.checklist)), strict=True)
            ])
        content.draft_version += 1
        content.saved_at, content.saved_by_id = at, actor.account_id


def add_piece(milestone: Milestone, actor: Actor, piece: Piece, limits: RoundLimits) -> int:
    """Add a file or a link of the actor's own unit to the draft; its id. Raises Incomplete over the limits."""
    with _working(milestone, actor, SAVE, CONTRIBUTE) as (session, content, at):
        sizes = session.scalars(select(Evidence.size).where(Evidence.round_id == content.id)).all()
        if len(sizes) >= limits.most_pieces:
            raise Incomplete({"file": TOO_MANY.format(most=limits.most_pieces)})
        if sum(sizes) + piece.size > limits.most_bytes:
            raise Incomplete({"file": TOO_LARGE.format(most=limits.most_bytes // 2**20)})
        row = _row(piece, content, actor, at)
        session.add(row)
        session.flush()
        return row.id


def check_may_add(milestone: Milestone, actor: Actor) -> None:
    """Raises what `add_piece` would raise for want of authority, without a transaction."""
    _permitted_any(MILESTONE, (SAVE, CONTRIBUTE), actor, milestone)


def drop_piece(milestone: Milestone, actor: Actor, evidence_id: int) -> None:
    """Take a piece of the actor's own unit out of the draft again; NotVisible where it is not theirs."""
    with _working(milestone, actor, SAVE, CONTRIBUTE) as (session, content, _at):
        row = session.get(Evidence, evidence_id)
        if row is None or row.round_id != content.id or row.unit_id != actor.unit_id:
            raise NotVisible()
        session.delete(row)


def put_words(milestone: Milestone, actor: Actor, body: str) -> None:
    """Set the supporting unit's own words (配合情况说明) in the draft; blank takes them out."""
    with _working(milestone, actor, CONTRIBUTE) as (session, content, at):
        text = WORDS.read(body)
        row = session.scalars(
            select(Evidence).where(
                Evidence.round_id == content.id, Evidence.unit_id == actor.unit_id, Evidence.kind == Evidence.WORDS
            )
        ).one_or_none()
        if row is not None:
            session.delete(row)
        if text:
            session.add(_row(Piece(Evidence.WORDS, WORDS.label.zh, text), content, actor, at))


def sees_round(actor: Actor, milestone: Milestone, content: Round) -> bool:
    """A draft is its units' own: reviewers and committee see a round from its submission on."""
    return content.frozen or _acts(actor, milestone, SAVE) or _acts(actor, milestone, CONTRIBUTE)


def sees_piece(actor: Actor, milestone: Milestone, content: Round, piece: Evidence) -> bool:
    """Before the submission a piece is read by the lead and by the unit whose it is."""
    return content.frozen or _acts(actor, milestone, SAVE) or (
        piece.unit_id == actor.unit_id and _acts(actor, milestone, CONTRIBUTE)
    )


def _acts(actor: Actor, milestone: Milestone, trigger: str) -> bool:
    return any(related(action, actor, milestone) for action in MILESTONE.arrows(trigger))


@contextmanager
def _working(
    milestone: Milestone, actor: Actor, *triggers: str
) -> Iterator[tuple[Session, Round, datetime]]:
    """The draft round, locked with its milestone, where the actor may take one of `triggers` now."""
    with locked(milestone, actor) as (session, workflow, fresh, acting, at):
        _permitted_any(workflow, triggers, acting, fresh)
        yield session, fresh.round, at


def _permitted_any(workflow, triggers: tuple[str, ...], actor: Actor, subject: Any) -> None:
    refused: list[WorkflowError] = []
    for trigger in triggers:
        try:
            permitted(workflow, trigger, actor, subject)
            return
        except Refused as error:
            refused.append(error)
    # A "not yet" says more than a "not yours".
    raise next((error for error in refused if type(error) is not Refused), refused[0])


def _overtaken(session: Session, content: Round) -> Stale:
    who = session.get(Account, content.saved_by_id).title if content.saved_by_id else ""
    return Stale(who, MILESTONE.label_of(SAVE), content.saved_at or content.opened_at)


def _row(piece: Piece, content: Round, actor: Actor, at: datetime) -> Evidence:
    return Evidence(
        round_id=content.id, unit_id=actor.unit_id, kind=piece.kind, name=piece.name, body=piece.body,
        media_type=piece.media_type, size=piece.size, sha256=piece.sha256, added_by_id=actor.account_id, added_at=at,
    )


def _padded(answers: list[str], length: int) -> list[str]:
    return (answers + [""] * length)[:length]


def _read_figures(lines: list[tuple[str, str, str]]) -> list[dict]:
    """Blank lines are passed over; amounts may be full-width and carry thousands' commas or a %."""
    figures = []
    for name, amount, unit in (tuple(map(clean, line)) for line in lines):
        if not (name or amount or unit):
            continue
        if not name:
            raise Incomplete({"reported": NO_NAME})
        figures.append({"name": name[:100], **_amount(name, amount, unit)})
    if len(figures) > MOST_FIGURES:
        raise Incomplete({"reported": TOO_LONG.format(label=Words("指标", "Figures"), most=MOST_FIGURES)})
    return figures


def _amount(name: str, amount: str, unit: str) -> dict[str, str]:
    plain = normalize("NFKC", amount).replace(",", "").replace(" ", "")
    if plain.endswith("%"):
        plain, unit = plain[:-1], unit or "%"
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(plain) > 30 or "e" in plain.lower():
        raise Incomplete({"reported": NOT_A_NUMBER.format(name=name[:40], amount=amount[:40])})
    return {"amount": plain, "unit": unit[:20]}
