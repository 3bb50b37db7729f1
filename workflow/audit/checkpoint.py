"""Checkpoints: the heads of all chains in one small file, to be kept where the ledger's operator has no hand.

The file is JSON: number, previous (the hash of the checkpoint before), at, heads as [type, id, sequence,
hash], and hash over all of it (docs/audit.md). The table keeps the hashes, so that a file is known again.
"""

import json
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import GENESIS, Checkpoint, Database
from workflow.audit.chain import fingerprint
from workflow.audit.heads import heads_query

FORMAT = "taizhang-checkpoint-1"

Subject = tuple[str, int]


class BadCheckpoint(Exception):
    """The file is no checkpoint, was changed, or belongs to another ledger."""


@dataclass
class Heads:
    """The heads of a checkpoint, crossed off one by one while the chains are walked."""

    wanted: dict[Subject, tuple[int, str]]
    _met: set[Subject] = field(default_factory=set)

    def copy(self) -> "Heads":
        return Heads(dict(self.wanted))

    def meet(self, subject: Subject, sequence: int, hash_: str) -> None:
        if self.wanted.get(subject) == (sequence, hash_):
            self._met.add(subject)

    def settled(self, subject: Subject) -> bool:
        """Whether the chain just walked held the head that the checkpoint has of it, if it has one."""
        return self.wanted.pop(subject, None) is None or subject in self._met


def write_checkpoint(database: Database) -> str:
    """The text of a new checkpoint; it is numbered and its hash kept in the same transaction."""
    with database.writing() as session:
        last = session.scalars(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1)).first()
        at = database.clock()
        heads = [[row.kind, row.id, row.version, row.chain_head] for row in session.execute(heads_query())]
        content = {
            "format": FORMAT,
            "number": last.number + 1 if last else 1,
            "previous": last.hash if last else GENESIS,
            "at": at.isoformat(),
            "heads": heads,
        }
        content["hash"] = _hash(content)
        session.add(Checkpoint(number=content["number"], at=at, chains=len(heads), hash=content["hash"]))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def read_checkpoint(session: Session, text: str) -> Heads:
    """The heads of a checkpoint file of this ledger. Raises BadCheckpoint."""
    try:
        content = json.loads(text)
        heads = {(kind, int(id_)): (int(sequence), hash_) for kind, id_, sequence, hash_ in content["heads"]}
        whole = content["format"] == FORMAT and _hash(content) == content["hash"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadCheckpoint(str(error)) from None
    kept = session.get(Checkpoint, content["number"])
    if not whole or kept is None or kept.hash != content["hash"]:
        raise BadCheckpoint(f"number {content['number']}")
    return Heads(heads)


def _hash(content: dict) -> str:
    flat = [content["format"], content["number"], content["previous"], content["at"]]
    for head in content["heads"]:
        flat += head
    return fingerprint(flat)
