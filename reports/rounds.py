"""A round beside the one before it: which words changed, which pieces of evidence and figures are new, same, gone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from models import Evidence, Round

SAME, NEW, GONE = "same", "new", "gone"
# A Chinese sign by itself, a number or a word of letters whole: else figures would change digit by digit.
_SIGN = re.compile(r"[0-9][0-9.,]*%?|[A-Za-z]+|\s+|.", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?", re.DOTALL)
MOST_SIGNS = 3000  # compared sign by sign; longer texts sentence by sentence
SHORT = 2  # signs that stay the same between two changes count as changed with them


@dataclass(frozen=True)
class Piece:
    """A piece of one of the two rounds."""

    mark: str
    evidence: Evidence


@dataclass(frozen=True)
class Beside:
    """What changed from the round before. `words` are (mark, text) in the order in which they are read; `figures` are
    (name, before, after) of those that are not the same, with None where there is no such figure."""

    before: Round
    words: list[tuple[str, str]]
    pieces: list[Piece]
    figures: list[tuple[str, str | None, str | None]]

    def mark_of(self, evidence: Evidence) -> str | None:
        """Whether a piece of the later round is new in it or the same as before."""
        return next((it.mark for it in self.pieces if it.evidence.id == evidence.id), None)

    @property
    def gone(self) -> list[Evidence]:
        return [it.evidence for it in self.pieces if it.mark == GONE]

    @property
    def reworded(self) -> bool:
        return any(mark != SAME for mark, _text in self.words)


def beside(before: Round, now: Round) -> Beside:
    """Both rounds are loaded with their evidence."""
    earlier, later = {_key(it) for it in before.evidence}, {_key(it) for it in now.evidence}
    pieces = [Piece(SAME if _key(it) in earlier else NEW, it) for it in now.evidence]
    pieces += [Piece(GONE, it) for it in before.evidence if _key(it) not in later]
    return Beside(before, words_changed(before.account, now.account), pieces, _figures(before, now))


def words_changed(before: str, after: str) -> list[tuple[str, str]]:
    """The two texts as one, in runs that are the same, new or gone."""
    signs = _SIGN if max(len(before), len(after)) <= MOST_SIGNS else _SENTENCE
    old, new = signs.findall(before), signs.findall(after)
    runs: list[list[str]] = []
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for n, (kind, a, b, c, d) in enumerate(blocks):
        same = "".join(old[a:b])
        between = kind == "equal" and 0 < n < len(blocks) - 1 and len(same) < SHORT
        parts = [[SAME, same]] if kind == "equal" and not between else [[GONE, same], [NEW, "".join(new[c:d])]]
        runs += [part for part in parts if part[1]]
    return _joined(runs)


def _joined(runs: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Runs of one mark together; between two runs that stay, what is gone before what is new."""
    found: list[tuple[str, str]] = []
    gone = new = ""
    for mark, text in [*runs, (SAME, "")]:
        if mark == GONE:
            gone += text
        elif mark == NEW:
            new += text
        else:
            found += [run for run in ((GONE, gone), (NEW, new), (SAME, text)) if run[1]]
            gone = new = ""
    return found


def _key(piece: Evidence) -> tuple[str, str]:
    """What makes two pieces the same: their bytes, their address, or their words."""
    return piece.kind, piece.sha256 or piece.body


def _figures(before: Round, now: Round) -> list[tuple[str, str | None, str | None]]:
    old, new = (
        {line["name"]: f"{line['amount']} {line['unit']}".strip() for line in it.reported} for it in (before, now)
    )
    return [(name, old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)]
