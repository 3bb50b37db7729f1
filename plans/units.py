"""A cell of responsible units → seats: labels, separators, brackets, duplicates (design, *Whose parts*)."""

import re
from dataclasses import dataclass, replace

from models import Part
from plans.checked import Seat
from plans.findings import Findings
from plans.unit_names import is_collective, is_vague, spelled_out

_LABEL = re.compile(r"(牵头|主办|配合|协办|责任)(?:责任)?(?:单位|部门)\s*[:：]\s*")
_PARTS = {"牵头": Part.LEAD, "主办": Part.LEAD, "配合": Part.SUPPORT, "协办": Part.SUPPORT, "责任": None}
_APART = re.compile(r"(?:按职责)?分(?:别|工)负责[。]?$")
_USUAL = "、"
_SEPARATORS = "、，,；;"
_RESIDUE = re.compile(r"\[bookmark:[^\]]*\]")
_LEADING = re.compile(r"^(?:以及|和|及|与)")


@dataclass(frozen=True)
class _Piece:
    """One name as it stands, with the part its label gives it (None: no label)."""

    name: str
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
    return [name for segment in _LABEL.split(text) if segment not in _PARTS for name in split_names(segment)]


def split_names(text: str) -> list[str]:
    """The names between separators; those inside brackets belong to the name."""
    names, current, depth = [], "", 0
    for sign in text:
        depth += (sign in "（(") - (sign in "）)")
        if sign in _SEPARATORS and depth <= 0:
            names.append(current)
            current = ""
        else:
            current += sign
    names.append(current)
    return [name for name in (_LEADING.sub("", name.strip()).strip() for name in names) if name]


def _tidied(text: str, where: _Where) -> str:
    residue = _RESIDUE.search(text)
    if residue:
        where.note("word-residue", text=residue.group())
        text = _RESIDUE.sub("", text)
    if "\n" in text:
        where.note("units-broken")
        text = text.replace("\n", "")
    text = text.strip()
    if text and text[-1] in _SEPARATORS:
        where.note("separator-trailing")
        text = text.rstrip(_SEPARATORS)
    odd = {sign for sign in _outside_brackets(text) if sign in _SEPARATORS} - {_USUAL}
    if odd:
        where.note("separator-odd", found="".join(sorted(odd)))
    return text


def _outside_brackets(text: str) -> str:
    return re.sub(r"[（(][^）)]*[）)]", "", text)


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
        pieces += [_Piece(name, part) for name in names]
    if any(piece.part == Part.SUPPORT for piece in pieces):
        # Names before the first label, where another one names the supporting units, are the lead's.
        pieces = [replace(piece, part=piece.part or Part.LEAD) for piece in pieces]
    return pieces


def _check_label(text: str, label: re.Match, seen: set, where: _Where) -> None:
    word = label.group(1) + "单位"
    if label.group(1) in seen:
        where.note("label-twice", label=word)
    seen.add(label.group(1))
    before = text[: label.start()].rstrip()
    if before and before[-1] not in _SEPARATORS:
        where.note("label-unparted", label=word)


def _elided(pieces: list[_Piece], where: _Where) -> list[_Piece]:
    """「甲、乙街道」 says 甲街道 and 乙街道."""
    found = []
    for piece, following in zip(pieces, [*pieces, None][1:], strict=True):
        full = spelled_out(piece.name, following.name if following else "")
        if full != piece.name:
            where.note("unit-elided", name=piece.name, full=full)
        found.append(replace(piece, name=full))
    return found


def _unparted(piece: _Piece, known: frozenset[str], where: _Where) -> list[_Piece]:
    parts = _taken_apart(piece.name, known - {piece.name})
    if not parts:
        return [piece]
    where.note("separator-missing", name=piece.name, parts="、".join(parts))
    return [replace(piece, name=part) for part in parts]


def _taken_apart(name: str, known: frozenset[str]) -> list[str] | None:
    """The known names that `name` consists of, None where it does not."""
    for candidate in sorted(known, key=len, reverse=True):
        if not name.startswith(candidate) or len(candidate) == len(name):
            continue
        rest = name[len(candidate) :]
        if rest in known:
            return [candidate, rest]
        further = _taken_apart(rest, known)
        if further:
            return [candidate, *further]
    return None


def _once(pieces: list[_Piece], where: _Where) -> list[_Piece]:
    found: dict[str, _Piece] = {}
    for piece in pieces:
        if piece.name in found:
            where.note("unit-twice", name=piece.name)
        else:
            found[piece.name] = piece
    return list(found.values())


def _seats(pieces: list[_Piece], apart: bool, where: _Where) -> list[Seat]:
    unlabelled = [piece for piece in pieces if piece.part is None]
    inferred = not apart and len(unlabelled) > 1
    if inferred:
        where.note("lead-inferred", name=unlabelled[0].name)
    seats = []
    for piece in pieces:
        part = piece.part
        if part is None:
            part = Part.LEAD if apart or piece is unlabelled[0] else Part.SUPPORT
        collective = is_collective(piece.name)
        if is_vague(piece.name):
            where.note("unit-vague", name=piece.name)
        elif collective:
            where.note("unit-collective", name=piece.name)
        if "（" in piece.name and not collective:
            where.note("unit-brackets", name=piece.name)
        seats.append(Seat(piece.name, part, inferred and piece.part is None, collective, piece.name))
    return seats
