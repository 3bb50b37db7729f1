"""A figure as somebody types it: full-width, with thousands' commas or a per cent sign. Kept as decimal text."""

import re
from dataclasses import dataclass
from unicodedata import normalize

from models import Words
from workflow.inputs import clean

MOST_NAME, MOST_UNIT, MOST_AMOUNT = 100, 20, 30
PER_CENT = "%"
# ASCII alone: other scripts' digits, and what Python takes for a number besides, are not written to a ledger.
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")

NAME_TOO_LONG = Words("指标名称不得超过 {most} 字：{name}…", "A figure's name has at most {most} characters: {name}…")
UNIT_TOO_LONG = Words("「{name}」的计量单位不得超过 {most} 字。", "The unit of “{name}” has at most {most} characters.")
NOT_PER_CENT = Words(
    "「{name}」的数值带「%」，而计量单位是「{unit}」。", "“{name}” is given in per cent, but its unit is “{unit}”."
)


@dataclass(frozen=True)
class Amount:
    """Decimal text, and whether a per cent sign stood behind it."""

    text: str
    per_cent: bool

    def wrong_unit(self, name: str, unit: str) -> Words | None:
        """What is wrong with counting it in `unit`; a per cent sign goes with 「%」, or with no unit yet."""
        if self.per_cent and unit not in ("", PER_CENT):
            return NOT_PER_CENT.format(name=name[:40], unit=unit[:MOST_UNIT])
        return None

    def unit(self, unit: str) -> str:
        return unit or (PER_CENT if self.per_cent else "")


def amount_of(raw: str) -> Amount | None:
    """None where it is no number."""
    plain = normalize("NFKC", clean(raw)).replace(",", "").replace(" ", "")
    text = plain.removesuffix(PER_CENT)
    if len(text) > MOST_AMOUNT or not _PLAIN.fullmatch(text):
        return None
    return Amount(text, text != plain)


def too_long(name: str, unit: str) -> Words | None:
    """What is wrong with the length of a figure's name or unit."""
    if len(name) > MOST_NAME:
        return NAME_TOO_LONG.format(most=MOST_NAME, name=name[:40])
    if len(unit) > MOST_UNIT:
        return UNIT_TOO_LONG.format(most=MOST_UNIT, name=name[:40])
    return None
