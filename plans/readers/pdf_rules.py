"""Ruling lines into tables: which lines belong together, and which places of the grid no line parts."""

from collections import defaultdict
from dataclasses import dataclass

from plans.readers.limits import MOST_COLUMNS
from plans.readers.pdf_page import Rule
from plans.readers.refused import Refused

SNAP = 3.0  # points by which lines that are one line may differ, and by which lines that meet may miss each other
_OPEN = 8.0  # points by which lines must reach beyond the last that closes them for a side that is left open
_MOST_ROWS = 2_000  # of one page

Area = tuple[int, int, int, int]  # first row, row after the last, first column, column after the last


@dataclass
class RuledTable:
    """Where its columns and rows are parted, and its cells: each the area that it covers."""

    columns: list[float]
    rows: list[float]
    cells: list[Area]

    def holds(self, x: float, y: float) -> bool:
        return self.columns[0] <= x <= self.columns[-1] and self.rows[0] <= y <= self.rows[-1]


def tables_of(rules: list[Rule]) -> list[RuledTable]:
    """Tables of two columns or more, from the top down; frames and lines under words are none."""
    across = _joined([rule for rule in rules if rule.across])
    down = _joined([rule for rule in rules if not rule.across])
    found = []
    for rows, columns in _meeting(across, down):
        table = _table(rows, columns)
        if table is not None:
            found.append(table)
    return sorted(found, key=lambda table: table.rows[0])


def _joined(rules: list[Rule]) -> list[Rule]:
    """Lines in one another's course as one line."""
    courses: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if courses and rule.at - courses[-1][0].at <= SNAP:
            courses[-1].append(rule)
        else:
            courses.append([rule])
    joined = []
    for course in courses:
        at = sum(rule.at for rule in course) / len(course)
        course.sort(key=lambda rule: rule.first)
        first, last = course[0].first, course[0].last
        for rule in course[1:]:
            if rule.first - last > SNAP:
                joined.append(Rule(rule.across, at, first, last))
                first = rule.first
                last = rule.last
            last = max(last, rule.last)
        joined.append(Rule(course[0].across, at, first, last))
    return joined


def _meeting(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that hang together, as lines across and lines down."""
    lines = across + down
    leader = list(range(len(lines)))

    def find(at: int) -> int:
        while leader[at] != at:
            leader[at] = at = leader[leader[at]]
        return at

    for row, line in enumerate(across):
        for column, other in enumerate(down, len(across)):
            if _meet(line, other):
                leader[find(row)] = find(column)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for at, line in enumerate(lines):
        groups[find(at)][0 if line.across else 1].append(line)
    return list(groups.values())


def _meet(line: Rule, other: Rule) -> bool:
    return (
        line.first - SNAP <= other.at <= line.last + SNAP and other.first - SNAP <= line.at <= other.last + SNAP
    )


def _table(across: list[Rule], down: list[Rule]) -> RuledTable | None:
    if not across or not down:
        return None
    # The end of a page cuts a table without closing it, and some tables have no line at their sides.
    rows = _edges([rule.at for rule in across], min(r.first for r in down), max(r.last for r in down))
    columns = _edges([rule.at for rule in down], min(r.first for r in across), max(r.last for r in across))
    if len(rows) < 2 or len(columns) < 3:
        return None
    if len(columns) > MOST_COLUMNS + 1:
        raise Refused("too-wide", table="?", most=MOST_COLUMNS)
    if len(rows) > _MOST_ROWS:
        raise Refused("too-many-cells", most=_MOST_ROWS * MOST_COLUMNS)
    return RuledTable(columns, rows, _cells(columns, rows, across, down))


def _edges(at: list[float], first: float, last: float) -> list[float]:
    edges: list[float] = []
    for value in sorted(at):
        if not edges or value - edges[-1] > SNAP:
            edges.append(value)
    if edges[0] - first > _OPEN:
        edges.insert(0, first)
    if last - edges[-1] > _OPEN:
        edges.append(last)
    return edges


def _cells(columns: list[float], rows: list[float], across: list[Rule], down: list[Rule]) -> list[Area]:
    """From the top left: as far right and down as no line parts the places."""
    parted_right = _parted(columns, rows, down)
    parted_below = _parted(rows, columns, across)
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(len(rows) - 1):
        for column in range(len(columns) - 1):
            if (row, column) in taken:
                continue
            right = column + 1
            while right < len(columns) - 1 and (right, row) not in parted_right and (row, right) not in taken:
                right += 1
            below = row + 1
            while below < len(rows) - 1 and not any((below, at) in parted_below for at in range(column, right)):
                below += 1
            taken |= {(r, c) for r in range(row, below) for c in range(column, right)}
            cells.append((row, below, column, right))
    return cells


def _parted(edges: list[float], along: list[float], rules: list[Rule]) -> set[tuple[int, int]]:
    """Which stretches (between two of `along`) of which edge have a line."""
    found = set()
    for rule in rules:
        at = min(range(len(edges)), key=lambda edge: abs(edges[edge] - rule.at))
        for stretch, (first, last) in enumerate(zip(along, along[1:], strict=False)):
            if rule.first <= (first + last) / 2 <= rule.last:
                found.add((at, stretch))
    return found
