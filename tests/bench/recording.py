"""Which statements a piece of work sends to the database, and the same as a script for pgbench."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from psycopg.types.json import Json, Jsonb
from sqlalchemy import Engine, event

_PLACE = re.compile(r"%\((\w+)\)s(::[\w ]+)?")


@dataclass
class Recording:
    """`statements` in their order, each with its parameters and whether it stood inside a transaction."""

    statements: list[tuple[str, dict, bool]] = field(default_factory=list)

    def as_pgbench(self, subject_id: int, version: int) -> str:
        """The same statements, for one subject a client, whose version counts up with every run.

        The subject's id and its version become pgbench's variables; all else stays as it was recorded.
        """
        lines = [f"\\set subject {subject_id} + :client_id", "\\set before :version", "\\set version :version + 1"]
        inside = False
        for statement, parameters, transaction in self.statements:
            if transaction and not inside:
                lines.append("BEGIN;")
            if inside and not transaction:
                lines.append("COMMIT;")
            inside = transaction
            lines.append(_literal(statement, parameters, subject_id, version))
        if inside:
            lines.append("COMMIT;")
        return "\n".join(lines) + "\n"


@contextmanager
def recording(engine: Engine) -> Iterator[Recording]:
    found = Recording()

    def note(connection, _cursor, statement, parameters, _context, _many):
        transaction = connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT"
        found.statements.append((statement, parameters, transaction))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _literal(statement: str, parameters: dict, subject_id: int, version: int) -> str:
    def value(place: re.Match) -> str:
        given, cast = parameters[place[1]], place[2] or ""
        if given == subject_id and isinstance(given, int):
            return ":subject" + cast
        if given == version and isinstance(given, int):
            return ":before" + cast
        if given == version + 1 and isinstance(given, int):
            return ":version" + cast
        return _plain(given) + cast

    one_line = " ".join(statement.split())
    return _PLACE.sub(value, one_line).replace("%%", "%") + ";"


def _plain(given) -> str:
    if given is None:
        return "NULL"
    if isinstance(given, bool | int | float):
        return str(given)
    if isinstance(given, Json | Jsonb):
        given = json.dumps(given.obj, ensure_ascii=False)
    if isinstance(given, datetime):
        return f"'{given.isoformat()}'"
    # pgbench reads a colon before a letter as a variable, also inside quotes: so write it as its code.
    text = str(given).replace("'", "''").replace("\\", "\\\\").replace(":", "\\072")
    return f"E'{text}'"
