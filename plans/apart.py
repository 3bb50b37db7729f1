"""A document read apart from the server: parsed by one child process, understood by another, each held to its limits.

What a document says can keep patterns busy as well as its bytes can a parser; so neither is the server's own work.
Run as `python -m plans.apart`, with a line of JSON and a parsed document, it is the second of them.
"""

import json
import sys
import traceback
from collections.abc import Mapping

from models import Words
from plans.kept import dump
from plans.readers.document import Packed, parse, unreadable
from plans.readers.limits import ALL_SECONDS, LEAST_SECONDS, MEANING_MEMORY
from plans.readers.pace import Pace, Told, untold
from plans.readers.refused import Refused
from plans.readers.worker import ask_child
from plans.reading import understand
from plans.unreadable import Unreadable


class Failed(Exception):
    """Making meaning of a document failed unexpectedly; the words are for operators."""


def read_apart(data: bytes, name: str, mapping: Mapping[str, str], told: Told = untold) -> bytes:
    """The plan in a document, as `kept.dump` writes it; `told` hears how far it has come.

    Raises Unreadable, or Failed where it is the program that cannot cope.
    """
    try:
        packed = parse(data, told)
        asked = {"name": name, "mapping": dict(mapping), "kind": packed.kind, "seconds": packed.seconds}
        head, kept = ask_child("plans.apart", [], json.dumps(asked).encode() + b"\n" + packed.body, told)
    except Refused as refused:
        raise unreadable(refused) from refused
    if "unreadable" in head:
        raise Unreadable(Words(**head["unreadable"]))
    if "failed" in head:
        raise Failed(head["failed"])
    return kept


def main() -> None:
    head = json.loads(sys.stdin.buffer.readline())
    seconds = max(ALL_SECONDS - head["seconds"], LEAST_SECONDS)
    pace = Pace(MEANING_MEMORY, seconds)
    answer, kept = _answer(Packed(head["kind"], sys.stdin.buffer.read()), head["name"], head["mapping"], pace)
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + kept)
    sys.stdout.buffer.flush()


def _answer(packed: Packed, name: str, mapping: dict[str, str], pace: Pace) -> tuple[dict, bytes]:
    """What to say, and the plan."""
    try:
        grid = packed.grid(name)
        del packed  # a long paper is as large as all that is understood of it
        plan = understand(grid, mapping, pace)
        del grid
        return {}, dump(plan)
    except Unreadable as error:
        return {"unreadable": {"zh": error.words.zh, "en": error.words.en}}, b""
    except Refused as refused:
        return {"refused": refused.code, "fields": refused.fields}, b""
    except MemoryError:
        return {"refused": "too-much-memory", "fields": {}}, b""
    except Exception:
        return {"failed": traceback.format_exc()}, b""


if __name__ == "__main__":
    main()
