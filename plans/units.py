"""A cell of responsible units → seats: labels, separators, brackets, duplicates (design, *Whose parts*)."""

import re
from dataclasses import dataclass, replace

from models import Part
from plans.checked import Seat
from plans.findings import Findings, clipped
from plans.separators import MOST_CHARACTERS, SEPARATORS, USUAL, outside_brackets, split_names, taken_apart
from plans.unit_names import is_collective, is_vague, spelled_out

_LABEL = re.compile(r"(牵头|主办|配合|协办|责任)(?:责任)?(?:单位|部门)?\s*[:：]\s*")
# 「区农业局（牵头）」: a label for one name.
_OWN_LABEL = re.compile(r"[（(](牵头|主办|配合|协办)(?:责任)?(?:单位|部门)?[）)]$")
_PARTS = {"牵头": Part.LEAD, "主办": Part.LEAD, "配合": Part.SUPPORT, "协办": Part.SUPPORT, "责任": None}
_APART = re.compile(r"(?:按职责)?分(?:别|工)负责[。]?$")
_RESIDUE = re.compile(r"\[bookmark:[^\]]{0,80}\]")


@dataclass(frozen=True)
class _Piece:
    """One name, the words it was read from, and the part its label gives it (None: no label)."""

    name: str
    source: str
    part: Part | None


@dataclass
class _Where:
    """Where the cell stands, for findings."""

    findings: Findings
    lines: tuple[int, int]
    task: str

    def note(self, code: str, **fields) -> None:
        self.findings.add(code, self.lines, self.task, **fields)


def read_units(text: str, lines: tuple[int, int], task: str, findings: Findings, known: frozenset[str]) -> list[Seat]:
    """The seats of one cell, in its order.

    `known` are the names that stand by themselves somewhere in the plan: a name that is several of them
    without a separator is taken apart.
    """
    where = _Where(findings, lines, task)
    text = _tidied(text, where)
    apart = _APART.search(text)
    if apart:
        text = text[: apart.start()]
        where.note("leads-apart")
    pieces = _pieces(text, where)
    pieces = _elided(pieces, where)
    pieces = [part for piece in pieces for part in _unparted(piece, known, where)]
    pieces = _once(pieces, where)
    if not pieces:
        where.note("no-unit")
        return []
    seats = _seats(pieces, bool(apart), where)
    if not any(seat.part == Part.LEAD for seat in seats):
        where.note("no-lead")
    return seats


def names_in(text: str) -> list[str]:
    """The names of a cell as its separators part them: what `known` is gathered from."""
    text = _RESIDUE.sub("", text).replace("\n", "")
    found = _APART.search(text)
    text = text[: found.start()] if found else text
    return [name for segment in _LABEL.split(text) if segment not in _PARTS for name, _ in split_names(segment)]


def _tidied(text: str, where: _Where) -> str:
    residue = _RESIDUE.search(text)
    if residue:
        where.note("word-residue", text=residue.group())
        text = _RESIDUE.sub("", text)
    if "\n" in text:
        where.note("units-broken")
        text = text.replace("\n", "")
    text = text.strip()
    if text and text[-1] in SEPARATORS:
        where.note("separator-trailing")
        text = text.rstrip(SEPARATORS)
    odd = {sign for sign in outside_brackets(text) if sign in SEPARATORS} - {USUAL}
    if odd:
        where.note("separator-odd", found="".join(sorted(odd)))
    return text


def _pieces(text: str, where: _Where) -> list[_Piece]:
    """Names with the part that their label gives them."""
    labels = list(_LABEL.finditer(text))
    edges = [(0, labels[0].start() if labels else len(text), None)]
    for label, following in zip(labels, [*labels, None][1:], strict=True):
        edges.append((label.end(), following.start() if following else len(text), label))
    pieces, seen = [], set()
    for start, end, label in edges:
        part = _PARTS[label.group(1)] if label else None
        names = split_names(text[start:end])
        if label:
            _check_label(text, label, seen, where)
            if part == Part.LEAD and len(names) > 1:
                where.note("leads-several", count=len(names))
        pieces += [_labelled(name, words, part) for name, words in names]
    if any(piece.part == Part.SUPPORT for piece in pieces) and not any(piece.part == Part.LEAD for piece in pieces):
        # Where a label names the supporting units and none the leading ones, those before it lead.
        pieces = [replace(piece, part=piece.part or Part.LEAD) for piece in pieces]
    return pieces


def _labelled(name: str, words: str, part: Part | None) -> _Piece:
    own = _OWN_LABEL.search(name)
    if own and own.start():
        return _Piece(name[: own.start()].strip(), words, _PARTS[own.group(1)])
    return _Piece(name, words, part)


def _check_label(text: str, label: re.Match, seen: set, where: _Where) -> None:
    word = label.group(1) + "单位"
    if label.group(1) in seen:
        where.note("label-twice", label=word)
    seen.add(label.group(1))
    before = text[: label.start()].rstrip()
    if before and before[-1] not in SEPARATORS:
        where.note("label-unparted", label=word)


def _elided(pieces: list[_Piece], where: _Where) -> list[_Piece]:
    """「甲、乙街道」 says 甲街道 and 乙街道; so does 「甲、乙、丙街道」, hence from the last to the first."""
    found: list[_Piece] = []
    following = ""
    for piece in reversed(pieces):
        following = spelled_out(piece.name, following)
        found.append(replace(piece, name=following))
    found.reverse()
    for piece, full in zip(pieces, found, strict=True):
        if full.name != piece.name:
            where.note("unit-elided", name=piece.name, full=full.name)
    return found


def _unparted(piece: _Piece, known: frozenset[str], where: _Where) -> list[_Piece]:
    parts = taken_apart(piece.name, known)
    if parts:
        where.note("separator-missing", name=piece.name, parts="、".join(parts))
        return [replace(piece, name=part) for part in parts]
    if len(piece.name) > MOST_CHARACTERS:
        where.note("unit-too-long", name=clipped(piece.name), most=MOST_CHARACTERS)
    return [piece]


def _once(pieces: list[_Piece], where: _Where) -> list[_Piece]:
    """Each name in its first place; the leading part counts where both are said."""
    found: dict[str, _Piece] = {}
    for piece in pieces:
        known = found.setdefault(piece.name, piece)
        if known is piece:
            continue
        where.note("unit-twice", name=piece.name)
        if piece.part == Part.LEAD:
            found[piece.name] = piece
    return list(found.values())


def _seats(pieces: list[_Piece], apart: bool, where: _Where) -> list[Seat]:
    unlabelled = [piece for piece in pieces if piece.part is None]
    led = any(piece.part == Part.LEAD for piece in pieces)
    inferred = bool(unlabelled) and not apart and len(pieces) > 1
    if inferred and led:
        where.note("support-inferred", name="、".join(piece.name for piece in unlabelled))
    elif inferred:
        where.note("lead-inferred", name=unlabelled[0].name)
    seats = []
    for piece in pieces:
        part = piece.part
        if part is None:
            part = Part.LEAD if apart or not led and piece is unlabelled[0] else Part.SUPPORT
        collective = _collective(piece.name, where)
        seats.append(Seat(piece.name, part, inferred and piece.part is None, collective, piece.source))
    return seats


def _collective(name: str, where: _Where) -> bool:
    """Whether the name stands for several units; what is to be said of it is said."""
    collective = is_collective(name)
    if is_vague(name):
        where.note("unit-vague", name=name)
    elif collective:
        where.note("unit-collective", name=name)
    elif "（" in name or "(" in name:
        where.note("unit-brackets", name=name)
    return collective
