"""A plan printed as prose → drafts: the items that name units, each under its heading.

Aims, principles and closing chapters name no units, so their numbers are no tasks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plans.drafts import Draft
from plans.findings import Findings, clipped
from plans.grid import Paragraph
from plans.prose.clauses import Clause, leading_clause, line_clause, names_seats, split_all, split_clause, trailing_clause
from plans.prose.items import Item, read_items
from plans.rows.kinds import marks_of, without_marks
from plans.titles import short_title
from plans.units.seats import UnitText

_NAME = re.compile(r"^(?P<name>[^。；;：:\n（(]{2,30})(?:[。：:]\s*|\n)(?P<rest>\S[\s\S]*)$")
_MOST_HEADING = 45  # characters
_CLOSING_LINE = re.compile(r"^[^。；]{0,40}$")


@dataclass
class _Part:
    """A stretch of an item that units answer for: lines of contents, and the clauses' words."""

    lines: list[str]
    clauses: list[str]
    extent: tuple[int, int]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read_prose(paragraphs: list[Paragraph], findings: Findings) -> list[Draft]:
    """[] where no item names units."""
    items = read_items(paragraphs)
    reading = _Reading(items, findings)
    return [draft for item in items for draft in reading.drafts(item)]


class _Reading:
    def __init__(self, items: list[Item], findings: Findings):
        self.findings = findings
        self.parts = {id(item): list(_parts(item)) for item in items}
        self.named = {key for key, parts in self.parts.items() if any(part.clauses for part in parts)}
        self.whole: dict[int, list[Item]] = {}  # items that answer for their children, with those
        self.within: set[int] = set()  # the children of such
        for item in items:
            self._take_children(item)

    def drafts(self, item: Item) -> list[Draft]:
        parts = self.parts[id(item)]
        if id(item) in self.within:
            return []
        if id(item) in self.whole:
            return [self._of_whole(item)]
        closed = [part for part in parts if part.clauses]
        if not closed:
            return self._without_units(item, parts)
        if len(closed) > 1:
            return self._several(item, closed)
        self._say_rest(parts)
        return [_draft(closed[0], item.number or None, area_of(item))]

    def _take_children(self, item: Item) -> None:
        """An item whose units are named once, before its parts or after the last of them, is one task."""
        if not item.children or any(child.children for child in item.children):
            return
        named = [child for child in item.children if id(child) in self.named]
        before = id(item) in self.named and not named
        after = id(item) not in self.named and named == item.children[-1:] and len(item.children) > 1
        if before or after and not _own_heading(item):
            self.whole[id(item)] = item.children
            self.within |= {id(child) for child in item.children}

    def _of_whole(self, item: Item) -> Draft:
        own = self.parts[id(item)]
        below = [part for child in item.children for part in self._numbered(child)]
        clauses = [clause for part in [*own, *below] for clause in part.clauses]
        lines = [line for part in [*own, *below] for line in part.lines]
        part = _Part(lines, clauses, (item.extent[0], item.children[-1].extent[1]))
        self.findings.add("clause-shared", part.extent, item.number, text=clipped(item.heading))
        return _draft(part, item.number, area_of(item))

    def _numbered(self, child: Item) -> list[_Part]:
        """The parts of a child that becomes content: its number is a part of the text again."""
        parts = self.parts[id(child)]
        head = child.heading[: len(child.heading) - len(child.words)]
        if parts and parts[0].lines:
            parts[0].lines[0] = head + parts[0].lines[0]
        return parts

    def _several(self, item: Item, closed: list[_Part]) -> list[Draft]:
        """Several clauses under one number: under a mere heading the tasks have no numbers of their own."""
        first = item.words.strip()
        heading = closed[0].lines and closed[0].lines[0] == first and _is_heading(first)
        if heading:
            closed[0].lines.pop(0)
            area = _name_of(item)
            return [_draft(part, None, area) for part in closed]
        for part in closed:
            self.findings.add("clauses-several", part.extent, item.number or None, count=len(closed))
        return [_draft(part, item.number or None, area_of(item)) for part in closed]

    def _without_units(self, item: Item, parts: list[_Part]) -> list[Draft]:
        """An item among others that all name units is a task that lacks them."""
        if not item.style or not item.parents or item.children:
            return []
        others = [other for other in item.parents[-1].children if other is not item and other.style == item.style]
        named = [other for other in others if id(other) in self.named]
        if len(named) < 2 or 3 * len(named) < 2 * len(others):
            return []
        self.findings.add("item-without-units", item.extent, item.number, text=clipped(item.heading))
        return [_draft(_Part([part.text for part in parts], [], item.extent), item.number, area_of(item))]

    def _say_rest(self, parts: list[_Part]) -> None:
        for part in parts:
            if not part.clauses and not all(_CLOSING_LINE.match(line) for line in part.lines):
                self.findings.add("text-after", part.extent, text=clipped(part.text))


def area_of(item: Item) -> str:
    """The heading that stands next above."""
    return _name_of(item.parents[-1]) if item.parents else ""


def _name_of(item: Item) -> str:
    """「（一）推进贸易便利化」: number and name, without what the paragraph goes on to say."""
    heading = split_clause(item.heading)
    text = heading.before if heading else item.heading
    return re.split("[。\n]", text)[0].rstrip("：:；;")[:80]


def _is_heading(text: str) -> bool:
    return 0 < len(text) <= _MOST_HEADING and "。" not in text.rstrip("。") and "；" not in text


def _own_heading(item: Item) -> bool:
    """A chapter: its name is no sentence, and what follows are tasks rather than parts of one."""
    return item.style in ("chapter", "一、")


def _draft(part: _Part, number: str | None, area: str) -> Draft:
    text = part.text.strip()
    named = _NAME.match(text)
    if named:
        title, content = named["name"], named["rest"]
    else:
        title, content = short_title(text), text
    units = [UnitText(clause, part.extent) for clause in part.clauses] or [UnitText("", part.extent)]
    marks = marks_of(title)
    return Draft(
        number, without_marks(title), area, (content,), units, part.extent, marks, titled=bool(named),
    )


def _parts(item: Item) -> Iterator[_Part]:
    """What each clause of the item closes; the last part may have none."""
    part: _Part | None = None
    for at, paragraph in enumerate(item.paragraphs):
        text = item.words if at == 0 else paragraph.text.strip()
        alone = line_clause(text)
        if alone is not None and (part is not None or names_seats(alone)):
            if part is None:
                part = _Part([], [], paragraph.lines)
            part.clauses.append(alone)
            part.extent = part.extent[0], paragraph.lines[1]
            continue
        if part is not None and part.clauses:
            yield part
            part = None
        leading = leading_clause(text) if part is None else None
        if leading is not None:
            yield _Part([leading.before], [leading.text], paragraph.lines)
            continue
        clauses = split_all(text)
        trailing = trailing_clause(text) if not clauses else None
        if trailing is not None:
            part = part or _Part([], [], paragraph.lines)
            yield _closed(part, trailing, paragraph)
            part = None
            continue
        for clause in clauses:
            part = part or _Part([], [], paragraph.lines)
            yield _closed(part, clause, paragraph)
            part = None
        rest = _rest(text, clauses)
        if rest:
            part = part or _Part([], [], paragraph.lines)
            part.lines.append(rest)
            part.extent = part.extent[0], paragraph.lines[1]
        elif clauses:
            part = None
    if part is not None:
        yield part


def _closed(part: _Part, clause: Clause, paragraph: Paragraph) -> _Part:
    if clause.before:
        part.lines.append(clause.before)
    part.clauses.append(clause.text)
    part.extent = part.extent[0], paragraph.lines[1]
    return part


def _rest(text: str, clauses: list[Clause]) -> str:
    if not clauses:
        return text
    last = clauses[-1].text
    return text[text.rindex(last) + len(last) + 1 :].strip(" 　。；;，,\n")
