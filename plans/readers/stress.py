"""What a cell prints bold or in a colour while the rest of it is not: in some papers that alone says who leads."""

import re
from collections.abc import Iterable

_BETWEEN = " 　\t\r\n、，,；;。：:（）()"  # however they are printed, they say nothing
_HEX = re.compile(r"^#?(?:[0-9a-fA-F]{2})?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})$")
_RGB = re.compile(r"^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\b")
_PLAIN = {
    "", "auto", "black", "windowtext", "inherit", "initial", "transparent", "#000",
    "gray", "grey", "dimgray", "dimgrey", "darkgray", "darkgrey",
}
_LEAST = 64  # of 255: greys, and inks that nobody tells from black, differ by less


def is_colour(value: str | None) -> bool:
    """Whether a colour as files write it is one that stands out from black and grey."""
    value = (value or "").strip().lower()
    if value in _PLAIN:
        return False
    digits, spoken = _HEX.match(value), _RGB.match(value)
    if not digits and not spoken:
        return bool(re.fullmatch(r"[a-z]{3,20}", value))
    parts = [int(part, 16) for part in digits.groups()] if digits else [int(part) for part in spoken.groups()]
    return max(parts) - min(parts) >= _LEAST


def is_heavy_font(name: str | None) -> bool:
    """黑体 among text of other fonts is the bold of Chinese papers."""
    return bool(name) and ("黑体" in name or "simhei" in name.lower())


def stressed(runs: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    """The stretches that stand out; () where all of the text does, or none of it."""
    joined: list[tuple[str, bool]] = []
    for text, stands_out in runs:
        if not text.strip(_BETWEEN):
            stands_out = joined[-1][1] if joined else stands_out
        if joined and joined[-1][1] == stands_out:
            joined[-1] = joined[-1][0] + text, stands_out
        elif text.strip(_BETWEEN):
            joined.append((text, stands_out))
    found = tuple(text.strip(_BETWEEN) for text, stands_out in joined if stands_out)
    return found if len(found) < len(joined) else ()
