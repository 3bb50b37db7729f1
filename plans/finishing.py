"""Drafts → checked tasks: units, dates and figures read from their words, and every oddity said."""

from collections.abc import Sequence
from dataclasses import dataclass

from plans.checked import CheckedTask
from plans.columns.roles import Role
from plans.drafts import Draft
from plans.findings import Findings
from plans.grid import Grid
from plans.milestones import Milestones
from plans.readers.pace import Paced, unpaced
from plans.titles import persons_in
from plans.units.labels import Section
from plans.units.seats import Knowledge, read_seats


@dataclass(frozen=True)
class Finisher:
    """What all tasks of a plan share."""

    grid: Grid
    findings: Findings
    knowledge: Knowledge
    milestones: Milestones
    pace: Paced = unpaced

    def all(self, drafts: Sequence[Draft]) -> list[CheckedTask]:
        tasks = []
        for position, draft in enumerate(drafts, 1):
            self.findings.position = position
            tasks.append(self._task(draft))
            self.pace("tasks", position, len(drafts))
        self.findings.position = None
        return tasks

    def _task(self, draft: Draft) -> CheckedTask:
        read = read_seats(draft.units, draft.number, self.findings, self.knowledge)
        self._take_aside(draft, read.aside)
        milestones = self.milestones.of(draft)
        if not milestones:
            self.findings.add("no-requirement", draft.extent, draft.number)
        return CheckedTask(
            number=draft.number, title=draft.title, starred=bool(draft.marks), area=draft.area, contents=draft.contents,
            seats=tuple(read.seats), milestones=milestones, first_line=draft.extent[0], last_line=draft.extent[1],
            source_text=self.grid.text_of(draft.extent), marks=draft.marks, leaders=draft.leaders,
            progress=draft.progress, other=draft.other, source=self.grid.place_of(draft.extent).zh,
        )

    def _take_aside(self, draft: Draft, sections: list[Section]) -> None:
        """What stood among the units under a label of its own."""
        for section in sections:
            text = section.text.strip(" 　。；;，,、")
            if section.role == Role.DEADLINE:
                draft.deadline = "；".join(part for part in (draft.deadline, text) if part)
            elif section.role == Role.LEADERS:
                draft.leaders += persons_in(text)
            elif section.role == Role.PROGRESS:
                draft.progress = text
            elif section.role == Role.TARGET and not any(draft.targets):
                draft.targets = (text, *("" for _ in draft.contents[1:]))
            elif text:
                draft.other[section.label] = text
