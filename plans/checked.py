"""A plan as it was read, ready to be shown, corrected or stored."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models import Part
from plans.findings import DOUBT, ERROR, Findings


@dataclass(frozen=True)
class Seat:
    """A unit's part in a task. `source` are the words that it was read from."""

    name: str
    part: Part
    inferred: bool
    collective: bool
    source: str

    def to_json(self) -> dict:
        return {
            "name": self.name, "part": str(self.part), "inferred": self.inferred, "collective": self.collective,
            "source": self.source,
        }


@dataclass(frozen=True)
class Step:
    """A dated part of a requirement."""

    due: date
    text: str

    def to_json(self) -> dict:
        return {"due": self.due.isoformat(), "text": self.text}


@dataclass(frozen=True)
class Indicator:
    """A figure that a milestone must reach.

    `comparison` is at_least (also of a plain amount, which is one to reach), at_most or about; `kind` one of yearly,
    total, level, increase, and "" where the words leave it open; `baseline` what it was before. `text` are the words
    it was read from; 全覆盖 is read as 100 %.
    """

    name: str
    amount: Decimal | None
    unit: str
    comparison: str
    kind: str
    baseline: Decimal | None
    text: str

    def to_json(self) -> dict:
        """Amounts as decimal text, so that nothing is lost on the way."""
        return {
            "name": self.name, "amount": None if self.amount is None else str(self.amount), "unit": self.unit,
            "comparison": self.comparison, "kind": self.kind,
            "baseline": None if self.baseline is None else str(self.baseline), "text": self.text,
        }


@dataclass(frozen=True)
class CheckedMilestone:
    """What a task must reach in a year, or by a day.

    `requirements` has one entry a line of the task's contents, "" where that line asks nothing. `year` and `due` are
    None where the paper names none; `deadline` are the words of its column or label, "" where there are none.
    """

    year: int | None
    requirements: tuple[str, ...]
    due: date | None
    steps: tuple[Step, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    deadline: str = ""

    @property
    def requirement(self) -> str:
        return "\n".join(line for line in self.requirements if line)

    def to_json(self) -> dict:
        return {
            "year": self.year, "requirement": self.requirement, "due": self.due.isoformat() if self.due else None,
            "steps": [step.to_json() for step in self.steps],
            "indicators": [indicator.to_json() for indicator in self.indicators], "deadline": self.deadline,
        }


@dataclass(frozen=True)
class CheckedTask:
    """`number` is the serial as printed, None where there is none; lines are counted from 1.

    `marks` stand before the title or at the serial; the plan says what they mean. `leaders` are persons. `other`
    holds every further column by its header: remarks, scope, and what was not understood.
    """

    number: str | None
    title: str
    starred: bool
    area: str
    contents: tuple[str, ...]
    seats: tuple[Seat, ...]
    milestones: tuple[CheckedMilestone, ...]
    first_line: int
    last_line: int
    source_text: str
    marks: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    progress: str = ""
    other: dict[str, str] = field(default_factory=dict)
    source: str = ""

    def to_json(self) -> dict:
        return {
            "number": self.number, "title": self.title, "starred": self.starred, "action": self.area,
            "contents": list(self.contents), "units": [seat.to_json() for seat in self.seats],
            "milestones": [milestone.to_json() for milestone in self.milestones], "marks": list(self.marks),
            "leaders": list(self.leaders), "progress": self.progress, "other": self.other, "source": self.source,
        }


@dataclass(frozen=True)
class ReadColumn:
    """A header and the role it was read as; "" where it was not understood. For a person to correct."""

    header: str
    role: str


@dataclass(frozen=True)
class CheckedPlan:
    """`lead_rule` are the words that say once who leads; `marks` what each mark means; `columns` are of all tables."""

    title: str
    years: list[int]
    plan_due: date | None
    tasks: list[CheckedTask]
    findings: Findings = field(default_factory=Findings)
    lead_rule: str = ""
    marks: dict[str, str] = field(default_factory=dict)
    columns: tuple[ReadColumn, ...] = ()

    @property
    def areas(self) -> list[str]:
        return list(dict.fromkeys(task.area for task in self.tasks))

    @property
    def exit_code(self) -> int:
        """0 clean, 1 with doubts, 2 with errors."""
        grades = {finding.grade for finding in self.findings}
        return 2 if ERROR in grades else 1 if DOUBT in grades else 0

    def to_json(self, language: str = "zh") -> dict:
        """As `flask plan check --json` prints it."""
        return {
            "title": self.title, "years": self.years,
            "plan_due": self.plan_due.isoformat() if self.plan_due else None,
            "lead_rule": self.lead_rule, "marks": self.marks,
            "columns": [{"header": column.header, "role": column.role} for column in self.columns],
            "tasks": [task.to_json() for task in self.tasks],
            "findings": [finding.to_json(language) for finding in self.findings],
        }
