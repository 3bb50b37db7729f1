"""The names of a paper held against the unit directory: present names, and those that a unit had at the time."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Unit, UnitAlias


def paper_day(years: list[int], today: date) -> date:
    """The day by whose names a paper is read: the first of its years, today where it has none."""
    return date(min(years), 1, 1) if years else today


def known_units(session: Session, names: Iterable[str], day: date) -> dict[str, int]:
    """The unit of each name that the directory knows on `day`; a present name counts before a former one."""
    wanted = list(names)
    former = session.execute(
        select(UnitAlias.name, UnitAlias.unit_id).where(
            UnitAlias.name.in_(wanted),
            or_(UnitAlias.since.is_(None), UnitAlias.since <= day),
            or_(UnitAlias.until.is_(None), UnitAlias.until >= day),
        )
    ).all()
    return dict(former) | dict(session.execute(select(Unit.name, Unit.id).where(Unit.name.in_(wanted))).all())
