"""A task as table or prose gave it, before units, dates and figures are read from its words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.columns.periods import Period
from plans.units.seats import UnitText


@dataclass(frozen=True)
class Asked:
    """What one column of time asks: a text for each line of the task's contents, and where it stands."""

    period: Period
    header: str
    requirements: tuple[str, ...]
    lines: tuple[int, int]


@dataclass
class Draft:
    """`contents` has a text for each of the task's lines; `targets` too where the paper has a column of targets.

    `measure` and `baseline` are the words of an indicator's columns. `asked` is None where no column is of time.
    """

    number: str | None
    title: str
    area: str
    contents: tuple[str, ...]
    units: list[UnitText]
    extent: tuple[int, int]
    marks: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    progress: str = ""
    other: dict[str, str] = field(default_factory=dict)
    deadline: str = ""
    targets: tuple[str, ...] = ()
    measure: str = ""
    baseline: str = ""
    asked: list[Asked] | None = None
    titled: bool = True  # the paper gives it a name of its own
    title_span: int | None = None  # the merged cell of its name, which other tasks may share

    @property
    def words(self) -> str:
        """All that it says, for telling two tasks from each other."""
        return "".join([self.title, *self.contents])


def same_list(some: Sequence[Draft], others: Sequence[Draft]) -> bool:
    """Whether a good part of the one says what the other says too."""
    pairs = [_pairs(draft.words) for draft in others]
    alike = sum(any(_alike(_pairs(draft.words), other) for other in pairs) for draft in some[:_COMPARED])
    return 10 * alike >= 3 * min(len(some), len(others), _COMPARED)


_COMPARED = 60  # drafts


def _pairs(text: str) -> set[str]:
    text = "".join(sign for sign in text if sign.isalnum())
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _alike(some: set[str], others: set[str]) -> bool:
    fewer = min(len(some), len(others))
    return fewer > 3 and len(some & others) >= 0.6 * fewer
