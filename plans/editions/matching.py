"""Which task of a new edition is which task of the old one."""

from collections import Counter, defaultdict
from unicodedata import category, normalize

from plans.checked import CheckedTask

SAME_NUMBER, ANY_NUMBER = 0.4, 0.6  # how alike the words have to be
MOST_COMMON = 300  # tasks that share two signs: more of them say nothing


def match(
    old: list[CheckedTask], new: list[CheckedTask], said: dict[int, int | None] | None = None
) -> dict[int, int]:
    """Positions of the new tasks (from 0) → those of the old; each at most once.

    What a person has `said` comes first (None: it is none of them). Then the same title (the same serial and area
    preferred), then the same serial with words that are alike, then words that are alike, the likest first.
    """
    said = said or {}
    found = {n: o for n, o in said.items() if o is not None}
    none = {n for n, o in said.items() if o is None}
    _same_titles(old, new, found, none)
    _same_numbers(old, new, found, none)
    _alike(old, new, found, none)
    return found


def likeness(one: CheckedTask, other: CheckedTask) -> float:
    """0 to 1: by the titles, or by titles and contents together where that is more."""
    titles = _dice(_pairs(one.title), _pairs(other.title))
    contents = _dice(_pairs("".join(one.contents)), _pairs("".join(other.contents)))
    return max(titles, (titles + contents) / 2)


def plain(text: str) -> str:
    """Letters and figures alone: what a title is compared by."""
    return "".join(sign for sign in normalize("NFKC", text) if category(sign)[0] in "LN")


def _same_titles(old: list[CheckedTask], new: list[CheckedTask], found: dict[int, int], none: set[int]) -> None:
    by_title: dict[str, list[int]] = defaultdict(list)
    for n, task in enumerate(old):
        by_title[plain(task.title)].append(n)
    groups: dict[str, list[int]] = defaultdict(list)
    for n, task in enumerate(new):
        if n not in none:
            groups[plain(task.title)].append(n)
    for title, group in groups.items():
        pairs = [(_closeness(old[o], new[n]), n, o) for n in group for o in by_title.get(title, ())]
        _take(sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])), found)


def _same_numbers(old: list[CheckedTask], new: list[CheckedTask], found: dict[int, int], none: set[int]) -> None:
    taken = set(found.values())
    counted = Counter(task.number for n, task in enumerate(old) if n not in taken)
    by_number = {task.number: n for n, task in enumerate(old) if n not in taken and counted[task.number] == 1}
    pairs = [
        (likeness(old[by_number[task.number]], task), n, by_number[task.number])
        for n, task in enumerate(new) if n not in found and n not in none and task.number and task.number in by_number
    ]
    _take(sorted((pair for pair in pairs if pair[0] >= SAME_NUMBER), reverse=True), found)


def _alike(old: list[CheckedTask], new: list[CheckedTask], found: dict[int, int], none: set[int]) -> None:
    taken = set(found.values())
    left = [n for n in range(len(old)) if n not in taken]
    index: dict[str, list[int]] = defaultdict(list)
    for n in left:
        for pair in _pairs(old[n].title):
            index[pair].append(n)
    pairs = []
    for n, task in enumerate(new):
        if n in found or n in none:
            continue
        shared = Counter(o for pair in _pairs(task.title) if len(index.get(pair, ())) <= MOST_COMMON
                         for o in index.get(pair, ()))
        pairs += [(likeness(old[o], task), n, o) for o, _ in shared.most_common(5)]
    _take(sorted((pair for pair in pairs if pair[0] >= ANY_NUMBER), reverse=True), found)


def _take(pairs: list[tuple[float, int, int]], found: dict[int, int]) -> None:
    taken = set(found.values())
    for _, n, o in pairs:
        if n not in found and o not in taken:
            found[n] = o
            taken.add(o)


def _closeness(one: CheckedTask, other: CheckedTask) -> int:
    return 2 * (one.number == other.number) + (one.area == other.area)


def _pairs(text: str) -> set[str]:
    signs = plain(text)
    return {signs[n : n + 2] for n in range(len(signs) - 1)} or ({signs} if signs else set())


def _dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
