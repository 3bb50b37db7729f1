"""Cells of responsible units → seats: labels, separators, brackets, duplicates (design, *Whose parts*)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from models import Part
from plans.checked import Seat
from plans.columns.roles import Role
from plans.findings import Findings, clipped
from plans.units.labels import Section, split_labels
from plans.units.lead_rule import LeadRule
from plans.units.lines import on_one_line, whole_lines
from plans.units.names import is_collective, is_vague, is_whole, looks_like_a_person
from plans.units.parts import Piece, names_in, read_pieces
from plans.units.separators import (
    DATE,
    MOST_CHARACTERS,
    SEPARATORS,
    USUAL,
    outside_brackets,
    segments,
    taken_apart,
    without_dates,
)
from plans.units.sharing import with_beginnings, with_endings

_PARTS = {Role.LEAD: Part.LEAD, Role.SUPPORT: Part.SUPPORT}
_PART_WORDS = {Role.LEAD: "牵头单位", Role.SUPPORT: "配合单位", Role.UNITS: "责任单位"}
_RESIDUE = re.compile(r"\[bookmark:[^\]]{0,80}\]")


@dataclass(frozen=True)
class UnitText:
    """A cell, or a bracket, that names units; `role` is its column's (LEAD, SUPPORT or UNITS).

    `persons`: the column's header says that persons stand there too.
    """

    text: str
    lines: tuple[int, int]
    role: Role = Role.UNITS
    persons: bool = False


@dataclass(frozen=True)
class Knowledge:
    """What the whole plan says of its units: names that stand alone somewhere, and who leads where lists do not say."""

    names: frozenset[str] = frozenset()
    rule: LeadRule | None = None


@dataclass(frozen=True)
class UnitsRead:
    """The seats of one task, and what stood among them under labels of their own (persons, deadlines, scope)."""

    seats: list[Seat]
    aside: list[Section] = field(default_factory=list)


@dataclass
class _Where:
    """Where the text stands, for findings."""

    findings: Findings
    lines: tuple[int, int]
    task: str | None

    def note(self, code: str, **fields) -> None:
        self.findings.add(code, self.lines, self.task, **fields)


@dataclass(frozen=True)
class _Named:
    """A piece with where it stands."""

    piece: Piece
    where: _Where

    @property
    def name(self) -> str:
        return self.piece.name


def names_of(cells: Iterable[UnitText]) -> frozenset[str]:
    """The names that stand by themselves in these cells: what a name without separators is taken apart by."""
    found: set[str] = set()
    for cell in cells:
        for section in split_labels(whole_lines(_RESIDUE.sub("", cell.text))):
            if section.is_units:
                found.update(names_in(section.text))
    return frozenset(found)


def read_seats(cells: list[UnitText], task: str | None, findings: Findings, knowledge: Knowledge) -> UnitsRead:
    """The seats of a task in the order of its cells."""
    named: list[_Named] = []
    aside: list[Section] = []
    for cell in cells:
        where = _Where(findings, cell.lines, task)
        sections = _without_dates(split_labels(_tidied(
            _parted(cell.text) if cell.persons else cell.text, where, knowledge.names
        )))
        aside += [section for section in sections if not section.is_units]
        found = _of_cell(sections, cell.role, where, knowledge)
        persons = [each for each in found if cell.persons and looks_like_a_person(each.name)]
        aside += [Section("责任人", Role.LEADERS, each.name, 0) for each in persons]
        named += [each for each in found if each not in persons]
    named = _once(named)
    if not named:
        where = _Where(findings, cells[0].lines, task) if cells else None
        if where:
            where.note("no-unit")
        return UnitsRead([], aside)
    seats = _seats(_marked(_led_from_before(named), knowledge.rule), knowledge.rule)
    if not any(seat.part == Part.LEAD for seat in seats):
        named[0].where.note("no-lead")
    return UnitsRead(seats, aside)


def _parted(text: str) -> str:
    """Where persons stand among units, line ends and blanks part the two."""
    pieces = re.split(r"[\s　]+", text.strip())
    parted = pieces[0]
    for before, piece in zip(pieces, pieces[1:], strict=False):
        parted += ("、" if is_whole(before, strongly=True) or looks_like_a_person(before) else "") + piece
    return parted


def _tidied(text: str, where: _Where, known: frozenset[str]) -> str:
    residue = _RESIDUE.search(text)
    if residue:
        where.note("word-residue", text=residue.group())
        text = _RESIDUE.sub("", text)
    text, broken = on_one_line(text, known)
    if broken:
        where.note("units-broken")
    text = text.strip()
    if text and text[-1] in SEPARATORS:
        where.note("separator-trailing")
        text = text.rstrip(SEPARATORS)
    return text


def _without_dates(sections: list[Section]) -> list[Section]:
    """A date among the units, 「甲负责，2021年底前完成」, is a deadline without its label."""
    found = []
    for section in sections:
        dates = [words for words in segments(section.text) if DATE.search(words)] if section.is_units else []
        if dates:
            found.append(replace(section, text=without_dates(section.text)))
            found.append(Section("", Role.DEADLINE, "，".join(dates), section.at))
        else:
            found.append(section)
    return found


def _of_cell(sections: list[Section], role: Role, where: _Where, knowledge: Knowledge) -> list[_Named]:
    named, seen = [], set()
    odd = {sign for section in sections if section.is_units for sign in outside_brackets(section.text.strip())
           if sign in SEPARATORS} - {USUAL}
    if odd:
        where.note("separator-odd", found="".join(sorted(odd)))
    for before, section in zip([None, *sections], sections, strict=False):
        if not section.is_units:
            continue
        if section.label:
            _check_label(section, before, seen, where)
        spoken = section.role or role
        pieces = read_pieces(section.text, _PARTS.get(spoken), knowledge.names, where.note)
        if section.role == Role.LEAD and len(pieces) > 1:
            where.note("leads-several", count=len(pieces))
        pieces = with_beginnings(with_endings(pieces, where.note), knowledge.names, where.note)
        pieces = [part for piece in pieces for part in _unparted(piece, knowledge.names, where)]
        named += [_Named(piece, where) for piece in pieces]
    return named


def _led_from_before(named: list[_Named]) -> list[_Named]:
    """Where a word, or a column, names the supporting units and none the leading ones, the others lead."""
    parts = [each.piece.part for each in named]
    if Part.SUPPORT not in parts or Part.LEAD in parts:
        return named
    return [replace(each, piece=replace(each.piece, part=each.piece.part or Part.LEAD)) for each in named]


def _check_label(section: Section, before: Section | None, seen: set, where: _Where) -> None:
    if section.role in seen:
        where.note("label-twice", label=_PART_WORDS[section.role])
    seen.add(section.role)
    words = before.text.rstrip() if before else ""
    if words and words[-1] not in SEPARATORS + "。":
        where.note("label-unparted", label=_PART_WORDS[section.role])


def _unparted(piece: Piece, known: frozenset[str], where: _Where) -> list[Piece]:
    parts = taken_apart(piece.name, known)
    if parts:
        where.note("separator-missing", name=piece.name, parts="、".join(parts))
        return [replace(piece, name=part) for part in parts]
    if len(piece.name) > MOST_CHARACTERS:
        where.note("unit-too-long", name=clipped(piece.name), most=MOST_CHARACTERS)
    return [piece]


def _once(named: list[_Named]) -> list[_Named]:
    """Each name in its first place; the leading part counts where both are said."""
    found: dict[str, _Named] = {}
    for each in named:
        known = found.setdefault(each.name, each)
        if known is each:
            continue
        each.where.note("unit-twice", name=each.name)
        if each.piece.part == Part.LEAD:
            found[each.name] = each
    return list(found.values())


def _marked(named: list[_Named], rule: LeadRule | None) -> list[_Named]:
    """Where leading units bear a mark, the mark goes and the part comes."""
    if rule is None or not rule.mark or not any(rule.mark in each.name for each in named):
        return named
    return [
        replace(each, piece=replace(
            each.piece, name=each.name.replace(rule.mark, ""),
            part=each.piece.part or (Part.LEAD if rule.mark in each.name else Part.SUPPORT),
        ))
        for each in named
    ]


def _seats(named: list[_Named], rule: LeadRule | None) -> list[Seat]:
    open_ones = [each for each in named if each.piece.part is None]
    led = any(each.piece.part == Part.LEAD for each in named)
    apart = bool(open_ones) and not led and all(each.piece.apart for each in open_ones)
    ruled = rule is not None and not rule.mark and not led and not _each_apart(open_ones)
    inferred = bool(open_ones) and len(named) > 1 and not ruled and not apart
    if apart and len(named) > 1 and not ruled:
        open_ones[0].where.note("leads-apart")
    elif inferred:
        _say_inferred(open_ones, led)
    seats = []
    for each in named:
        part = each.piece.part
        if part is None:
            leads = not led and (apart and not ruled or each is open_ones[0])
            part = Part.LEAD if leads else Part.SUPPORT
        seats.append(Seat(
            each.name, part, inferred and each.piece.part is None, _collective(each), each.piece.source,
        ))
    return seats


def _each_apart(named: list[_Named]) -> bool:
    """「分别负责」 is stronger than a rule that the first leads; 「按职责分工负责」 is not."""
    return bool(named) and all(each.piece.apart == "each" for each in named)


def _say_inferred(open_ones: list[_Named], led: bool) -> None:
    first = open_ones[0]
    if led:
        first.where.note("support-inferred", name="、".join(each.name for each in open_ones))
    else:
        first.where.note("lead-inferred", name=first.name)


def _collective(each: _Named) -> bool:
    """Whether the name stands for several units; what is to be said of it is said."""
    collective = is_collective(each.name)
    if is_vague(each.name):
        each.where.note("unit-vague", name=each.name)
    elif collective:
        each.where.note("unit-collective", name=each.name)
    elif not is_whole(each.name):
        each.where.note("unit-odd", name=each.name)
    elif "（" in each.name or "(" in each.name:
        each.where.note("unit-brackets", name=each.name)
    return collective
