"""Views of the ledger that people save: a name and an address's query, their own, or shared with their unit.

A shared view shows each reader what that reader may see: it is a question, and no answer.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import Account, Database, SavedView, Words
from workflow.actor import Actor
from workflow.errors import Incomplete, NotVisible
from workflow.inputs import Text

NAME = Text("view_name", Words("视图名称", "Name of the view"), most=40)
MOST = 30
TOO_MANY = Words("每人最多保存 {most} 个视图。", "A person can save at most {most} views.")
SAME_NAME = Words("您已有同名的视图。", "You have a view of this name already.")


def views_of(session: Session, actor: Actor) -> list[SavedView]:
    """The person's own views, and what colleagues of their unit share; their own first. One statement."""
    query = (
        select(SavedView).join(Account, Account.id == SavedView.account_id)
        .where(
            (SavedView.account_id == actor.account_id)
            | (SavedView.shared & Account.active & (Account.unit_id == actor.unit_id))
        )
        .order_by(SavedView.account_id != actor.account_id, SavedView.name, SavedView.id)
        .options(joinedload(SavedView.account))
    )
    return list(session.scalars(query))


def save_view(database: Database, actor: Actor, name: str, query: str, shared: bool) -> None:
    """Keep a query under a name; under a name that the person has already, in place of it. Raises Incomplete."""
    name = NAME.read(name)
    with database.writing() as session:
        # One's own account is locked: two at once would both find room.
        session.execute(select(Account.id).where(Account.id == actor.account_id).with_for_update())
        own = SavedView.account_id == actor.account_id
        row = session.scalars(select(SavedView).where(own, SavedView.name == name)).one_or_none()
        if row is None:
            if session.scalar(select(func.count()).where(own)) >= MOST:
                raise Incomplete({NAME.name: TOO_MANY.format(most=MOST)})
            row = SavedView(account_id=actor.account_id, name=name)
            session.add(row)
        row.query, row.shared, row.saved_at = query, shared, database.clock()


def change_view(database: Database, actor: Actor, view_id: int, name: str, shared: bool) -> None:
    """Another name, shared or no longer. Raises NotVisible, Incomplete."""
    with database.writing() as session:
        row = _own(session, actor, view_id)
        name = NAME.read(name)
        same = select(SavedView.id).where(
            SavedView.account_id == row.account_id, SavedView.name == name, SavedView.id != row.id
        )
        if session.scalar(same) is not None:
            raise Incomplete({NAME.name: SAME_NAME})
        row.name, row.shared = name, shared


def drop_view(database: Database, actor: Actor, view_id: int) -> None:
    """Take one's own view away. Raises NotVisible."""
    with database.writing() as session:
        session.delete(_own(session, actor, view_id))


def _own(session: Session, actor: Actor, view_id: int) -> SavedView:
    row = session.scalars(select(SavedView).where(
        SavedView.id == view_id, SavedView.account_id == actor.account_id
    ).with_for_update()).one_or_none()
    if row is None:
        raise NotVisible()
    return row
