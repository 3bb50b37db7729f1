"""Where one unit's name ends and the next begins."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from plans.units.names import is_whole, level_of

USUAL = "、"
SEPARATORS = "、，,；;"
_ANY_CONJUNCTION = re.compile(r"^(?:以及|及|与|和)")
_INNER = re.compile(r"以及|及其?|和|与|会同")
# What can only begin a name of its own.
_NEW = re.compile(r"^(?:各|有关|相关|其[他它]|全[省市县区]|所在|沿线)")
_PLACES = "(?:设区市|县级市|直辖市|自治区|自治县|乡镇|街道|省|市|县|区|州|盟|旗|镇|乡|场)"
_BODIES = "(?:人民政府|政府|管委会|党工委|党委|办事处)"
_BODIES = f"(?:{_BODIES}(?:[和、]?{_BODIES})?)"
_NAMED = f"{_PLACES}(?:[（(][^（）()]{{1,8}}[）)])?{_BODIES}?"
_KIND = re.compile(f"^{_NAMED}(?:$|(?=按|分|负责|落实))")
_ALL = re.compile(f"^(?:[^：:]{{1,8}}[：:])?(?:各{_NAMED}|{_PLACES}(?:[（(][^（）()]{{1,8}}[）)])?)(?:、{_NAMED})*$")
_BARE_BODY = re.compile(f"^{_BODIES}")
# Names hold no dates, so whatever looks like one is no name.
DATE = re.compile(
    r"\d{1,4}年|\d{1,2}月|年底|季度|半年|^\s*(?:持续|长期|常态化?|立行立改|立即|全年|年内|适时)(?:坚持|推进|实施|整改|"
    r"落实|开展|完成)?\s*$"
)
MOST_CHARACTERS = 120  # of a name


def split_conjunctions(name: str, known: frozenset[str]) -> list[str]:
    """「甲局和乙局」 in two, where both sides are whole names; 「文化和旅游部」 stays one."""
    if name in known:
        return [name]
    depths = [depth for _, depth in with_depth(name)]
    for found in _INNER.finditer(name):
        left, right = name[: found.start()], name[found.end() :]
        if left and right and not depths[found.start()] and _two(left, right, known):
            return [left, *split_conjunctions(right, known)]
    return [name]


def _two(left: str, right: str, known: frozenset[str]) -> bool:
    if left in known and right in known:
        return True
    if _BARE_BODY.match(right):
        return False
    begins = bool(_NEW.match(right)) or bool(level_of(right)) or right in known
    return is_whole(left, strongly=not begins) and (begins or is_whole(right, strongly=True))


def split_blanks(words: str) -> list[str]:
    """Names parted by blanks alone; the words without their blanks where those part no names."""
    pieces = words.split()
    if len(pieces) > 1 and all(is_whole(piece) and len(piece) > 2 for piece in pieces):
        return pieces
    return ["".join(pieces) if len(pieces) > 1 else words.strip()]


def outside_brackets(text: str) -> str:
    return "".join(sign for sign, depth in with_depth(text) if not depth)


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


# The same lists of units occur again and again in a plan.
@lru_cache(maxsize=4096)
def segments(text: str) -> tuple[str, ...]:
    """What stands between separators, outside of brackets."""
    found = [[]]
    for sign, depth in with_depth(text):
        if sign in SEPARATORS and not depth:
            found.append([])
        else:
            found[-1].append(sign)
    return tuple("".join(segment).strip() for segment in found)


def without_dates(text: str) -> str:
    """A list without those of its parts that are dates."""
    if not any(DATE.search(words) for words in segments(text)):
        return text
    return "、".join(words for words in segments(text) if not DATE.search(words))


def joined_kinds(found: Iterable[str]) -> list[str]:
    """「各市、县人民政府」 is one name: what is only a kind of place belongs to the one before it."""
    joined: list[str] = []
    for words in found:
        if joined and words and _KIND.match(words) and _ALL.match(joined[-1]):
            joined[-1] = f"{joined[-1]}、{words}"
        else:
            joined.append(words)
    return joined


def stretches(text: str) -> list[str]:
    """What stands between semicolons or full stops, outside of brackets."""
    found = [""]
    for sign, depth in with_depth(text):
        if sign in "；;。" and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [words for words in found if words.strip()]


def with_depth(text: str) -> Iterator[tuple[str, int]]:
    """Each sign with how many brackets it stands in; an opening bracket without its end opens none."""
    closing = sum(sign in "）)〕】" for sign in text)
    depth = 0
    for sign in text:
        if sign in "（(〔【" and depth < closing:
            depth += 1
            yield sign, depth
        elif sign in "）)〕】":
            closing -= 1
            yield sign, depth
            depth = max(depth - 1, 0)
        else:
            yield sign, depth
