"""Clauses of units: the bracket after an item, 「（牵头单位：甲；责任单位：乙）」「（甲负责）」, or a line alone."""

import re
from dataclasses import dataclass

from plans.columns.roles import SEATS, Role
from plans.units.labels import Section, split_labels
from plans.units.lead_rule import find_lead_rule, without_rule
from plans.units.names import is_collective, is_whole, level_of
from plans.units.parts import names_in
from plans.units.separators import without_dates

_OPENING, _CLOSING = "（([【〔［", "）)]】〕］"
# 「……。由甲牵头，乙配合。」: the units in a sentence of their own.
_SPOKEN = re.compile(
    r"[。；;](?P<clause>由?[^。；;（）()]{2,120}?(?:牵头|负责)(?:[，,、][^。；;（）()]{2,120}?(?:配合|参与|负责|"
    r"落实))?)[。]?$"
)
_AFTER = re.compile(r"^[\s。；;，,、.]*$")
_ENDS = re.compile(
    r"(?:负责|牵头|配合|落实|主办|协办|承办|参与|参加|实施|推进|分工|下同|协助|执行|办理)(?:工作|推进|实施|落实|"
    r"完成)?[。.]?$"
)
_MOST = 1_500  # characters of a clause
_LONGEST_NAME = 40  # characters: what is longer is a sentence
_SEATED = {*SEATS}


@dataclass(frozen=True)
class Clause:
    """`before` is what the units answer for; `text` the words of the clause, without its bracket."""

    before: str
    text: str


def split_clause(text: str) -> Clause | None:
    """The clause that ends a text, None where it ends with none."""
    found = clauses_in(text)
    if not found or not _AFTER.match(text[found[-1][1] :]):
        return None
    start, end = found[-1]
    return Clause(text[:start].strip(), text[start + 1 : end - 1].strip())


def split_all(text: str) -> list[Clause]:
    """All clauses of a text, each with what stands before it and after the one before."""
    clauses, last = [], 0
    for start, end in clauses_in(text):
        before = text[last:start].strip(" 　。；;，,\n" if last else None)
        clauses.append(Clause(before, text[start + 1 : end - 1].strip()))
        last = end
    return clauses


def trailing_clause(text: str) -> Clause | None:
    """「……。责任单位：甲、乙」: labels at the end of a paragraph, without a bracket around them."""
    spoken = _SPOKEN.search(text)
    if spoken and is_clause(spoken["clause"]) and all(is_whole(name) for name in names_in(spoken["clause"])):
        return Clause(text[: spoken.start("clause")].strip(), spoken["clause"])
    labelled = [section for section in split_labels(text) if section.label]
    first = next((at for at, section in enumerate(labelled) if section.role in _SEATED), None)
    if first is None or not re.search(r"[。；;\s）)—]$", text[: labelled[first].at]):
        return None
    while first and labelled[first - 1].role in (Role.DEADLINE, Role.LEADERS):
        first -= 1
    rest = labelled[first:]
    names = [name for section in rest if section.role in _SEATED for name in names_in(section.text)]
    if not names or any(len(name) > _LONGEST_NAME for name in names):
        return None
    return Clause(text[: rest[0].at].strip(" 　—"), text[rest[0].at :].strip())


def leading_clause(text: str) -> Clause | None:
    """「（甲牵头）做某事」: a clause before what its units answer for."""
    text = text.strip()
    found = _brackets(text)
    if not found or found[0][0] != 0 or found[0][1] == len(text) or clauses_in(text):
        return None
    start, end = found[0]
    words = text[start + 1 : end - 1].strip()
    return Clause(text[end:].strip(), words) if is_clause(words) else None


def clauses_in(text: str) -> list[tuple[int, int]]:
    """Where brackets that name units stand: each at the end of a sentence, or of the text."""
    return [
        (start, end) for start, end in _brackets(text)
        if end - start <= _MOST and is_clause(text[start + 1 : end - 1]) and _closes(text, start, end)
    ]


def is_clause(text: str) -> bool:
    """Whether the words within a bracket say who answers for something."""
    text = text.strip()
    if not text:
        return False
    sections = split_labels(text)
    if any(section.role in _SEATED and section.label and _is_said(text, section) for section in sections):
        return True
    if sections[0].text.strip() and not any(section.label for section in sections) and _ENDS.search(_unruled(text)):
        return _names_units(_unruled(text))
    return not any(section.label for section in sections) and _only_units(text)


def _is_said(text: str, section: Section) -> bool:
    """A label without a colon may be the subject of a sentence: 「牵头单位要会同配合单位制定方案」."""
    first = next(iter(names_in(section.text)), "")
    said = text[section.at + len(section.label) :].lstrip()[:1] in (":", "：")
    return said or is_whole(first) or is_collective(first)


def _only_units(text: str) -> bool:
    """「县农业农村局，各乡镇」: nothing but names of offices, with no word about what they do."""
    names = names_in(_unruled(text))
    return bool(names) and all(
        2 < len(name) <= _LONGEST_NAME and (is_whole(name, strongly=not level_of(name)) or is_collective(name))
        for name in names
    ) and any(level_of(name) or name.endswith(("部", "委", "局", "厅", "署", "会")) for name in names)


def line_clause(text: str) -> str | None:
    """A paragraph that is nothing but labels and units: 「责任单位：甲、乙」. Its text, None for any other."""
    bare = text.strip()
    if bare and bare[0] in _OPENING and bare.rstrip("。；; ")[-1] in _CLOSING:
        inner = bare.rstrip("。；; ")[1:-1]
        whole = _brackets(bare.rstrip("。；; "))
        if len(whole) == 1 and is_clause(inner):
            return inner
    sections = split_labels(bare)
    labelled = [section for section in sections if section.label]
    if not labelled or sections[0].text.strip() or labelled[0].role not in (*_SEATED, Role.DEADLINE, Role.LEADERS):
        return None
    seated = [section.text for section in labelled if section.role in _SEATED]
    return bare if all(len(name) <= _LONGEST_NAME for text in seated for name in names_in(text)) else None


def names_seats(text: str) -> bool:
    """Whether one of its labels is of units: a line with only a deadline goes with the item before it."""
    return any(section.role in _SEATED for section in split_labels(text) if section.label) or is_clause(text)


def _unruled(text: str) -> str:
    rule = find_lead_rule(text)
    return without_dates(without_rule(text) if rule and rule.by_place else text)


def _names_units(text: str) -> bool:
    names = names_in(text)
    return bool(names) and all(len(name) <= _LONGEST_NAME for name in names) and any(
        is_whole(name) or is_collective(name) for name in names
    )


def _closes(text: str, start: int, end: int) -> bool:
    """A clause stands after a sentence, or at the very end, and not within a running sentence."""
    after = text[end:]
    if _AFTER.match(after) or after[0] in "。；;\n":
        return True
    if after[0] in "，," and _only_units(text[start + 1 : end - 1]) and "、" in text[start:end]:
        return True  # several offices, and the sentence goes on with what others do
    before = text[:start].rstrip()
    return bool(before) and before[-1] in "。；;！”" or bool(re.match(
        r"\s*(?:[（(]?\d{1,2}[.．、）)]|[①-⑳]|[一二三四五六七八九十]是)", after))


def _brackets(text: str) -> list[tuple[int, int]]:
    """The outermost brackets, as (start, end); one that is never closed is none."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        if sign in _OPENING:
            start = at if depth == 0 else start
            depth += 1
        elif sign in _CLOSING and depth:
            depth -= 1
            if depth == 0:
                found.append((start, at + 1))
    return found
