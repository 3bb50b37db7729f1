"""A plan as it was read, ready to be shown, corrected or stored."""

from dataclasses import dataclass, field
from datetime import date

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
class CheckedMilestone:
    """`requirements` has one entry a line of the task's contents, "" where that line asks nothing."""

    year: int
    requirements: tuple[str, ...]
    due: date
    steps: tuple[Step, ...] = ()

    @property
    def requirement(self) -> str:
        return "\n".join(line for line in self.requirements if line)

    def to_json(self) -> dict:
        return {
            "year": self.year, "requirement": self.requirement, "due": self.due.isoformat(),
            "steps": [step.to_json() for step in self.steps], "indicators": [],
        }


@dataclass(frozen=True)
class CheckedTask:
    """`number` is the serial as printed; lines are counted from 1."""

    number: str
    title: str
    starred: bool
    area: str
    contents: tuple[str, ...]
    seats: tuple[Seat, ...]
    milestones: tuple[CheckedMilestone, ...]
    first_line: int
    last_line: int
    source_text: str

    def to_json(self) -> dict:
        return {
            "number": self.number, "title": self.title, "starred": self.starred, "action": self.area,
            "contents": list(self.contents), "units": [seat.to_json() for seat in self.seats],
            "milestones": [milestone.to_json() for milestone in self.milestones],
        }


@dataclass(frozen=True)
class CheckedPlan:
    title: str
    years: list[int]
    plan_due: date | None
    tasks: list[CheckedTask]
    findings: Findings = field(default_factory=Findings)

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
            "tasks": [task.to_json() for task in self.tasks],
            "findings": [
                {"grade": f.grade, "code": f.code, "task": f.task, "source": f.source, "message": f.message[language]}
                for f in self.findings
            ],
        }
