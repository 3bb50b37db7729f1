"""Who was told what: read from the notices, by the people's names."""

from sqlalchemy import select

from models import Notice


def told(ledger, kind: str | None = None) -> dict[str, set[str]]:
    """{kind: names}; with `kind`, of that one alone."""
    names = {account_id: name for name, account_id in ledger.accounts.items()}
    found: dict[str, set[str]] = {}
    with ledger.database.reading() as session:
        for notice in session.scalars(select(Notice)):
            found.setdefault(notice.kind, set()).add(names[notice.account_id])
    return found if kind is None else {kind: found.get(kind, set())}


def count(ledger) -> int:
    with ledger.database.reading() as session:
        return len(session.scalars(select(Notice.id)).all())
