"""What an official document is made of before it has a layout: texts, tables and charts, as plain data.

Plain, because a committee's own template is filled in by a child process, which gets them as JSON and knows nothing
of the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter

ORIGINS = "数字出处"  # the annex that tells where each number comes from
BODY = 0  # of `Text.level`; 1, 2 and 3 are headings, the outermost first


@dataclass(frozen=True)
class Part:
    """Some words of a text. `source` is the number under which the annex tells where they come from; 0: nowhere."""

    said: str
    source: int = 0


@dataclass(frozen=True)
class Text:
    parts: tuple[Part, ...]
    level: int = BODY


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the page's width."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Chart:
    """Bars, one a category, each divided by series: name, colour (RRGGBB) and values by category."""

    title: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, str, tuple[int, ...]], ...]


Block = Text | Table | Chart


def text(words: str, level: int = BODY, **given: Part | list[Part] | str | int) -> Text:
    """`words` with `{name}` places filled by parts, several of them, or plain words."""
    parts: list[Part] = []
    for plain, name, _form, _conversion in Formatter().parse(words):
        if plain:
            parts.append(Part(plain))
        if name:
            value = given[name]
            parts += value if isinstance(value, list) else [value if isinstance(value, Part) else Part(str(value))]
    return Text(tuple(parts), level)


def joined(items: Sequence[Sequence[Part]], between: str = "、") -> list[Part]:
    """Several groups of parts one after another."""
    found: list[Part] = []
    for place, parts in enumerate(items):
        found += [*([Part(between)] if place else []), *parts]
    return found


def as_plain(block: Block) -> dict:
    """For JSON."""
    match block:
        case Text():
            return {"level": block.level, "parts": [[part.said, part.source] for part in block.parts]}
        case Table():
            return {"heads": block.heads, "rows": block.rows, "widths": block.widths}
    return {"title": block.title, "categories": block.categories, "series": block.series}


def as_block(plain: dict) -> Block:
    if "parts" in plain:
        return Text(tuple(Part(*part) for part in plain["parts"]), plain["level"])
    if "heads" in plain:
        return Table(tuple(plain["heads"]), tuple(map(tuple, plain["rows"])), tuple(plain["widths"]))
    return Chart(plain["title"], tuple(plain["categories"]), tuple(
        (name, colour, tuple(values)) for name, colour, values in plain["series"]
    ))
