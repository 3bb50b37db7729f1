"""What the actions on a supervision sheet change, and the digest of what was issued."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import Supervision, SupervisionSheet
from workflow.audit.chain import fingerprint
from workflow.definition import Frozen


def issued_digest(sheet: SupervisionSheet) -> str:
    """SHA-256 over the sheet as it was issued (docs/audit.md, *What a supervision sheet states*)."""
    items = [
        value for it in sorted(sheet.items, key=lambda it: it.milestone_id)
        for value in (it.milestone_id, it.title, it.requirement, it.due)
    ]
    units = sorted(it.unit_id for it in sheet.supervisions)
    return fingerprint([
        1, sheet.year, sheet.number, sheet.plan_id, sheet.title, sheet.words, sheet.due, sheet.unit_id,
        len(sheet.items), *items, len(units), *units,
    ])


def frozen_sheets(session: Session):
    """Of every unit's copy the digest that was kept, and the one that the sheet gives now."""
    sheets = session.scalars(
        select(SupervisionSheet).order_by(SupervisionSheet.id)
        .options(selectinload(SupervisionSheet.items), selectinload(SupervisionSheet.supervisions))
    )
    yield [Frozen(it.id, None, sheet.digest, issued_digest(sheet)) for sheet in sheets for it in sheet.supervisions]


def note_answer(passage) -> None:
    supervision: Supervision = passage.subject
    supervision.answer = passage.input["words"]
    supervision.answered_at = passage.at
    supervision.answered_by_id, supervision.answered_for_id = passage.actor.account_id, passage.actor.on_behalf_of


def name_sheet(passage) -> None:
    """The event says what exactly was judged."""
    passage.digest = passage.subject.sheet.digest


def ask_again(passage) -> None:
    """Returned: the answer stays to be mended, and the next one is another."""
    supervision: Supervision = passage.subject
    supervision.number += 1
    supervision.answered_at = None
    name_sheet(passage)
