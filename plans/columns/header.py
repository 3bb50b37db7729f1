"""Rows of headers → what each column holds, whatever the order, the number and the nesting of the headers."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plans.columns.periods import Period, period_of, period_of_path
from plans.columns.roles import SEATS, Role, header_role, plain
from plans.grid import Row

MOST_COLUMNS = 60
_SUBJECTS = (Role.TITLE, Role.CONTENT, Role.INDICATOR, Role.TARGET, Role.GROUP)
_PURPOSES = (*SEATS, Role.LEADERS, Role.DEADLINE, Role.PERIOD)
_LONGEST = 30  # characters of a header
_AFTERWARDS = re.compile(
    "(?:目前|当前|仍)?(?:存在|遗留|面临)的?(?:主要|突出)?(?:困难|问题|难点)|(?:主要)?(?:困难|问题)[及和与、](?:困难|问题|建议|原因)"
    "|下一?步|下阶段|(?:未完成|滞后)(?:的)?原因"
)


@dataclass(frozen=True)
class Column:
    """`header` are its words from the top down; `role` is None where they are not understood."""

    header: str
    role: Role | None
    period: Period | None = None


@dataclass(frozen=True)
class Columns:
    """`guessed` are headers whose role was told by their place alone."""

    columns: tuple[Column, ...]
    guessed: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.columns)

    def places(self, *roles: Role | None) -> list[int]:
        """Where columns of these roles stand, from 0, in the order of the table."""
        return [place for place, column in enumerate(self.columns) if column.role in roles]

    def place(self, role: Role) -> int | None:
        return next(iter(self.places(role)), None)

    @property
    def periods(self) -> list[tuple[int, Period]]:
        return [(place, self.columns[place].period) for place in self.places(Role.PERIOD)]

    @property
    def unknown(self) -> list[str]:
        return [column.header for column in self.columns if column.role is None and column.header]


def is_header(row: Row, below: "Columns | None" = None) -> bool:
    """A row of which at least two cells are header words of different kinds, and most of the others too.

    `below` are the columns that it stands under: there it has to repeat two of their headers, or to number rows,
    for the words of a task may be such as headers are made of.
    """
    cells = row.filled
    if not 2 <= len(cells) <= MOST_COLUMNS or any(len(cell.plain) > _LONGEST for cell in cells):
        return False
    roles = [_kind(cell.text) for cell in cells]
    known = [role for role in roles if role]
    if len(set(known)) < 2 or 2 * len(known) < len(cells):
        return False
    if below is not None and Role.SERIAL not in known:
        said = {words for column in below.columns for words in column.header.split("/")}
        return sum(plain(cell.text) in said for cell in cells) >= 2
    return any(role in _SUBJECTS for role in known) or Role.SERIAL in known


def continues_header(row: Row, header: Sequence[Row]) -> bool:
    """The further rows of a header: under a merged one, or nothing but header words beside blanks."""
    own = [cell for cell in row.filled if not _of(cell.span, header)]
    if any(len(cell.plain) > _LONGEST for cell in own) or not own:
        return bool(not own and row.filled)
    shared = len(own) < len(row.filled)
    kinds = [_kind(cell.text) for cell in own]
    blank = any(not cell.text for cell in row.cells)
    if Role.SERIAL in kinds or not (shared or blank):
        return False
    known = sum(kind is not None for kind in kinds)
    return known == len(kinds) or shared and header[0].table > 0 and known > 0 and _reaches_below(row, header)


def read_columns(rows: Sequence[Row], mapping: Mapping[str, str] | None = None) -> Columns | None:
    """The columns under a header of one row or several; None where they make no plan.

    `mapping` gives roles by a header's words, as a person corrected them; it wins over what the words call for.
    """
    paths = _paths(rows)
    if len(paths) > MOST_COLUMNS:
        return None
    columns = [_column(path, mapping or {}) for path in paths]
    read = [column.role for column in columns]
    columns = _settled(columns, {header for header in mapping or ()})
    roles = {column.role for column in columns}
    subject = roles & {Role.TITLE, Role.CONTENT}
    if not subject or not (roles & set(_PURPOSES) or Role.TARGET in roles and Role.SERIAL in roles):
        return None
    guessed = [column.header for column, role in zip(columns, read, strict=True)
               if role is None and column.role is not None and column.header not in (mapping or {})]
    return Columns(tuple(columns), tuple(guessed))


def _kind(text: str) -> Role | None:
    return Role.PERIOD if period_of(text) else header_role(text)


def _of(span: int | None, rows: Sequence[Row]) -> bool:
    return span is not None and any(cell.span == span for row in rows for cell in row.cells)


def _reaches_below(row: Row, header: Sequence[Row]) -> bool:
    """Whether a header cell beside (the serial's, mostly) is merged down into this row."""
    return any(cell.span is not None and cell.span == above.span for cell, above in zip(row.cells, header[-1].cells,
                                                                                      strict=False))


def _paths(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """For each column its header words from the top down, merged cells once."""
    if len(rows) == 2 and len(rows[0].cells) != len(rows[1].cells):
        return _spread(rows[0], rows[1])
    paths = []
    for place in range(len(rows[0].cells)):
        path, spans = [], set()
        for above, row in zip([None, *rows], rows, strict=False):
            cell = row.cells[place]
            if cell.span is not None and cell.span in spans:
                continue
            spans.add(cell.span)
            text = cell.text
            if above is None and not text and len(rows) > 1 and rows[1].cells[place].text and place:
                text = paths[place - 1][0] if paths[place - 1] else ""  # not merged, yet over several columns
            if text:
                path.append(plain(text))
        paths.append(tuple(path))
    return paths


def _spread(header: Row, below: Row) -> list[tuple[str, ...]]:
    """Where a header over several columns is one cell, a run of columns below takes one label."""
    paths, waiting, in_run, label = [], [plain(cell.text) for cell in header.cells], False, ""
    for cell in below.cells:
        if cell.text:
            if not in_run and waiting:
                label = waiting.pop(0)
            paths.append((label, plain(cell.text)))
        else:
            paths.append((waiting.pop(0) if waiting else "",))
        in_run = bool(cell.text)
    return paths


def _column(path: tuple[str, ...], mapping: Mapping[str, str]) -> Column:
    header = "/".join(path)
    if header in mapping:
        return _mapped(header, mapping[header], path)
    if not path:
        return Column("", None)
    leaf = header_role(path[-1])
    period = period_of_path(path)
    if period and leaf in (None, Role.TARGET, Role.CONTENT, Role.TITLE, Role.INDICATOR, Role.DEADLINE):
        return Column(header, Role.PERIOD, period)
    above = next((role for words in reversed(path[:-1]) if (role := header_role(words))), None)
    return Column(header, leaf or header_role("".join(path)) or above)


def _mapped(header: str, said: str, path: tuple[str, ...]) -> Column:
    """「period:2018」, the value of a role, or "" for a column that is only to be kept."""
    word, _, year = said.partition(":")
    if word == Role.PERIOD:
        period = period_of(year) if year else period_of_path(path)
        return Column(header, Role.PERIOD if period else Role.OTHER, period)
    return Column(header, Role(word) if word else Role.OTHER)


def _settled(columns: list[Column], fixed: set[str]) -> list[Column]:
    """One column for each role that a task has once; what the words leave open is decided by what stands beside it."""
    count = Counter(column.role for column in columns)
    roles = [column.role for column in columns]

    def change(place: int, role: Role) -> None:
        if columns[place].header not in fixed:
            roles[place] = role

    _seats(columns, roles, count, change)
    _afterwards(columns, roles, change)
    _texts(roles, change)
    for role in (Role.SERIAL, Role.TARGET, Role.DEADLINE, Role.CONTENT, Role.TITLE, Role.MEASURE, Role.BASELINE):
        places = [place for place, each in enumerate(roles) if each == role]
        keep = places[-1:] if role == Role.SERIAL else places[:1]
        for place in places:
            if place not in keep:
                change(place, Role.OTHER)
    return [replace(column, role=role) for column, role in zip(columns, roles, strict=True)]


def _seats(columns: list[Column], roles: list, count: Counter, change) -> None:
    """「单位」 beside indicators is what they are counted in; 「指导单位」 beside others does not answer for it."""
    seats = sum(count[role] for role in SEATS)
    for place, column in enumerate(columns):
        leaf = column.header.split("/")[-1]
        if column.role != Role.UNITS or seats < 2 and not (leaf == "单位" and count[Role.INDICATOR]):
            continue
        if leaf in ("单位", "单位名称") and (count[Role.INDICATOR] or count[Role.TARGET] or count[Role.PERIOD]):
            change(place, Role.MEASURE)
        elif "指导" in leaf or "主管" in leaf:
            change(place, Role.OTHER)


def _afterwards(columns: list[Column], roles: list, change) -> None:
    """「存在问题」「下一步措施」 beside the task itself are what came of it; alone they are the task."""
    subjects = [place for place, role in enumerate(roles) if role in (Role.TITLE, Role.CONTENT)]
    for place in subjects:
        if _AFTERWARDS.match(columns[place].header.split("/")[-1]) and place != subjects[0]:
            change(place, Role.OTHER)


def _texts(roles: list, change) -> None:
    """Which column names the task, which says what is to be done, which is a measure of it."""
    def places(role: Role) -> list[int]:
        return [place for place, each in enumerate(roles) if each == role]

    titles, contents, indicators = places(Role.TITLE), places(Role.CONTENT), places(Role.INDICATOR)
    guessed = _guessed(roles, contents) if not titles and len(contents) < 2 else None
    if guessed is not None:
        change(guessed, Role.TITLE)
        return
    if not titles and not contents:
        subjects = indicators or places(Role.TARGET) or places(Role.GROUP) or places(Role.PERIOD)[:1]
        if subjects:
            change(subjects[0], Role.TITLE)
            indicators = [place for place in indicators if place != subjects[0]]
    else:
        _names_and_contents(titles, contents, change)
    if len(indicators) == 1 and not places(Role.TARGET) and Role.PERIOD not in roles:
        change(indicators[0], Role.TARGET)


def _names_and_contents(titles: list[int], contents: list[int], change) -> None:
    """Of several columns of names the widest is a group's, or the last says what is to be done."""
    if not titles and len(contents) > 1:
        change(contents[0], Role.TITLE)
    elif len(titles) > 1 and contents:
        for place in titles[:-1]:
            change(place, Role.GROUP)
    elif len(titles) > 1:
        change(titles[1], Role.CONTENT)


def _guessed(roles: list, contents: list[int]) -> int | None:
    """A column that is not understood, where a name would stand: before the content, or as the only text there is."""
    unknown = [place for place, role in enumerate(roles) if role is None]
    if contents:
        return contents[0] - 1 if contents[0] - 1 in unknown else None
    known = {Role.INDICATOR, Role.TARGET, Role.GROUP, Role.PERIOD}
    return unknown[0] if unknown and not known & set(roles) and set(roles) & set(SEATS) else None
