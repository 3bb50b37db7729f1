"""What a unit's name tells by itself, and which names of a plan look like each other."""

import re
from collections import Counter

from plans.separators import MOST_CHARACTERS

# Names of a kind of body, not of one: each stands for all of its kind.
_KINDS = ("村委会", "村（居）委会", "居委会", "自然村", "行政村", "村民小组", "社区", "乡镇", "街道", "镇街")
_VAGUE = re.compile(
    r"有关|相关|^(?:中标|监理|施工|设计|建设|业主|责任|承建)单位$|^其他"
)
_MEMBERS = re.compile(r"^各|成员单位$")
# How the names of offices end; a name without any of these may be cut short.
_ENDINGS = (
    "街道", "镇", "乡", "村", "局", "办", "委", "部", "院", "厅", "处", "科", "室", "所", "站", "队", "社", "会",
    "联", "协", "人大", "岛", "公司", "中心", "单位", "分局", "大队", "集团", "银行", "学校", "大学", "协会", "部门",
    "市", "县", "区", "省",
)
_SHARED = ("街道", "镇", "乡", "村", "局", "市", "县", "区")
_COMMON, _RARE = 5, 2  # occurrences
_SHORT = 3  # characters: a longer name without an ending is a name of its own kind


def is_vague(name: str) -> bool:
    """Whether it does not say which unit is meant."""
    return bool(_VAGUE.search(name))


def is_collective(name: str) -> bool:
    """Whether it stands for several units."""
    return name in _KINDS or bool(_MEMBERS.search(name)) or is_vague(name)


def spelled_out(name: str, following: str) -> str:
    """A short name without an ending takes the ending of the one that follows it in the list."""
    if len(name) > _SHORT or name.endswith(_ENDINGS) or not following:
        return name
    ending = next((shared for shared in _SHARED if following.endswith(shared)), None)
    if ending is None or len(following) - len(ending) > _SHORT:
        return name
    return name + ending


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
            if other:
                found[name] = other
    return found


def _shapes(name: str) -> list[str]:
    """Two names have a shape in common exactly if one character put in, left out or exchanged makes them one."""
    blank = "\0"  # stands in no text
    exchanged = [name[:n] + blank + name[n + 1 :] for n in range(len(name))]
    put_in = [name[:n] + blank + name[n:] for n in range(len(name) + 1)]
    return [*exchanged, *put_in]
