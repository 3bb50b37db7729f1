"""Line ends within a cell of units: some part two names, some only break one."""

from plans.units.names import balanced, is_collective, is_whole, level_of
from plans.units.separators import SEPARATORS, segments

_ENDS, _BEGINS = SEPARATORS + ":：。", SEPARATORS


def on_one_line(text: str, known: frozenset[str]) -> tuple[str, bool]:
    """The text with each line end a separator, or gone; and whether any of them broke a name or a list."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines:
        return "", False
    joined, broken = lines[0], False
    for line in lines[1:]:
        if joined[-1] in _ENDS or line[0] in _BEGINS:
            broken = broken or joined[-1] in SEPARATORS
            joined += line
        elif _parts(joined, line, known):
            joined += "、" + line
        else:
            broken = True
            joined += line
    return joined, broken


def _parts(before: str, after: str, known: frozenset[str]) -> bool:
    """Whether the line end between the two stands for a separator."""
    if _begins_a_label(after):
        return True
    if after[0] in "（(":  # 「市公安局⏎（交警支队）」: what is in the bracket is part of the name
        return False
    if not balanced(before.replace("(", "（").replace(")", "）")):
        return False
    last, first = segments(before)[-1], segments(after)[0]
    last = last.split("：")[-1].split(":")[-1].strip()
    if last + first in known and not (last in known and first in known):
        return False
    begins = bool(level_of(first)) or is_collective(first) or first in known
    alike = len(last) > 2 and len(first) > 2 and last[-1:] == first[-1:]
    return last in known or is_whole(last, strongly=not begins and not alike) and (begins or is_whole(first))


def whole_lines(text: str) -> str:
    """What surely stands by itself: without the names that a line end touches and that it may have broken."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    kept = []
    for at, line in enumerate(lines):
        names = segments(line)
        names = names[1:] if at and lines[at - 1][-1] not in _ENDS else names
        names = names[:-1] if at < len(lines) - 1 and line[-1] not in _ENDS else names
        kept.append("、".join(names))
    return "、".join(part for part in kept if part)


def _begins_a_label(line: str) -> bool:
    colon = min((at for at in (line.find("："), line.find(":")) if at > 0), default=-1)
    return 0 < colon <= 10
