"""The administrator's own calendar: days that are worked, or not, whatever the public calendar says of them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CalendarDay, Database, Role, Words
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.directory import changing
from workflow.errors import Incomplete
from workflow.inputs import Text

WORDS = Text("words", Words("说明", "What for"), required=False, most=60)
NO_DAY = Words("请填写日期。", "Please give a day.")


def set_day(database: Database, actor: Actor, day: date | None, working: bool | None, words: str) -> None:
    """Say whether a day is worked; None leaves it to the public calendar again. Raises Incomplete, Refused."""
    words = WORDS.read(words)
    if day is None:
        raise Incomplete({"day": NO_DAY})
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        row = session.scalars(select(CalendarDay).where(CalendarDay.day == day).with_for_update()).one_or_none()
        if row is None:
            row = CalendarDay(day=day, working=None, words="")
            session.add(row)
            session.flush()
        if (row.working, row.words) == (working, words):
            return
        detail = {"day": day.isoformat(), "working": [row.working, working], "words": words}
        row.working, row.words = working, words
        append(session, row, acting, at, "change", role=Role.SYSTEM_ADMIN, detail=detail)


def own_days(session: Session) -> list[CalendarDay]:
    """The exceptions there are, the latest first."""
    return list(session.scalars(
        select(CalendarDay).where(CalendarDay.working.is_not(None)).order_by(CalendarDay.day.desc())
    ))
