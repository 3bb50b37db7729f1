"""Names with what was said of each → seats: who leads, who supports, and what of it is inferred."""

from dataclasses import dataclass, replace

from models import Part
from plans.checked import Seat
from plans.findings import Findings
from plans.units.lead_rule import LeadRule
from plans.units.names import is_collective, is_vague, is_whole
from plans.units.parts import Piece


@dataclass
class Where:
    """Where the text stands, for findings."""

    findings: Findings
    lines: tuple[int, int]
    task: str | None

    def note(self, code: str, **fields) -> None:
        self.findings.add(code, self.lines, self.task, **fields)


@dataclass(frozen=True)
class Named:
    """A piece with where it stands."""

    piece: Piece
    where: Where
    stressed: bool = False  # printed bold or in a colour, where others of its cell are not

    @property
    def name(self) -> str:
        return self.piece.name


def once(named: list[Named]) -> list[Named]:
    """Each name in its first place; the leading part counts where both are said."""
    found: dict[str, Named] = {}
    for each in named:
        known = found.setdefault(each.name, each)
        if known is each:
            continue
        each.where.note("unit-twice", name=each.name)
        if each.piece.part == Part.LEAD:
            found[each.name] = each
    return list(found.values())


def assign(named: list[Named], rule: LeadRule | None) -> list[Seat]:
    """`rule` says who leads where a list does not."""
    return _seats(_printed(_marked(_led_from_before(named), rule), rule), rule)


def _led_from_before(named: list[Named]) -> list[Named]:
    """Where a word, or a column, names the supporting units and none the leading ones, the others lead."""
    parts = [each.piece.part for each in named]
    if Part.SUPPORT not in parts or Part.LEAD in parts:
        return named
    return [replace(each, piece=replace(each.piece, part=each.piece.part or Part.LEAD)) for each in named]


def _marked(named: list[Named], rule: LeadRule | None) -> list[Named]:
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


def _printed(named: list[Named], rule: LeadRule | None) -> list[Named]:
    """Units that stand out lead where the paper says so; where it does not, nobody is named and some do, a doubt."""
    out = [each for each in named if each.stressed]
    if not out or any(each.piece.part == Part.LEAD for each in named):
        return named
    if rule is not None and rule.stress:
        parts = [Part.LEAD if each.stressed else each.piece.part or Part.SUPPORT for each in named]
        return [replace(each, piece=replace(each.piece, part=part)) for each, part in zip(named, parts, strict=True)]
    if rule is None and len(out) < len(named):
        out[0].where.note("lead-printed", name="、".join(each.name for each in out))
    return named


def _seats(named: list[Named], rule: LeadRule | None) -> list[Seat]:
    open_ones = [each for each in named if each.piece.part is None]
    led = any(each.piece.part == Part.LEAD for each in named)
    apart = bool(open_ones) and not led and all(each.piece.apart for each in open_ones)
    ruled = rule is not None and rule.by_place and not led and not _each_apart(open_ones)
    inferred = bool(open_ones) and len(named) > 1 and not ruled and not apart
    # Where nothing says who leads, the one that stands out, else the first.
    first = next((each for each in open_ones if each.stressed and rule is None), *open_ones[:1]) if open_ones else None
    if apart and len(named) > 1 and not ruled:
        open_ones[0].where.note("leads-apart")
    elif inferred:
        _say_inferred(first, open_ones, led)
    seats = []
    for each in named:
        part = each.piece.part
        if part is None:
            leads = not led and (apart and not ruled or each is first)
            part = Part.LEAD if leads else Part.SUPPORT
        seats.append(Seat(
            each.name, part, inferred and each.piece.part is None, _collective(each), each.piece.source,
        ))
    return seats


def _each_apart(named: list[Named]) -> bool:
    """「分别负责」 is stronger than a rule that the first leads; 「按职责分工负责」 is not."""
    return bool(named) and all(each.piece.apart == "each" for each in named)


def _say_inferred(first: Named, open_ones: list[Named], led: bool) -> None:
    if led:
        first.where.note("support-inferred", name="、".join(each.name for each in open_ones))
    else:
        first.where.note("lead-inferred", name=first.name)


def _collective(each: Named) -> bool:
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
