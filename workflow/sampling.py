"""Drawing by lot (抽查): a random share of milestones for close checking, so that anybody can repeat the draw.

1. What is drawn from is listed, a line "milestone-round" each, by number; the SHA-256 of the list is kept.
2. Then the program makes a seed: nobody chooses it, and the list stands before it is known.
3. The lot of a line is the SHA-256 of "seed:line", in hex digits. The lowest lots are drawn, as many as were asked for.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Database, Milestone, Role, Sample, SampleItem, Words
from models.sample import line_of
from workflow import once
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.definitions.milestone import MILESTONE
from workflow.definitions.sample import DRAW, SAMPLE, sample_digest
from workflow.delegation import again
from workflow.engine import SIGNED_OUT
from workflow.errors import Incomplete, Reason, Refused
from workflow.inputs import Text
from workflow.openings import AT_ONCE
from workflow.subjects import milestone_rows

WORDS = Text("remark", Words("抽查说明", "What for"), required=False, most=500)
MOST = 1000
NOT_THE_COMMITTEE = Words("抽查由管委会进行。", "Samples are drawn by the committee.")
NOTHING = Words("范围内没有可抽的节点。", "There is nothing to draw from.")
NO_AMOUNT = Words("请填写抽取的比例（1–100）或件数（1–{most}）。", "Give a share (1–100) or a number (1–{most}).")
TOO_MANY = Words("一次最多抽取 {most} 件，请缩小范围或比例。", "At most {most} are drawn at once: ask for less.")
KIND = Words("抽取对象", "Drawn from")
SHARE, COUNT = "share", "count"
AMOUNTS = {SHARE: Words("按比例（%）", "A share, per cent"), COUNT: Words("按件数", "A number")}


@dataclass(frozen=True)
class Lottery:
    """What is drawn from: milestones in this state."""

    code: str
    label: Words
    state: str


(_WAITING,) = (state for state in MILESTONE.states if state.holder == Role.COMMITTEE)
(_SEALED,) = MILESTONE.sealed
LOTTERIES = {
    it.code: it for it in (
        Lottery("waiting", Words("待审定的节点", "What waits to be signed off"), _WAITING.name),
        Lottery("accepted", Words("已办结的节点", "What was signed off"), _SEALED.name),
    )
}


@dataclass(frozen=True)
class Asked:
    """What is to be drawn: `amount` per cent (SHARE) or milestones (COUNT); the scope in words and as an address.

    `mark` is that of the form, where it was one that asked: sent twice, it draws once.
    """

    kind: str
    by: str
    amount: int | None
    scope: str = ""
    query: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    mark: str = ""


def lot_of(seed: str, line: str) -> str:
    """The lot that a line draws."""
    return hashlib.sha256(f"{seed}:{line}".encode()).hexdigest()


def text_of(lines: Iterable[str]) -> str:
    """The list as it is kept and fingerprinted."""
    return "".join(f"{line}\n" for line in lines)


def size_of(asked: Asked, population: int) -> int:
    """How many are drawn of so many: a share is rounded up, so that some are always checked."""
    return -(-population * asked.amount // 100) if asked.by == SHARE else min(asked.amount, population)


def draw(
    database: Database, actor: Actor, milestone_ids: Sequence[int], asked: Asked,
    make_seed: Callable[[], str] = lambda: secrets.token_hex(8),
) -> int:
    """Draw out of these milestones, as far as they are still what is asked for; the sample's id.

    Raises Incomplete; Refused where the actor is not of the committee; Repeated where this form has drawn already.
    """
    words = WORDS.read(asked.words)
    limit = 100 if asked.by == SHARE else MOST
    if asked.by not in AMOUNTS or asked.amount is None or not 1 <= asked.amount <= limit:
        raise Incomplete({"amount": NO_AMOUNT.format(most=MOST)})
    with database.writing() as session:
        at = database.clock()
        acting = again(session, actor, at)
        if acting is None:
            raise Refused([Reason("account-closed", SIGNED_OUT)])
        if Role.COMMITTEE not in acting.roles:
            raise Refused([Reason("not-the-role", NOT_THE_COMMITTEE)])
        once.begin(session, acting, asked.mark, Sample, at)
        rounds = _population(session, acting, milestone_ids, LOTTERIES[asked.kind].state)
        if not rounds:
            raise Incomplete({"amount": NOTHING})
        size = size_of(asked, len(rounds))
        if size > MOST:
            raise Incomplete({"amount": TOO_MANY.format(most=MOST)})
        listed, seed = text_of(line_of(*it) for it in rounds), make_seed()
        lots = sorted((lot_of(seed, line_of(*it)), *it) for it in rounds)[:size]
        sample = Sample(
            kind=asked.kind, scope=asked.scope, query=asked.query, since=asked.since, until=asked.until, words=words,
            share=asked.amount if asked.by == SHARE else None, population=len(rounds), size=size, seed=seed,
            listed=listed, fingerprint=hashlib.sha256(listed.encode()).hexdigest(), drawn_at=at,
            drawn_by_title=acting.title, digest="",
        )
        sample.digest = sample_digest(sample)
        signed = _signed(session, [milestone_id for _lot, milestone_id, _number in lots])
        sample.items = [
            SampleItem(
                milestone_id=milestone_id, round_number=number, place=place, lot=lot, state=SAMPLE.initial.name,
                signed_by_id=signed.get(milestone_id, (None, None))[0],
                signed_for_id=signed.get(milestone_id, (None, None))[1],
            )
            for place, (lot, milestone_id, number) in enumerate(lots, 1)
        ]
        session.add(sample)
        session.flush()
        once.end(session, acting, asked.mark, sample)
        detail = {
            "sample": sample.id, "kind": sample.kind, "scope": sample.scope, "population": sample.population,
            "size": size, "seed": seed, "fingerprint": sample.fingerprint, "words": words,
        }
        for it in sample.items:
            append(
                session, it, acting, at, DRAW, role=Role.COMMITTEE, moved=(None, it.state),
                evidence_digest=sample.digest, detail=detail | {
                    "milestone": it.milestone_id, "round": it.round_number, "place": it.place, "lot": it.lot,
                },
            )
        return sample.id


def _population(session: Session, actor: Actor, milestone_ids: Sequence[int], state: str) -> list[tuple[int, int]]:
    """(milestone, round) of those that the actor sees and that are in this state now, by number."""
    found = []
    ids = sorted(set(milestone_ids))
    for begin in range(0, len(ids), AT_ONCE):
        query = milestone_rows(Milestone.id, Milestone.round_number).where(
            Milestone.id.in_(ids[begin : begin + AT_ONCE]), Milestone.state == state, MILESTONE.sees.where(actor),
        )
        found += [tuple(row) for row in session.execute(query.order_by(Milestone.id))]
    return found


def _signed(session: Session, milestone_ids: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    """Who signed the present round off, and for whom, by milestone."""
    seals = [action.trigger for action in MILESTONE.actions if action.seal]
    found = {}
    for begin in range(0, len(milestone_ids), AT_ONCE):
        events = session.scalars(
            select(AuditEvent).join(Milestone, Milestone.id == AuditEvent.subject_id).where(
                AuditEvent.subject_type == Milestone.__tablename__, AuditEvent.action.in_(seals),
                AuditEvent.subject_id.in_(milestone_ids[begin : begin + AT_ONCE]),
                AuditEvent.round == Milestone.round_number, Milestone.state == _SEALED.name,
            )
        )
        found |= {it.subject_id: (it.actor_id, json.loads(it.detail).get("on_behalf_of")) for it in events}
    return found
