"""The words of evidence documents, kept for finding them: read by the child process, once for each content.

An upload never waits long for it and never fails of it; what was not read then, `flask evidence read` reads.
"""

import logging
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from evidence.looking import KINDS, real_file, words_in
from evidence.store import Missing, Store
from models import Database, DocumentText, Evidence

logger = logging.getLogger("taizhang")

READ = tuple(KINDS[kind] for kind in ("pdf", "docx", "xlsx"))
MOST_BYTES = 20 * 2**20  # of a file: larger ones are pictures more than words


def keep_words(database: Database, content: BinaryIO, media_type: str, size: int, sha256: str) -> None:
    """Read a file that has just been taken in, as far as that goes well. Raises nothing."""
    if media_type not in READ or size > MOST_BYTES:
        return
    try:
        with database.reading() as session:
            if session.get(DocumentText, sha256) is not None:
                return
        content.seek(0)
        with real_file(content) as file:
            words = words_in(file)
        if words is not None:
            _keep(database, sha256, words)
    except Exception:  # whatever it is: the file itself is kept, and read another time
        logger.exception("the words of %s", sha256)


def read_words(database: Database, store: Store) -> Iterator[tuple[str, bool]]:
    """Read every document that is not read yet, as (hash, whether it could be); what cannot be is not tried again.

    A file that is missing is passed over. Raises Unavailable.
    """
    with database.reading() as session:
        known = select(DocumentText.sha256)
        query = (
            select(Evidence.sha256).where(
                Evidence.kind == Evidence.FILE, Evidence.media_type.in_(READ), Evidence.size <= MOST_BYTES,
                Evidence.sha256.not_in(known),
            ).distinct().order_by(Evidence.sha256)
        )
        due = list(session.scalars(query))
    for sha256 in due:
        try:
            with store.open(sha256) as content, real_file(content) as file:
                words = words_in(file)
        except Missing:
            continue
        _keep(database, sha256, words or "")
        yield sha256, words is not None


def forget_words(database: Database) -> None:
    """Drop the words of what no piece of evidence names any more."""
    with database.writing() as session:
        session.execute(delete(DocumentText).where(DocumentText.sha256.not_in(select(Evidence.sha256))))


def _keep(database: Database, sha256: str, words: str) -> None:
    try:
        with database.writing() as session:
            session.execute(insert(DocumentText).values(sha256=sha256, words=words, read_at=database.clock()))
    except IntegrityError:
        return  # the same file came twice at once
