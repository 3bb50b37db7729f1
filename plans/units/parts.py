"""One section of a list of units → pieces: names with the part that the words after them give.

「甲牵头，乙、丙按职责分工负责」: a word of duty speaks of all names since the last one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from models import Part
from plans.units.lead_rule import without_rule
from plans.units.names import is_whole
from plans.units.separators import joined_kinds, segments, split_blanks, split_conjunctions, stretches

_DUTY = (
    "(?:各(?=按)|共同|联合|分别|各自|具体|统一|主要|统筹|总体|密切|积极|主动|全力|依法|按照?(?:各自|相应|有关)?(?:的)?(?:职责|"
    "职能|责任|任务)(?:分工|权限|范围)?"
    "(?:和(?:工作)?要求)?|按(?:各自)?分工|[依根]据(?:各自)?(?:职责|职能|分工)(?:分工)?|结合(?:各自)?职责|分工|各负其责|"
    "做好|予以|给予|抓好|一并|同步)*"
)
_LEADS = (
    "(?:牵头(?:负责|落实|实施|推进|组织实施|组织|抓总|抓好|协调|统筹|督促|指导|制定|办理|完成)?(?:落实|实施)?|为"
    "(?:总)?牵头(?:责任)?(?:单位|部门)|主办|负总责|主抓"
    "|为主办(?:单位|部门)|为主(?:负责)?)"
)
_HELPS = (
    "(?:(?:协同|协助)?配合(?:落实|实施|推进|完成|做好)?|协办|协助(?:落实|实施|推进)?|参与|参加|为(?:配合|协办|参与|"
    "协同)(?:责任)?(?:单位|部门))"
)
_ANSWERS = (
    "(?:负责(?:落实|实施|推进|组织实施|具体落实|抓好落实|完成)?|(?:抓好|组织)?落实|组织实施|实施|承办|承担|推进|推动|"
    "办理|完成|执行|为(?:主要)?责任(?:单位|部门)|分工"
    "|(?:各负其责|按职责分工|按照职责分工|按分工|分别|共同))"
)
_SUFFIX = re.compile(
    rf"(?P<duty>{_DUTY})(?:(?P<lead>{_LEADS})|(?P<help>{_HELPS})|(?P<answer>{_ANSWERS}))(?:工作)?[。.]?$"
)
# 「县财政局负责资金保障」: what it is responsible for is said too.
_TASKED = re.compile("^(?P<name>.{3,20}?)(?P<verb>负责|牵头)(?P<what>.{2,})$")
_APART = re.compile("分别|分工|按照?(?:各自)?职责|各负其责|各自")
_EACH = re.compile("分别|各自")
# 「县农业局（牵头）」: a label for one name.
_OWN = re.compile(
    r"[（(](?P<word>牵头|主办|总牵头|主要责任|配合|协办|协助|参与|责任)(?:责任)?(?:单位|部门)?(?:负责)?[）)]$"
)
_OWN_PARTS = {"配合": Part.SUPPORT, "协办": Part.SUPPORT, "协助": Part.SUPPORT, "参与": Part.SUPPORT, "责任": None}
_OTHERS = re.compile(
    r"(?<=[^高中初平优同上下劣])等(?P<rest>(?:(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:个|家))?(?:部门|单位|地区|地|"
    r"机构|市县|县区)?(?:[和及](?:部门|单位|地区|地方|企业))?|"
    r"(?:省|市|县|区|州)?(?:级|直)?(?:各|有关|相关|其[他它]|各?级).*|各.*)$"
)
_LEADING = re.compile(r"^(?:由|其中|以及|并由|主要由|会同|联合|协同|和|及|与)(?=..)")
_ENUMERATOR = re.compile(r"^(?:\d{1,2}\s*[.．、)）](?!\d)|[（(]\d{1,2}[）)]|[①-⑳])\s*")
_WITH = re.compile(r"^(?P<first>.{2,}?)(?:牵头)?会同(?P<rest>.{2,})$")
_NOTHING = re.compile(r"^[\s\-—–/／\\.·…无]*$|^(?:以?下同|以下均|不再|除.*外|其余)")
_ORDER = re.compile(r"[（(]?(?:以上)?(?:各)?(?:单位|部门)?排名不分先后[）)]?[，,。]?")


@dataclass(frozen=True)
class Piece:
    """One name, the words it was read from, its part (None where no word gives it one).

    `apart` is "each" for 「分别负责」, where each of the names leads, and "share" for 「按职责分工负责」.
    """

    name: str
    source: str
    part: Part | None
    apart: str = ""


Note = Callable[..., None]  # (code, **fields)


def read_pieces(text: str, part: Part | None, known: frozenset[str], note: Note) -> list[Piece]:
    """The names of a section whose label, or column, gives `part`."""
    clauses = stretches(_ORDER.sub("", without_rule(text)))
    return [piece for clause in clauses for piece in _of_clause(clause, part, known, note)]


def _of_clause(text: str, part: Part | None, known: frozenset[str], note: Note) -> list[Piece]:
    """A semicolon ends what a word of duty speaks of."""
    found: list[Piece] = []
    group: list[Piece] = []
    for words in joined_kinds(segments(text)):
        bare, duty = _duty(_unlabelled(_ENUMERATOR.sub("", words), note))
        group += _names(bare, bare.strip(), part, known, note)
        if duty:
            found += _of_duty(_together(group), duty)
            group = []
    return found + _together(group)


def _together(group: list[Piece]) -> list[Piece]:
    """「甲、乙会同丙、丁」: all that come after 会同 support those before it."""
    at = next((at for at, piece in enumerate(group) if "会同" in piece.source), None)
    if at is None:
        return group
    before = [replace(piece, part=piece.part or Part.LEAD) for piece in group[:at]]
    return [*before, *(replace(piece, part=piece.part or Part.SUPPORT) for piece in group[at:])]


def names_in(text: str, known: frozenset[str] = frozenset()) -> list[str]:
    """The names alone, for gathering what the plan knows."""
    return [piece.name for piece in read_pieces(text, None, known, lambda code, **fields: None)]


@dataclass(frozen=True)
class _Duty:
    part: Part | None
    apart: str


def _unlabelled(words: str, note: Note) -> str:
    """「省级：省教育厅」: a label that names no part is said, and is no part of the name."""
    label, colon, name = words.replace(":", "：").partition("：")
    if not colon or not name.strip() or len(label) > 12:
        return words
    note("label-unknown", label=label.strip())
    return name


def _duty(words: str) -> tuple[str, _Duty | None]:
    found = _SUFFIX.search(words.strip())
    if not found:
        tasked = _TASKED.match(words.strip())
        if tasked and is_whole(tasked["name"], strongly=True):
            return tasked["name"], _Duty(Part.LEAD if tasked["verb"] == "牵头" else None, "")
        return words, None
    duty = found["duty"] + (found["answer"] or "")
    if found["lead"]:
        return words.strip()[: found.start()], _Duty(Part.LEAD, "")
    if found["help"]:
        return words.strip()[: found.start()], _Duty(Part.SUPPORT, "")
    apart = "each" if _EACH.search(duty) else "share" if _APART.search(duty) else ""
    return words.strip()[: found.start()], _Duty(None, apart)


def _of_duty(group: list[Piece], duty: _Duty) -> list[Piece]:
    return [
        replace(piece, part=piece.part if duty.part is None or piece.part is not None and _said(piece) else duty.part,
                apart=duty.apart)
        for piece in group
    ]


def _said(piece: Piece) -> bool:
    """Whether a bracket of its own, or 会同, gave the piece its part."""
    return bool(_OWN.search(piece.source)) or "会同" in piece.source


def _names(words: str, source: str, part: Part | None, known: frozenset[str], note: Note) -> list[Piece]:
    bare = _LEADING.sub("", words.strip())
    if _NOTHING.match(bare):
        return []
    together = _WITH.match(bare)
    if together:
        return [
            *_names(together["first"], source, Part.LEAD, known, note),
            *_names(together["rest"], source, Part.SUPPORT, known, note),
        ]
    pieces = []
    for blank in split_blanks(bare):
        pieces += _with_others(_ENUMERATOR.sub("", blank), source, part, known, note)
    return pieces


def _with_others(words: str, source: str, part: Part | None, known: frozenset[str], note: Note) -> list[Piece]:
    """「商务部等有关部门」: what 等 stands for is a unit of its own where it says which kind."""
    others = _OTHERS.search(words)
    if not others:
        return [_own(_LEADING.sub("", name), source, part) for name in split_conjunctions(words, known)]
    rest = others["rest"]
    pieces = [_own(_LEADING.sub("", name), source, part) for name in split_conjunctions(words[: others.start()], known)]
    if re.search("各|有关|相关|其[他它]", rest):
        return pieces + [replace(_own(name, source, part), source=rest) for name in split_conjunctions(rest, known)]
    note("units-open", text=words[others.start() :])
    return pieces


def _own(name: str, source: str, part: Part | None) -> Piece:
    own = _OWN.search(name)
    if own and own.start():
        return Piece(name[: own.start()].strip(), source, _OWN_PARTS.get(own["word"], Part.LEAD))
    return Piece(name.strip(), source, part)
