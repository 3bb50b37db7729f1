"""The rules of several leads, of the draft's lock, and of leaders who sign (审签): see `Rule`.

They ask what `load_milestone` has loaded with the current round: its parts and its lock.
"""

from sqlalchemy import and_, false, func, not_, or_, select, true

from models import DraftLock, LeadPart, Part, Responsibility, Role, Round, Task, Words
from workflow.definition import Rule


def lead_seats(milestone) -> list[Responsibility]:
    return [seat for seat in milestone.task.responsibilities if seat.part == Part.LEAD]


def own_seats(actor, milestone) -> list[int]:
    """The units for which this actor leads the task: their own, or a collective name they answer for."""
    return [seat.unit_id for seat in lead_seats(milestone) if seat.unit_id in actor.unit_ids]


def part_of(content: Round, unit_id: int) -> LeadPart | None:
    return next((part for part in content.parts if part.unit_id == unit_id), None)


def is_shared(milestone) -> bool:
    """Whether several units lead together, one draft between them."""
    return len(lead_seats(milestone)) > 1 and not milestone.task.leads_apart


def is_apart(milestone) -> bool:
    """分别负责: whether each of several leads reports its own part."""
    return len(lead_seats(milestone)) > 1 and milestone.task.leads_apart


def missing_leads(actor, milestone) -> list[Responsibility]:
    """The other leads that do not stand behind the draft yet, as far as there is anybody to answer for them."""
    return [
        seat for seat in lead_seats(milestone)
        if seat.unit_id not in actor.unit_ids and seat.answered_for and not _given(milestone, seat.unit_id)
    ]


def lock_elsewhere(actor, milestone) -> DraftLock | None:
    """The lock of another lead unit, where it still holds."""
    lock = milestone.round.lock
    if lock is None or lock.unit_id in actor.unit_ids or (actor.now and lock.until <= actor.now):
        return None
    return lock


def _given(milestone, unit_id: int) -> bool:
    part = part_of(milestone.round, unit_id)
    return part is not None and part.given


def _leads(*conditions):
    return (
        select(Responsibility.id)
        .where(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD, *conditions)
        .correlate(Task, Round).exists()
    )


def _part_where(*conditions):
    """A part of the seat that an enclosing `_leads` speaks of."""
    return (
        select(LeadPart.id)
        .where(LeadPart.round_id == Round.id, LeadPart.unit_id == Responsibility.unit_id, *conditions)
        .correlate(Round, Responsibility).exists()
    )


def _own_part_where(actor, *conditions):
    return (
        select(LeadPart.id)
        .where(LeadPart.round_id == Round.id, LeadPart.unit_id.in_(sorted(actor.unit_ids)), *conditions)
        .correlate(Round).exists()
    )


def _mine(actor):
    return Responsibility.unit_id.in_(sorted(actor.unit_ids))


_SEVERAL = (
    select(func.count(Responsibility.id))
    .where(Responsibility.task_id == Task.id, Responsibility.part == Part.LEAD)
    .correlate(Task).scalar_subquery()
) > 1


def _locked_where(actor):
    still = (DraftLock.until > actor.now,) if actor.now else ()
    return (
        select(DraftLock.round_id)
        .where(DraftLock.round_id == Round.id, DraftLock.unit_id.not_in(sorted(actor.unit_ids)), *still)
        .correlate(Round).exists()
    )


leads_together = Rule(
    "not-led-together",
    Words("该任务不是多个单位共同牵头。", "The task is not led by several units together."),
    holds=lambda actor, m: is_shared(m),
    where=lambda actor: and_(_SEVERAL, ~Task.leads_apart),
)

leads_apart = Rule(
    "not-led-apart",
    Words("该任务不是分别负责。", "The task is not one in which each lead is responsible for its own part."),
    holds=lambda actor, m: is_apart(m),
    where=lambda actor: and_(_SEVERAL, Task.leads_apart),
)

draft_free = Rule(
    "being-drafted",
    Words(
        "另一牵头单位正在起草，到时自动解除，也可接手。",
        "Another lead unit is drafting. Its lock ends by itself, and can be taken over.",
    ),
    holds=lambda actor, m: lock_elsewhere(actor, m) is None,
    where=lambda actor: ~_locked_where(actor),
)

draft_held = Rule(
    "not-being-drafted",
    Words("没有其他单位在起草，可直接填报。", "Nobody else is drafting: just fill it in."),
    holds=lambda actor, m: lock_elsewhere(actor, m) is not None,
    where=_locked_where,
)

other_leads_in = Rule(
    "co-leads-missing",
    Words("还有其他牵头单位未确认或未提交其部分。", "Another lead unit has not confirmed, or not handed in its part."),
    holds=lambda actor, m: not missing_leads(actor, m),
    where=lambda actor: ~_leads(not_(_mine(actor)), Responsibility.answered_for, ~_part_where(LeadPart.given)),
)

last_to_hand_in = Rule(
    "all-others-in",
    Words("其他牵头单位均已提交，请直接提交审核。", "All other leads have handed theirs in: submit it for review."),
    holds=lambda actor, m: bool(missing_leads(actor, m)),
    where=lambda actor: _leads(not_(_mine(actor)), Responsibility.answered_for, ~_part_where(LeadPart.given)),
)

part_open = Rule(
    "part-in",
    Words(
        "本单位已确认或已提交，此后没有改动。", "Your unit has confirmed it or handed it in, and nothing changed since."
    ),
    holds=lambda actor, m: any(not _given(m, unit_id) for unit_id in own_seats(actor, m)),
    where=lambda actor: _leads(_mine(actor), ~_part_where(LeadPart.given)),
)

own_part_written = Rule(
    "no-own-part",
    Words("本单位负责的部分尚未填写。", "Your own unit's part is still empty."),
    holds=lambda actor, m: not is_apart(m) or all(
        (part := part_of(m.round, unit_id)) is not None and part.account for unit_id in own_seats(actor, m)
    ),
    where=lambda actor: or_(
        ~and_(_SEVERAL, Task.leads_apart), ~_leads(_mine(actor), ~_part_where(LeadPart.account != ""))
    ),
)

unit_signs = Rule(
    "no-signing",
    Words("本单位未启用审签。", "Your unit's leader does not sign before submission."),
    holds=lambda actor, m: actor.leader_signs,
    where=lambda actor: true() if actor.leader_signs else false(),
)

handler_sends = Rule(
    "leader-signs",
    Words("分管领导直接审签，不必送审签。", "A leader signs directly: there is nothing to send."),
    holds=lambda actor, m: Role.LEADER not in actor.roles,
    where=lambda actor: false() if Role.LEADER in actor.roles else true(),
)

leader_signed = Rule(
    "not-signed",
    Words("须先由本单位分管领导审签。", "Your unit's leader has to sign it first."),
    holds=lambda actor, m: not actor.leader_signs or Role.LEADER in actor.roles or _own_part(actor, m, "signed_at"),
    where=lambda actor: (
        true() if not actor.leader_signs or Role.LEADER in actor.roles
        else _own_part_where(actor, LeadPart.signed_at.is_not(None))
    ),
)

not_signed_yet = Rule(
    "signed",
    Words("已审签，此后没有改动。", "It has been signed, and nothing changed since."),
    holds=lambda actor, m: not _own_part(actor, m, "signed_at"),
    where=lambda actor: ~_own_part_where(actor, LeadPart.signed_at.is_not(None)),
)

not_sent_yet = Rule(
    "sent",
    Words("已送分管领导审签。", "It is with the leader to be signed."),
    holds=lambda actor, m: not _own_part(actor, m, "sent_at"),
    where=lambda actor: ~_own_part_where(actor, LeadPart.sent_at.is_not(None)),
)

with_leader = Rule(
    "not-sent",
    Words("经办人尚未送审签。", "The handler has not sent it to be signed."),
    holds=lambda actor, m: _own_part(actor, m, "sent_at"),
    where=lambda actor: _own_part_where(actor, LeadPart.sent_at.is_not(None)),
)


def _own_part(actor, milestone, field: str) -> bool:
    return any(part.unit_id in actor.unit_ids and getattr(part, field) for part in milestone.round.parts)
