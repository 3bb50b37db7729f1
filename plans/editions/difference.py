"""What a new edition changes, row by row, before anybody has confirmed it.

Compared are the two papers: what people have changed in the ledger since (a confirmed part, a granted
extension) is left alone unless the new paper says something else than the old one did.
"""

from dataclasses import dataclass, field

from models import Milestone, Part, Plan, Words
from plans.checked import CheckedMilestone, CheckedPlan, CheckedTask
from plans.editions.matching import match
from plans.editions.standing import Standing
from workflow.audit.chain import canonical_json, fingerprint
from workflow.definitions.milestone import MILESTONE
from workflow.indicators import found_rows, in_words

ADDED, DROPPED, CHANGED, SAME, PLAN = "added", "dropped", "changed", "same", "plan"
# What can be said of a difference. "all" also changes what others hold at this moment.
DECISIONS = ("take", "all", "keep")
TAKE, ALL, KEEP = DECISIONS

FIELDS = {
    "number": Words("序号", "Serial"), "title": Words("名称", "Title"), "starred": Words("星标", "Star"),
    "area": Words("行动", "Action area"), "contents": Words("工作内容", "Work content"),
    "units": Words("责任单位", "Units"),
    "requirement": Words("进度要求", "Requirement"), "due": Words("期限", "Deadline"),
    "indicators": Words("指标", "Indicators"),
    "milestone": Words("年度节点", "Milestone"), "years": Words("年度", "Years"),
    "plan_due": Words("实施方案报送期限", "Implementation plans due"),
}


@dataclass(frozen=True)
class Change:
    """One field: as the ledger has it, as the new paper says it. `milestone` where it is about one of them.

    `held`: others have the milestone in hand; `final`: it is signed off, and keeps its words in any case.
    """

    field: str
    before: str
    after: str
    year: int | None = None
    held: bool = False
    final: bool = False

    @property
    def label(self) -> Words:
        return FIELDS[self.field]


@dataclass(frozen=True)
class Difference:
    """One row. `key` names it across readings; `seen` is a digest of all that a person was shown of it."""

    key: str
    kind: str
    standing: Standing | None
    new: CheckedTask | None
    position: int  # in the new document, from 1; 0 where it has no such task
    changes: list[Change] = field(default_factory=list)

    @property
    def seen(self) -> str:
        versions = [m.version for m in self.standing.milestones.values()] if self.standing else []
        words = [[c.field, c.year, c.before, c.after, c.held, c.final] for c in self.changes]
        return fingerprint([self.kind, self.position, canonical_json(words), canonical_json(versions)])[:16]

    @property
    def held(self) -> bool:
        return any(change.held for change in self.changes)

    @property
    def final(self) -> bool:
        return any(change.final for change in self.changes)


def differences(
    plan: Plan, standing: list[Standing], new: CheckedPlan, decisions: dict | None = None
) -> list[Difference]:
    """Every row of the new edition in its order, those that are dropped after the row that they stood behind.

    `decisions` are the draft's: what a person said of which task is which is among them.
    """
    matched = match([it.paper for it in standing], new.tasks, _said_same(decisions or {}, standing))
    rows = [_of_plan(plan, new)]
    behind: dict[int, list[Difference]] = {}
    taken, last = {o: n for n, o in matched.items()}, -1
    for o, it in enumerate(standing):
        if o in taken:
            last = taken[o]
        else:
            behind.setdefault(last, []).append(_dropped(it))
    rows += behind.get(-1, [])
    for n, task in enumerate(new.tasks):
        rows.append(_compared(standing[matched[n]], task, n + 1) if n in matched else _added(task, n + 1))
        rows += behind.get(n, [])
    return rows


SAME_AS = "same-"  # beginning of the key under which a person said which task a new row (by its position) is


def _said_same(decisions: dict, standing: list[Standing]) -> dict[int, int | None]:
    places = {it.row.id: n for n, it in enumerate(standing)}
    found: dict[int, int | None] = {}
    for key, said in decisions.items():
        place = places.get(said.get("task"))
        if key.startswith(SAME_AS) and (said["task"] is None or place not in (None, *found.values())):
            found[int(key.removeprefix(SAME_AS)) - 1] = place
    return found


def is_decided(difference: Difference, decisions: dict) -> str | None:
    """What was decided of it, where it still is what the person had seen."""
    decided = decisions.get(difference.key)
    return decided["do"] if decided and decided["seen"] == difference.seen else None


def _of_plan(plan: Plan, new: CheckedPlan) -> Difference:
    changes = [
        Change(name, before, after) for name, before, after in (
            ("title", plan.title, new.title), ("years", _years(plan.years), _years(new.years)),
            ("plan_due", _day(plan.plan_due), _day(new.plan_due)),
        ) if before != after
    ]
    return Difference("plan", PLAN if changes else SAME, None, None, 0, changes)


def _added(task: CheckedTask, position: int) -> Difference:
    return Difference(f"new-{position}", ADDED, None, task, position)


def _dropped(it: Standing) -> Difference:
    changes = [_about(m, Change("milestone", m.requirement, "", m.year)) for m in _present(it).values()]
    return Difference(f"task-{it.row.id}", DROPPED, it, None, 0, changes)


def _compared(it: Standing, task: CheckedTask, position: int) -> Difference:
    now, paper = it.now, it.paper
    changes = [
        Change(name, _said(getattr(now, name)), _said(getattr(task, name)))
        for name in ("number", "title", "starred", "area", "contents")
        if getattr(task, name) != getattr(paper, name) and getattr(task, name) != getattr(now, name)
    ]
    if _seats(task) != _seats(paper) and _seats(task) != _seats(now):
        changes.append(Change("units", units_said(now), units_said(task)))
    changes += _of_milestones(it, task)
    return Difference(f"task-{it.row.id}", CHANGED if changes else SAME, it, task, position, changes)


def _of_milestones(it: Standing, task: CheckedTask) -> list[Change]:
    papers = {m.year: m for m in it.paper.milestones}
    asked = {m.year: m for m in task.milestones}
    present = _present(it)
    found = []
    for year in sorted({*papers, *asked, *present}, key=lambda year: (year is None, year or 0)):
        old, new, row = papers.get(year), asked.get(year), present.get(year)
        if new is None and old is not None and row is not None:
            found.append(_about(row, Change("milestone", row.requirement, "", year)))
        elif new is not None and row is None:
            found.append(Change("milestone", "", new.requirement, year))
        elif new is not None and row is not None:
            found += _of_words(row, old, new)
    return found


def _of_words(row: Milestone, old: CheckedMilestone | None, new: CheckedMilestone) -> list[Change]:
    found = []
    if new.requirement not in (old and old.requirement, row.requirement):
        found.append(Change("requirement", row.requirement, new.requirement, row.year))
        measured, asked = in_words(row.indicators), in_words(found_rows(row.id, new.indicators))
        if measured != asked:
            found.append(Change("indicators", measured, asked, row.year))
    if (old is None or new.due != old.due) and new.due != row.due:
        found.append(Change("due", _day(row.due), _day(new.due), row.year))
    return [_about(row, change) for change in found]


def _about(row: Milestone, change: Change) -> Change:
    final = MILESTONE.by_name[row.state].holder is None
    held = not final and row.state != MILESTONE.initial.name
    return Change(change.field, change.before, change.after, change.year, held, final)


def _present(it: Standing) -> dict[int | None, Milestone]:
    return {year: m for year, m in it.milestones.items() if m.dropped_in is None}


def _seats(task: CheckedTask) -> list[tuple[str, str]]:
    return sorted((seat.name, str(seat.part)) for seat in task.seats)


def units_said(task: CheckedTask) -> str:
    parts = [(part, [seat.name for seat in task.seats if seat.part == part]) for part in Part]
    return "；".join(f"{part.label.zh}：{'、'.join(names)}" for part, names in parts if names)


def _said(value) -> str:
    if isinstance(value, bool):
        return "★" if value else "—"
    if isinstance(value, tuple):
        return "\n".join(filter(None, value))
    return value or ""


def _years(years: list[int]) -> str:
    return "、".join(map(str, years))


def _day(day) -> str:
    return day.isoformat() if day else ""
