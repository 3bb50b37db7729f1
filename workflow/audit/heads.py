"""The heads of all chains: what is kept beside each subject."""

from sqlalchemy import String, cast, literal, null, select, union_all

from models import Base, Chained
from workflow.registry import WORKFLOWS


def heads_query():
    """(kind, id, version, chain_head, state) of every subject that has a chain, whatever tables there are."""
    states = {workflow.model: None for workflow in WORKFLOWS.values()}
    chained = (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Chained))
    parts = [
        select(
            literal(model.__tablename__).label("kind"), model.id, model.version, model.chain_head,
            (model.state if model in states else cast(null(), String)).label("state"),
        )
        for model in states | dict.fromkeys(chained)
    ]
    union = union_all(*parts).subquery()
    return select(union).order_by(union.c.kind, union.c.id)
