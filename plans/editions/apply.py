"""The new edition into the ledger, as it was confirmed: every row that changes is an event, and nothing is deleted.

Signed-off milestones keep their words. Milestones that others hold keep theirs unless somebody decided otherwise.
What the new edition drops stays, marked with the edition that dropped it.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    ActionArea,
    Database,
    Milestone,
    Plan,
    PlanDraft,
    PlanEdition,
    PlanSource,
    Responsibility,
    Role,
    Task,
)
from plans.checked import CheckedPlan, CheckedTask
from plans.corrections import columns_of
from plans.editions.difference import ADDED, ALL, DROPPED, KEEP, SAME, Change, Difference, differences, is_decided
from plans.editions.standing import Standing, as_plan, content_of, standing_of
from plans.intake import close, corrected, open_draft
from plans.kept import dump
from plans.store import (
    add_areas,
    add_edition,
    add_milestones,
    add_tasks,
    add_units,
    check_grades,
    once,
    parts_of,
    steps_of,
    task_detail,
)
from workflow.actor import Actor
from workflow.assigning import seats_of, tell_plan
from workflow.audit.chain import append, append_many
from workflow.definitions.milestone import MILESTONE
from workflow.directory import OWN_RIGHTS
from workflow.errors import NotVisible, Reason, Refused
from workflow.indicators import take_up
from workflow.planning import open_missing_plans


class Undecided(Exception):
    """Some differences have not been decided, or are no longer what was decided about."""

    def __init__(self, keys: list[str]):
        super().__init__(", ".join(keys))
        self.keys = keys


@dataclass(frozen=True)
class Followed:
    """What came of it: the edition's number, and how many rows were added, dropped, changed, left as they are."""

    plan_id: int
    number: int
    counts: dict[str, int]


@dataclass
class _Work:
    """One revision under way."""

    session: Session
    plan: Plan
    new: CheckedPlan
    actor: Actor
    at: datetime
    units: dict[str, int]
    areas: dict[str, int]

    @property
    def number(self) -> int:
        return self.plan.edition_number


def follow(
    database: Database, actor: Actor, draft_id: int, version: int | None, *, accept_doubts: bool
) -> Followed:
    """Make the plan follow the draft's edition. Raises Undecided, HasErrors, HasDoubts, Stale, Refused."""
    with open_draft(database, actor, draft_id, version) as (session, draft, acting, at):
        new = corrected(draft).plan
        check_grades(new, accept_doubts)
        plan = session.scalars(select(Plan).where(Plan.id == draft.revises_id).with_for_update()).one_or_none()
        if plan is None:
            raise NotVisible()
        standing = standing_of(session, plan, lock=True)
        rows = differences(plan, standing, new, draft.decisions)
        _check_decided(rows, draft)
        source = session.get_one(PlanSource, draft.source_id)
        _keep_old_words(session, plan, standing)
        before = seats_of(session, plan.id)
        plan.edition_number += 1
        work = _Work(session, plan, new, acting, at, {}, _areas(session, plan, standing, rows, new))
        counts = _apply(work, rows, draft.decisions)
        add_edition(session, plan, new, source, at)
        plan.source_id, plan.columns = source.id, {**plan.columns, **columns_of(draft.corrections)}
        detail = {"edition": plan.edition_number, "source": source.sha256, "name": draft.name, "counts": counts}
        event = append(session, plan, acting, at, "revise", role=Role.SYSTEM_ADMIN, detail=detail)
        tell_plan(session, event, plan, before, acting)
        open_missing_plans(session, plan.id, acting, at)
        close(session, draft, plan.id, acting, at, {"plan": plan.id, "edition": plan.edition_number})
        return Followed(plan.id, plan.edition_number, counts)


def _check_decided(rows: list[Difference], draft: PlanDraft) -> None:
    open_ = [row.key for row in rows if row.kind != SAME and is_decided(row, draft.decisions) is None]
    if open_:
        raise Undecided(open_)


def _keep_old_words(session: Session, plan: Plan, standing: list[Standing]) -> None:
    """A plan stored before editions were kept: its words as the ledger has them are its first edition."""
    if content_of(session, plan, plan.edition_number) is not None:
        return
    edition = session.scalars(
        select(PlanEdition).where(PlanEdition.plan_id == plan.id, PlanEdition.number == plan.edition_number)
    ).one_or_none()
    if edition is None:
        edition = PlanEdition(
            plan_id=plan.id, number=plan.edition_number, title=plan.title, imported_at=plan.imported_at,
            source_id=plan.source_id,
        )
        session.add(edition)
    edition.content = dump(as_plan(plan, standing))


def _apply(work: _Work, rows: list[Difference], decisions: dict) -> dict[str, int]:
    chosen = {row.key: SAME if row.kind == SAME else is_decided(row, decisions) for row in rows}
    _check_own_rights(work, rows, chosen)
    taken = [row.new for row in rows if row.new and chosen[row.key] != KEEP]
    work.units = add_units(work.session, CheckedPlan("", work.plan.years, None, taken), work.actor, work.at)
    _place(work, rows)
    for row in rows:
        if row.standing and row.kind != SAME and chosen[row.key] != KEEP:
            (_drop if row.kind == DROPPED else _change)(work, row, everything=chosen[row.key] == ALL)
    _of_plan(work, rows[0], chosen["plan"])
    _add(work, [row for row in rows if row.kind == ADDED and chosen[row.key] != KEEP])
    counts = Counter("kept" if chosen[row.key] == KEEP else row.kind for row in rows[1:])
    return dict(sorted(counts.items()))


def _check_own_rights(work: _Work, rows: list[Difference], chosen: dict) -> None:
    """Whoever confirms a revision does not change the parts of their own unit by it."""
    own = work.actor.unit_name
    for row in rows:
        units = any(change.field == "units" for change in row.changes)
        if own and units and chosen[row.key] != KEEP and _part_of(row.standing.now, own) != _part_of(row.new, own):
            raise Refused([Reason("own-rights", OWN_RIGHTS)])


def _part_of(task: CheckedTask, unit: str):
    return next((seat.part for seat in task.seats if seat.name == unit), None)


def _place(work: _Work, rows: list[Difference]) -> None:
    """Positions as in the new document; what it does not have comes after. First out of each other's way."""
    tasks = work.session.scalars(select(Task).where(Task.plan_id == work.plan.id).order_by(Task.position)).all()
    wanted = {row.standing.row.id: row.position for row in rows if row.standing and row.position}
    for task in tasks:
        task.position = -task.id
    work.session.flush()
    after = len(work.new.tasks)
    for task in tasks:
        if task.id in wanted:
            task.position = wanted[task.id]
        else:
            after += 1
            task.position = after
    for row in rows:
        if row.standing and row.new and row.kind == SAME:
            _take_source(row.standing.row, row.new)
    work.session.flush()


def _take_source(task: Task, new: CheckedTask) -> None:
    task.first_line, task.last_line, task.source_text = new.first_line, new.last_line, new.source_text


def _change(work: _Work, row: Difference, everything: bool) -> None:
    task, new = row.standing.row, row.new
    own = [change for change in row.changes if change.field not in ("requirement", "indicators", "due", "milestone")]
    was = {"area": task.area_id, "starred": task.starred, "seats": _plain_seats(task)}
    for change in own:
        if change.field == "units":
            _set_seats(work, task, new)
        elif change.field == "area":
            task.area_id = work.areas[new.area]
        elif change.field == "contents":
            task.contents = list(new.contents)
        else:
            setattr(task, change.field, getattr(new, change.field))
    _take_source(task, new)
    if own:
        seated = any(change.field == "units" for change in own)
        seats = [[work.units[seat.name], str(seat.part)] for seat in new.seats] if seated else was["seats"]
        now = {"area": task.area_id, "starred": task.starred, "seats": seats}
        parts = {"parts": parts_of(new, work.units)} if seated else {}
        _record(work, task, "revise", own, was=was, now=now, **parts)
    by_year: dict[int | None, list[Change]] = {}
    for change in row.changes:
        if change not in own and not change.final and (everything or not change.held):
            by_year.setdefault(change.year, []).append(change)
    for year, changes in by_year.items():
        _change_milestone(work, row, year, changes)


def _change_milestone(work: _Work, row: Difference, year: int | None, changes: list[Change]) -> None:
    milestone = row.standing.milestones.get(year)
    new = next((m for m in row.new.milestones if m.year == year), None)
    if new is None:
        if milestone.state == MILESTONE.initial.name:
            milestone.dropped_in = work.number
            _record(work, milestone, "drop", changes)
        return
    if milestone is None:
        only = replace(row.new, milestones=(new,))
        add_milestones(work.session, [(row.standing.row, only)], work.actor, work.at)
        return
    fields = {change.field for change in changes}
    was = {"due": milestone.due and milestone.due.isoformat(), "dropped": milestone.dropped_in is not None}
    if milestone.dropped_in is not None or "requirement" in fields:
        milestone.requirements, milestone.steps = list(new.requirements), steps_of(new)
        take_up(work.session, milestone, new.indicators)
    if milestone.dropped_in is not None or "due" in fields:
        milestone.due = new.due
    if milestone.published is not None:  # a granted change stood: this is what is published from now on
        milestone.published = {
            "due": new.due and new.due.isoformat(), "requirements": list(new.requirements),
            "targets": {it.name: it.target for it in milestone.indicators},
        }
    milestone.dropped_in = None
    _record(work, milestone, "revise", changes, was=was)


def _drop(work: _Work, row: Difference, everything: bool) -> None:
    """The task leaves the plan; with it the milestones that nobody has in hand. The rest runs to its end."""
    task = row.standing.row
    task.dropped_in = work.number
    _record(work, task, "drop", [])
    for milestone in row.standing.milestones.values():
        if milestone.state == MILESTONE.initial.name and milestone.dropped_in is None:
            milestone.dropped_in = work.number
            _record(work, milestone, "drop", [])


def _add(work: _Work, rows: list[Difference]) -> None:
    tasks = add_tasks(
        work.session, work.plan, work.new, [(row.position, row.new) for row in rows], work.areas, work.units
    )
    append_many(
        work.session, tasks, work.actor, work.at, "import",
        [
            {**task_detail(task, row.new, work.units), "edition": work.number}
            for task, row in zip(tasks, rows, strict=True)
        ],
    )
    add_milestones(work.session, list(zip(tasks, [row.new for row in rows], strict=True)), work.actor, work.at)


def _set_seats(work: _Work, task: Task, new: CheckedTask) -> None:
    wanted = {
        work.units[seat.name]: (position, seat) for position, seat in enumerate(once(new.seats, work.units), 1)
    }
    present = {seat.unit_id: seat for seat in task.responsibilities}
    for unit_id, row in present.items():
        if unit_id not in wanted:
            work.session.delete(row)
    for unit_id, (position, seat) in wanted.items():
        row = present.get(unit_id)
        if row is None:
            work.session.add(Responsibility(
                task_id=task.id, unit_id=unit_id, position=position, part=seat.part, inferred=seat.inferred,
                source=seat.source,
            ))
        else:
            row.position, row.part, row.inferred, row.source = position, seat.part, seat.inferred, seat.source


def _of_plan(work: _Work, row: Difference, decision: str) -> None:
    if decision in (KEEP, SAME):
        return
    plan, new = work.plan, work.new
    plan.title, plan.plan_due = new.title, new.plan_due
    kept = work.session.scalars(
        select(Milestone.year).join(Task, Task.id == Milestone.task_id)
        .where(Task.plan_id == plan.id, Milestone.year.is_not(None), Milestone.dropped_in.is_(None)).distinct()
    )
    plan.years = sorted({*new.years, *kept})


def _areas(
    session: Session, plan: Plan, standing: list[Standing], rows: list[Difference], new: CheckedPlan
) -> dict[str, int]:
    """The area of each title of the new edition. An area whose tasks all went to one new title was renamed."""
    present = session.scalars(select(ActionArea).where(ActionArea.plan_id == plan.id)).all()
    known = {area.title: area for area in present}
    gone = {area.id: area for area in present if area.title not in new.areas}
    votes: dict[int, Counter] = {}
    for row in rows:
        if row.standing and row.new and row.standing.row.area_id in gone and row.new.area not in known:
            votes.setdefault(row.standing.row.area_id, Counter())[row.new.area] += 1
    for area_id, counted in votes.items():
        title = counted.most_common(1)[0][0]
        if title not in known:
            known[title] = gone[area_id]
            gone[area_id].title = title
    session.flush()
    fresh = [title for title in new.areas if title not in known]
    add_areas(session, plan, fresh, max((area.position for area in present), default=0) + 1)
    return _in_order(session, plan, new)


def _in_order(session: Session, plan: Plan, new: CheckedPlan) -> dict[str, int]:
    """The areas in the order of the new edition, those that it lacks after them; the id of each title."""
    areas = session.scalars(
        select(ActionArea).where(ActionArea.plan_id == plan.id).order_by(ActionArea.position)
    ).all()
    places = {title: n for n, title in enumerate(new.areas)}
    ordered = sorted(areas, key=lambda area: places.get(area.title, len(places)))
    for area in areas:
        area.position = -area.id
    session.flush()
    for position, area in enumerate(ordered, 1):
        area.position = position
    session.flush()
    return {area.title: area.id for area in areas}


def _plain_seats(task: Task) -> list[list]:
    return [[seat.unit_id, seat.part] for seat in task.responsibilities]


def _record(work: _Work, subject: Task | Milestone, action: str, changes: list[Change], **more) -> None:
    """`more` says what the changes say, as values: an earlier day's ledger is read from it (reports/as_of.py)."""
    detail = {
        "edition": work.number,
        "changes": [[change.field, change.before, change.after] for change in changes],
        **more,
    }
    number = subject.round_number if isinstance(subject, Milestone) else None
    append(
        work.session, subject, work.actor, work.at, action, role=Role.SYSTEM_ADMIN, round_number=number, detail=detail
    )


