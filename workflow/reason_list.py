"""Keeping the list of reasons for a return: the system administrator adds, rewords, orders and retires.

A return keeps the words that it was given in its own event, so nothing done here changes what was returned before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Database, ReturnReason, Role, Words
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.directory import changing
from workflow.errors import Incomplete, NotVisible
from workflow.inputs import Text
from workflow.reasons import every

ZH = Text("zh", Words("退回原因", "Reason in Chinese"), most=40)
EN = Text("en", Words("英文", "Reason in English"), required=False, most=80)
MOST = 30
TWICE = Words("「{words}」已在列表中。", "“{words}” is in the list already.")
CHANGED = Words(
    "此条刚被他人改动，未保存。请核对现行内容后再改。",
    "This reason was changed just now; nothing was saved. Look at it again before you change it.",
)
LAST_ONE = Words("至少保留一条可选的退回原因。", "At least one reason has to be offered.")
TOO_MANY = Words("最多同时使用 {most} 条退回原因，请先停用一条。", "At most {most} can be offered: retire one first.")


def add(database: Database, actor: Actor, zh: str, en: str = "") -> None:
    """A new reason at the end of the list. Raises Incomplete, Refused."""
    with _list(database, actor) as (session, rows, acting, at):
        zh, en = _read(rows, None, zh, en)
        if sum(row.offered for row in rows) >= MOST:
            raise Incomplete({"zh": TOO_MANY.format(most=MOST)})
        place = len(rows) + 1  # none is ever deleted, so this code is new
        row = ReturnReason(code=f"own-{place}", zh=zh, en=en, position=place, offered=True)
        session.add(row)
        session.flush()
        _tell(session, row, acting, at, "create", None)


def change(
    database: Database, actor: Actor, reason_id: int, zh: str, en: str, offered: bool, seen: int | None = None
) -> None:
    """Reword a reason, retire it or offer it again. Raises Incomplete, Refused, NotVisible.

    `seen` is the version that a form showed, where one did: an old page undoes nobody's change.
    """
    with _list(database, actor) as (session, rows, acting, at):
        row = _one(rows, reason_id)
        if seen is not None and seen != row.version:
            raise Incomplete({"zh": CHANGED})
        zh, en = _read(rows, row, zh, en)
        others = sum(it.offered for it in rows if it is not row)
        if not offered and not others:
            raise Incomplete({"offered": LAST_ONE})
        if offered and not row.offered and others >= MOST:
            raise Incomplete({"offered": TOO_MANY.format(most=MOST)})
        if (row.zh, row.en, row.offered) == (zh, en, offered):
            return
        before = row.stands
        row.zh, row.en, row.offered = zh, en, offered
        _tell(session, row, acting, at, "change", before)


def move(database: Database, actor: Actor, reason_id: int, up: bool) -> None:
    """One place up or down; at the end of the list nothing changes. Raises Refused, NotVisible."""
    with _list(database, actor) as (session, rows, acting, at):
        row = _one(rows, reason_id)
        place = rows.index(row) + (-1 if up else 1)
        if not 0 <= place < len(rows):
            return
        other = rows[place]
        before = row.stands, other.stands
        row.position, other.position = other.position, row.position
        for it, was in zip((row, other), before, strict=True):
            _tell(session, it, acting, at, "change", was)


@contextmanager
def _list(database: Database, actor: Actor) -> Iterator[tuple[Session, list[ReturnReason], Actor, datetime]]:
    """The list in its order, locked: two changes at once come one after the other."""
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        # Locked from the first row on, then read: what was added while this waited is read too.
        session.execute(select(ReturnReason.id).order_by(ReturnReason.id).with_for_update())
        yield session, every(session), acting, at


def _one(rows: list[ReturnReason], reason_id: int) -> ReturnReason:
    row = next((it for it in rows if it.id == reason_id), None)
    if row is None:
        raise NotVisible()
    return row


def _read(rows: list[ReturnReason], row: ReturnReason | None, zh: str, en: str) -> tuple[str, str]:
    taken, errors = [], {}
    for asked, raw in ((ZH, zh), (EN, en)):
        try:
            taken.append(" ".join(asked.read(raw).split()))  # one line
        except Incomplete as wrong:
            errors |= wrong.errors
    if errors:
        raise Incomplete(errors)
    if any(it.zh == taken[0] for it in rows if it is not row):
        raise Incomplete({"zh": TWICE.format(words=taken[0])})
    return taken[0], taken[1]


def _tell(session: Session, row: ReturnReason, actor: Actor, at: datetime, action: str, before: dict | None) -> None:
    detail = {"after": row.stands} | ({"before": before} if before else {})
    append(session, row, actor, at, action, role=Role.SYSTEM_ADMIN, detail=detail)
