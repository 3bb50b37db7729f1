"""Labels in running text: 「牵头单位：甲；责任单位：乙；完成时限：6月底前」 → what each says, and of what.

A label is the words before a colon that a header could have too; it may stick to what is before it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from plans.columns.roles import SEATS, Role, role_of
from plans.units.separators import with_depth

_MOST = 14  # characters of a label
_KNOWN = (*SEATS, Role.LEADERS, Role.DEADLINE, Role.OTHER, Role.TARGET, Role.PROGRESS, Role.REMARKS)
_RUN = re.compile(r"[一-鿿/（）()、]+\s*$")
# Without a colon only the plainest words are labels, and only where a name can begin.
_BARE = re.compile(
    r"(?:^|(?<=[\s、，,；;。]))((?:牵头|主办|责任|配合|协办|承办|协同|参与)(?:责任)?(?:单位|部门))"
    r"(?=\s*[^\s：:、，,；;。（(])"
)


@dataclass(frozen=True)
class Section:
    """The text that one label speaks of; `label` is "" for what stands before the first, `at` is where it begins."""

    label: str
    role: Role | None
    text: str
    at: int

    @property
    def is_units(self) -> bool:
        return self.role is None or self.role in SEATS


@dataclass(frozen=True)
class _Label:
    start: int
    end: int
    words: str
    role: Role


@lru_cache(maxsize=4096)
def split_labels(text: str) -> tuple[Section, ...]:
    """The sections of `text` in its order; the first is without a label and may be empty."""
    labels = _labels(text)
    sections = [Section("", None, text[: labels[0].start] if labels else text, 0)]
    for label, after in zip(labels, [*labels[1:], None], strict=False):
        end = after.start if after else len(text)
        sections.append(Section(label.words, label.role, text[label.end : end], label.start))
    return tuple(sections)


def _labels(text: str) -> list[_Label]:
    found = []
    for at, (sign, depth) in enumerate(with_depth(text)):
        if sign in ":：" and not depth:
            label = _before(text, at)
            if label:
                found.append(label)
    taken = [(label.start, label.end) for label in found]
    for match in _BARE.finditer(text):
        start, end = match.span(1)
        if role_of(match[1]) and not any(first <= start < last for first, last in taken):
            found.append(_Label(start, end, match[1], role_of(match[1])))
    return sorted(found, key=lambda label: label.start)


def _before(text: str, colon: int) -> _Label | None:
    """The label that ends at `colon`: of a seat the longest words that make one, else all of them or the shortest."""
    run = _RUN.search(text[max(0, colon - 2 * _MOST) : colon])
    if not run:
        return None
    words = run.group()
    bare = words.rstrip()
    choices = []
    for length in range(2, min(len(bare), _MOST) + 1):
        role = role_of(bare[-length:])
        if role in _KNOWN and bare[-length] not in "、（(）)/":
            choices.append((length, role))
    if not choices:
        return None
    seats = [choice for choice in choices if choice[1] in SEATS]
    whole = [choice for choice in choices if choice[0] == len(bare.lstrip("、（(）)/"))]
    length, role = (seats[-1:] or whole or choices)[0]
    start = colon - len(words) + len(bare) - length
    return _Label(start, colon + 1, bare[-length:], role)
