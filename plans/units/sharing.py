"""Beginnings and endings that a list says once: 「省科技厅、财政厅」, 「甲市、乙市、丙县人民政府」."""

import re
from collections.abc import Iterator
from dataclasses import replace

from plans.units.functions import names_a_function
from plans.units.names import government_of, is_collective, is_place, is_whole, level_of, spelled_out
from plans.units.parts import Note, Piece

_OFFICE = re.compile("(?:局|厅|委|办|办公室|委员会|部|中心|院|社|联|会)$")
_BRANCH = re.compile("(?:分局|支行|分行|支队|大队|总队|公司|集团|银行|海关|分院|学院|医院)$")
_GENERAL = re.compile("^(?:国家|中国|中共|中央|国务院|驻|人民银行|国网|本|该|原)")
# Offices of the party's committee: 「县委组织部、宣传部」 are both 县委's.
_PARTY_OFFICE = re.compile(
    "^(?:组织部|宣传部|统战部|政法委|社会工作部|社工部|网信办|编办|政研室|老干部局|巡察办|国安办|台办|改革办|"
    "财经办|外事办|农办)"
)
# Only a street has an office of this name, only a zone a committee.
_ENDINGS_OF = {"办事处": "街道", "管委会": "区", "管理委员会": "区", "党工委": ("街道", "区")}
_SHORT = 4  # characters of a place without its ending


def with_endings(pieces: list[Piece], note: Note) -> list[Piece]:
    """From the last to the first, as an ending stands with the last of those that share it."""
    names: list[str] = []
    for piece in reversed(pieces):
        names.append(_ended(piece.name, names[-1] if names else ""))
    names.reverse()
    for piece, name in zip(pieces, names, strict=True):
        if name != piece.name:
            # A whole place before a government leaves no choice; a bare word might be a name of its own.
            note("unit-shared" if is_place(piece.name) and government_of(name) else "unit-elided",
                 name=piece.name, full=name)
    return [replace(piece, name=name) for piece, name in zip(pieces, names, strict=True)]


def with_beginnings(pieces: list[Piece], known: frozenset[str], note: Note) -> list[Piece]:
    """「省」 of the first holds for what follows, where that begins with what an office does.

    A name that stands by itself elsewhere in the plan is whole; one that stands elsewhere with its level is sure.
    """
    return list(_begun(pieces, known, note))


def _begun(pieces: list[Piece], known: frozenset[str], note: Note) -> Iterator[Piece]:
    level, first = "", ""
    for piece in pieces:
        own = level_of(piece.name)
        if own or not level:
            first = piece.name
            level = own if _OFFICE.search(piece.name) else level
            yield piece
            continue
        party = "委" if _PARTY_OFFICE.match(piece.name) and first.startswith(f"{level}委") else ""
        full = level + party + piece.name
        if full in known or _lacks_level(piece.name):
            note("unit-shared" if full in known else "unit-elided", name=piece.name, full=full)
            yield replace(piece, name=full)
        else:
            yield piece


def _lacks_level(name: str) -> bool:
    return bool(
        _OFFICE.search(name) and not _BRANCH.search(name) and not _GENERAL.match(name)
        and names_a_function(name) and not is_collective(name)
    )


def _ended(name: str, following: str) -> str:
    government = government_of(following)
    if government is None or is_collective(name) or government_of(name):
        return spelled_out(name, following)
    place, body = government
    if is_place(name):
        return name + body if name.endswith(_ENDINGS_OF.get(body, "")) else name
    return name + place + body if len(name) <= _SHORT and not is_whole(name) else name
