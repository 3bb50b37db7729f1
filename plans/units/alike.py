"""Which names of a plan look like each other."""

from collections import Counter

from plans.units.names import government_of, is_place, level_of
from plans.units.separators import MOST_CHARACTERS

_COMMON, _RARE = 5, 2  # occurrences


def look_alikes(names: Counter) -> dict[str, str]:
    """Rare names (twice at most) that differ in one character from one that is common, with that one.

    Two names that both occur often are two units, however alike they look.
    """
    # In shorter names one character is much; longer ones are an error of their own.
    compared = {name: count for name, count in names.items() if 4 <= len(name) <= MOST_CHARACTERS}
    common = {shape: name for name, count in compared.items() if count >= _COMMON for shape in _shapes(name)}
    found = {}
    for name, count in compared.items():
        if count <= _RARE:
            other = next((common[shape] for shape in _shapes(name) if shape in common), None)
            if other and not _two_places(name, other):
                found[name] = other
    return found


def _two_places(name: str, other: str) -> bool:
    """Offices of two places, or of two levels, differ in one character and are two all the same."""
    places = all(government_of(each) or is_place(each) for each in (name, other))
    levels = level_of(name), level_of(other)
    return places or all(levels) and levels[0] != levels[1]


def _shapes(name: str) -> list[str]:
    """Two names have a shape in common exactly if one character put in, left out or exchanged makes them one."""
    blank = "\0"  # stands in no text
    exchanged = [name[:n] + blank + name[n + 1 :] for n in range(len(name))]
    put_in = [name[:n] + blank + name[n:] for n in range(len(name) + 1)]
    return [*exchanged, *put_in]
