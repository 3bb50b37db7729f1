"""What the addresses of the review queue ask for: the filters of the ledger that make sense here, and the clock."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from reports.ledger import Filters, plan_choices
from views.context import reading
from views.ledger import asked_plan, read_filters
from workflow.clocks import CLOCK_ORDER

KEPT = ("plan", "area", "unit", "state", "light", "year", "starred", "words", "figure")


@dataclass(frozen=True)
class Asked:
    """`clock` is the code of a clock's light, None for all."""

    filters: Filters
    clock: str | None = None

    def query(self, **changes) -> dict[str, str]:
        """As the parameters of an address; a change to None leaves that one out."""
        given = self.filters.query() | ({"clock": self.clock} if self.clock else {}) | changes
        return {name: value for name, value in given.items() if value is not None}

    @property
    def text(self) -> str:
        """As the query of an address."""
        return urlencode(self.query())


def read_asked(given: MultiDict, plans: list | None = None) -> Asked:
    """From an address's parameters; what is no possible value asks for nothing."""
    found = read_filters(MultiDict({name: given[name] for name in KEPT if name in given}))
    found = found.but(plan=asked_plan(plan_choices(reading()) if plans is None else plans, found.plan))
    clock = given.get("clock")
    return Asked(found, clock if clock in {light.code for light in CLOCK_ORDER} else None)


def read_query(text: str) -> Asked:
    """From the query of an address, as a form sends it back."""
    return read_asked(query_of(text))


def query_of(text: str) -> MultiDict:
    """The parameters that such a query has."""
    return MultiDict(parse_qsl(text[:1000]))
