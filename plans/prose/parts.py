"""An item of prose in parts: what each clause of units closes."""

from dataclasses import dataclass

from plans.grid import Paragraph
from plans.prose.clauses import Clause, leading_clause, line_clause, names_seats, split_all, trailing_clause
from plans.prose.items import Item


@dataclass
class Part:
    """A stretch of an item that units answer for: lines of contents, and the clauses' words."""

    lines: list[str]
    clauses: list[str]
    extent: tuple[int, int]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def parts_of(item: Item) -> list[Part]:
    """In the order of the text; the last part may have no clause."""
    parting = _Parting()
    for at, paragraph in enumerate(item.paragraphs):
        parting.take(item.words if at == 0 else paragraph.text.strip(), paragraph)
    parting.close()
    return parting.parts


class _Parting:
    """Takes paragraphs as they come; a part stays open until its clause, or clauses in lines of their own, are over."""

    def __init__(self):
        self.parts: list[Part] = []
        self.open: Part | None = None

    def take(self, text: str, paragraph: Paragraph) -> None:
        alone = line_clause(text)
        if alone is not None and (self.open is not None or names_seats(alone)):
            self._add(paragraph).clauses.append(alone)
            return
        if self.open is not None and self.open.clauses:
            self.close()
        leading = leading_clause(text) if self.open is None else None
        if leading is not None:
            self.parts.append(Part([leading.before], [leading.text], paragraph.lines))
            return
        clauses = split_all(text)
        trailing = trailing_clause(text) if not clauses else None
        for clause in [trailing] if trailing else clauses:
            self._close_with(clause, paragraph)
        rest = "" if trailing else _rest(text, clauses)
        if rest and clauses:
            self.parts[-1].lines.append(rest)  # what goes on after the bracket belongs to what was before it
        elif rest:
            self._add(paragraph).lines.append(rest)

    def close(self) -> None:
        if self.open is not None:
            self.parts.append(self.open)
        self.open = None

    def _add(self, paragraph: Paragraph) -> Part:
        """The open part, which now reaches to `paragraph`."""
        if self.open is None:
            self.open = Part([], [], paragraph.lines)
        self.open.extent = self.open.extent[0], paragraph.lines[1]
        return self.open

    def _close_with(self, clause: Clause, paragraph: Paragraph) -> None:
        part = self._add(paragraph)
        if clause.before:
            part.lines.append(clause.before)
        part.clauses.append(clause.text)
        self.close()


def _rest(text: str, clauses: list[Clause]) -> str:
    """What goes on after the last clause."""
    if not clauses:
        return text
    last = clauses[-1].text
    return text[text.rindex(last) + len(last) + 1 :].strip(" 　。；;，,\n")
