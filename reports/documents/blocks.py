"""What an official document is made of before it has a layout: texts, tables and charts, as plain data.

Plain, because a committee's own template is filled in by a child process, which gets them as JSON.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from string import Formatter

from reports.documents.taken import Taken
from reports.figures import FIGURE, SHARE
from reports.ledger import Filters
from reports.monitor import Line

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


@dataclass(frozen=True)
class Source:
    """One number of a document: what it is, how it was counted, and the page that lists what it counts."""

    said: str
    what: str
    counted: str
    address: str


@dataclass
class Sources:
    """The numbers of one document as they are used. `address` gives the page of the ledger behind some filters."""

    address: Callable[[Filters], str]
    kept: list[Source] = field(default_factory=list)

    def figure(self, line: Line, name: str) -> Part:
        """A figure of a line, with the filters that list exactly its milestones."""
        it = FIGURE[name]
        return self.number(
            str(line.tally[name]), f"{line.name or '总体'}：{it.label.zh}", it.counted.zh, line.filters.counting(name)
        )

    def share(self, line: Line, name: str = "done_share") -> Part:
        it, share = SHARE[name], line.tally.share(name)
        said = "—" if share is None else f"{share}%"
        return self.number(said, f"{line.name or '总体'}：{it.label.zh}", it.counted.zh, line.filters)

    def number(self, said: str, what: str, counted: str, filters: Filters | None = None) -> Part:
        """Any other number; the same one, said twice, stands in the annex once."""
        source = Source(said, what, counted, self.address(filters) if filters else "")
        if source not in self.kept:
            self.kept.append(source)
        return Part(said, 1 + self.kept.index(source))

    def table(self) -> Table:
        """Where each number comes from."""
        rows = tuple(
            (str(place), it.said, it.what, it.counted, it.address) for place, it in enumerate(self.kept, 1)
        )
        return Table(("编号", "数字", "是什么", "口径", "台账中的清单"), rows, (6, 8, 24, 32, 30))


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


@dataclass
class Paper:
    """A whole document: its title, its sections by name, its annexes, and words for a template's own places.

    `sections` are in order; each is the blocks below its heading. `annexes` are pairs of title and blocks.
    """

    taken: Taken
    kind: str
    title: str
    sections: dict[str, list[Block]]
    annexes: list[tuple[str, list[Block]]]
    words: dict[str, str] = field(default_factory=dict)


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
