"""Work on the draft round: what the lead states, and the evidence that lead and supporting units add.

None of it moves the milestone or is an event of its own; the submission freezes all of it with a digest. What a
lead changes takes back the other leads' confirmation and any signature (`workflow/parts.py`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from models import Account, Evidence, Indicator, Milestone, Round, Words
from workflow.actor import Actor
from workflow.authority import all_where, related
from workflow.definitions.milestone import MILESTONE
from workflow.engine import locked, permitted
from workflow.errors import Incomplete, NotVisible, Refused, Stale, WorkflowError
from workflow.figures import amount_of, too_long
from workflow.inputs import TOO_LONG, Text, clean
from workflow.lead_rules import is_apart, lead_seats, own_seats, part_of
from workflow.measures import implausible, missing_of, progress_of, values_of
from workflow.parts import USUAL, Terms, draft_changed, hold_draft, let_go, part_for
from workflow.requests import open_requests, own_request

SAVE, CONTRIBUTE = "save", "contribute"

ACCOUNT = Text("account", Words("进展说明", "Account of progress"), required=False, most=20_000)
WORDS = Text("body", Words("配合情况说明", "Words of the supporting unit"), required=False, most=5_000)
ANSWER = Text("answer", Words("答复", "Answer"), required=False, most=2_000)
MOST_FIGURES = 30
NOT_A_NUMBER = Words("「{name}」的数值「{amount}」不是数字。", "“{amount}” for “{name}” is not a number.")
NO_NAME = Words("有数值没有指标名称。", "A figure has no name.")
OTHER_UNIT = Words("「{name}」的计量单位应为「{unit}」。", "“{name}” is counted in {unit}.")


class Implausible(Incomplete):
    """The figures look like a slip. Saved once somebody says that they are meant."""


@dataclass(frozen=True)
class _Work:
    """A draft under way: the milestone as it is now, its round, who acts."""

    session: Session
    milestone: Milestone
    content: Round
    actor: Actor
    at: datetime

    @property
    def leads(self) -> bool:
        return bool(own_seats(self.actor, self.milestone))


@dataclass(frozen=True)
class Draft:
    """What the lead's form holds: account, figures as (name, amount, unit), answers by point and by check, done steps.

    Without any `checks` the answers to the checklist stay as they are.
    """

    account: str
    reported: list[tuple[str, str, str]]
    answers: list[str]
    steps_done: tuple[int, ...] = ()
    meant: bool = False  # figures that look like a slip are meant
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


def save_draft(
    milestone: Milestone, actor: Actor, draft: Draft, round_number: int, draft_version: int, terms: Terms = USUAL
) -> None:
    """Keep the lead's draft. `round_number` and `draft_version` are those of the page that was filled in.

    The first time, every supporting unit is asked. Raises what `fire` raises; Stale where another handler has
    saved, or the round has moved on, since; Implausible where figures look like a slip and are not said to be meant.
    """
    with _working(milestone, actor, SAVE) as work:
        content, seen = work.content, _draft_version(work)
        if (content.number, seen) != (round_number, draft_version):
            raise _overtaken(work.session, content)
        indicators = _indicators(work)
        account = ACCOUNT.read(draft.account)
        reported = _read_figures(draft.reported, indicators)
        if not draft.meant and (doubts := implausible(indicators, reported, _last_values(work, indicators))):
            raise Implausible({f"doubt-{n}": words for n, words in enumerate(doubts)})
        before = _stated(content)
        _state(work, account, reported)
        content.put_points(_answered(work, content.points, draft.answers))
        if draft.checks:
            content.put_checklist(_answered(work, content.checklist, draft.checks))
        content.steps_done = sorted({n for n in draft.steps_done if 0 <= n < len(work.milestone.steps)})
        content.figures_missing = missing_of(indicators, content.reported)
        content.put_progress(progress_of(indicators, content.reported), work.at)
        _saved(work, changed=_stated(content) != before or not content.draft_version, terms=terms)


def begin_draft(milestone: Milestone, actor: Actor, terms: Terms = USUAL) -> None:
    """Lock a shared draft for this lead unit, so that it can be written in peace. Raises what `fire` raises."""
    with _working(milestone, actor, SAVE) as work:
        hold_draft(work.milestone, work.actor, work.at, terms)


def end_draft(milestone: Milestone, actor: Actor) -> None:
    """Let another lead draft or confirm."""
    with _working(milestone, actor, SAVE) as work:
        let_go(work.milestone, work.at)


def add_piece(milestone: Milestone, actor: Actor, piece: Piece, limits: RoundLimits) -> int:
    """Add a file or a link of the actor's own unit to the draft; its id. Raises Incomplete over the limits.

    The same file under the same name a second time is the piece that is there: whoever does not know whether
    an upload went through sends it again.
    """
    with _working(milestone, actor, SAVE, CONTRIBUTE) as work:
        pieces = work.session.scalars(select(Evidence).where(Evidence.round_id == work.content.id)).all()
        for known in pieces:
            if piece.kind == Evidence.FILE and _same(known, piece, work.actor):
                return known.id
        if len(pieces) >= limits.most_pieces:
            raise Incomplete({"file": TOO_MANY.format(most=limits.most_pieces)})
        if sum(known.size for known in pieces) + piece.size > limits.most_bytes:
            raise Incomplete({"file": TOO_LARGE.format(most=limits.most_bytes // 2**20)})
        return _added(piece, work).id


def replace_piece(milestone: Milestone, actor: Actor, evidence_id: int, piece: Piece) -> int:
    """Put `piece` in the place of one of the actor's own unit's in the draft; the new id.

    NotVisible where the old one is not theirs, or is gone.
    """
    with _working(milestone, actor, SAVE, CONTRIBUTE) as work:
        work.session.delete(_own_piece(work, evidence_id))
        return _added(piece, work).id


def check_may_add(milestone: Milestone, actor: Actor) -> None:
    """Raises what `add_piece` would raise for want of authority, without a transaction."""
    _permitted_any(MILESTONE, (SAVE, CONTRIBUTE), actor, milestone)


def drop_piece(milestone: Milestone, actor: Actor, evidence_id: int) -> None:
    """Take a piece of the actor's own unit out of the draft again; NotVisible where it is not theirs."""
    with _working(milestone, actor, SAVE, CONTRIBUTE) as work:
        work.session.delete(_own_piece(work, evidence_id))
        if work.leads:
            draft_changed(work.milestone, work.actor, work.at)


def put_words(
    milestone: Milestone, actor: Actor, body: str, figures: list[tuple[str, str, str]] | None = None,
    terms: Terms = USUAL, *, answering: bool = False,
) -> int | None:
    """Set the supporting unit's own words (配合情况说明) and figures in the draft; blank words are taken out.

    A unit that comes before it was asked is asked herewith; in a later round only where it is `answering` at
    once. The id of its request, None where it has none.
    """
    with _working(milestone, actor, CONTRIBUTE) as work:
        text = WORDS.read(body)
        row = work.session.scalars(
            select(Evidence).where(
                Evidence.round_id == work.content.id, Evidence.unit_id == work.actor.unit_id,
                Evidence.kind == Evidence.WORDS,
            )
        ).one_or_none()
        if row is not None:
            work.session.delete(row)
        if text:
            work.session.add(_row(Piece(Evidence.WORDS, WORDS.label.zh, text), work))
        request = own_request(work.session, work.milestone, work.actor, work.at, terms, answering)
        if request is not None and figures is not None:
            request.reported = _read_figures(figures, _indicators(work))
        return request.id if request else None


def sees_round(actor: Actor, milestone: Milestone, content: Round) -> bool:
    """A draft is its units' own: reviewers and committee see a round from its submission on."""
    return content.frozen or _acts(actor, milestone, SAVE) or _acts(actor, milestone, CONTRIBUTE)


def sees_piece(actor: Actor, milestone: Milestone, content: Round, piece: Evidence) -> bool:
    """Before the submission a piece is read by the lead and by the unit whose it is."""
    return content.frozen or _acts(actor, milestone, SAVE) or (
        piece.unit_id == actor.unit_id and _acts(actor, milestone, CONTRIBUTE)
    )


def sees_round_where(actor: Actor) -> ColumnElement[bool]:
    """`sees_round` and the milestone's own visibility as a filter, over a round, its milestone and task."""
    own = or_(Round.submitted_at.is_not(None), _acts_where(actor, SAVE), _acts_where(actor, CONTRIBUTE))
    return and_(MILESTONE.sees.where(actor), own)


def sees_piece_where(actor: Actor) -> ColumnElement[bool]:
    """`sees_piece` and the milestone's own visibility as a filter, over evidence, its round, milestone and task."""
    own = and_(Evidence.unit_id == actor.unit_id, _acts_where(actor, CONTRIBUTE)) if actor.unit_id else false()
    return and_(MILESTONE.sees.where(actor), or_(Round.submitted_at.is_not(None), _acts_where(actor, SAVE), own))


def _acts(actor: Actor, milestone: Milestone, trigger: str) -> bool:
    return any(related(action, actor, milestone) for action in MILESTONE.arrows(trigger))


def _acts_where(actor: Actor, trigger: str) -> ColumnElement[bool]:
    return or_(false(), *(
        all_where(action.who, actor) for action in MILESTONE.arrows(trigger) if action.by in actor.roles
    ))


@contextmanager
def _working(milestone: Milestone, actor: Actor, *triggers: str) -> Iterator[_Work]:
    """The draft round, locked with its milestone, where the actor may take one of `triggers` now."""
    with locked(milestone, actor) as (session, workflow, fresh, acting, at):
        _permitted_any(workflow, triggers, acting, fresh)
        yield _Work(session, fresh, fresh.round, acting, at)


def _draft_version(work: _Work) -> int:
    """Of the whole draft; of one's own part where each leads its own."""
    if not is_apart(work.milestone):
        return work.content.draft_version
    part = part_of(work.content, own_seats(work.actor, work.milestone)[0])
    return part.draft_version if part else 0


def _stated(content: Round) -> tuple:
    return content.account, content.reported, content.points, content.checklist, content.steps_done


def _state(work: _Work, account: str, reported: list[dict]) -> None:
    """Set account and figures; where each leads its own part, this one's, and the whole as the parts one by one."""
    content = work.content
    if not is_apart(work.milestone):
        content.account, content.reported = account, reported
        return
    part = part_for(content, own_seats(work.actor, work.milestone)[0])
    part.account, part.reported = account, reported
    part.draft_version += 1
    parts = [(seat.unit, part_of(content, seat.unit_id)) for seat in lead_seats(work.milestone)]
    content.account = "\n\n".join(f"【{unit.name}】\n{it.account}" for unit, it in parts if it and it.account)
    content.reported = [line for _, it in parts if it for line in it.reported]


def _answered(work: _Work, points: list[dict], answers: Sequence[str]) -> list[dict]:
    """The points with their answers. What another lead answered is not blanked by one that leaves it open."""
    read = _padded([ANSWER.read(answer) for answer in answers], len(points))
    if is_apart(work.milestone):
        read = [new or point["answer"] for new, point in zip(read, points, strict=True)]
    return [{"words": point["words"], "answer": answer} for point, answer in zip(points, read, strict=True)]


def _saved(work: _Work, *, changed: bool, terms: Terms) -> None:
    content, at = work.content, work.at
    if content.number == 1 and content.draft_version == 0:
        open_requests(work.session, work.milestone, work.actor, at, terms)
    if changed:
        content.draft_version += 1
        draft_changed(work.milestone, work.actor, at)
    content.saved_at, content.saved_by_id = at, work.actor.account_id
    hold_draft(work.milestone, work.actor, at, terms)


def _indicators(work: _Work) -> list[Indicator]:
    return list(work.session.scalars(
        select(Indicator).where(Indicator.milestone_id == work.milestone.id).order_by(Indicator.position)
    ))


def _last_values(work: _Work, indicators: list[Indicator]) -> dict[str, Decimal]:
    """What was last submitted for the task's indicators, by name, whichever year's milestone it was for."""
    if not indicators:
        return {}
    rounds = work.session.scalars(
        select(Round.reported).join(Milestone, Milestone.id == Round.milestone_id)
        .where(Milestone.task_id == work.milestone.task_id, Round.submitted_at.is_not(None))
        .order_by(Round.submitted_at, Round.id)
    )
    found: dict[str, Decimal] = {}
    for reported in rounds:
        found |= values_of(reported)
    return found


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


def _same(known: Evidence, piece: Piece, actor: Actor) -> bool:
    mine = (actor.unit_id, piece.kind, piece.name, piece.sha256)
    return (known.unit_id, known.kind, known.name, known.sha256) == mine


def _own_piece(work: _Work, evidence_id: int) -> Evidence:
    row = work.session.get(Evidence, evidence_id)
    if row is None or row.round_id != work.content.id or row.unit_id != work.actor.unit_id:
        raise NotVisible()
    return row


def _added(piece: Piece, work: _Work) -> Evidence:
    row = _row(piece, work)
    work.session.add(row)
    if work.leads:
        draft_changed(work.milestone, work.actor, work.at)
    work.session.flush()
    return row


def _row(piece: Piece, work: _Work) -> Evidence:
    return Evidence(
        round_id=work.content.id, unit_id=work.actor.unit_id, kind=piece.kind, name=piece.name, body=piece.body,
        media_type=piece.media_type, size=piece.size, sha256=piece.sha256, added_by_id=work.actor.account_id,
        added_at=work.at,
    )


def _padded(answers: list[str], length: int) -> list[str]:
    return (answers + [""] * length)[:length]


def _read_figures(lines: list[tuple[str, str, str]], indicators: list[Indicator]) -> list[dict]:
    """Blank lines, and indicators without an amount, are passed over.

    Amounts may be full-width and carry thousands' commas or a %; an indicator is counted in its own unit.
    """
    units, figures = {it.name: it.unit for it in indicators}, []
    for name, amount, unit in (tuple(map(clean, line)) for line in lines):
        if not (amount or unit or name) or (name in units and not amount):
            continue
        if not name:
            raise Incomplete({"reported": NO_NAME})
        figure = {"name": name, **_amount(name, amount, unit or units.get(name, ""))}
        if name in units and figure["unit"] != units[name]:
            raise Incomplete({"reported": OTHER_UNIT.format(name=name[:40], unit=units[name])})
        figures.append(figure)
    if len(figures) > MOST_FIGURES:
        raise Incomplete({"reported": TOO_LONG.format(label=Words("指标", "Figures"), most=MOST_FIGURES)})
    return figures


def _amount(name: str, amount: str, unit: str) -> dict[str, str]:
    found = amount_of(amount)
    wrong = too_long(name, unit) or (
        found.wrong_unit(name, unit) if found else NOT_A_NUMBER.format(name=name[:40], amount=amount[:40])
    )
    if wrong:
        raise Incomplete({"reported": wrong})
    return {"amount": found.text, "unit": found.unit(unit)}
