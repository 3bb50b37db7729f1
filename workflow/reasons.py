"""The reasons for a return: which are offered now, and which were used before there was a list of them."""

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session

from models import ReturnReason, Words

# The words of one code, Chinese and English, as far as it is offered.
CHOSEN = select(
    ReturnReason.zh, func.coalesce(func.nullif(ReturnReason.en, ""), ReturnReason.zh).label("en")
).where(ReturnReason.offered, ReturnReason.code == bindparam("chosen", type_=String))


def offered(session: Session) -> dict[str, Words]:
    """What a reviewer may choose from, by code, in the administrator's order. One statement."""
    query = select(ReturnReason.code, ReturnReason.zh, ReturnReason.en).where(ReturnReason.offered)
    rows = session.execute(query.order_by(ReturnReason.position))
    return {code: Words(zh, en or zh) for code, zh, en in rows}


def every(session: Session) -> list[ReturnReason]:
    """The whole list in its order, those that are no longer offered too."""
    return list(session.scalars(select(ReturnReason).order_by(ReturnReason.position)))
