"""Work on an implementation plan: beginning it, filling it in entry by entry.

Two people may fill in different entries at once: of what a page sends back, only the entries that were typed in
count, and only where nobody else has changed the same entry since.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Account,
    Database,
    Implementation,
    ImplementationEntry,
    Milestone,
    Part,
    Plan,
    Responsibility,
    Role,
    Task,
    Unit,
    Words,
)
from workflow.actor import Actor
from workflow.audit.chain import append, fingerprint
from workflow.days import possible
from workflow.definitions.implementation import IMPLEMENTATION
from workflow.definitions.milestone import MILESTONE
from workflow.delegation import again
from workflow.engine import locked, permitted
from workflow.errors import Incomplete, NotVisible, Reason, Refused, Stale
from workflow.implementation import entry_values
from workflow.inputs import Lines, Text
from workflow.notice_kinds import day_words, said
from workflow.notices import tell_told

SAVE = "save"

OVERVIEW = Text("overview", Words("总体安排", "Overview"), required=False, most=10_000)
MEASURES = Text("measures", Words("工作措施", "Measures"), required=False, most=5000)
HANDLER = Text("handler", Words("经办岗位", "Handler"), required=False, most=60)
LEADER = Text("leader", Words("分管领导", "Leader in charge"), required=False, most=60)
EVIDENCE = Lines("evidence", Words("佐证材料", "Evidence"), required=False)
TARGET = Text("target", Words("目标值", "Target"), required=False, most=1000)
STEPS = Lines("steps", Words("时间步骤", "Steps"), required=False)
NO_DATE = Words("「{line}」须以日期开头，如 2018年9月30日。", "“{line}” has to begin with a date, such as 2018-09-30.")
BY_DAY = Words("，{day}前报送", ", due on {day}")
NOTHING_LED = Words("本单位在该方案中没有牵头的节点。", "Your unit leads no milestone of this plan.")

_FINAL = [state.name for state in MILESTONE.final]
_A_TIME = re.compile(r"\d+(?:年|月|日|季度|个月)")
_DATE = re.compile(r"^(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})日?(?:[前:：]|之前|以前)?\s*[,，、]?")


@dataclass(frozen=True)
class Typed:
    """One entry as a form or a document has it; `was` the fingerprint of what its page showed, None for any."""

    measures: str = ""
    handler: str = ""
    leader: str = ""
    evidence: list[str] = field(default_factory=list)
    target: str = ""
    steps: list[str] = field(default_factory=list)
    was: str | None = None


@dataclass(frozen=True)
class _Read:
    measures: str
    handler: str
    leader: str
    evidence: list[str]
    target: str
    steps: list[dict]


def begin(database: Database, actor: Actor, plan_id: int) -> int:
    """The plan of the actor's unit, begun now where it is not there yet; its id."""
    with database.writing() as session:
        acting = again(session, actor, database.clock())
        if acting is None or Role.HANDLER not in acting.roles:
            raise Refused([Reason("not-the-role", Words("此项由经办人办理。", "This is for a handler."))])
        plan = session.scalars(select(Plan).where(Plan.id == plan_id).with_for_update()).one_or_none()
        if plan is None:
            raise NotVisible()
        known = session.scalar(select(Implementation.id).where(
            Implementation.plan_id == plan_id, Implementation.unit_id == acting.unit_id
        ))
        if known:
            return known
        made = open_plans(session, plan_id, acting, database.clock(), [acting.unit_id])
        if not made:
            raise Refused([Reason("nothing-led", NOTHING_LED)])
        return made[0].id


def open_missing_plans(session: Session, plan_id: int, actor: Actor, at: datetime) -> None:
    """Begin the plan of every unit that leads by now and has none: a new edition may have other leads."""
    known = set(session.scalars(select(Implementation.unit_id).where(Implementation.plan_id == plan_id)))
    if missing := set(_led(session, plan_id, None)) - known:
        open_plans(session, plan_id, actor, at, sorted(missing))


def open_plans(
    session: Session, plan_id: int, actor: Actor, at: datetime, unit_ids: list[int] | None = None
) -> list[Implementation]:
    """Begin the plan of every unit that leads, or of those given; prefilled from the published table."""
    led = _led(session, plan_id, unit_ids)
    plans = [Implementation(plan_id=plan_id, unit_id=unit_id, state=IMPLEMENTATION.initial.name) for unit_id in led]
    for plan in plans:
        plan.entries = [_prefilled(milestone) for milestone in led[plan.unit_id]]
        plan.open_entries = len(plan.entries)
    session.add_all(plans)
    session.flush()
    for plan in plans:
        event = append(
            session, plan, actor, at, "create", moved=(None, IMPLEMENTATION.initial.name), round_number=1,
            detail={"plan": plan_id, "unit": plan.unit_id, "entries": plan.open_entries},
        )
        by = {"by": said(BY_DAY.format(day=day_words(plan.due)))} if plan.due else {}
        tell_told(session, event, IMPLEMENTATION.opening, plan, IMPLEMENTATION.title(plan), actor, by)
    return plans


def _led(session: Session, plan_id: int, unit_ids: list[int] | None) -> dict[int, list[Milestone]]:
    """The milestones that each unit leads and that are not over; a collective name has no plan of its own."""
    query = (
        select(Responsibility.unit_id, Milestone).select_from(Milestone).join(Task)
        .join(Responsibility, Responsibility.task_id == Task.id).join(Unit, Unit.id == Responsibility.unit_id)
        .where(
            Task.plan_id == plan_id, Responsibility.part == Part.LEAD, Unit.collective.is_(False),
            Milestone.state.not_in(_FINAL), Milestone.dropped_in.is_(None),
        ).order_by(Responsibility.unit_id, Milestone.id)
    )
    if unit_ids is not None:
        query = query.where(Responsibility.unit_id.in_(unit_ids))
    found: dict[int, list[Milestone]] = {}
    for unit_id, milestone in session.execute(query):
        found.setdefault(unit_id, []).append(milestone)
    return found


def _over(milestone: Milestone) -> bool:
    return milestone.state in _FINAL


def _prefilled(milestone: Milestone) -> ImplementationEntry:
    """The published requirement is the target where it names a figure, dates aside; its steps are the steps."""
    requirement = milestone.requirement
    stated = requirement if any(sign.isdigit() for sign in _A_TIME.sub("", requirement)) else ""
    return ImplementationEntry(
        milestone_id=milestone.id, milestone=milestone, target=stated[: TARGET.most], steps=milestone.steps
    )


def save(plan: Implementation, actor: Actor, overview: str | None, typed: dict[int, Typed]) -> int:
    """Keep what was typed, by milestone; how many entries changed. `overview` None leaves it as it is.

    Raises what `fire` raises; Incomplete with "<field>-<milestone>" for each thing that will not do; Stale where
    somebody else changed an entry that was typed in here too. Then nothing is kept.
    """
    with locked(plan, actor) as (session, workflow, fresh, acting, at):
        permitted(workflow, SAVE, acting, fresh)
        _take_up(session, fresh)
        stored = {entry.milestone_id: entry for entry in fresh.entries}
        if unknown := set(typed) - set(stored):
            raise Incomplete({f"entry-{sorted(unknown)[0]}": UNKNOWN.format(number=sorted(unknown)[0])})
        changed = _changed(session, fresh, stored, typed)
        for milestone_id, read in changed.items():
            entry = stored[milestone_id]
            for name, value in vars(read).items():
                setattr(entry, name, value)
        if overview is not None:
            fresh.overview = OVERVIEW.read(overview)
        fresh.open_entries = sum(not (entry.complete or _over(entry.milestone)) for entry in fresh.entries)
        fresh.saved_at, fresh.saved_by_id = at, acting.account_id
        return len(changed)


UNKNOWN = Words("没有编号为 {number} 的节点。", "There is no milestone with the number {number} here.")


def shown(entry) -> str:
    """The fingerprint of an entry as a page shows it."""
    return fingerprint(entry_values(entry))[:16]


def _take_up(session: Session, plan: Implementation) -> None:
    """What the unit leads now and has no entry for gets one: the units of a task may have changed."""
    known = {entry.milestone_id for entry in plan.entries}
    for milestone in _led(session, plan.plan_id, [plan.unit_id]).get(plan.unit_id, []):
        if milestone.id not in known:
            plan.entries.append(_prefilled(milestone))


def _changed(session: Session, plan: Implementation, stored: dict, typed: dict[int, Typed]) -> dict[int, _Read]:
    found, errors = {}, {}
    for milestone_id, entry in typed.items():
        try:
            read = _read(entry)
        except Incomplete as wrong:
            errors |= {f"{name}-{milestone_id}": words for name, words in wrong.errors.items()}
            continue
        now, after = shown(stored[milestone_id]), shown(read)
        if after in (now, entry.was):
            continue  # nothing was typed here
        if entry.was not in (None, now):
            who = session.get(Account, plan.saved_by_id)
            raise Stale(who.title if who else "", IMPLEMENTATION.label_of(SAVE), plan.saved_at)
        found[milestone_id] = read
    if errors:
        raise Incomplete(errors)
    return found


def _read(typed: Typed) -> _Read:
    taken, errors = {}, {}
    for asked in (MEASURES, HANDLER, LEADER, EVIDENCE, TARGET, STEPS):
        try:
            taken[asked.name] = asked.read(getattr(typed, asked.name))
        except Incomplete as wrong:
            errors |= wrong.errors
    try:
        taken["steps"] = [_step(line) for line in taken.get("steps", [])]
    except Incomplete as wrong:
        errors |= wrong.errors
    if errors:
        raise Incomplete(errors)
    return _Read(**taken)


def _step(line: str) -> dict:
    found = _DATE.match(normalize("NFKC", line))  # of the signs in a date none becomes two
    try:
        due = date(*map(int, found.groups())) if found else None
    except ValueError:
        due = None
    if due is None or not possible(due):
        raise Incomplete({"steps": NO_DATE.format(line=line[:40])})
    return {"due": due.isoformat(), "text": line[found.end():].strip()}
