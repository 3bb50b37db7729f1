"""Evidence from one store into another: every hash checked, nothing taken away, to be run again at any time."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile

from evidence.check import ALTERED, MISSING, fault_of
from evidence.store import CHUNK, Store

COPIED, THERE = "copied", "there"


@dataclass(frozen=True)
class Moved:
    """What became of one content: COPIED, THERE (already), or MISSING or ALTERED in the store it comes from."""

    sha256: str
    outcome: str


def move(source: Store, target: Store, wanted: Iterable[str]) -> Iterator[Moved]:
    """Each content of `source`, and each hash in `wanted`, once. Raises Unavailable, after which it can go on.

    A copy counts once it was read back from `target` and has its hash; one that an earlier run made is
    read again, and made anew where it is wrong. The source is left as it is: it is for the operator to
    take away, when nothing uses it any more.
    """
    hashes = {kept.sha256 for kept in source.contents() if kept.sha256} | set(wanted)
    for sha256 in sorted(hashes):
        yield Moved(sha256, _move(source, target, sha256))


def _move(source: Store, target: Store, sha256: str) -> str:
    if fault_of(target, sha256) is None:
        return THERE
    if fault := fault_of(source, sha256):
        return fault  # MISSING, ALTERED: what is wrong is not carried on
    # By way of a file: one store cannot read from another while it sends, and a file is read twice.
    with source.open(sha256) as content, TemporaryFile() as copy:
        shutil.copyfileobj(content, copy, CHUNK)
        copy.seek(0)
        target.put(copy)
    return COPIED if fault_of(target, sha256) is None else ALTERED


FAILED = (MISSING, ALTERED)
