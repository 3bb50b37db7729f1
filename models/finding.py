"""What people find things by: texts in one form, the words of documents, views they saved, calendars they follow."""

import json
import unicodedata
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    func,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.functions import FunctionElement

from models.base import Base
from models.directory import Account


def folded(text: str) -> str:
    """The form in which texts are compared: full-width as half-width, capitals as small letters."""
    return unicodedata.normalize("NFKC", text).lower()


class Folded(FunctionElement):
    """`folded` of a column of text; of a JSON list of texts, of all of them one after another."""

    type = Text()
    inherit_cache = True


# The database's own function on PostgreSQL, ours on SQLite (models/database.py).
@compiles(Folded, "postgresql")
def _folded_postgresql(element, compiler, **kw) -> str:
    (column,) = element.clauses
    inner = compiler.process(column, **kw)
    if isinstance(column.type, JSON):
        inner = f"CAST(CAST({inner} AS JSONB) AS TEXT)"  # JSON keeps the escapes that it came with
    return f"lower(normalize({inner}, NFKC))"


@compiles(Folded, "sqlite")
def _folded_sqlite(element, compiler, **kw) -> str:
    (column,) = element.clauses
    name = "folded_list" if isinstance(column.type, JSON) else "folded"
    return compiler.process(getattr(func, name)(type_coerce(column, Text)), **kw)


class _Paired(FunctionElement):
    """Whether a folded text has the pairs of characters of a word: of two characters, whether it has the word.

    PostgreSQL finds them in an index (migration 0020); SQLite has none and compares the word itself.
    """

    type = Boolean()
    inherit_cache = True


@compiles(_Paired, "postgresql")
def _paired_postgresql(element, compiler, **kw) -> str:
    text, pairs, _like = element.clauses
    return f"word_pairs({compiler.process(text, **kw)}) @> {compiler.process(pairs, **kw)}"


@compiles(_Paired, "sqlite")
def _paired_sqlite(element, compiler, **kw) -> str:
    return compiler.process(element.clauses.clauses[-1], **kw)


def has_word(text: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a folded text (a column with an index of its pairs) has a folded word in it."""
    like = text.contains(word, autoescape=True)
    pairs = sorted({word[place:place + 2] for place in range(len(word) - 1)})
    if not pairs:
        return like
    paired = _Paired(text, bindparam(None, pairs, ARRAY(Text), unique=True), like)
    return paired if len(word) == 2 else paired & like


def prepare_sqlite(connection) -> None:
    """Make `folded` known to a connection of SQLite's driver."""
    connection.create_function("folded", 1, lambda text: text and folded(text), deterministic=True)
    connection.create_function("folded_list", 1, _folded_list, deterministic=True)


def _folded_list(text: str | None) -> str | None:
    return text and folded("\n".join(json.loads(text)))


class DocumentText(Base):
    """The words of an evidence document, by its content; "" where it has none that can be read. No row: not read yet.

    Already in NFKC, and cut off where a document goes on too long (evidence/words.py).
    """

    __tablename__ = "document_text"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime]


class SavedView(Base):
    """A named set of the ledger's filters, as the query of its address; `shared` with the unit of its owner."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(500))
    shared: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]

    account: Mapped[Account] = relationship()


class CalendarFeed(Base):
    """A secret address at which a calendar program reads a person's deadlines; only the SHA-256 of its token is kept.

    Its beginning and its end are events of the person's own chain.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (Index("ix_calendar_feed_account_id_revoked_at", "account_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
