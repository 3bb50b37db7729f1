"""Cells of responsible units → seats: labels, separators, brackets, duplicates (design, *Whose parts*)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from models import Part
from plans.checked import Seat
from plans.columns.roles import Role
from plans.findings import Findings, clipped
from plans.units.assigning import Named, Where, assign, once
from plans.units.labels import Section, split_labels
from plans.units.lead_rule import LeadRule
from plans.units.lines import on_one_line, whole_lines
from plans.units.names import is_whole, looks_like_a_person
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
    stressed: tuple[str, ...] = ()


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
    named: list[Named] = []
    aside: list[Section] = []
    for cell in cells:
        where = Where(findings, cell.lines, task)
        sections = _without_dates(split_labels(_tidied(
            _parted(cell.text) if cell.persons else cell.text, where, knowledge.names
        )))
        aside += [section for section in sections if not section.is_units]
        persons: list[str] | None = [] if cell.persons else None
        found = _of_cell(sections, cell.role, where, knowledge, persons)
        named += _standing_out(found, cell.stressed) if cell.stressed else found
        aside += [Section("责任人", Role.LEADERS, name, 0) for name in persons or ()]
    named = once(named)
    if not named:
        where = Where(findings, cells[0].lines, task) if cells else None
        if where:
            where.note("no-unit")
        return UnitsRead([], aside)
    seats = assign(named, knowledge.rule)
    if not any(seat.part == Part.LEAD for seat in seats):
        named[0].where.note("no-lead")
    return UnitsRead(seats, aside)


def _standing_out(named: list[Named], stressed: tuple[str, ...]) -> list[Named]:
    def stands_out(each: Named) -> bool:
        return any(each.name in stretch or each.piece.source.strip() in stretch for stretch in stressed)

    return [replace(each, stressed=stands_out(each)) for each in named]


def _parted(text: str) -> str:
    """Where persons stand among units, line ends and blanks part the two."""
    pieces = re.split(r"[\s　]+", text.strip())
    parted = pieces[0]
    for before, piece in zip(pieces, pieces[1:], strict=False):
        parted += ("、" if is_whole(before, strongly=True) or looks_like_a_person(before) else "") + piece
    return parted


def _tidied(text: str, where: Where, known: frozenset[str]) -> str:
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


def _without_dates(sections: Iterable[Section]) -> list[Section]:
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


def _of_cell(
    sections: list[Section], role: Role, where: Where, knowledge: Knowledge, persons: list[str] | None
) -> list[Named]:
    """`persons` takes up those who stand among the units; None where the header speaks of none."""
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
        if persons is not None:
            persons += [piece.name for piece in pieces if looks_like_a_person(piece.name)]
            pieces = [piece for piece in pieces if piece.name not in persons]
        pieces = with_beginnings(with_endings(pieces, where.note), knowledge.names, where.note)
        pieces = [part for piece in pieces for part in _unparted(piece, knowledge.names, where)]
        named += [Named(piece, where) for piece in pieces]
    return named


def _check_label(section: Section, before: Section | None, seen: set, where: Where) -> None:
    if section.role in seen:
        where.note("label-twice", label=_PART_WORDS[section.role])
    seen.add(section.role)
    words = before.text.rstrip() if before else ""
    if words and words[-1] not in SEPARATORS + "。":
        where.note("label-unparted", label=_PART_WORDS[section.role])


def _unparted(piece: Piece, known: frozenset[str], where: Where) -> list[Piece]:
    parts = taken_apart(piece.name, known)
    if parts:
        where.note("separator-missing", name=piece.name, parts="、".join(parts))
        return [replace(piece, name=part) for part in parts]
    if len(piece.name) > MOST_CHARACTERS:
        where.note("unit-too-long", name=clipped(piece.name), most=MOST_CHARACTERS)
    return [piece]
