"""What a milestone's page shows of those who work on it together: supporting units, several leads."""

from dataclasses import dataclass

from models import DraftLock, LeadPart, Milestone, Responsibility
from views.context import reading
from views.forms import action_form
from workflow import requests
from workflow.authority import Offer, offers, related
from workflow.definitions.contribution import CONTRIBUTION
from workflow.definitions.milestone import MILESTONE
from workflow.lead_rules import is_apart, is_shared, lead_seats, lock_elsewhere, own_seats, part_of


@dataclass(frozen=True)
class Line:
    """One supporting unit as the matrix shows it, with what this person may do about it."""

    standing: requests.Standing
    offers: list[Offer]
    forms: dict


@dataclass(frozen=True)
class Support:
    """The matrix. `may_ask`: this person leads, and somebody was not asked in this round yet."""

    lines: list[Line]
    may_ask: bool
    own: Line | None

    @property
    def missing(self) -> list[Line]:
        return [line for line in self.lines if line.standing.missing and not line.standing.lapsed]

    @property
    def lapsed(self) -> list[Line]:
        return [line for line in self.lines if line.standing.lapsed]

    @property
    def wanted(self) -> str:
        """What all of them were asked for, where that is the same: said once instead of in every line."""
        words = {line.standing.request.wanted for line in self.lines if line.standing.request}
        return words.pop() if len(words) == 1 else ""


def support_shown(who, milestone: Milestone) -> Support:
    """Two statements."""
    found = [_line(who, it) for it in requests.standings(reading(), milestone, who)]
    asking = next(iter(MILESTONE.arrows(requests.ASK)))
    unasked = any(
        not it.standing.nobody and (it.standing.request is None or it.standing.request.round_id != milestone.round.id)
        for it in found
    )
    may_ask = unasked and milestone.state == asking.source and related(asking, who, milestone)
    own = next((it for it in found if it.standing.request and it.standing.unit.id == who.unit_id), None)
    return Support(found, may_ask, own)


def _line(who, standing: requests.Standing) -> Line:
    asked = standing.request
    given = [] if asked is None else [o for o in offers(CONTRIBUTION, who, asked) if o.action.source == asked.state]
    forms = {o.action.trigger: action_form(o.action, asked.version, formdata=None) for o in given if o.open}
    return Line(standing, given, forms)


@dataclass(frozen=True)
class Leads:
    """Several leads: how they share the draft, who gave their part, who is drafting."""

    apart: bool
    shared: bool
    seats: list[tuple[Responsibility, LeadPart | None]]
    own: LeadPart | None
    locked: DraftLock | None  # by another unit
    holding: DraftLock | None  # by one's own
    signs: bool


def leads_shown(who, milestone: Milestone) -> Leads:
    mine, lock = own_seats(who, milestone), milestone.round.lock
    elsewhere = lock_elsewhere(who, milestone)
    return Leads(
        is_apart(milestone), is_shared(milestone),
        [(seat, part_of(milestone.round, seat.unit_id)) for seat in lead_seats(milestone)],
        part_of(milestone.round, mine[0]) if mine else None, elsewhere,
        lock if lock and not elsewhere and lock.unit_id in who.unit_ids and lock.until > who.now else None,
        bool(mine) and who.leader_signs,
    )
