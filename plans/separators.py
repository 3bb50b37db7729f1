"""Where one unit's name ends and the next begins."""

import re

USUAL = "、"
SEPARATORS = "、，,；;"
# 「和」 begins many a place's name (和平镇), so it counts only before what cannot go on from it.
_CONJUNCTION = re.compile(r"^(?:以及|及|与|和(?=各|区|县|市|省|有关|相关|其他|其它))")
_ANY_CONJUNCTION = re.compile(r"^(?:以及|及|与|和)")
MOST_CHARACTERS = 120  # of a name


def split_names(text: str) -> list[tuple[str, str]]:
    """The names between separators, each with the words as they stand (a conjunction before it is no part of it).

    Separators inside brackets belong to the name.
    """
    found = [(_CONJUNCTION.sub("", words).strip(), words) for words in _segments(text)]
    return [(name, words) for name, words in found if name]


def outside_brackets(text: str) -> str:
    return "".join(sign for sign, depth in _with_depth(text) if not depth)


def taken_apart(name: str, known: frozenset[str]) -> list[str]:
    """The names of `known` that `name` consists of, without a separator or with a conjunction; [] where it does not.

    Longer names are tried first. `known` may hold `name` itself, which does not count.
    """
    if len(name) > MOST_CHARACTERS:
        return []
    dead: set[int] = set()  # places from which no way leads to the end

    def from_(start: int) -> list[str] | None:
        if start == len(name):
            return []
        if start in dead:
            return None
        begin = start + (len(found[0]) if start and (found := _ANY_CONJUNCTION.match(name[start:])) else 0)
        for first in dict.fromkeys((start, begin)):
            for end in range(len(name), first, -1):
                if end - first < len(name) and name[first:end] in known and (rest := from_(end)) is not None:
                    return [name[first:end], *rest]
        dead.add(start)
        return None

    return from_(0) or []


def _segments(text: str) -> list[str]:
    segments = [[]]
    for sign, depth in _with_depth(text):
        if sign in SEPARATORS and not depth:
            segments.append([])
        else:
            segments[-1].append(sign)
    return ["".join(segment).strip() for segment in segments]


def _with_depth(text: str):
    """Each sign with how many brackets it stands in; an opening bracket without its end opens none."""
    closing = sum(sign in "）)" for sign in text)
    depth = 0
    for sign in text:
        if sign in "（(" and depth < closing:
            depth += 1
            yield sign, depth
        elif sign in "）)":
            closing -= 1
            yield sign, depth
            depth = max(depth - 1, 0)
        else:
            yield sign, depth
