"""The administrator's own calendar: days that are worked, or not, whatever the public calendar says of them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import CalendarDay, Database, Plan, Role, Words
from workflow.actor import Actor
from workflow.audit.chain import append
from workflow.directory import changing
from workflow.errors import Incomplete
from workflow.inputs import Text

WORDS = Text("words", Words("说明", "What for"), required=False, most=60)
NO_DAY = Words("请填写日期。", "Please give a day.")
NO_PLAN = Words("没有这份方案，请重新选择。", "There is no such plan; please choose again.")


def set_day(
    database: Database, actor: Actor, day: date | None, working: bool | None, words: str, plan_id: int | None = None
) -> None:
    """Say whether a day is worked, for one plan or for the whole ledger; None leaves it to the calendar behind again.

    Raises Incomplete, Refused.
    """
    words = WORDS.read(words)
    if day is None:
        raise Incomplete({"day": NO_DAY})
    with changing(database, actor, Role.SYSTEM_ADMIN) as (session, acting, at):
        if plan_id is not None and session.get(Plan, plan_id) is None:
            raise Incomplete({"plan": NO_PLAN})
        known = select(CalendarDay).where(CalendarDay.day == day, CalendarDay.plan_id.is_not_distinct_from(plan_id))
        row = session.scalars(known.with_for_update()).one_or_none()
        if row is None:
            row = CalendarDay(plan_id=plan_id, day=day, working=None, words="")
            session.add(row)
            session.flush()
        if (row.working, row.words) == (working, words):
            return
        detail = {"plan": plan_id, "day": day.isoformat(), "working": [row.working, working], "words": words}
        row.working, row.words = working, words
        append(session, row, acting, at, "change", role=Role.SYSTEM_ADMIN, detail=detail)


def own_days(session: Session) -> list[CalendarDay]:
    """The exceptions there are, the latest first, each with its plan."""
    return list(session.scalars(
        select(CalendarDay).options(joinedload(CalendarDay.plan)).where(CalendarDay.working.is_not(None))
        .order_by(CalendarDay.day.desc(), CalendarDay.id)
    ))
