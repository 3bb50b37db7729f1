"""Raw tasks → drafts: each cell goes where its column's role says."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from plans.columns.header import Column, Columns
from plans.columns.roles import SEATS, Role, is_timed, role_of
from plans.drafts import Asked, Draft
from plans.findings import Findings, clipped
from plans.prose.clauses import split_clause
from plans.rows.kinds import marks_of, ordinal_of, without_marks
from plans.rows.raw import RawTask
from plans.titles import persons_in, short_title
from plans.units.seats import UnitText

_NUMBERED = re.compile(
    r"^(?P<number>[（(](?:\d{1,3}|[一二三四五六七八九十百]{1,5})[）)]|(?:\d{1,3}|[一二三四五六七八九十]{1,4})(?=[.．、]"
    r"(?!\d)))[.．、]?\s*"
)

# Columns that nothing is made of: they stay with the task under their headers.
_KEPT = (Role.REMARKS, Role.OTHER, None, Role.BASELINE, Role.MEASURE, Role.INDICATOR, Role.GROUP)
_PERSONS = re.compile("人|领导")
_PART = re.compile(r"^\s*(?:[（(]?\d{1,2}[）).．、]|[①-⑳]|[一二三四五六七八九十]是|[（(][一二三四五六七八九十][）)])")


def drafts_of(tasks: Sequence[RawTask], findings: Findings) -> list[Draft]:
    """In the order of the table. Where no column holds serials they may stand at the beginning of the names."""
    numbers = _numbers_within(tasks)
    areas = _Areas(findings)
    return [_draft(raw, numbers.get(at), areas.of(raw), findings) for at, raw in enumerate(tasks)]


def _draft(raw: RawTask, number: re.Match | None, area: str, findings: Findings) -> Draft:
    columns = raw.columns
    title_cell = raw.lines[0].title
    title = "".join(title_cell.text.split("\n"))
    marks = tuple(dict.fromkeys([*marks_of(title), *marks_of(raw.serial_cell.plain if raw.serial else "")]))
    title = without_marks(title)
    _say_broken(raw, title, findings)
    titled = columns.place(Role.TITLE) is not None
    contents = tuple(line.content.text for line in raw.lines)
    if not titled:
        contents = (_without_number(without_marks(contents[0]), number), *contents[1:])
        title = contents[0]
    elif number:
        title = _without_number(title, number)
    title = title or short_title(contents[0])  # a further row under the name of the one before
    if titled and columns.place(Role.CONTENT) is None:
        title, contents = _parted(title_cell.text, title, contents)
    units = unit_texts(raw)
    _say_across(raw, findings)
    _lead_of_area(area, units, raw, findings)
    if number:
        raw.serial, raw.shared = number["number"], False
    draft = Draft(
        raw.serial, title if titled else _named(raw, title), area,
        contents, units, raw.extent, marks, titled=titled, title_span=title_cell.span,
    )
    _fill(draft, raw)
    if not units:
        _take_clause(draft, raw)
    return draft


def _parted(printed: str, title: str, contents: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A task whose cell goes on with numbered parts is named by its first line; all of it is its content."""
    first, _, rest = printed.partition("\n")
    if not rest or not _PART.match(rest):
        return title, contents
    name = title[: len(title) - len("".join(rest.split("\n")))]
    return name.rstrip("：:；;，,") or title, (f"{name}\n{rest}", *contents[1:])


def _without_number(text: str, number: re.Match | None) -> str:
    found = _NUMBERED.match(normalize("NFKC", text)) if number else None
    return text[found.end() :] if found else text


def _named(raw: RawTask, content: str) -> str:
    """A task without a name of its own goes by its domain's; where that is its area, by all that it says."""
    domains = raw.columns.places(Role.GROUP)
    if not domains:
        return short_title(content)
    domain = "".join(raw.lines[0].cell(domains[-1]).text.split("\n"))
    return domain if domain and (raw.area or len(domains) > 1) else "".join(content.split("\n"))


def unit_texts(raw: RawTask) -> list[UnitText]:
    """The cells that name units, column by column; one empty text where all of them are blank."""
    places = raw.columns.places(*SEATS)
    found = [
        UnitText(cell.text, cell.lines, column.role, bool(_PERSONS.search(column.header)), cell.stressed)
        for place in places for column in [raw.columns.columns[place]] for cell in raw.cells(place)
    ]
    if places and not found:
        return [UnitText("", raw.lines[0].cell(places[0]).lines)]
    return found


def _lead_of_area(area: str, units: list[UnitText], raw: RawTask, findings: Findings) -> None:
    """「一、压实责任（牵头单位：甲局）」 over tasks that name no lead: it leads them."""
    clause = split_clause(area) if "牵头" in area else None
    if clause and units and not any(unit.role == Role.LEAD or "牵头" in unit.text for unit in units):
        units.insert(0, UnitText(clause.text, raw.extent))
        findings.add("heading-lead", raw.extent, raw.serial, text=clipped(clause.text))


def _say_across(raw: RawTask, findings: Findings) -> None:
    """A cell over a column of units and one of another meaning: what it says may be no unit."""
    seats = raw.columns.places(*SEATS)
    for line in raw.lines:
        spans = {line.cell(place).span for place in range(raw.columns.count) if place not in seats} - {None}
        for place in seats:
            cell = line.cell(place)
            if cell.text and cell.span in spans:
                findings.add("cell-across", cell.lines, raw.serial, text=clipped(cell.text))


def _say_broken(raw: RawTask, title: str, findings: Findings) -> None:
    """A line end within a cell is no oddity, but in text with one cell a line it broke something."""
    if raw.lines[0].row.table:
        return
    if raw.serial and raw.serial_cell.lines[0] != raw.serial_cell.lines[1]:
        findings.add("serial-broken", raw.serial_cell.lines, raw.serial, serial=raw.serial)
    if "\n" in raw.lines[0].title.text:
        findings.add("title-broken", raw.lines[0].title.lines, raw.serial, title=title)


def _fill(draft: Draft, raw: RawTask) -> None:
    columns = raw.columns
    for place, column in enumerate(columns.columns):
        text = raw.text(place)
        if column.role == Role.LEADERS:
            draft.leaders += persons_in(text)
        elif column.role == Role.PROGRESS:
            draft.progress = "\n".join(part for part in (draft.progress, text) if part)
        elif column.role in _KEPT and text not in ("", draft.area, draft.title) and not _numbers(column):
            draft.other[column.header] = text
    target, deadline = columns.place(Role.TARGET), columns.place(Role.DEADLINE)
    if target is not None:
        draft.targets = tuple(_line_text(raw, at, target) for at in range(len(raw.lines)))
    timed = [place for place, column in enumerate(columns.columns) if is_timed(column.header.split("/")[-1])]
    for place in [deadline] if deadline is not None else timed[:1]:
        draft.deadline = raw.text(place)
    for role, name in ((Role.MEASURE, "measure"), (Role.BASELINE, "baseline")):
        if columns.place(role) is not None:
            setattr(draft, name, raw.text(columns.place(role)))
    draft.asked = _asked(raw, columns)


def _numbers(column: Column) -> bool:
    """A further column of serials, or one without a header."""
    return not column.header or role_of(column.header.split("/")[-1]) == Role.SERIAL


def _asked(raw: RawTask, columns: Columns) -> list[Asked] | None:
    if not columns.periods:
        return None
    found = []
    for place, period in columns.periods:
        texts = tuple(_line_text(raw, at, place) for at in range(len(raw.lines)))
        filled = raw.cells(place)
        if filled:
            header = columns.columns[place].header.split("/")[-1]
            found.append(Asked(period, header, texts, (filled[0].lines[0], filled[-1].lines[1])))
    return found


def _line_text(raw: RawTask, at: int, place: int) -> str:
    """The text of a line; a cell merged over several of the task's lines counts for the first of them."""
    cell = raw.lines[at].cell(place)
    if at and cell.span is not None and cell.span == raw.lines[at - 1].cell(place).span:
        return ""
    return cell.text


def _take_clause(draft: Draft, raw: RawTask) -> None:
    """Without a column of units they may stand in a bracket at the end of what is to be done."""
    last = draft.contents[-1] or draft.title
    clause = split_clause(last)
    if clause is None:
        draft.units = [UnitText("", raw.extent)]
        return
    draft.units = [UnitText(clause.text, raw.extent)]
    if draft.contents[-1]:
        draft.contents = (*draft.contents[:-1], clause.before)
        if not draft.titled:
            draft.title = short_title(draft.contents[0])
    else:
        draft.title = clause.before


class _Areas:
    """Areas that stand in a column of their own, merged over the tasks they hold."""

    def __init__(self, findings: Findings):
        self.findings = findings
        self.last = ""

    def of(self, raw: RawTask) -> str:
        places = raw.columns.places(Role.GROUP)
        if raw.area or not places:
            return raw.area
        cell = raw.lines[0].cell(places[0])
        if cell.text:
            self.last = "".join(cell.text.split("\n"))
        elif cell.span is None and self.last and _written_once(raw):
            self.findings.add("area-assumed", raw.extent, raw.serial, text=raw.columns.columns[places[0]].header)
        else:
            self.last = ""
        return self.last


def _written_once(raw: RawTask) -> bool:
    """Where nothing is merged at all, a domain is written once, and blank below."""
    return all(cell.span is None for line in raw.lines for cell in line.row.cells)


def _numbers_within(tasks: Sequence[RawTask]) -> dict[int, re.Match]:
    """Numbers before the names, where most names have one and they go on counting.

    A column of serials that numbers only groups of tasks gives way to them.
    """
    own = [raw for raw in tasks if raw.serial is None or raw.shared]
    if not own or any(raw.serial is not None and not raw.shared for raw in tasks):
        return {}
    found = {
        at: match for at, raw in enumerate(tasks)
        if (match := _NUMBERED.match(normalize("NFKC", "".join(raw.lines[0].title.text.split("\n")))))
    }
    if 5 * len(found) < 3 * len(tasks):
        return {}
    ordinals = [ordinal_of(match["number"]) for match in found.values()]
    pairs = zip(ordinals, ordinals[1:], strict=False)
    steps = [after - before for before, after in pairs if None not in (before, after)]
    return found if not steps or 2 * sum(step == 1 for step in steps) >= len(steps) else {}
