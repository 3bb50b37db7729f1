"""A plan printed as prose → drafts: the items that name units, each under its heading.

Aims, principles and closing chapters name no units, so their numbers are no tasks.
"""

import re

from plans.columns.roles import Role
from plans.drafts import Draft
from plans.findings import Findings, clipped
from plans.grid import Paragraph
from plans.prose.clauses import split_clause
from plans.prose.items import Item, read_items
from plans.prose.parts import Part, parts_of
from plans.rows.kinds import marks_of, without_marks, without_site
from plans.titles import short_title
from plans.units.labels import split_labels
from plans.units.names import is_whole
from plans.units.parts import names_in
from plans.units.seats import UnitText

_NAME = re.compile(r"^(?P<name>[^。；;：:\n（(]{2,30})(?:[。：:]\s*|\n)(?P<rest>\S[\s\S]*)$")
_LAST_BRACKET = re.compile(r"[（(【〔\[](?P<inner>[^。；]{3,300})[）)】〕\]][。；;]?$")
_MOST_HEADING = 45  # characters
_CLOSING_LINE = re.compile(r"^[^。；]{0,40}$")


def read_prose(paragraphs: list[Paragraph], findings: Findings) -> list[Draft]:
    """[] where no item names units."""
    items = read_items(without_site(paragraphs))
    reading = _Reading(items, findings)
    return [draft for item in items for draft in reading.drafts(item)]


class _Reading:
    def __init__(self, items: list[Item], findings: Findings):
        self.findings = findings
        self.parts = {id(item): parts_of(item) for item in items}
        self.named = {key for key, parts in self.parts.items() if any(part.clauses for part in parts)}
        self.whole: dict[int, list[Item]] = {}  # items that answer for their children, with those
        self.within: set[int] = set()  # the children of such
        self.headings = {id(item) for item in items if self._heads_others(item, items)}
        for item in items:
            self._take_children(item)

    def drafts(self, item: Item) -> list[Draft]:
        parts = self.parts[id(item)]
        if id(item) in self.within:
            return []
        if id(item) in self.whole:
            return [self._of_whole(item)]
        if id(item) in self.headings:
            self.findings.add("heading-units", item.extent, text=clipped(item.heading))
            return []
        closed = [part for part in parts if part.clauses]
        if not closed:
            return self._without_units(item, parts)
        if len(closed) > 1:
            return self._several(item, closed)
        self._say_rest(parts)
        return [self._with_heading(_draft(closed[0], item.number or None, area_of(item)), item)]

    def _heads_others(self, item: Item, items: list[Item]) -> bool:
        """A mere heading whose bracket names units, over items that name their own."""
        parts = self.parts[id(item)]
        return (
            len(parts) == 1 and bool(parts[0].clauses) and _is_heading(parts[0].text) and bool(item.style)
            and any(item in other.parents and id(other) in self.named for other in items)
        )

    def _with_heading(self, draft: Draft, item: Item) -> Draft:
        """Who leads by the heading above leads the items below that name no lead."""
        heading = next((above for above in reversed(item.parents) if id(above) in self.headings), None)
        if heading is None or any(_names_a_lead(cell.text) for cell in draft.units):
            return draft
        clause = self.parts[id(heading)][0].clauses[0]
        if _names_a_lead(clause):
            draft.units.insert(0, UnitText(clause, heading.extent))
            self.findings.add("heading-lead", draft.extent, draft.number, text=clipped(clause))
        return draft

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
        part = Part(lines, clauses, (item.extent[0], item.children[-1].extent[1]))
        self.findings.add("clause-shared", part.extent, item.number, text=clipped(item.heading))
        return _draft(part, item.number, area_of(item))

    def _numbered(self, child: Item) -> list[Part]:
        """The parts of a child that becomes content: its number is a part of the text again."""
        parts = self.parts[id(child)]
        head = child.heading[: len(child.heading) - len(child.words)]
        if parts and parts[0].lines:
            parts[0].lines[0] = head + parts[0].lines[0]
        return parts

    def _several(self, item: Item, closed: list[Part]) -> list[Draft]:
        """Several clauses under one number: under a mere heading the tasks have no numbers of their own."""
        first = item.words.strip()
        heading = closed[0].lines and closed[0].lines[0] == first and _is_heading(first)
        if heading:
            closed[0].lines.pop(0)
            area = _name_of(item) if item.style else ""
            return [_draft(part, None, area) for part in closed]
        for part in closed:
            self.findings.add("clauses-several", part.extent, item.number or None, count=len(closed))
        return [_draft(part, item.number or None, area_of(item)) for part in closed]

    def _without_units(self, item: Item, parts: list[Part]) -> list[Draft]:
        """An item among others that all name units is a task that lacks them."""
        if not item.style or item.children:
            return []
        if not item.parents:
            self._say_bracket(item)
            return []
        others = [other for other in item.parents[-1].children if other is not item and other.style == item.style]
        named = [other for other in others if id(other) in self.named]
        if len(named) < 2 or 3 * len(named) < 2 * len(others):
            if named:
                self.findings.add("item-unread", item.extent, text=clipped(item.heading))
            else:
                self._say_bracket(item)
            return []
        self.findings.add("item-without-units", item.extent, item.number, text=clipped(item.heading))
        return [_draft(Part([part.text for part in parts], [], item.extent), item.number, area_of(item))]

    def _say_bracket(self, item: Item) -> None:
        """A bracket at its end that seems to name offices, though no words of it say so."""
        found = _LAST_BRACKET.search(item.paragraphs[-1].text)
        if found and any(is_whole(name, strongly=True) for name in names_in(found["inner"])):
            self.findings.add("bracket-unread", item.extent, item.number, text=clipped(found["inner"]))

    def _say_rest(self, parts: list[Part]) -> None:
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


def _names_a_lead(clause: str) -> bool:
    return "牵头" in clause or any(section.role == Role.LEAD for section in split_labels(clause))


def _own_heading(item: Item) -> bool:
    """A chapter: its name is no sentence, and what follows are tasks rather than parts of one."""
    return item.style in ("chapter", "一、")


def _draft(part: Part, number: str | None, area: str) -> Draft:
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
