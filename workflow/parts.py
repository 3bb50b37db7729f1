"""What leads do to their parts of a draft: drafting, confirming, handing in, signing, taking over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import DraftLock, LeadPart, Milestone, Role, Round
from workflow.actor import Actor
from workflow.lead_rules import is_apart, is_shared, lead_seats, own_seats, part_of


@dataclass(frozen=True)
class Terms:
    """How long a draft's lock holds, and how many working days a supporting unit has to answer (settings)."""

    lock_minutes: int = 30
    answer_days: int = 5


USUAL = Terms()


def part_for(content: Round, unit_id: int) -> LeadPart:
    """The part of a lead, begun where there is none yet."""
    part = part_of(content, unit_id)
    if part is None:
        part = LeadPart(unit_id=unit_id, account="", reported=[], draft_version=0, given=False)
        content.parts.append(part)
    return part


def draft_changed(milestone: Milestone, actor: Actor, at: datetime) -> None:
    """A lead changed the draft: whoever else stood behind it has to look again, and no signature holds.

    Where each leads its own part, only its own falls; where several lead together, who drafted it stands behind it.
    """
    content, mine = milestone.round, own_seats(actor, milestone)
    for part in content.parts:
        if not is_apart(milestone) or part.unit_id in mine:
            part.given = False
            part.sent_at = part.signed_at = part.signed_by_id = None
    if is_shared(milestone):
        _give(content, mine, actor, at)


def hold_draft(milestone: Milestone, actor: Actor, at: datetime, terms: Terms) -> None:
    """Lock the draft for this lead unit, or hold it longer. Only a draft that several share has a lock."""
    if is_shared(milestone):
        _lock(milestone, actor, at, at + timedelta(minutes=terms.lock_minutes))


def let_go(milestone: Milestone, at: datetime) -> None:
    """End the lock now."""
    if milestone.round.lock is not None:
        milestone.round.lock.until = at


def send_to_sign(passage) -> None:
    for part in _own_parts(passage):
        part.sent_at = passage.at


def sign(passage) -> None:
    for part in _own_parts(passage):
        part.signed_at, part.signed_by_id = passage.at, passage.actor.account_id


def hand_back(passage) -> None:
    for part in _own_parts(passage):
        part.sent_at = part.signed_at = part.signed_by_id = None


def give_part(passage) -> None:
    """Confirm the shared draft, or hand one's own part in."""
    content = passage.subject.round
    _give(content, own_seats(passage.actor, passage.subject), passage.actor, passage.at)
    passage.detail["draft_version"] = content.draft_version


def take_over(passage) -> None:
    """The other lead's lock becomes one's own, for as long as it was given."""
    lock = passage.subject.round.lock
    passage.detail["from_unit"] = lock.unit_id
    _lock(passage.subject, passage.actor, passage.at, passage.at + (lock.until - lock.at))


def stand_behind(passage) -> bool:
    """Submit: who submits stands behind its part, a leader by their own hand. Whether anything was written."""
    milestone, actor, at = passage.subject, passage.actor, passage.at
    mine = own_seats(actor, milestone)
    if len(lead_seats(milestone)) > 1:
        _give(milestone.round, mine, actor, at)
    if actor.leader_signs and Role.LEADER in actor.roles:
        for unit_id in mine:
            part = part_for(milestone.round, unit_id)
            if part.signed_at is None:
                part.signed_at, part.signed_by_id = at, actor.account_id
    return bool(milestone.round.parts)


def _own_parts(passage) -> list[LeadPart]:
    content = passage.subject.round
    return [part_for(content, unit_id) for unit_id in own_seats(passage.actor, passage.subject)]


def _give(content: Round, unit_ids: list[int], actor: Actor, at: datetime) -> None:
    for unit_id in unit_ids:
        part = part_for(content, unit_id)
        if not part.given:
            part.given, part.given_at, part.given_by_id = True, at, actor.account_id


def _lock(milestone: Milestone, actor: Actor, at: datetime, until: datetime) -> None:
    content, (unit_id, *_) = milestone.round, own_seats(actor, milestone)
    if content.lock is None:
        content.lock = DraftLock(unit_id=unit_id, account_id=actor.account_id, at=at, until=until)
        return
    content.lock.unit_id, content.lock.account_id = unit_id, actor.account_id
    content.lock.at, content.lock.until = at, until
