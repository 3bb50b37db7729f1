"""The rows of the ledger as documents list them: each milestone with what its columns say, a chunk at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import (
    ActionArea,
    Evidence,
    Indicator,
    Milestone,
    Part,
    Plan,
    Responsibility,
    Role,
    Round,
    Task,
    Unit,
)
from reports.as_of import stood
from reports.ledger import Filters, visible
from workflow.actor import Actor
from workflow.calendar import local_day
from workflow.clocks import Judging
from workflow.definitions.milestone import MILESTONE
from workflow.drafts import sees_piece_where, sees_round_where
from workflow.lights import BY_CODE, Light, light_code
from workflow.subjects import last_move, milestone_rows

CHUNK = 500


class Asked(NamedTuple):
    """What the milestone is measured by: as published or changed, and as last reported ("" where it was not)."""

    name: str
    target: str
    value: str


@dataclass
class LedgerRow:
    """One milestone. What was reported is that of the newest round that the reader may see (`round`, 0: none).

    `since` is when it came to its present holder; `days` are working days since then, `None` where nobody holds it.
    """

    id: int
    plan: str
    area: str
    number: str
    title: str
    starred: bool
    contents: list[str]
    year: int | None
    requirement: str
    state: str
    light: Light
    due: date | None
    extended: int
    submitted_at: datetime | None
    since: datetime | None
    rounds: int
    days: int | None = None
    leads: list[str] = field(default_factory=list)
    supports: list[str] = field(default_factory=list)
    round: int = 0
    account: str = ""
    values: list[Asked] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    @property
    def holder(self) -> Role | None:
        return MILESTONE.by_name[self.state].holder

    @property
    def signed_off(self) -> datetime | None:
        return self.since if MILESTONE.by_name[self.state] in MILESTONE.sealed else None


def ledger_rows(session: Session, actor: Actor, day: Judging, filters: Filters) -> Iterator[LedgerRow]:
    """In the plan's order. `session` sees one moment (a snapshot). Four statements a chunk; memory for one chunk."""
    query = (
        milestone_rows(
            Milestone.id, Milestone.year, Milestone.due, Milestone.requirements, Milestone.state,
            Milestone.times_extended, Milestone.round_number, light_code(day).label("light"),
            last_move(Milestone.id).label("since"), Round.submitted_at, Milestone.task_id,
            Task.number, Task.title, Task.starred, Task.contents, Plan.title.label("plan"),
            ActionArea.title.label("area"),
        )
        .join(ActionArea, ActionArea.id == Task.area_id).where(visible(actor, day, filters))
        .order_by(Plan.id, ActionArea.position, Task.position, Milestone.year)
    )
    found = session.execute(stood(session, query, day), execution_options={"yield_per": CHUNK})
    held: dict[date, int] = {}
    for chunk in found.partitions():
        rows = {row.id: _row(row) for row in chunk}
        _add_units(session, day, {row.id: row.task_id for row in chunk}, rows)
        _add_reports(session, actor, day, rows)
        for row in rows.values():
            if row.holder and row.since:
                since = local_day(row.since)
                if since not in held:
                    held[since] = day.clocks.held_days(since)
                row.days = held[since]
        yield from rows.values()


def _row(row: Row) -> LedgerRow:
    return LedgerRow(
        row.id, row.plan, row.area, row.number or "", row.title, row.starred, row.contents, row.year,
        "\n".join(line for line in row.requirements if line), row.state, BY_CODE[row.light], row.due,
        row.times_extended, row.submitted_at, row.since, row.round_number,
    )


def _add_units(session: Session, day: Judging, tasks: dict[int, int], rows: dict[int, LedgerRow]) -> None:
    query = (
        select(Responsibility.task_id, Responsibility.part, Unit.name).join(Unit, Unit.id == Responsibility.unit_id)
        .where(Responsibility.task_id.in_(sorted(set(tasks.values()))))
        .order_by(Responsibility.task_id, Responsibility.position)
    )
    parts: dict[int, dict[str, list[str]]] = {}
    for task_id, part, name in session.execute(stood(session, query, day)):
        parts.setdefault(task_id, {it: [] for it in Part})[part].append(name)
    for milestone_id, task_id in tasks.items():
        row, of_task = rows[milestone_id], parts.get(task_id, {})
        row.leads, row.supports = of_task.get(Part.LEAD, []), of_task.get(Part.SUPPORT, [])


def _add_reports(session: Session, actor: Actor, day: Judging, rows: dict[int, LedgerRow]) -> None:
    """What was reported, in the newest round that this reader may see. Of a past day: what had been submitted."""
    known = Round.submitted_at.is_not(None) if day.until else sees_round_where(actor)
    query = (
        select(Round.id, Round.milestone_id, Round.number, Round.account, Round.reported)
        .join(Milestone, Milestone.id == Round.milestone_id).join(Task, Task.id == Milestone.task_id)
        .where(Round.milestone_id.in_(list(rows)), known).order_by(Round.milestone_id, Round.number)
    )
    newest = {it.milestone_id: it for it in session.execute(stood(session, query, day))}
    measures: dict[int, list[Indicator]] = {}
    for it in session.scalars(
        select(Indicator).where(Indicator.milestone_id.in_(list(rows))).order_by(Indicator.position)
    ):
        measures.setdefault(it.milestone_id, []).append(it)
        session.expunge(it)  # a snapshot's session would keep every one of them
    pieces = _pieces(session, actor, day, [it.id for it in newest.values()])
    for milestone_id, row in rows.items():
        content = newest.get(milestone_id)
        row.values = _values(measures.get(milestone_id, []), content.reported if content else [])
        if content:
            row.round, row.account, row.evidence = content.number, content.account, pieces.get(content.id, [])


def _pieces(session: Session, actor: Actor, day: Judging, rounds: list[int]) -> dict[int, list[str]]:
    """By round: the pieces that this reader may read, each with whose it is."""
    query = (
        select(Evidence.round_id, Evidence.name, Unit.name.label("unit")).join(Unit, Unit.id == Evidence.unit_id)
        .join(Round, Round.id == Evidence.round_id).join(Milestone, Milestone.id == Round.milestone_id)
        .join(Task, Task.id == Milestone.task_id)
        .where(Evidence.round_id.in_(rounds), sees_piece_where(actor)).order_by(Evidence.round_id, Evidence.id)
    )
    if day.until:
        query = query.where(Evidence.added_at < day.until)
    found: dict[int, list[str]] = {}
    for round_id, name, unit in session.execute(stood(session, query, day)):
        found.setdefault(round_id, []).append(f"{name}（{unit}）")
    return found


def _values(measures: list[Indicator], reported: list[dict]) -> list[Asked]:
    """The milestone's indicators with their values, then what was reported besides."""
    given = {line["name"]: f"{line['amount']}{line['unit']}" for line in reported}
    asked = [
        Asked(it.name, f"{it.comparison_words.zh}{it.target}{it.unit}", given.pop(it.name, "")) for it in measures
    ]
    return asked + [Asked(name, "", value) for name, value in given.items()]
