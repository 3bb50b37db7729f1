"""Automatic numbers of Word's lists as they are printed: serial columns are often such a list."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import BinaryIO

from lxml import etree

from plans.readers.xml import W, events, forget

_LIST, _STYLE = W + "numPr", W + "pStyle"
_DIGITS = "零一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1
    legal: bool = False


@dataclass
class _List:
    """`abstract` names the counters: lists of one make go on counting together."""

    abstract: str
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts while the paragraphs of a document come in their order."""

    def __init__(self, styles: BinaryIO | None, numbering: BinaryIO | None):
        self.levels: dict[str, dict[int, _Level]] = {}
        self.lists: dict[str, _List] = {}
        self.styles: dict[str, tuple[str | None, str | None, str | None]] = {}  # list, level, based on
        self.hidden: set[str] = set()  # styles whose text is not printed
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.begun: set[tuple[str, int]] = set()
        if numbering:
            self._read_lists(numbering)
        if styles:
            self._read_styles(styles)

    def of(self, paragraph: etree._Element) -> str:
        """The paragraph's number with the signs around it; "" for one without, and for bullets.

        A blank follows where nothing else would part it from the words.
        """
        printed = self._printed(paragraph)
        return printed + " " if printed[-1:].isalnum() else printed

    def _printed(self, paragraph: etree._Element) -> str:
        found = self._list_of(paragraph)
        if found is None:
            return ""
        number, depth = found
        levels = self.levels.get(self.lists[number].abstract, {})
        level = levels.get(depth)
        if level is None or level.form in ("none", "bullet"):
            return ""
        counts = self._count(number, depth, levels)
        printed = level.text
        for at in range(depth, -1, -1):
            form = "decimal" if level.legal else levels.get(at, level).form
            printed = printed.replace(f"%{at + 1}", formatted(counts.get(at, levels.get(at, level).start), form))
        return printed

    def _count(self, number: str, depth: int, levels: dict[int, _Level]) -> dict[int, int]:
        numbered = self.lists[number]
        counts = self.counts[numbered.abstract]
        if (number, depth) not in self.begun and depth in numbered.starts:
            counts[depth] = numbered.starts[depth]
        elif depth in counts:
            counts[depth] += 1
        else:
            counts[depth] = levels[depth].start
        self.begun.add((number, depth))
        for deeper in [at for at in counts if at > depth]:
            del counts[deeper]
        return counts

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int] | None:
        if not self.lists:
            return None
        found = {
            child.tag: child for properties in paragraph.iterchildren(W + "pPr")
            for child in properties.iterchildren(_LIST, _STYLE)
        }
        if not found:
            return None
        number, depth = (_value(found.get(_LIST), name) for name in ("numId", "ilvl"))
        style = found[_STYLE].get(W + "val") if _STYLE in found else None
        for _ in range(12):  # styles are based on styles, but not for ever
            if (number is not None and depth is not None) or style not in self.styles:
                break
            of_style, depth_of_style, style = self.styles[style]
            number, depth = number or of_style, depth or depth_of_style
        if number not in self.lists:
            return None
        return number, int(depth) if depth and depth.isdecimal() and len(depth) < 3 else 0

    def _read_styles(self, part: BinaryIO) -> None:
        for _, style in events(part, (W + "style",)):
            self.styles[style.get(W + "styleId", "")] = (
                _value(style, "pPr/numPr/numId"), _value(style, "pPr/numPr/ilvl"), _value(style, "basedOn"),
            )
            if is_on(style.find(f"{W}rPr/{W}vanish")):
                self.hidden.add(style.get(W + "styleId", ""))
            forget(style)

    def _read_lists(self, part: BinaryIO) -> None:
        for _, element in events(part, (W + "abstractNum", W + "num")):
            if element.tag == W + "abstractNum":
                self.levels[element.get(W + "abstractNumId", "")] = {
                    _whole(level.get(W + "ilvl"), 0): _level(level) for level in element.findall(W + "lvl")
                }
            else:
                starts = {
                    _whole(override.get(W + "ilvl"), 0): _whole(_value(override, "startOverride"), 1)
                    for override in element.findall(W + "lvlOverride") if _value(override, "startOverride")
                }
                self.lists[element.get(W + "numId", "")] = _List(_value(element, "abstractNumId") or "", starts)


def is_on(element: etree._Element | None) -> bool:
    """A property that is there, and is not said to be off."""
    return element is not None and element.get(W + "val", "1") not in ("0", "false", "off")


def _level(element: etree._Element) -> _Level:
    return _Level(
        _value(element, "numFmt") or "decimal", _value(element, "lvlText") or "", _whole(_value(element, "start"), 1),
        element.find(W + "isLgl") is not None,
    )


def _value(element: etree._Element | None, path: str) -> str | None:
    if element is None:
        return None
    found = element.find("/".join(W + step for step in path.split("/")))
    return None if found is None else found.get(W + "val")


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 7 else otherwise


def formatted(number: int, form: str) -> str:
    """A number as Word prints it in `form`; in digits where the form is not known."""
    if form in _FORMS:
        return _FORMS[form](number)
    return str(number)


def chinese(number: int) -> str:
    """二十三, 一百零五: as lists count, below ten thousand."""
    if not 0 < number < 10_000:
        return str(number)
    printed, zero = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            printed += ("零" if zero and printed else "") + _DIGITS[digit] + sign
            zero = False
        else:
            zero = True
    return printed.removeprefix("一") if 10 <= number < 20 else printed


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    printed = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"), strict=True,
    ):
        printed += sign * (number // value)
        number %= value
    return printed


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _one_of(signs: str):
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


_FORMS = {
    "chineseCounting": chinese, "chineseCountingThousand": chinese, "japaneseCounting": chinese,
    "taiwaneseCounting": chinese, "taiwaneseCountingThousand": chinese,
    "ideographDigital": lambda number: "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number)),
    "ideographTraditional": _one_of(_STEMS), "ideographZodiac": _one_of(_BRANCHES),
    "decimalEnclosedCircle": _circled, "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalZero": lambda number: f"{number:02}", "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(), "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
}
