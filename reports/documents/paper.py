"""A whole document before it has a layout, and where each of its numbers comes from."""

from collections.abc import Callable
from dataclasses import dataclass, field

from reports.documents.blocks import Block, Part, Table
from reports.documents.taken import Taken
from reports.figures import FIGURE, SHARE
from reports.ledger import Filters
from reports.monitor import Line

# Words of a template's own that ours uses too.
TITLE, ISSUER, ISSUED, TAKEN = "标题", "发文单位", "成文日期", "取数说明"


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
