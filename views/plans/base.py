"""What the pages of a draft share: the blueprint, finding the draft, its corrected plan kept at hand."""

import threading
from collections import OrderedDict

from flask import Blueprint, abort
from sqlalchemy.orm import joinedload

from models import DraftStatus, PlanDraft, Role
from plans import intake
from plans.corrections import Corrected
from views.access import for_roles
from views.context import database, reading

bp = Blueprint("plans", __name__)
system_office = for_roles(Role.SYSTEM_ADMIN)

READ_AT_ONCE = 2.0  # seconds that an upload waits for its reading, before the page that shows progress
MOST_AT_HAND = 4

_at_hand: OrderedDict[tuple, Corrected] = OrderedDict()
_lock = threading.Lock()


def draft_or_404(draft_id: int) -> PlanDraft:
    draft = reading().get(
        PlanDraft, draft_id, options=[joinedload(PlanDraft.source), joinedload(PlanDraft.revises)],
        populate_existing=True,
    )
    if draft is None:
        abort(404)
    return draft


def read_draft_or_404(draft_id: int) -> PlanDraft:
    """A draft that has been read; of one that has not, there is nothing more to show."""
    draft = draft_or_404(draft_id)
    if draft.status in (DraftStatus.READING, DraftStatus.UNREADABLE):
        abort(404)
    return draft


def corrected(draft: PlanDraft) -> Corrected:
    """The plan with its corrections. A page of a long plan after another need not make it anew."""
    key = (draft.id, draft.chain_head, draft.begun_at, draft.status)
    with _lock:
        if key in _at_hand:
            _at_hand.move_to_end(key)
            return _at_hand[key]
    reading().refresh(draft, ["reading"])
    made = intake.corrected(draft) if draft.reading else abort(404)
    with _lock:
        _at_hand[key] = made
        while len(_at_hand) > MOST_AT_HAND:
            _at_hand.popitem(last=False)
    return made


def read_in_background(draft_id: int) -> None:
    """Begin to read, and wait a little: most documents are read before the next page is asked for."""
    base = database()
    worker = threading.Thread(target=intake.read, args=(base, draft_id), name=f"read-{draft_id}", daemon=True)
    worker.start()
    worker.join(READ_AT_ONCE)
